"""The check over a history: an honest one is clean, and whatever is planted in it is found."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from changeover.job import Lane
from changeover.postings.promise import OPEN_END, History, Interval, Step, check


@dataclass
class Chronicle:
    """A small company that keeps its history as the program does: one revision after another."""

    feed: Lane = Lane.LEGACY
    steps: list[Step] = field(default_factory=list)
    open: list[Interval] = field(default_factory=list)
    sides: list[Interval] = field(default_factory=list)
    agreed: set[tuple[int, int]] = field(default_factory=set)

    @property
    def now(self) -> int:
        return len(self.steps)

    def step(self, kind: str) -> int:
        self.steps.append(Step(len(self.steps) + 1, self.feed, kind))
        return self.now

    def start(self, job: int, lane: Lane, posting: int) -> None:
        at = self.step("reading_taken")
        self.open.append(Interval(job, lane, at, OPEN_END))
        self.sides.append(Interval(job, lane, at, OPEN_END, posting))

    def close(self, job: int) -> None:
        at = self.step("reading_taken")
        self.open = [_ended(each, at) if each.job_id == job else each for each in self.open]
        self.sides = [_ended(each, at) if each.job_id == job else each for each in self.sides]

    def move(self, job: int, posting: int) -> None:
        at = self.step("matched")
        old = next(each for each in self.sides if each.job_id == job and each.end == OPEN_END)
        self.sides = [_ended(each, at) if each is old else each for each in self.sides]
        self.sides.append(Interval(job, old.lane, at, OPEN_END, posting))

    def flip(self) -> None:
        live = {each.posting_id for each in self.current(self.feed)}
        after = {each.posting_id for each in self.current(self.feed.other)}
        self.feed = self.feed.other
        at = self.step("cut_over" if self.feed is Lane.ATS else "reverted")
        self.agreed |= {(at, posting) for posting in live - after}

    def current(self, lane: Lane) -> list[Interval]:
        return [each for each in self.sides if each.end == OPEN_END and each.lane is lane]

    def told(self) -> History:
        return History(self.steps, self.open, self.sides, frozenset(self.agreed))


def _ended(interval: Interval, at: int) -> Interval:
    return interval._replace(end=at) if interval.end == OPEN_END else interval


def lived(seed: int, length: int) -> Chronicle:
    """Some life of a company: jobs come and go on both sides, are paired and taken apart, and the feed moves."""
    chance, it, jobs = Random(seed), Chronicle(), 0
    it.step("company_added")
    for _ in range(length):
        what = chance.random()
        open_now = [each for each in it.sides if each.end == OPEN_END]
        idle = it.current(it.feed.other)
        if what < 0.35 or not open_now:
            jobs += 1
            it.start(jobs, chance.choice(list(Lane)), posting=jobs)
        elif what < 0.5:
            it.close(chance.choice(open_now).job_id)
        elif what < 0.75 and idle:
            side = chance.choice(idle)
            taken = {each.posting_id for each in idle}
            free = [each.posting_id for each in it.current(it.feed) if each.posting_id not in taken]
            jobs += 1
            it.move(side.job_id, chance.choice(free) if free and chance.random() < 0.7 else jobs)
        elif what < 0.85:
            it.flip()
        else:
            it.step("options")
    return it


LIVES = st.builds(lived, st.integers(0, 2**32), st.integers(0, 60))


def codes(history: History) -> set[str]:
    return {broken.code for broken in check(history)}


def fed(life: Chronicle, revision: int) -> Lane:
    return life.steps[revision - 1].feed


class TestAnHonestHistory:
    @given(LIVES)
    def test_is_clean(self, life: Chronicle) -> None:
        assert check(life.told()) == []

    def test_may_be_empty(self) -> None:
        assert check(History([], [], [])) == []


class TestWhatIsPlanted:
    @given(LIVES, st.randoms(use_true_random=False))
    def test_a_side_cut_short_while_its_lane_fed_is_a_gap(self, life: Chronicle, chance: Random) -> None:
        seen = [each for each in life.sides if any(fed(life, r) is each.lane for r in revisions(life, each))]
        if not seen:
            return
        victim = chance.choice(seen)
        at = next(r for r in revisions(life, victim) if fed(life, r) is victim.lane)
        rest = [each for each in life.sides if each is not victim]
        cut = [victim._replace(end=at)] if at > victim.start else []
        later = [victim._replace(start=at + 1)] if victim.end > at + 1 else []
        assert "GAP" in codes(replace(life.told(), sides=[*rest, *cut, *later]))

    @given(LIVES, st.randoms(use_true_random=False))
    def test_a_second_job_on_a_posting_is_a_duplicate(self, life: Chronicle, chance: Random) -> None:
        if not life.sides:
            return
        victim = chance.choice(life.sides)
        double = victim._replace(job_id=10_000)
        told = replace(life.told(), sides=[*life.sides, double])
        opened = Interval(double.job_id, double.lane, double.start, double.end)
        assert "SIDE_DOUBLED" in codes(replace(told, open=[*life.open, opened]))

    @given(LIVES, st.randoms(use_true_random=False))
    def test_a_job_on_two_postings_is_a_duplicate(self, life: Chronicle, chance: Random) -> None:
        if not life.sides:
            return
        double = chance.choice(life.sides)._replace(posting_id=10_000)
        assert "JOB_DOUBLED" in codes(replace(life.told(), sides=[*life.sides, double]))

    @given(LIVES, st.randoms(use_true_random=False))
    def test_a_posting_that_shows_a_closed_job_is_found(self, life: Chronicle, chance: Random) -> None:
        if not life.open:
            return
        victim = chance.choice(life.open)
        assert "GHOST" in codes(replace(life.told(), open=[each for each in life.open if each is not victim]))

    @given(LIVES)
    def test_a_posting_lost_in_a_move_without_agreement_is_found(self, life: Chronicle) -> None:
        if life.agreed:
            found = [b for b in check(replace(life.told(), agreed=frozenset())) if b.code == "LOST_IN_MOVE"]
            assert {(b.revision) for b in found} == {revision for revision, _ in life.agreed}
            assert len(found) == len(life.agreed)

    @given(LIVES, st.randoms(use_true_random=False))
    def test_a_missing_revision_is_found(self, life: Chronicle, chance: Random) -> None:
        if life.now > 1:
            gone = chance.randrange(life.now - 1)
            steps = [step for number, step in enumerate(life.steps) if number != gone]
            assert "REVISION_MISSING" in codes(replace(life.told(), steps=steps))

    @given(LIVES, st.randoms(use_true_random=False))
    def test_a_feed_that_moved_by_itself_is_found(self, life: Chronicle, chance: Random) -> None:
        quiet = [n for n, step in enumerate(life.steps) if step.kind not in ("cut_over", "reverted")]
        at = chance.choice(quiet)
        steps = list(life.steps)
        steps[at] = steps[at]._replace(feed=steps[at].feed.other)
        assert "FEED_MOVED" in codes(replace(life.told(), steps=steps))

    def test_a_live_job_that_changes_its_address_is_found(self) -> None:
        life = Chronicle()
        life.step("company_added")
        life.start(1, Lane.LEGACY, posting=1)
        life.move(1, posting=2)
        assert codes(life.told()) == {"ADDRESS_CHANGED"}

    @pytest.mark.parametrize("lane", list(Lane))
    def test_an_address_that_changes_at_the_flip_is_no_change_while_live(self, lane: Lane) -> None:
        life = Chronicle(feed=lane)
        life.steps = [Step(1, Lane.LEGACY, "company_added"), Step(2, lane, "cut_over")]
        life.start(1, lane.other, posting=1)
        life.move(1, posting=2)
        life.flip()
        assert codes(life.told()) == set()

    def test_aliases_that_lead_on_or_show_a_job_are_found(self) -> None:
        life = Chronicle()
        life.step("company_added")
        life.start(1, Lane.LEGACY, posting=1)
        assert codes(replace(life.told(), aliases={1: 2})) == {"ALIAS_SHOWS"}
        assert codes(replace(life.told(), aliases={5: 6, 6: 1})) == {"ALIAS_OF_ALIAS"}


def revisions(life: Chronicle, each: Interval) -> range:
    return range(each.start, min(each.end, life.now + 1))
