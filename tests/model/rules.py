"""The rules of a migration and of postings, as a model that runs: what the board has to show, and what may move it.

Read it as the specification. It knows no database, no clock and nothing of the program: a company is what its two
sources told and what people said, and every operation is a method. `machine` drives the real program beside it.

What it leaves out on purpose: how likely two texts are one opening (two jobs are, if they have the same employer's
number), and which id a posting gets (that it stays is checked from outside, by `promises.sql`).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from model.source import DAY, HOUR, MINUTE, Job, Source

LEGACY, ATS = "legacy", "ats"
LANES = (LEGACY, ATS)
# The other terms of the program's settings, in minutes.
FRESH, QUIET, WAY_BACK = 2 * HOUR, 30 * MINUTE, 14 * DAY
NOTICE, OVERDUE = 30 * DAY, 24 * HOUR
# The states in which jobs are matched, and the only ways between states.
MATCHED = ("matching", "ready", "cut_over")
MOVES = {
    "activate": (("legacy",), "matching"),
    "become_ready": (("matching",), "ready"),
    "fall_back": (("ready",), "matching"),
    "cut_over": (("ready",), "cut_over"),
    "resolve": (("matching", "ready"), "cut_over"),
    "revert": (("cut_over",), "matching"),
    "cancel": (("matching", "ready"), "legacy"),
    "finish": (("cut_over",), "finished"),
}
FEEDS = {"legacy": LEGACY, "matching": LEGACY, "ready": LEGACY, "cut_over": ATS, "finished": ATS}
# What the employer's word (resolve) settles; every other reason against a cut-over has to go away by itself.
RESOLVABLE = frozenset({"LEGACY_ALONE", "TWIN_INVALID", "ATS_ALONE", "INVALID_ATS"})

Pair = tuple[str, str]
Preview = tuple[frozenset[str], frozenset[str]]


@dataclass
class Company:
    """A company: its two sources, its people's words, and where its migration stands."""

    push: bool = False
    now: float = 0
    turn: int = 0
    state: str = "legacy"
    held: bool = False
    ats_only_holds: bool = True
    none_live: bool = False
    wish: Preview | None = None
    activated: float = 0
    way_back: float | None = None
    pairs: set[Pair] = field(default_factory=set)
    words: dict[Pair, str] = field(default_factory=dict)
    legacy: Source = field(default_factory=Source)
    ats: Source = field(default_factory=Source)
    applications: int = 0

    def __post_init__(self) -> None:
        self.ats.pulled = not self.push

    @property
    def feed(self) -> str:
        """The lane that supplies the board: one column of one row."""
        return FEEDS[self.state]

    @property
    def live(self) -> dict[str, str]:
        """Every open, valid job of the feeding lane, once, as it is told: titles by key."""
        return {job.key: job.title for job in self.source(self.feed).jobs.values() if job.title}

    @property
    def preview(self) -> Preview:
        """What a flip of the feed would close and open: the jobs whose twin is not open and valid."""
        postable = {lane: {k for k, job in self.source(lane).jobs.items() if job.title} for lane in LANES}
        whole = [pair for pair in self.pairs if pair[0] in postable[LEGACY] and pair[1] in postable[ATS]]
        lone = [frozenset(postable[lane] - {pair[side] for pair in whole}) for side, lane in enumerate(LANES)]
        return (lone[0], lone[1]) if self.feed == LEGACY else (lone[1], lone[0])

    def source(self, lane: str) -> Source:
        """The lane's source."""
        return self.legacy if lane == LEGACY else self.ats

    def read(self, lane: str) -> None:
        """Only a whole reading that is believed may close; one that is in doubt is held and changes nothing."""
        it, reading, began = self.source(lane), self.source(lane).says, self.turn
        if not it.pulled or not it.active:
            return
        self.turn += 1
        it.whole_now = False
        verdict = "failed" if reading.how == "failed" else "held" if it.doubt(reading, self.now) else "taken"
        it.past.append((verdict, len(reading.jobs), self.now))
        it.taken = (began, self.now) if verdict == "taken" else None
        if reading.how == "changes":
            it.heard(verdict, began, self.now, it.held is not None)
        if verdict == "held":
            it.held = (reading, began, self.now)
        elif verdict == "taken":
            it.write(reading.jobs, self.turn)
            it.close(it.jobs.keys() & set(reading.gone))
            if reading.how == "complete":
                it.close(it.jobs.keys() - {job.key for job in reading.jobs})
                it.believed(began, self.now)

    def pushed(self, jobs: tuple[Job, ...], closed: tuple[str, ...], complete: bool) -> None:
        """What the ATS pushes is so; what it closes is closed, also if it tells it in the same breath."""
        it, gone = self.ats, set(closed)
        told = [job for job in jobs if job.key not in gone and it.jobs.get(job.key) != job]
        ending = gone & it.jobs.keys()
        if it.pulled or not it.active or not (told or ending or complete):
            return
        self.turn += 1
        if any(job.key not in it.ever for job in told):
            it.new_at = self.now
        it.write(told, self.turn)
        it.close(ending)
        if complete:
            it.believed(self.turn, self.now)

    def accept(self, lane: str) -> None:
        """A person says that the held reading is right. What came after it began is not for it to close."""
        it = self.source(lane)
        if it.held is None or not it.active:
            return
        reading, began, at = it.held
        self.turn += 1
        before = set(it.jobs)
        it.write(reading.jobs, self.turn)
        it.held = None
        if it.past[-1][0] == "held":
            it.taken = (began, at)
        it.past.append(("released", 0, self.now))
        it.close([key for key in before & set(reading.gone) if it.opened[key] <= began])
        if reading.how == "complete":
            missing = before - {job.key for job in reading.jobs}
            it.close([key for key in missing if it.opened[key] <= began])
            it.believed(began, at)

    def told(self, lane: str) -> None:
        """A person says that a source of changes has told everything by its newest reading, which was taken in."""
        it = self.source(lane)
        if it.pulled and it.active and it.changes and it.taken and it.held is None:
            self.turn += 1
            it.believed(*it.taken)

    def revoke(self, lane: str) -> None:
        """The source is read no more; what an old one told stands as it is for the days of notice."""
        it = self.source(lane)
        if it.active and lane == LEGACY:
            it.ends_at = self.now + NOTICE
        it.active = False

    @property
    def ended(self) -> bool:
        """Whether the old source has ended as announced: then the ATS takes over, and there is no way back."""
        return self.legacy.ended_at is not None

    def end(self) -> None:
        """The day has come: what the old source told closes.

        In migration nothing does while the ATS still has time to take over, and then not what has a twin in it.
        """
        it, moving = self.legacy, self.state in MOVES["cancel"][0]
        if it.ends_at is None or it.ends_at > self.now or it.settled:
            return
        if it.ended_at is None:
            it.ended_at, it.active, it.whole_now, it.held = self.now, False, False, None
        if not moving or self.now >= it.ended_at + OVERDUE:
            twins = {key for key, twin in self.pairs if twin in self.ats.jobs and self.ats.jobs[twin].title}
            it.close(it.jobs.keys() - (twins if moving else set()))
        self.turn += 1
        it.settled = not it.jobs

    def activate(self) -> None:
        """From now on both lanes are read and matched; the old source goes on feeding."""
        if self.ats.active and self.move("activate"):
            self.activated, self.held, self.wish = self.now, False, None

    def cancel(self) -> None:
        """The old source goes on feeding alone."""
        if not self.ended and self.move("cancel"):
            self.held, self.wish = False, None

    def hold(self, held: bool) -> None:
        """A cut-over that is ahead waits for a person, or does so no longer."""
        if not held or self.state in ("matching", "ready"):
            self.held = held

    def allow(self, ats_only_holds: bool, none_live: bool) -> None:
        """Whether a job that only the ATS has holds the cut-over; whether an empty board is right."""
        self.ats_only_holds, self.none_live = ats_only_holds, none_live

    def decide(self, pair: Pair, word: str) -> None:
        """A person's word on two jobs outlives every match: ``confirmed``, ``rejected``, or taken back (empty)."""
        if word == "":
            self.words.pop(pair, None)
            return
        if word == "confirmed":
            if not self.both_open(pair):
                return
            self.words = {p: w for p, w in self.words.items() if w != "confirmed" or not set(p) & set(pair)}
            self.pairs = {p for p in self.pairs if not set(p) & set(pair)} | {pair}
        else:
            self.pairs.discard(pair)
        self.words[pair] = word

    def apply(self) -> None:
        """A candidate applies at a posting that is live."""
        self.applications += bool(self.live)

    def both_open(self, pair: Pair) -> bool:
        return pair[0] in self.legacy.jobs and pair[1] in self.ats.jobs

    def match(self) -> None:
        """Words first, then the employer's numbers. After the cut-over a pair that stands is kept, whatever made it."""
        if self.state not in MATCHED:
            return
        pairs = {pair for pair, word in self.words.items() if word == "confirmed" and self.both_open(pair)}
        if self.state == "cut_over":
            stand = {pair for pair in self.pairs if self.both_open(pair) and self.words.get(pair) != "rejected"}
            pairs |= {pair for pair in stand if not {job for p in pairs for job in p} & set(pair)}
        taken = {job for pair in pairs for job in pair}
        numbers = {job.number: key for key, job in self.ats.jobs.items() if job.number and key not in taken}
        for key, job in self.legacy.jobs.items():
            pair = (key, numbers.get(job.number, ""))
            if key not in taken and pair[1] and self.words.get(pair) != "rejected":
                pairs.add(pair)
        self.pairs = pairs

    def reasons(self, lanes: Collection[str] = LANES) -> set[str]:
        """Why one lane, or both, are not whole and fresh."""
        found = set()
        for lane in lanes:
            it = self.source(lane)
            if not it.active:
                found |= {"NO_ATS_SOURCE"} if lane == ATS else set()
            elif it.held:
                found.add("SNAPSHOT_HELD")
            elif it.whole is None:
                found.add("LANE_NOT_WHOLE")
            elif it.pulled and self.now - it.whole_at > FRESH:
                found.add("LANE_NOT_FRESH")
        return found

    @property
    def blockers(self) -> set[str]:
        """Why flipping the feed now would not be clean."""
        found = self.reasons()
        twins = dict(self.pairs)
        for key in (key for key, job in self.legacy.jobs.items() if job.title):
            twin = self.ats.jobs.get(twins.get(key, ""))
            if twin is None or not twin.title:
                found.add("TWIN_INVALID" if twin else "LEGACY_ALONE")
        behind = self.turn if not self.legacy.active else (self.legacy.whole or 0)
        for key, job in self.ats.jobs.items():
            old = next((legacy for legacy, ats in self.pairs if ats == key), None)
            if not job.title and (old is None or not self.legacy.jobs[old].title):
                found.add("INVALID_ATS")
            # A job that is new in the ATS is pending: it opens with the flip and holds nothing.
            if job.title and old is None and self.ats_only_holds and self.ats.opened[key] <= behind:
                found.add("ATS_ALONE")
        if not any(job.title for job in self.ats.jobs.values()) and not self.none_live:
            found.add("NONE_LIVE")
        return found

    @property
    def readable(self) -> bool:
        """Whether the newest reading of every source that is read was whole and believed."""
        return all(it.whole_now for it in (self.legacy, self.ats) if it.active and it.pulled)

    def move(self, what: str) -> bool:
        """The one table of moves."""
        allowed, target = MOVES[what]
        if self.state not in allowed:
            return False
        self.state = target
        return True

    def run(self) -> None:
        """Match, then make every move that is due, until none is."""
        for _ in range(6):
            self.end()
            self.match()
            if not self.due():
                return

    def due(self) -> bool:
        """Make the one move that is due."""
        ats, before = self.ats, self.state in ("matching", "ready")
        quiet_since = None if ats.new_at is None else max(ats.new_at, self.activated)
        pushes = before and ats.active and not ats.pulled and ats.whole is None
        if pushes and quiet_since is not None and self.now - quiet_since >= QUIET:
            self.turn += 1
            ats.believed(self.turn, self.now)
            return True
        if self.state == "cut_over":
            return self.way_back is not None and self.now > self.way_back and self.finish()
        if before and self.ended and self.readable and not self.blockers - RESOLVABLE:
            self.take_over()
            return True
        if before and self.wish is not None and self.readable and not self.ended:
            self.resolve(self.wish)
            return True
        if self.state == "matching":
            return not self.blockers and self.move("become_ready")
        if self.state == "ready":
            if self.blockers:
                return self.move("fall_back")
            if self.readable and not self.held:
                self.cut_over()
                return True
        return False

    def read_all(self, lanes: Collection[str] = LANES) -> bool:
        """Read what can be read; whether all of it is whole now."""
        for lane in lanes:
            self.read(lane)
        sources = [self.source(lane) for lane in lanes]
        return all(it.whole_now for it in sources if it.active and it.pulled)

    def cut_over(self) -> None:
        """Read both lanes again, match again, and flip if it is still clean."""
        if self.read_all():
            self.match()
            if not self.blockers and not self.held:
                self.flip("cut_over")

    def resolve(self, seen: Preview | None) -> None:
        """The employer's word on what they saw: if it is that still, what is unmatched closes, and the ATS feeds.

        Where a source cannot be read the word is kept, and tried again when it can.
        """
        if self.state not in MOVES["resolve"][0]:
            return
        if not self.read_all():
            self.wish = seen or (frozenset("?"), frozenset())
            return
        self.match()
        if not self.blockers - RESOLVABLE and self.preview == seen:
            self.flip("resolve")
        self.wish = None

    def take_over(self) -> None:
        """The old source has ended: what matched stays, the ATS feeds, and there is no way back."""
        if self.read_all():
            self.match()
            if not self.blockers - RESOLVABLE:
                self.flip("resolve")
                self.way_back = self.now

    def revert(self, seen: Preview | None) -> None:
        """The way back, while it is open and if it is what they saw: the old source feeds again, and that is held."""
        if self.state != "cut_over" or not self.read_all([LEGACY]):
            return
        self.match()
        closed = self.way_back is None or self.now > self.way_back
        if not closed and self.legacy.active and not self.reasons([LEGACY]) and self.preview == seen:
            self.flip("revert")

    def flip(self, move: str) -> None:
        """The one moment in which the feed moves. No posting is touched: what is live is defined by the feed."""
        self.move(move)
        self.turn += 1
        self.held = move == "revert"
        self.wish = None if move != "revert" else self.wish
        self.way_back = None if move == "revert" else self.now + WAY_BACK

    def finish(self) -> bool:
        """The way back has closed: the old source is off."""
        self.legacy.active = False
        return self.move("finish")
