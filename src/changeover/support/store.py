"""All the SQL of support: cases, what was written in them, pairs that were proposed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from psycopg.types.json import Jsonb

from changeover.database.connection import Connection
from changeover.database.queries import beside
from changeover.database.revise import Change
from changeover.ids import new_ids

queries = beside(__file__)
Row = dict[str, Any]


async def _all(conn: Connection, query: str, **at: Any) -> list[Row]:
    return await (await conn.execute(query, at)).fetchall()


async def open_case(change: Change, code: str, evidence: Mapping[str, Any]) -> int:
    """Open a case with its evidence; its id."""
    made = new_ids()
    at = {"company": change.company_id, "case": made, "now": change.at, "who": change.who}
    await change.conn.execute(queries.open, {**at, "code": code, "evidence": Jsonb(dict(evidence))})
    return made


async def case(conn: Connection, company: int, case_id: int) -> Row | None:
    """One case with its evidence, or None."""
    rows = await _all(conn, queries.case, company=company, case=case_id)
    return rows[0] if rows else None


async def cases_of(conn: Connection, company: int, size: int = 100) -> list[Row]:
    """A company's cases, those that are open first."""
    return await _all(conn, queries.cases_of, company=company, size=size)


async def open_cases(conn: Connection, size: int = 200) -> list[Row]:
    """Every company's open cases, the oldest first (operator's connection)."""
    return await _all(conn, queries.open_cases, size=size)


async def open_count(conn: Connection) -> int:
    """How many cases are open (operator's connection)."""
    return int((await _all(conn, queries.open_count))[0]["cases"])


async def causes(conn: Connection) -> dict[str, int]:
    """How many cases were closed with each cause (operator's connection)."""
    return {row["cause"]: row["cases"] for row in await _all(conn, queries.causes)}


async def write(change: Change, case_id: int, side: str, words: str) -> None:
    """Write in a case."""
    at = {"company": change.company_id, "case": case_id, "message": new_ids(), "now": change.at, "who": change.who}
    await change.conn.execute(queries.write, {**at, "side": side, "words": words})


async def messages(conn: Connection, company: int, case_id: int) -> list[Row]:
    """What was written in a case, in order."""
    return await _all(conn, queries.messages, company=company, case=case_id)


async def propose(change: Change, case_id: int, legacy: int, ats: int) -> None:
    """Propose a pair; twice is once."""
    at = {"company": change.company_id, "case": case_id, "now": change.at, "who": change.who}
    await change.conn.execute(queries.propose, {**at, "legacy": legacy, "ats": ats})


async def proposals(conn: Connection, company: int, case_id: int) -> list[Row]:
    """The pairs that were proposed, and what the employer ``said`` of each."""
    return await _all(conn, queries.proposals, company=company, case=case_id)


async def close(change: Change, case_id: int, cause: str) -> None:
    """Close a case with its cause."""
    at = {"company": change.company_id, "case": case_id, "now": change.at, "who": change.who}
    await change.conn.execute(queries.close, {**at, "cause": cause})
