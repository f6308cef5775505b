"""Told jobs taken in: a company's elements as one revision, each with its receipt."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from changeover import flow as runs
from changeover.apply import store as applications
from changeover.apply_connect import store
from changeover.apply_connect.auth import Application
from changeover.apply_connect.deciding import Decision, Rules, decide, place_ids, sameness
from changeover.apply_connect.promoting import claimed, promote
from changeover.apply_connect.store import Integration, NewTask, Row
from changeover.apply_connect.told import Operation, Refused, Told
from changeover.database.connection import Connection
from changeover.flow import Flow, Push
from changeover.ids import new_ids
from changeover.job import Job
from changeover.postings.posting import public_id
from changeover.refusal import Refusal
from changeover.snapshot.difference import Known


@dataclass(frozen=True, slots=True)
class Receipted:
    """One element taken: its place in the batch, the ATS's id, and its tasks, one for each place."""

    index: int
    external_id: str
    tasks: tuple[int, ...]


Result = Receipted | Refused

# What may tell a job that was not there, or is there no more.
_MAY_BE_NEW = (Operation.CREATE, Operation.UPSERT)


@dataclass(frozen=True, slots=True)
class Board:
    """What the wire needs to know of the board: its address, and where no job may be posted."""

    url: str
    blocked: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Caller:
    company_id: int
    application: Application
    board: Board


@dataclass(slots=True)
class _Seen:
    """What was known, when the revision was taken, of the jobs told: by the ATS's ids, and by their sameness."""

    integration: Integration | None = None
    rows: dict[str, Row] = field(default_factory=dict)
    alike: dict[int, list[Row]] = field(default_factory=dict)


NOT_ENABLED = Refusal("NOT_ENABLED", "The application does not speak for this company.", "Have the employer enable it.")


async def ingest(
    flow: Flow, application: Application, company_id: int, told: Sequence[Told], board: Board
) -> list[Result] | Refusal:
    """Take a company's elements in; what is answered here is committed. At most one of each id, in any order.

    NOT_ENABLED where, at this revision, the company's employer has not enabled the application.
    """
    caller = _Caller(company_id, application, board)
    results: list[Result] | Refusal = []
    left: list[NewTask] = []
    revision = 0
    keys = {key for it in told for key in place_ids(it)}
    sames = {it.external_id: sameness(it) for it in told if it.full and it.operation in _MAY_BE_NEW}
    seen = _Seen()

    async def look(conn: Connection) -> None:
        enabled, seen.rows, seen.alike = await asyncio.gather(
            store.integrations(conn, company_id),
            store.jobs(conn, company_id, [it.external_id for it in told]),
            store.same_jobs(conn, company_id, set(sames.values())),
        )
        seen.integration = store.speaking(enabled, application.vendor_id, application.application_id)

    async with runs.pushing(flow, company_id, keys, who=application.name, look=look) as push:
        if isinstance(push, Refusal):
            results = push
        elif seen.integration is None:
            results = NOT_ENABLED
            raise push.change.nothing_changed()
        else:
            decided = await _decided(push, caller, told, seen, keys, sames)
            tasks, results = _receipts(decided)
            revision = push.change.revision
            decisions = [it for it in decided if isinstance(it, Decision)]
            if await _written(push, caller, decisions, tasks, seen):
                await promote(push, decisions, seen.rows)
            else:
                # Nothing changed: the receipts alone need no revision, nor a run of the company.
                left, revision = tasks, revision - 1
                raise push.change.nothing_changed()
    resyncing = seen.integration is not None and seen.integration.resyncing
    if left or (resyncing and not isinstance(results, Refusal)):
        async with flow.db.company(company_id) as conn:
            at = (company_id, application.application_id, revision, flow.db.now())
            await store.add_tasks(conn, *at, left)
            if seen.integration is not None and resyncing:
                await store.resync(conn, seen.integration, "told", flow.db.now())
    return results


async def _decided(
    push: Push, caller: _Caller, told: Sequence[Told], seen: _Seen, keys: Collection[str], sames: Mapping[str, int]
) -> list[Decision | Refused]:
    """What becomes of each element."""
    # Places that a job had, and has no more.
    had = {key for row in seen.rows.values() for key in row["places"]}.difference(keys)
    if had:
        push.known |= await push.known_too(had)
    resyncing = seen.integration is not None and seen.integration.resyncing
    rules = Rules(push.change.at, caller.board.blocked, resyncing)
    new = {key: same for key, same in sames.items() if not _open(seen.rows.get(key))}
    twins = _twins(caller, new, seen.alike)
    decided = [
        decide(it, seen.rows.get(it.external_id), push.known, rules, twins.get(it.external_id, "")) for it in told
    ]
    return await claimed(push, decided, seen.rows)


