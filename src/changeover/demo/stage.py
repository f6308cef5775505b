"""The demo's employers on the board: their companies, sources and clients, and how each is moved."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from changeover import acts
from changeover import flow as runs
from changeover.accounts.clients import add_client, set_origins
from changeover.app import Program, look_at
from changeover.apply import choices
from changeover.contracts import slots
from changeover.contracts.wrapping import Kind, Rule
from changeover.database.revise import create_company, revise
from changeover.demo.ats import AtsPages, Seats
from changeover.demo.employers import AtsKind
from changeover.demo.push import PushingAts
from changeover.demo.sites import Sites
from changeover.flow import Taken
from changeover.job import Lane
from changeover.migration import store as migrations
from changeover.migration.state import State
from changeover.refusal import Refusal
from changeover.snapshot import store as snapshots
from changeover.snapshot.store import PUSH
from changeover.support import cases

WHO = "demo"
_PATIENCE_SECONDS = 25.0


class StoryStopped(Exception):
    """A step of the demo did not come out as it must; the message says which."""


@dataclass(slots=True)
class Actor:
    """One employer on the board."""

    slug: str
    name: str
    company: int
    has_ats: bool
    sources: dict[Lane, int] = field(default_factory=dict)
    pushing: PushingAts | None = None


@dataclass(slots=True)
class Stage:
    """The program, the sites, and every employer on the board."""

    program: Program
    sites: Sites
    url: str
    actors: dict[str, Actor]
    ats: AtsPages
    loop: asyncio.AbstractEventLoop

    async def read(self, slug: str, *lanes: Lane) -> list[Taken]:
        """Read the employer's sources now; those that push have nothing to read."""
        actor = self.actors[slug]
        taken = []
        # The ATS first, so that the reading of the old source is the later one and no ATS job is too new to judge.
        for lane in lanes or tuple(reversed(actor.sources)):
            if lane is Lane.ATS and actor.pushing:
                continue
            outcome = await runs.read_source(self.program.flow, actor.company, actor.sources[lane], who=WHO)
            if isinstance(outcome, Refusal):
                raise StoryStopped(f"{actor.name}: {outcome}")
            taken.append(outcome)
        return taken

    async def activate(self, slug: str) -> None:
        """Activate the employer's migration; its ATS tells everything once."""
        actor = self.actors[slug]
        refusal = await acts.activate(self.program.flow, actor.company, who=WHO)
        if refusal:
            raise StoryStopped(f"{actor.name}: {refusal}")
        if actor.pushing:
            pushed = await asyncio.to_thread(actor.pushing.push_all)
            if not pushed.taken:
                raise StoryStopped(f"{actor.name}: the push answered {pushed.status}: {pushed.answer}")
        await self.read(slug)

    async def company(self, slug: str) -> migrations.Company:
        """The employer's company as it stands."""
        company = self.actors[slug].company
        async with self.program.db.company(company) as conn:
            return await migrations.company(conn, company)

    async def until(self, slug: str, *states: State) -> migrations.Company:
        """Wait for the worker to bring the employer to one of ``states`` with nothing left to look at."""

        async def there() -> bool:
            it = await self.company(slug)
            return it.state in states and it.flowed_revision == it.revision

        await _until(there, f"{self.actors[slug].name} did not become {' or '.join(states)} in time")
        return await self.company(slug)

    async def everyone_in_place(self) -> None:
        """One employer in each situation that a person may want to look at."""
        with self.days_ago(20):
            await self.activate("owlight")
            await self.until("owlight", State.CUT_OVER)
        await runs.run(self.program.flow, self.actors["owlight"].company)
        await self.activate("fernsluice")
        await self.until("fernsluice", State.CUT_OVER)
        # Its feed shrinks before the ATS is connected, or it would move by itself.
        self.sites.world.shrink("crumbwell")
        for slug in ("quillfeather", "tidewrack", "crumbwell"):
            await self._activate_held(slug, held=slug == "quillfeather")
        await self._ask_support("tidewrack")

    async def _ask_support(self, slug: str) -> None:
        """A case of support, as the employer would open it from its review page."""
        words = "Two of our jobs did not match, and we cannot see why. Are they the same?"
        at = (self.program.db, self.actors[slug].company, "MIGRATION_MISSING_JOB_POSTING", words)
        outcome = await cases.open_case(*at, side="employer", who=WHO)
        if isinstance(outcome, Refusal):
            raise StoryStopped(f"{self.actors[slug].name}: {outcome}")

    async def _activate_held(self, slug: str, *, held: bool) -> None:
        refusal = await acts.activate(self.program.flow, self.actors[slug].company, who=WHO)
        if refusal:
            raise StoryStopped(str(refusal))
        if held:
            why = "Held by the demo, so that you can let it go and watch."
            await acts.hold(self.program.flow, self.actors[slug].company, held=True, who=WHO, why=why)
        await self.read(slug)
        await self.until(slug, State.READY if held else State.MATCHING)

    @contextmanager
    def days_ago(self, days: int) -> Iterator[None]:
        """Let the program's clock show an earlier day, so that a way back may have closed already."""
        clock = self.program.db.now
        self.program.db.now = lambda: datetime.now(UTC) - timedelta(days=days)
        try:
            yield
        finally:
            self.program.db.now = clock

    def follow_changes(self) -> None:
        """Read a source as soon as a person changes it, rather than at its next turn."""

        def changed(slug: str, lane: Lane) -> None:
            if lane in self.actors[slug].sources and not (lane is Lane.ATS and self.actors[slug].pushing):
                asyncio.run_coroutine_threadsafe(self._queue_reading(slug, lane), self.loop)

        self.sites.world.listen(changed)

    async def _queue_reading(self, slug: str, lane: Lane) -> None:
        actor = self.actors[slug]
        source = actor.sources[lane]
        async with self.program.db.company(actor.company) as conn:
            await self.program.queue.enqueue(
                conn,
                runs.READ,
                lock=f"c:{actor.company}:read",
                dedupe=f"asked:{source}",
                company_id=actor.company,
                source_id=source,
            )

    def close(self) -> None:
        """End the pushing ATSs."""
        for actor in self.actors.values():
            if actor.pushing:
                actor.pushing.__exit__(None, None, None)


