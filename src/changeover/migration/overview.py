"""Where every company stands, for the operator: by what it needs, and what moved lately."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from changeover.database.connection import Connection
from changeover.database.queries import beside, like
from changeover.migration.state import State
from changeover.migration.store import Company, as_company

queries = beside(__file__, "overview")


class Needs(StrEnum):
    """What a company may need of a person."""

    READING = "reading"
    REVIEW = "review"
    HOLD = "hold"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which companies are asked for: of one state, whose name or ATS holds ``find``, that need something."""

    state: State | None = None
    find: str = ""
    needs: Needs | None = None


async def companies_found(conn: Connection, wanted: Wanted, *, after: int, size: int) -> list[Company]:
    """A page of companies by id (operator's connection)."""
    at = {
        "state": wanted.state or "",
        "pattern": like(wanted.find),
        "held_reading": wanted.needs is Needs.READING,
        "to_review": wanted.needs is Needs.REVIEW,
        "held": wanted.needs is Needs.HOLD,
        "after": after,
        "size": size,
    }
    return [as_company(row) for row in await (await conn.execute(queries.found, at)).fetchall()]


async def moved_since(conn: Connection, since: datetime) -> dict[str, int]:
    """How many moves of each kind there were since then (operator's connection)."""
    return {row["kind"]: row["moves"] for row in await (await conn.execute(queries.moved, {"since": since})).fetchall()}


async def moves_since(conn: Connection, since: datetime, size: int) -> list[dict[str, Any]]:
    """The newest moves since then, each with its company's name (operator's connection)."""
    return await (await conn.execute(queries.moves, {"since": since, "size": size})).fetchall()
