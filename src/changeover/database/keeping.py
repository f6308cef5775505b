"""Starts the embedded server again where it dies under a running program."""

from __future__ import annotations

import asyncio
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import structlog

from changeover.database.embedded import revive
from changeover.database.meanwhile import meanwhile
from changeover.database.refused import DatabaseRefused

log = structlog.get_logger(__name__)

_SECONDS = 2.0


def kept_running(data: Path, pg_bin: Path | None) -> AbstractAsyncContextManager[None]:
    """Look after the embedded server of ``data`` for the length of the block; one stopped on purpose is let be."""
    return meanwhile(_keep(data, pg_bin))


async def _keep(data: Path, pg_bin: Path | None) -> None:
    while True:
        await asyncio.sleep(_SECONDS)
        try:
            if await asyncio.to_thread(revive, data, pg_bin):
                log.warning("the embedded database had died and was started again")
        except DatabaseRefused as problem:
            log.error("the embedded database has died and does not start", problem=str(problem))