async def _until(there: Callable[[], Awaitable[bool]], otherwise: str) -> None:
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while not await there():
        if time.monotonic() > deadline:
            raise StoryStopped(otherwise)
        await asyncio.sleep(0.05)


async def set_up(program: Program, sites: Sites, ats: AtsPages, url: str) -> Stage:
    """Put every employer on the board with its sources, and read the old ones: their postings go live."""
    stage = Stage(program, sites, url, {}, ats, asyncio.get_running_loop())
    for employer in sites.world.employers:
        company = await create_company(program.db, employer.name, ats=str(employer.ats), who=WHO)
        actor = Actor(employer.slug, employer.name, company, employer.ats is not AtsKind.NONE)
        stage.actors[employer.slug] = actor
        await _add_source(program, actor, Lane.LEGACY, sites.legacy_url(employer.slug))
        token = ""
        if employer.ats is AtsKind.PUSH:
            token = await _add_push(program, actor, sites, url)
        elif actor.has_ats:
            await _add_source(program, actor, Lane.ATS, sites.ats_url(employer.slug))
        await stage.read(employer.slug, Lane.LEGACY)
        contract = await _promote(program, actor)
        if token:
            ats.seats = Seats(url, company, token, contract, f"recruiter@{employer.slug}.example")
            await _embed(program, ats.seats, ats.url)
        await choices.tell_candidates(program.db, company, on=True, who=WHO)
    return stage


async def _embed(program: Program, seats: Seats, origin: str) -> None:
    """The ATS's pages may show widgets, and its recruiter has a seat."""
    kept = await set_origins(program.db, seats.company, int(seats.client), [origin], who=WHO)
    at = (program.db, seats.company, seats.contract, seats.email)
    refusal = await slots.set_seat(*at, name="Recruiter", admin=True, active=True, who=WHO)
    if refusal or isinstance(kept, Refusal):
        raise StoryStopped(f"The ATS may not show widgets: {refusal or kept}")


async def _promote(program: Program, actor: Actor) -> int:
    """A contract with two paid slots, so that there is something to keep when the feed moves; its id."""
    made = await slots.add_contract(program.db, actor.company, "Sample contract", slots=2, seats=2, who=WHO)
    wish = slots.Wish(add=Rule(Kind.ALL))
    async with program.db.company(actor.company) as conn:
        seen = await slots.preview(conn, actor.company, made, wish)
    if isinstance(seen, Refusal):
        raise StoryStopped(f"{actor.name}: {seen}")
    await slots.change_contract(program.db, actor.company, made, wish, seen=seen.digest, who=WHO)
    return made


async def _add_source(program: Program, actor: Actor, lane: Lane, location: str) -> None:
    reading = await look_at(program.settings, location)
    if not reading.complete:
        raise StoryStopped(f"{actor.name}: {location} cannot be read whole: {reading.problems}")
    kind = reading.kind
    async with revise(program.db, actor.company, kind="source_added", who=WHO, why=f"{location} was added.") as change:
        actor.sources[lane] = await snapshots.add_source(
            change,
            lane=lane,
            kind=kind,
            location=location,
            every_minutes=program.settings.read_every_minutes,
        )


async def _add_push(program: Program, actor: Actor, sites: Sites, url: str) -> str:
    """A push lane, and an ATS that pushes with the token of a client; the token."""
    async with revise(program.db, actor.company, kind="source_added", who=WHO, why="Its ATS may push.") as change:
        actor.sources[Lane.ATS] = await snapshots.add_source(
            change, lane=Lane.ATS, kind=PUSH, location="push", every_minutes=None
        )
    token = await add_client(program.db, actor.company, f"{actor.name} ATS", who=WHO)
    target = f"{url}/api/v1/companies/{actor.company}/jobs"
    actor.pushing = PushingAts(sites.world, actor.slug, target, token, sites.url).__enter__()
    return token
