"""What the wire does in the background: announces statuses, watches resyncs, ends what is over."""

from __future__ import annotations

from datetime import timedelta

from changeover import flow as runs
from changeover.apply_connect import payloads_events, store
from changeover.apply_connect.enabling import ask_again, enabled, parent_of
from changeover.apply_connect.hooks import CHANNEL, blocked_urls, recipient
from changeover.apply_connect.status import Status, Terms, statuses
from changeover.apply_connect.store import Integration
from changeover.flow import Flow, Push
from changeover.migration import store as migrations
from changeover.postings import store as postings
from changeover.webhooks import store as webhooks
from changeover.webhooks.outbox import Outbox
from changeover.wording import plural

EXPIRE, WATCH = "expire_jobs", "watch_resync"
ANSWER, QUIET = timedelta(minutes=30), timedelta(minutes=5)
TASK_LIFE = timedelta(days=30)
_PAGE = 500
_HELD_AT_MOST = timedelta(days=1)


async def after_run(flow: Flow, outbox: Outbox, company_id: int, url: str, support: timedelta) -> None:
    """What follows a run of a company: a resync where one is due, and the news of its jobs' statuses."""
    async with flow.db.company(company_id) as conn:
        it = await enabled(conn, company_id)
        doubt = await migrations.newest_doubt(conn, company_id) if it else None
    if it is None:
        return
    if doubt and (it.resync_at is None or doubt["at"] > it.resync_at):
        held = doubt["kind"] == "reading_held"
        if not (held and it.resync_at and doubt["at"] - it.resync_at < _HELD_AT_MOST):
            await ask_again(flow, outbox, company_id, why=_WHY[doubt["kind"]])
    await announce(flow, outbox, it, Terms(flow.db.now(), url, support))


_WHY = {
    "activated": "The migration was activated.",
    "reverted": "The feed was moved back.",
    "reading_held": "A reading is held.",
}


async def announce(flow: Flow, outbox: Outbox, it: Integration, terms: Terms) -> None:
    """Put what has changed of jobs' statuses into the outbox, where the vendor receives it."""
    parent = await parent_of(outbox, it.vendor_id)
    if parent is None:
        return
    who = recipient(it.vendor_id, parent)
    async with flow.db.company(it.vendor_id) as conn:
        heard = await webhooks.receivers(conn, it.vendor_id, CHANNEL, who, payloads_events.STATUS)
    if not any(row["state"] == "active" for row in heard):
        return
    blocked = await blocked_urls(flow.db, it.vendor_id, it.application_id or 0)
    after = ""
    while True:
        async with flow.db.company(it.company_id) as conn:
            keys = await store.to_announce(conn, it.company_id, after, _PAGE)
            told = await statuses(conn, it.company_id, keys, terms, blocked) if keys else {}
            news = await store.announced(conn, it.company_id, {key: each.gist for key, each in told.items()})
            for row in news:
                status: Status = told[row["external_id"]]
                body = payloads_events.status(status, row["application_id"])
                await webhooks.queue(conn, it.company_id, CHANNEL, who, payloads_events.STATUS, body, terms.now)
            if news:
                await outbox.wake(conn, it.company_id)
        if len(keys) < _PAGE:
            return
        after = keys[-1]


async def expire(flow: Flow, company_id: int) -> None:
    """Close the jobs whose time is over."""
    async with runs.pushing(flow, company_id, who="changeover") as push:
        if not isinstance(push, Push):
            return
        over = await store.expired_of(push.change.conn, company_id, push.change.at)
        if not over:
            raise push.change.nothing_changed()
        places = [place for each in over.values() for place in each]
        known = await push.known_too(places)
        await push.close([known[place].job_id for place in places if place in known and known[place].open])
        await store.close_jobs(push.change.conn, company_id, list(over), push.change.at)
        push.change.why = f"The time of {plural(len(over), 'job')} was over: closed."


async def watch(flow: Flow, company_id: int) -> None:
    """Settle a resync: answered when pushes came and then none for a while, given up when none came in time."""
    async with runs.pushing(flow, company_id, who="changeover") as push:
        if not isinstance(push, Push):
            return
        it = await enabled(push.change.conn, company_id)
        if it is None or not it.resyncing or not _settled(it, push):
            raise push.change.nothing_changed()
        await store.resync(push.change.conn, it, "done", push.change.at)
        answered = it.resync_last_at is not None
        push.change.kind = "resync_answered" if answered else "resync_unanswered"
        push.change.why = "The ATS has sent every open job again." if answered else _SILENT
        if answered:
            await push.whole()


_SILENT = "The ATS did not answer within 30 minutes; it counts as whole when it has been quiet for long enough."


def _settled(it: Integration, push: Push) -> bool:
    now = push.change.at
    if it.resync_last_at is not None and now - it.resync_last_at >= QUIET:
        return True
    return it.resync_at is not None and now - it.resync_at >= ANSWER


async def flag(flow: Flow, company_id: int, external_id: str, code: str, *, who: str, why: str) -> bool:
    """Take a told job from the board, or (empty code) give it back; False if the ATS never told it."""
    found = False
    async with postings.change_postings(flow.db, company_id, kind="job_flagged", who=who, why=why) as change:
        rows = await store.jobs(change.conn, company_id, [external_id])
        if external_id not in rows:
            raise change.nothing_changed()
        found = True
        await store.flag_job(change.conn, company_id, external_id, code, change.at)
        await postings.set_valid(change, rows[external_id]["places"], code)
        await runs.wake(flow, change)
    return found


async def sweep(flow: Flow) -> None:
    """Queue what is due: jobs whose time is over, resyncs to settle."""
    now = flow.db.now()
    async with flow.db.operator() as conn:
        over = await store.expired(conn, now, _PAGE)
        waiting = await store.resyncs_open(conn)
    due = [
        row["company_id"]
        for row in waiting
        if now - row["resync_at"] >= ANSWER or (row["resync_last_at"] and now - row["resync_last_at"] >= QUIET)
    ]
    async with flow.db.app_pool.connection() as conn:
        for name, companies in ((EXPIRE, over), (WATCH, due)):
            for company_id in companies:
                at = {"lock": f"c:{company_id}:wire", "dedupe": f"{name}:{company_id}"}
                await flow.queue.enqueue(conn, name, **at, company_id=company_id)


async def forget(flow: Flow) -> None:
    """Forget tasks of more than thirty days ago."""
    before = flow.db.now() - TASK_LIFE
    async with flow.db.operator() as conn:
        companies = await store.old_tasks(conn, before, 1_000_000)
    for company_id in companies:
        async with flow.db.company(company_id) as conn:
            await store.forget_tasks(conn, company_id, before)


def register(flow: Flow, outbox: Outbox) -> None:
    """Tell the queue who does the wire's work items, and what runs by the clock."""

    async def expire_jobs(company_id: int) -> None:
        await expire(flow, company_id)

    async def watch_resync(company_id: int) -> None:
        await watch(flow, company_id)

    async def sweep_wire(timestamp: int) -> None:
        del timestamp
        await sweep(flow)
        await outbox.sweep()

    async def forget_tasks(timestamp: int) -> None:
        del timestamp
        await forget(flow)

    flow.queue.handler(EXPIRE, expire_jobs)
    flow.queue.handler(WATCH, watch_resync)
    outbox.register_work()
    flow.queue.every("* * * * * */10", "sweep_wire", sweep_wire)
    flow.queue.every("41 3 * * * 0", "forget_tasks", forget_tasks)
