"""The real program, moved by the operations that the model knows, and what is seen of it from outside."""

from __future__ import annotations

import zlib
from collections.abc import Awaitable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import psycopg

from changeover import acts, vouching
from changeover import flow as runs
from changeover.apply import store as applications
from changeover.contracts import slots
from changeover.contracts.slots import Wish
from changeover.contracts.wrapping import Preview as SlotsPreview
from changeover.cutover import Moved
from changeover.job import Job as Told
from changeover.job import Lane
from changeover.rematch import rematch
from changeover.sources.source import Completeness, Tells
from contracts.slots_world import contract
from model.rules import ATS, LANES, LEGACY, MATCHED, Company, Pair, Preview
from model.source import Job, Reading
from program import World

# What the program tells apart of a job on the board that stands alone, and the model does not.
_ALONE = {
    "MIGRATION_MISSING_JOB_POSTING": "LEGACY_ALONE",
    "TWIN_CLOSED": "LEGACY_ALONE",
    "PENDING_LEGACY": "LEGACY_ALONE",
    "MIGRATION_MISSING_SCRAPED_JOB": "ATS_ALONE",
}
_SEEN = """
select c.state, c.feed, c.held, c.resolve_digest is not null as waits, c.ats_only_holds, c.none_live_confirmed,
  c.revision, (select coalesce(json_agg(b ->> 'code'), '[]') from jsonb_array_elements(c.blockers) b) as blockers,
  (select coalesce(json_agg(json_build_array(lane, source_job_id, title, open, job_id, posting_id, opened_revision)),
    '[]') from job where company_id = c.company_id) as jobs,
  (select coalesce(json_agg(json_build_array(posting_id, title)), '[]') from public_posting
    where company_id = c.company_id) as live,
  (select json_object_agg(lane, json_build_array(state, whole_now, held_reading_id is not null, whole_revision))
    from source where company_id = c.company_id) as sources,
  (select count(*) from application where company_id = c.company_id) as applications
from company c where company_id = %s
"""


@dataclass(frozen=True)
class Op:
    """An operation and what it is about. Those that change what a source has are told to it before."""

    name: str
    lane: str = LEGACY
    pair: Pair = ("", "")
    word: str = ""
    flag: bool = False
    other: bool = False
    number: int = 0
    jobs: tuple[Job, ...] = ()
    closed: tuple[str, ...] = ()

    def __str__(self) -> str:
        plain = Op("")
        about = {k: v for k, v in vars(self).items() if k != "name" and v != getattr(plain, k)}
        return f"{self.name} {about}" if about else self.name


@dataclass(frozen=True)
class Seen:
    """What is seen of a company from outside, in the model's words."""

    state: str
    held: bool
    waits: bool
    options: tuple[bool, bool]
    jobs: Mapping[str, Mapping[str, str]]
    pairs: frozenset[Pair]
    live: tuple[str, ...]
    sources: Mapping[str, tuple[bool, bool, bool]]
    blockers: frozenset[str]
    applications: int


@dataclass
class Row:
    """The company as the database has it: ``said`` as it was asked for, and what the model can be held against."""

    said: dict[str, Any]

    @property
    def open(self) -> dict[str, dict[str, list[Any]]]:
        found: dict[str, dict[str, list[Any]]] = {lane: {} for lane in LANES}
        for row in self.said["jobs"]:
            if row[3]:
                found[row[0]][row[1]] = row
        return found

    def pairs(self) -> frozenset[Pair]:
        """The open jobs of both lanes that stand on one posting."""
        jobs = self.open
        at = {row[5]: key for key, row in jobs[ATS].items()}
        return frozenset((key, at[row[5]]) for key, row in jobs[LEGACY].items() if row[5] in at)

    def seen(self) -> Seen:
        said = self.said
        return Seen(
            said["state"],
            said["held"],
            said["waits"],
            (said["ats_only_holds"], said["none_live_confirmed"]),
            {lane: {key: row[2] for key, row in jobs.items()} for lane, jobs in self.open.items()},
            self.pairs() if said["state"] in MATCHED else frozenset(),
            tuple(sorted(title for _, title in said["live"])),
            {lane: (it[0] == "active", it[1], it[2]) for lane, it in said["sources"].items()},
            frozenset(_ALONE.get(code, code) for code in said["blockers"])
            if said["state"] in ("matching", "ready")
            else frozenset(),
            said["applications"],
        )


def expected(it: Company, *, rests: bool) -> Seen:
    """What the model says has to be seen; ``rests``: with what only a run makes so."""
    return Seen(
        it.state,
        it.held,
        it.wish is not None,
        (it.ats_only_holds, it.none_live),
        {lane: {key: job.title for key, job in it.source(lane).jobs.items()} for lane in LANES},
        frozenset(it.pairs) if rests and it.state in MATCHED else frozenset(),
        tuple(sorted(it.live.values())),
        {lane: (it.source(lane).active, it.source(lane).whole_now, it.source(lane).held is not None) for lane in LANES},
        frozenset(it.blockers) if rests and it.state in ("matching", "ready") else frozenset(),
        it.applications,
    )


