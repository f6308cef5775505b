"""All the SQL of applications as the wire answers for them: files, and what became of each."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from psycopg.types.json import Jsonb

from changeover.database.connection import Connection
from changeover.database.queries import beside
from changeover.ids import new_ids

queries = beside(__file__, "submissions")
Row = dict[str, Any]


async def _all(conn: Connection, query: str, **at: Any) -> list[Row]:
    return await (await conn.execute(query, at)).fetchall()


async def add(
    conn: Connection,
    company: int,
    posting: int,
    external_job_id: str,
    applicant: Mapping[str, Any],
    answers: Mapping[str, Any],
    now: datetime,
) -> int:
    """Keep an application for a posting; its id."""
    application_id = new_ids()
    at = {"company": company, "application": application_id, "posting": posting, "now": now}
    said = {"applicant": Jsonb(dict(applicant)), "answers": Jsonb(dict(answers))}
    await conn.execute(queries.add, {**at, "external_job_id": external_job_id, **said})
    return application_id


async def application(conn: Connection, company: int, application_id: int) -> Row | None:
    """One application, or None."""
    rows = await _all(conn, queries.application, company=company, application=application_id)
    return rows[0] if rows else None


async def add_file(
    conn: Connection, company: int, application_id: int, name: str, media_type: str, content: bytes, now: datetime
) -> int:
    """Keep a file of an application; its id."""
    file_id = new_ids()
    at = {"company": company, "file": file_id, "application": application_id, "now": now}
    await conn.execute(queries.add_file, {**at, "name": name, "media_type": media_type, "content": content})
    return file_id


async def file(conn: Connection, company: int, file_id: int, since: datetime) -> Row | None:
    """A file kept after ``since``, or None."""
    rows = await _all(conn, queries.file, company=company, file=file_id, since=since)
    return rows[0] if rows else None


async def newest_file(conn: Connection, company: int, since: datetime) -> int | None:
    """The newest file of a company's applications that was kept after ``since``."""
    rows = await _all(conn, queries.newest_file, company=company, since=since)
    return int(rows[0]["file_id"]) if rows else None


async def act(
    conn: Connection, company: int, application_id: int, action: str, performed: datetime, now: datetime, who: str
) -> bool:
    """Note what became of an application; False if that was known."""
    at = {"action": action, "performed": performed, "now": now, "who": who}
    return bool(await _all(conn, queries.act, company=company, application=application_id, **at))


async def actions(conn: Connection, company: int, application_id: int) -> list[Row]:
    """What became of an application, in order."""
    return await _all(conn, queries.actions, company=company, application=application_id)
