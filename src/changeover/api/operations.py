"""For whoever runs it: is the process alive, can it work, and a few true numbers."""

from __future__ import annotations

import asyncio

from fastapi import APIRouter
from fastapi.responses import JSONResponse, Response
from prometheus_client import CONTENT_TYPE_LATEST

from changeover.database.upgrade import head, stands_at
from changeover.migration import store as migrations
from changeover.snapshot import store as snapshots
from changeover.web.served import Here

router = APIRouter(include_in_schema=False)

_HELD_AT_MOST = 10_000


@router.get("/healthz")
async def healthz() -> Response:
    """The process answers."""
    return JSONResponse({"alive": True}, headers={"cache-control": "no-store"})


@router.get("/readyz")
async def readyz(here: Here) -> Response:
    """The database answers and has this version's schema, or a later one, which only adds to it; 503 where not."""
    async with asyncio.timeout(5), here.db.operator() as conn:
        stands = await stands_at(conn)
    ready = stands >= head()
    said = {"ready": ready, "schema": stands, "wanted": head()}
    return JSONResponse(said, 200 if ready else 503, headers={"cache-control": "no-store"})


@router.get("/metrics")
async def metrics(here: Here) -> Response:
    """Counts of this process's requests, and of the companies as they stand, for Prometheus."""
    async with here.db.operator() as conn:
        standing = await migrations.by_state(conn)
        held = len(await snapshots.held_readings(conn, _HELD_AT_MOST))
    for state, (count, _) in standing.items():
        here.metrics.companies.labels(state).set(count)
    here.metrics.held_companies.set(sum(count for _, count in standing.values()))
    here.metrics.held_readings.set(held)
    here.metrics.followers.set(here.revisions.followers)
    return Response(here.metrics.text(), media_type=CONTENT_TYPE_LATEST, headers={"cache-control": "no-store"})
