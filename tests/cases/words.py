"""The words of a case: what can be done to a world in a line, and the jobs that a name stands for."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from changeover import acts
from changeover import flow as runs
from changeover.cutover import Moved, Stale, move_feed
from changeover.job import Job, Lane
from changeover.match import store as matches
from changeover.match.in_order import Order
from changeover.migration.state import Move
from changeover.postings import store as postings
from changeover.readings import Taken
from changeover.refusal import Refusal
from changeover.sunset import notice
from program import World

TRADES = ["Baker", "Welder", "Nurse", "Tailor", "Cooper", "Joiner", "Pilot", "Glazier", "Weaver", "Brewer", "Potter"]
PLACES = ["Oslo, Norway", "Bergen, Norway", "Lyon, France", "Porto, Portugal", "Gdansk, Poland", "Turku, Finland"]
_LANES = {"L": Lane.LEGACY, "A": Lane.ATS}


def job(name: str, given: Mapping[str, Mapping[str, Any]]) -> Job:
    """The job called ``name``: L7 and A7 are twins by their number, unless the case's jobs.toml says otherwise."""
    number = int(re.sub(r"\D", "", name) or 0)
    made = {
        "id": name,
        "title": f"{TRADES[number % len(TRADES)]} {number}",
        "location": PLACES[number % len(PLACES)],
        "employer_job_id": f"R-{number:04d}",
    }
    return Job(**{**made, **given.get(name, {})})


def names(words: Sequence[str]) -> list[str]:
    """Names with ranges written out: L1..L3 is L1, L2, L3."""
    found: list[str] = []
    for word in words:
        first, dots, last = word.partition("..")
        span = range(int(first[1:]), int(last[1:]) + 1) if dots else ()
        found.extend(f"{first[0]}{number}" for number in span)
        found.extend([] if dots else [word])
    return found


@dataclass
class Stage:
    """A world in the course of a case.

    ``addresses``: the posting at which each job was first live; ``events_before``: the revision at which a step began.
    """

    world: World
    given: Mapping[str, Mapping[str, Any]]
    seen: str | None = None
    outcomes: list[str] = field(default_factory=list)
    codes: dict[Lane, str] = field(default_factory=dict)
    addresses: dict[str, int] = field(default_factory=dict)
    events_before: int = 0

    async def do(self, line: str) -> None:
        """Do one line and note how it came out."""
        verb, *rest = line.split()
        self.world.later(seconds=1)
        self._note(await VERBS[verb](self, rest))

    def _note(self, outcome: object) -> None:
        if isinstance(outcome, Refusal):
            self.outcomes.append(outcome.code)
        elif isinstance(outcome, Moved):
            self.outcomes.append("moved")
        elif isinstance(outcome, Stale):
            self.outcomes.append("stale")

    def source(self, lane: Lane) -> int:
        """The lane's source."""
        return self.world.legacy if lane is Lane.LEGACY else self.world.ats

    async def job_id(self, name: str) -> int:
        """The kept job's id."""
        async with self.world.db.company(self.world.company) as conn:
            found = await postings.job_named(conn, self.world.company, _LANES[name[0]], job(name, self.given).id)
        assert found is not None, f"no job {name} is known"
        return found

    async def digest(self) -> str:
        """What a person saw last, or sees now."""
        if self.seen is None:
            self.seen = (await acts.preview(self.world.flow, self.world.company)).preview.digest
        return self.seen


async def _take(stage: Stage, lanes: Sequence[str]) -> object:
    outcome: object = None
    for lane in (Lane(word) for word in (lanes or list(Lane))):
        stage.world.later(seconds=1)
        outcome = await runs.read_source(stage.world.flow, stage.world.company, stage.source(lane))
        stage.codes[lane] = (outcome.verdict.code or "whole") if isinstance(outcome, Taken) else "refused"
    return outcome


async def _read(stage: Stage, lanes: Sequence[str]) -> object:
    outcome = await _take(stage, lanes)
    await runs.run(stage.world.flow, stage.world.company)
    return outcome


async def _run(stage: Stage, _: Sequence[str]) -> object:
    await runs.run(stage.world.flow, stage.world.company)
    return None


async def _push(stage: Stage, words: Sequence[str]) -> object:
    jobs = [job(name, stage.given) for name in names([w for w in words if w != "complete"])]
    world = stage.world
    return await runs.take_push(world.flow, world.company, jobs, [], complete="complete" in words, who="ats")


async def _close(stage: Stage, words: Sequence[str]) -> object:
    keys = [job(name, stage.given).id for name in names(words)]
    return await runs.take_push(stage.world.flow, stage.world.company, [], keys, complete=False, who="ats")