@dataclass
class Driver:
    """One company of the real program. ``digest``: of the preview that a person saw last."""

    world: World
    digest: str = "0" * 32
    contract: int = 0
    titles: dict[str, str] = field(default_factory=dict)

    async def begin(self, *, push: bool, slots_of: int) -> None:
        """A new company; with a contract that wraps every posting as far as its slots go, where it has any."""
        self.world = replace(self.world)
        await self.world.employ(push=push)
        self.tell(LEGACY, Reading())
        self.tell(ATS, Reading())
        if slots_of:
            self.contract = await contract(self.world, slots_of)

    def tell(self, lane: str, reading: Reading) -> None:
        """What the source says from now on."""
        if reading.how == "failed":
            self.world.break_source(Lane(lane))
        else:
            how = Completeness.COMPLETE if reading.how == "complete" else Completeness.PARTIAL
            # One that is whole says so, as the full feed of a source does that tells changes only at other times.
            tells = {"complete": Tells.EVERYTHING, "changes": Tells.CHANGES}.get(reading.how, Tells.UNSAID)
            jobs = [_told(job) for job in reading.jobs]
            self.world.tell(Lane(lane), *jobs, completeness=how, gone=reading.gone, tells=tells)

    async def look(self) -> tuple[frozenset[str], frozenset[str]]:
        """The preview as a person sees it: what would close and what would open, by the sources' ids."""
        preview = (await acts.preview(self.world.flow, self.world.company)).preview
        self.digest = preview.digest
        return tuple(frozenset(it.source_job_id for it in side) for side in (preview.closing, preview.opening))  # type: ignore[return-value]

    async def run(self) -> None:
        await runs.run(self.world.flow, self.world.company)

    async def do(self, op: Op, ids: Mapping[str, int]) -> object:
        """Do it by the program; ``ids`` are our ids of jobs by the sources'. What came of it."""
        doing = self._by_source(op) or self._by_person(op) or self._by_others(op, ids)
        return await doing if doing else None

    def _by_source(self, op: Op) -> Awaitable[object] | None:
        flow, company = self.world.flow, self.world.company
        source = self.world.legacy if op.lane == LEGACY else self.world.ats
        match op.name:
            case "run":
                return runs.run(flow, company)
            case "read":
                return runs.read_source(flow, company, source)
            case "push":
                told = [_told(job) for job in op.jobs]
                return runs.take_push(flow, company, told, op.closed, complete=op.flag, who="ats")
            case "accept":
                return runs.accept(flow, company, source, who="operator")
            case "told":
                return vouching.told_everything(flow, company, source, who="operator")
            case "revoke":
                return acts.revoke_source(flow, company, source, who="operator")
        return None

    def _by_person(self, op: Op) -> Awaitable[object] | None:
        flow, company = self.world.flow, self.world.company
        match op.name:
            case "activate":
                return acts.activate(flow, company, who="operator")
            case "cancel":
                return acts.cancel(flow, company, who="operator")
            case "hold":
                return acts.hold(flow, company, held=op.flag, who="operator", why="Because.")
            case "allow":
                return acts.set_options(flow, company, who="operator", ats_only_holds=op.flag, none_live=op.other)
            case "resolve":
                return acts.resolve(flow, company, seen=self.digest, who="employer")
            case "revert":
                return acts.revert(flow, company, seen=self.digest, who="employer")
        return None

    def _by_others(self, op: Op, ids: Mapping[str, int]) -> Awaitable[object] | None:
        match op.name:
            case "decide":
                return self._decide(op, ids)
            case "apply":
                return self._apply()
            case "slots":
                return self._slots(op.number)
            case "match anew" if op.flag:
                return rematch(self.world.db, self.world.company, anew=True)
        return None

    async def _decide(self, op: Op, ids: Mapping[str, int]) -> object:
        flow, company, two = self.world.flow, self.world.company, (ids[op.pair[0]], ids[op.pair[1]])
        if not op.word:
            await acts.undecide_pair(flow, company, *two, who="employer")
            return None
        return await acts.decide_pair(flow, company, *two, op.word, who="employer")

    async def _apply(self) -> object:
        """As a form would: to the newest live posting."""
        live = await self.world.live()
        if not live:
            return None
        db, company = self.world.db, self.world.company
        async with db.company(company) as conn, conn.transaction():
            return await applications.add(conn, company, max(live), "", {"email": "a@example.org"}, {}, db.now())

    async def _slots(self, number: int) -> object:
        if not self.contract:
            return None
        db, company, wish = self.world.db, self.world.company, Wish(slots=number)
        async with db.company(company) as conn:
            seen = await slots.preview(conn, company, self.contract, wish)
        assert isinstance(seen, SlotsPreview)
        return await slots.change_contract(db, company, self.contract, wish, seen=seen.digest, who="operator")

    def row(self, watch: psycopg.Connection[dict[str, Any]]) -> Row:
        """The company as the database has it."""
        row = watch.execute(_SEEN, (self.world.company,), prepare=True).fetchone()
        assert row is not None
        return Row(row)


def do(it: Company, op: Op, seen: Preview | None) -> None:
    """Do the operation to the model. ``seen``: the preview that the person saw last."""
    match op.name:
        case "read" | "accept" | "told" | "revoke":
            getattr(it, op.name)(op.lane)
        case "push":
            it.pushed(op.jobs, op.closed, op.flag)
        case "activate" | "cancel" | "apply" | "run":
            getattr(it, op.name)()
        case "hold":
            it.hold(op.flag)
        case "allow":
            it.allow(op.flag, op.other)
        case "decide":
            it.decide(op.pair, op.word)
        case "resolve" | "revert":
            getattr(it, op.name)(seen)


def moved(outcome: object) -> bool:
    """Whether the caller was told that the feed moved."""
    return isinstance(outcome, Moved)


def _told(job: Job) -> Told:
    where = zlib.crc32(job.key.lstrip("LA").encode())
    return Told(
        id=job.key,
        title=job.title,
        location=PLACES[where % len(PLACES)],
        employer_job_id=f"R-{job.number:04d}" if job.number else "",
    )


PLACES = ["Oslo, Norway", "Bergen, Norway", "Lyon, France", "Turin, Italy", "Cork, Ireland", "Graz, Austria"]
