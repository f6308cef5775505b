"""For whoever runs it: is the process alive, can it work, and a few true numbers."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import psycopg
import psycopg_pool
from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response
from prometheus_client import CONTENT_TYPE_LATEST

from changeover.background.backlog import backlog
from changeover.database.connection import Connection
from changeover.database.upgrade import head, stands_at
from changeover.migration import store as migrations
from changeover.postings import auditing
from changeover.snapshot import store as snapshots
from changeover.web.problem import Problem
from changeover.web.served import Here, Served
from changeover.web.tokens import knows
from changeover.webhooks import sealed
from changeover.webhooks import store as webhooks
from changeover.webhooks.keys import keys_of

router = APIRouter(include_in_schema=False)

_HELD_AT_MOST = 10_000
_PATIENCE = 5.0
# With less than this the embedded database soon takes nothing more.
DISK_BYTES = 64_000_000
_NOT_KEPT = {"cache-control": "no-store"}


_NO_TOKEN = Problem(
    401,
    "NO_TOKEN",
    "Metrics are told to programs that have a token of the setting `metrics_tokens`.",
    "Send one as `Authorization: Bearer …`.",
    headers={"www-authenticate": "Bearer"},
)


class _Away(Exception):
    """The database does not answer in time."""


@router.get("/healthz")
async def healthz() -> Response:
    """The process answers. It asks nothing of the database: to end this process would not bring that back."""
    return JSONResponse({"alive": True}, headers=_NOT_KEPT)


@router.get("/readyz")
async def readyz(request: Request, here: Here) -> Response:
    """Whether this process can do what it is asked: 200, or 503 with the reasons.

    It can where it is not ending, the database answers and takes writes at this version's schema or a later one,
    which only adds, and the embedded database has room on its disk. That work stalls is told and no reason: to take
    the pages away would not help it.
    """
    said: dict[str, Any] = {"schema": "", "wanted": head(), "work": "unknown", "disk_free_bytes": _disk(here)}
    reasons = []
    if getattr(request.app.state, "stopping", False):
        reasons.append("STOPPING")
    try:
        async with _asked(here) as conn:
            said["schema"] = await stands_at(conn)
            now = await backlog(conn)
            row = await (await conn.execute("select pg_is_in_recovery() as copy")).fetchone()
    except _Away:
        reasons.append("DATABASE_DOWN")
    else:
        said |= {"work": "stalled" if now.stalled else "moving", "workers": now.workers, "waiting": now.waiting}
        if said["schema"] < head():
            reasons.append("UPGRADE_PENDING")
        if row and row["copy"]:
            reasons.append("DATABASE_READ_ONLY")
    if here.settings.database_url is None and said["disk_free_bytes"] < DISK_BYTES:
        reasons.append("DISK_FULL")
    headers = _NOT_KEPT | ({"retry-after": "5"} if reasons else {})
    return JSONResponse({"ready": not reasons, "reasons": reasons, **said}, 503 if reasons else 200, headers=headers)


@router.get("/metrics")
async def metrics(request: Request, here: Here) -> Response:
    """Counts of this process's requests, and of the board as it stands, for Prometheus.

    Where the database does not answer it says so, and tells what it knows without it. 401 without a token of the
    setting `metrics_tokens`, where that has any.
    """
    tokens = here.settings.metrics_tokens
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if tokens is not None and not (scheme.lower() == "bearer" and knows(tokens, token.strip())):
        raise _NO_TOKEN
    told = here.metrics
    told.disk_free.set(_disk(here))
    told.followers.set(here.revisions.followers)
    try:
        async with _asked(here) as conn:
            await _of_the_board(here, conn)
        told.database_up.set(1)
    except _Away:
        told.database_up.set(0)
    return Response(told.text(), media_type=CONTENT_TYPE_LATEST, headers=_NOT_KEPT)


async def _of_the_board(here: Served, conn: Connection) -> None:
    told, now = here.metrics, await backlog(conn)
    by_state = await migrations.by_state(conn)
    for state, (count, _) in by_state.items():
        told.companies.labels(state).set(count)
    told.held_companies.set(sum(count for _, count in by_state.values()))
    told.held_readings.set(len(await snapshots.held_readings(conn, _HELD_AT_MOST)))
    told.broken_promises.set(await auditing.broken_count(conn))
    told.unreadable.set(await sealed.unreadable(conn, keys_of(here.settings), here.db.now()))
    events = await webhooks.counts(conn)
    for each in ("waiting", "delivered", "dead"):
        told.deliveries.labels(each).set(events.get(each, 0))
    told.work_waiting.set(now.waiting)
    told.work_in_hand.set(now.in_hand)
    told.work_given_up.set(now.given_up)
    told.work_oldest.set(now.oldest_seconds)
    told.workers.set(now.workers)
    told.companies_behind.set(now.behind)
    told.log_not_kept.set(now.log_not_kept)
    told.database_bytes.set(now.database_bytes)


@asynccontextmanager
async def _asked(here: Served) -> AsyncIterator[Connection]:
    """The operator's connection, for a few seconds. Raises _Away where it cannot be had or breaks."""
    try:
        async with asyncio.timeout(_PATIENCE), here.db.operator() as conn:
            yield conn
    except (TimeoutError, psycopg.Error, psycopg_pool.PoolTimeout, psycopg_pool.PoolClosed) as problem:
        raise _Away from problem


def _disk(here: Served) -> int:
    folder = here.settings.data
    there = next(each for each in (folder, *folder.parents) if each.exists())
    return shutil.disk_usage(there).free
