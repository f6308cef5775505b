"""What is done to a company at random, its sources at hand: plans, and what they come to for one company."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from hypothesis import strategies as st

from model.driver import Driver, Op
from model.rules import ATS, LANES, LEGACY, Company, Preview
from model.source import Job, Reading

NUMBERS = range(1, 10)
TRADES = ["Baker", "Welder", "Nurse", "Tailor", "Cooper", "Joiner", "Pilot", "Glazier", "Weaver"]
# What an ATS calls a job of its own, which no text leads to.
OTHERS = [
    "Auditor",
    "Biologist",
    "Chauffeur",
    "Dentist",
    "Editor",
    "Falconer",
    "Geologist",
    "Horologist",
    "Illustrator",
]


@dataclass(frozen=True)
class Plan:
    """What is to be done, before it is known to whom: what it does not need is left aside."""

    name: str
    lane: str
    numbers: frozenset[int]
    how: str
    flag: bool
    other: bool
    number: int


_NAMES = (
    ["change"] * 6 + ["tell"] * 4 + ["retitle"] * 3 + ["read badly"] * 4 + ["decide"] * 6 + ["hold"] * 3
    + ["resolve", "revert", "run", "run", "activate", "accept", "accept", "allow", "apply", "slots", "match anew"]
    + ["look", "cancel", "revoke", "tell again", "tell again", "told", "told"]
)  # fmt: skip
_HOW = ["partial", "shrunken", "empty", "failed", "changes", "changes"]
plans = st.builds(
    Plan,
    st.sampled_from(_NAMES),
    st.sampled_from(LANES),
    st.frozensets(st.sampled_from(NUMBERS), min_size=1, max_size=5),
    st.sampled_from(_HOW),
    st.booleans(),
    st.booleans(),
    st.integers(1, 40),
)


@dataclass
class Play:
    """One company on stage: the program's, the model's, what its sources have, and what was seen last."""

    driver: Driver
    model: Company
    rests: bool = False
    has: dict[str, dict[str, Job]] = field(default_factory=lambda: {lane: {} for lane in LANES})
    looked: Preview | None = None
    ids: dict[str, int] = field(default_factory=dict)

    def reading(self, lane: str, reading: Reading | None = None) -> Op:
        """The source has this to say; the operation by which it comes to us."""
        says = reading or Reading(tuple(self.has[lane].values()))
        self.driver.tell(lane, says)
        self.model.source(lane).says = says
        if lane == ATS and self.model.push:
            gone = tuple(sorted(self.model.ats.ever - self.has[ATS].keys()))
            return Op("push", ATS, jobs=says.jobs, closed=gone, flag=says.how == "complete")
        return Op("read", lane)

    def prepare(self, plan: Plan) -> Op:
        """The plan as an operation on this company."""
        match plan.name:
            case "change":
                self._open_or_close(plan)
            case "retitle":
                self._retitle(plan)
            case "read badly":
                return self._badly(plan)
            case "tell again":
                return self.reading(plan.lane, self.model.source(plan.lane).says)
            case "decide":
                return self._decide(plan)
            case "hold":
                return Op("hold", flag=plan.flag and plan.other)
            case "slots":
                return Op("slots", number=plan.number % 6 + 1)
        if plan.name in ("change", "retitle", "tell"):
            return self.reading(plan.lane)
        return Op(plan.name, plan.lane, flag=plan.flag, other=plan.other)

    def same_openings(self) -> dict[str, dict[str, Job]]:
        """By lane the openings that either source has, but for those that only the ATS calls so."""
        numbers = {job.number for has in self.has.values() for job in has.values() if job.number} or {1}
        return {lane: dict(_job(lane, number, own=False) for number in sorted(numbers)) for lane in LANES}

    def _open_or_close(self, plan: Plan) -> None:
        has = self.has[plan.lane]
        for number in plan.numbers:
            key = next((k for k in _keys(plan.lane, number) if k in has), None)
            if key is None:
                has.update([_job(plan.lane, number, own=plan.flag and plan.lane == ATS)])
            else:
                del has[key]

    def _retitle(self, plan: Plan) -> None:
        has = self.has[plan.lane]
        for key in [k for n in plan.numbers for k in _keys(plan.lane, n) if k in has]:
            title = "" if plan.flag and plan.other else f"{_title(key)} {plan.number % 3 or ''}".strip()
            has[key] = Job(key, has[key].number, title)

    def _badly(self, plan: Plan) -> Op:
        some = tuple(job for job in self.has[plan.lane].values() if int(job.key[1:]) in plan.numbers)
        if plan.how == "changes":
            gone = sorted(self.model.source(plan.lane).ever - self.has[plan.lane].keys())
            return self.reading(plan.lane, Reading(some, "changes", tuple(gone)))
        how = {"partial": "partial", "failed": "failed"}.get(plan.how, "complete")
        return self.reading(plan.lane, Reading(() if plan.how in ("empty", "failed") else some, how))

    def _decide(self, plan: Plan) -> Op:
        """A word on two jobs that are open, if there are two."""
        legacy, ats = (sorted(self.model.source(lane).jobs) for lane in LANES)
        if not (legacy and ats):
            return Op("run")
        pair = (legacy[plan.number % len(legacy)], ats[plan.number // 6 % len(ats)])
        return Op("decide", pair=pair, word=("confirmed", "rejected", "confirmed", "")[len(plan.numbers) % 4])


def _keys(lane: str, number: int) -> Sequence[str]:
    return (f"L{number}",) if lane == LEGACY else (f"A{number}", f"S{number}")


def _title(key: str) -> str:
    return (OTHERS if key[0] == "S" else TRADES)[int(key[1:]) - 1]


def _job(lane: str, number: int, *, own: bool) -> tuple[str, Job]:
    """A job that has its twin's number and title; or one of the ATS's own, which only a person pairs."""
    key = _keys(lane, number)[own]
    return key, Job(key, 0 if own else number, _title(key))


def first_job(lane: str, number: int) -> tuple[str, Job]:
    """What a source has at the beginning: the last job of the ATS is one of its own."""
    return _job(lane, number, own=lane == ATS and number == max(NUMBERS))