def _twins(caller: _Caller, new: Mapping[str, int], alike: Mapping[int, Sequence[Row]]) -> dict[str, str]:
    """For jobs that would be ``new``: the address of an open one that says the same under another id."""
    twins: dict[str, str] = {}
    first: dict[int, str] = {}
    for key, same in new.items():
        others = [row for row in alike.get(same, ()) if row["external_id"] != key]
        if others:
            posting = public_id(caller.company_id, others[0]["posting_id"])
            twins[key] = f"{caller.board.url}/jobs/{posting}"
        elif first.setdefault(same, key) != key:
            twins[key] = f"of externalJobPostingId {first[same]} in this batch"
    return twins


def _open(row: Row | None) -> bool:
    return row is not None and bool(row["open"])


def _receipts(decided: Sequence[Decision | Refused]) -> tuple[list[NewTask], list[Result]]:
    ids = iter(new_ids.many(sum(len(it.receipts) for it in decided if isinstance(it, Decision))))
    tasks: list[NewTask] = []
    results: list[Result] = []
    for it in decided:
        if isinstance(it, Refused):
            results.append(it)
            continue
        told = it.told
        mine = [
            NewTask(next(ids), told.external_id, each.place, told.operation, each.failed, each.message)
            for each in it.receipts
        ]
        tasks.extend(mine)
        results.append(Receipted(told.index, told.external_id, tuple(task.task_id for task in mine)))
    return tasks, results


async def _written(
    push: Push, caller: _Caller, decisions: Sequence[Decision], tasks: Sequence[NewTask], seen: _Seen
) -> bool:
    """Write what was decided, with its receipts; False if that changes nothing, and then nothing is written."""
    change, company, known = push.change, caller.company_id, push.known
    jobs = [job for it in decisions for job in it.jobs if _changes(job, it, known)]
    flaws = {key: flaw for it in decisions for key, flaw in it.flaws.items()}
    closing = [known[key].job_id for it in decisions for key in it.close if key in known and known[key].open]
    until = {it.told.external_id: it.until for it in decisions if it.until is not None}
    closed = [it.told.external_id for it in decisions if it.closes]
    kept = [it.keep for it in decisions if it.keep is not None]
    if not (jobs or closing or until or closed) and not _kept_differ(kept, seen.rows):
        return False
    ids = caller.application
    # Hardly any of these has an answer to wait for.
    async with change.conn.pipeline():
        await push.write(jobs, known, flaws)
        await push.close(closing)
        await store.keep_jobs(change.conn, company, ids.vendor_id, ids.application_id, change.at, kept)
        await _ask(push, decisions)
        await store.close_jobs(change.conn, company, closed, change.at)
        await store.renew_jobs(change.conn, company, until)
        await store.add_tasks(change.conn, company, ids.application_id, change.revision, change.at, tasks)
    return True


async def _ask(push: Push, decisions: Sequence[Decision]) -> None:
    """Keep what is asked of those who apply on the board, for every place of each job."""
    forms = {
        key: it.told.form
        for it in decisions
        if it.keep is not None and it.told.form is not None and not it.told.form_flaw
        for key in it.keep["places"]
    }
    if forms:
        await applications.set_forms(push.change, push.row.source_id, forms)
    places = (key for it in decisions if it.keep is not None for key in it.keep["places"])
    gone = [key for key in places if key not in forms and key in push.known]
    if gone:
        await applications.drop_forms(push.change, push.row.source_id, gone)


def _changes(job: Job, it: Decision, known: Mapping[str, Known]) -> bool:
    """Whether writing the job changes it. One that has or had a flaw is written each time: that may be new."""
    kept = known.get(job.id)
    return kept is None or not kept.open or bool(it.flaws) or it.again or kept.digest != job.digest()


def _kept_differ(kept: Sequence[Row], rows: Mapping[str, Row]) -> bool:
    """Whether what is kept beside the jobs would change: the form, the listing, what was wrong."""
    compared = ("flaw", "apply_flaw", "listing", "contract", "webhook_url", "form_number", "sameness")
    return any(
        not _open(old := rows.get(row["external_id"])) or old is None or any(old[k] != row[k] for k in compared)
        for row in kept
    )