async def _activate(stage: Stage, _: Sequence[str]) -> object:
    return await acts.activate(stage.world.flow, stage.world.company, who="operator")


async def _cancel(stage: Stage, _: Sequence[str]) -> object:
    return await acts.cancel(stage.world.flow, stage.world.company, who="operator")


def _holding(held: bool) -> Callable[[Stage, Sequence[str]], Awaitable[object]]:
    async def hold(stage: Stage, _: Sequence[str]) -> object:
        return await acts.hold(stage.world.flow, stage.world.company, held=held, who="operator", why="Because.")

    return hold


def _deciding(verdict: str) -> Callable[[Stage, Sequence[str]], Awaitable[object]]:
    async def decide(stage: Stage, words: Sequence[str]) -> object:
        legacy, ats = await stage.job_id(words[0]), await stage.job_id(words[1])
        if verdict == "undecided":
            await acts.undecide_pair(stage.world.flow, stage.world.company, legacy, ats, who="operator")
            return None
        return await acts.decide_pair(stage.world.flow, stage.world.company, legacy, ats, verdict, who="operator")

    return decide


async def _pair_group(stage: Stage, words: Sequence[str]) -> object:
    world = stage.world
    async with world.db.company(world.company) as conn:
        twins = await matches.group_named(conn, world.company, job(words[0], stage.given).id)
    assert twins is not None, f"{words[0]} is in no group"
    return await acts.pair_group(world.flow, world.company, twins, Order(words[1]), who="operator")


async def _preview(stage: Stage, _: Sequence[str]) -> object:
    stage.seen = None
    return await stage.digest()


def _moving(move: Move) -> Callable[[Stage, Sequence[str]], Awaitable[object]]:
    async def act(stage: Stage, _: Sequence[str]) -> object:
        seen = await stage.digest()
        act = acts.resolve if move is Move.RESOLVE else acts.revert
        return await act(stage.world.flow, stage.world.company, seen=seen, who="employer")

    return act


async def _flip(stage: Stage, _: Sequence[str]) -> object:
    """The cut-over's transaction alone, without reading or matching again before it."""
    world = stage.world
    return await move_feed(
        world.db, world.company, Move.CUT_OVER, who="changeover", why="Clean.", terms=world.flow.terms
    )


async def _accept(stage: Stage, words: Sequence[str]) -> object:
    lane = Lane(words[0])
    return await runs.accept(stage.world.flow, stage.world.company, stage.source(lane), who="operator")


async def _revoke(stage: Stage, words: Sequence[str]) -> object:
    lane = Lane(words[0])
    return await acts.revoke_source(stage.world.flow, stage.world.company, stage.source(lane), who="operator")


async def _wait(stage: Stage, words: Sequence[str]) -> object:
    stage.world.clock[0] += timedelta(**{words[1].removesuffix("s") + "s": float(words[0])})
    return None


async def _allow(stage: Stage, words: Sequence[str]) -> object:
    none_live = True if words[0] == "none-live" else None
    ats_only = False if words[0] == "ats-only" else None
    world = stage.world
    await acts.set_options(world.flow, world.company, who="operator", ats_only_holds=ats_only, none_live=none_live)
    return None


async def _sweep(stage: Stage, _: Sequence[str]) -> object:
    await runs.sweep(stage.world.flow)
    return None


# read [lane]: read, take in, run.  take [lane]: the same without the run.  flip: the cut-over's transaction alone.
async def _announce(stage: Stage, words: Sequence[str]) -> object:
    """announce legacy 3: its source ends in three days."""
    world, days = stage.world, timedelta(days=float(words[1]))
    return await notice.announce(
        world.db, world.company, stage.source(Lane(words[0])), world.db.now() + days, who="operator"
    )


async def _withdraw(stage: Stage, words: Sequence[str]) -> object:
    return await notice.withdraw(stage.world.db, stage.world.company, stage.source(Lane(words[0])), who="operator")


VERBS: dict[str, Callable[[Stage, Sequence[str]], Awaitable[object]]] = {
    "read": _read,
    "take": _take,
    "run": _run,
    "push": _push,
    "close": _close,
    "activate": _activate,
    "cancel": _cancel,
    "hold": _holding(True),
    "unhold": _holding(False),
    "confirm": _deciding("confirmed"),
    "reject": _deciding("rejected"),
    "undecide": _deciding("undecided"),
    "pair-group": _pair_group,
    "preview": _preview,
    "resolve": _moving(Move.RESOLVE),
    "revert": _moving(Move.REVERT),
    "flip": _flip,
    "accept": _accept,
    "revoke": _revoke,
    "announce": _announce,
    "withdraw": _withdraw,
    "wait": _wait,
    "allow": _allow,
    "sweep": _sweep,
}
