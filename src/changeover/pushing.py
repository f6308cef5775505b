"""What an ATS pushes, written as one revision: its source, its known jobs, what came of them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from changeover.database.connection import Connection
from changeover.database.revise import Change, Look
from changeover.job import Flaw, Job
from changeover.postings import store as postings
from changeover.postings.writing import Rows, by_index, write_told
from changeover.readings import RUN_KEY, Flow, wake
from changeover.refusal import Refusal
from changeover.snapshot import store as snapshots
from changeover.snapshot.difference import Known
from changeover.snapshot.store import SourceRow
from changeover.wording import plural

_NO_SOURCE = Refusal(
    "NO_PUSH_SOURCE", "This company's ATS is not set up to push.", "Add a source of kind ats_push first."
)


@dataclass(slots=True)
class Push:
    """A push in hand: its revision, the source that it comes from, and which of the jobs that it names were ``known``.

    ``beside``: another source feeds its lane; ``waits``: a run of the company waits to begin.
    """

    change: Change
    row: SourceRow
    beside: bool
    known: dict[str, Known]
    waits: bool
    told: int = 0
    closed: int = 0

    async def known_too(self, keys: Collection[str]) -> dict[str, Known]:
        """Those of the source's jobs that other ``keys`` name."""
        return await postings.known_of(self.change.conn, self.row.company_id, self.row.source_id, list(keys))

    async def write(
        self, jobs: Sequence[Job], known: Mapping[str, Known], flaws: Mapping[str, Flaw] | None = None
    ) -> None:
        """Write jobs that are new or changed; those with a flaw are kept and never posted."""
        if any(job.id not in known for job in jobs):
            await snapshots.new_job_seen(self.change, self.row)
        if jobs:
            source, lane = self.row.source_id, self.row.lane
            await write_told(self.change, source, lane, Rows(jobs, flaws), known, beside=self.beside)
        self.told += len(jobs)

    async def close(self, job_ids: Sequence[int]) -> None:
        """Close jobs by our ids."""
        if job_ids:
            self.closed += await postings.close_jobs(self.change, job_ids)

    async def whole(self) -> None:
        """The ATS has told every open job by now."""
        await snapshots.told_whole(self.change, self.row)


@asynccontextmanager
async def pushing(
    flow: Flow, company_id: int, keys: Collection[str] = (), *, who: str, look: Look | None = None
) -> AsyncIterator[Push | Refusal]:
    """One push as one revision, and a run of the company after it; a refusal where the company has no push source.

    ``keys`` are the source's ids of the jobs that it names. What must be known of them is asked in the trip that takes
    the revision, and ``look`` asks there what else its caller needs. Raise ``change.nothing_changed()`` in it to leave
    no trace.
    """
    seen: list[tuple[Sequence[SourceRow], dict[str, Known], bool]] = []

    async def ask(conn: Connection) -> None:
        await by_index(conn)
        asked = (
            snapshots.sources(conn, company_id),
            postings.known_of_push(conn, company_id, keys),
            flow.queue.waits(conn, RUN_KEY % company_id),
        )
        rows, known, waits, *_ = await asyncio.gather(*asked, *((look(conn),) if look else ()))
        seen.append((rows, known, waits))

    async with postings.change_postings(flow.db, company_id, kind="jobs_pushed", who=who, why="", look=ask) as change:
        ((rows, known, waits),) = seen
        row = next((r for r in rows if r.kind == snapshots.PUSH and r.active), None)
        if row is None:
            yield _NO_SOURCE
            raise change.nothing_changed()
        beside = any(r.lane == row.lane and r.source_id != row.source_id and r.state != snapshots.OFF for r in rows)
        push = Push(change, row, beside, known, waits)
        yield push
        change.why = (
            change.why or f"The ATS pushed {plural(push.told, 'new or changed job')}, and closed {push.closed:,}."
        )
        # A run that waits cannot begin before this ends: it takes the company's row first.
        if not waits:
            await wake(flow, change)


async def take_push(
    flow: Flow, company_id: int, jobs: Sequence[Job], closed: Sequence[str], *, complete: bool, who: str
) -> Refusal | int:
    """Write jobs that an ATS pushed, and close those it closed; the revision at which they stand, once committed.

    ``complete``: the ATS says that it has now told every open job. Of a job told twice the last word holds,
    and one that is both told and closed is closed. What is known already leaves no trace. Cost is the batch's.
    """
    done: Refusal | int = _NO_SOURCE
    gone = set(closed)
    last = {job.id: job for job in jobs if job.id not in gone}
    async with pushing(flow, company_id, [*last, *gone], who=who) as push:
        if isinstance(push, Push):
            change, known = push.change, push.known
            told = [j for j in last.values() if (k := known.get(j.id)) is None or not k.open or k.digest != j.digest()]
            ending = [known[key].job_id for key in gone if key in known and known[key].open]
            done = change.revision if told or ending or complete else change.revision - 1
            if done != change.revision:
                raise change.nothing_changed()
            async with change.conn.pipeline():
                await push.write(told, known)
                await push.close(ending)
                if complete:
                    await push.whole()
    return done
