"""All the SQL of what sources answered last, byte for byte, and of where fields stood in it."""

from __future__ import annotations

from typing import Any

from psycopg.types.json import Jsonb

from changeover.database.connection import Connection
from changeover.database.queries import beside
from changeover.database.revise import Change
from changeover.snapshot import due, store
from changeover.snapshot.store import SourceRow
from changeover.sources.raw import Head, Raw
from changeover.sources.source import Reading

queries = beside(__file__, "raw")


async def heads(conn: Connection, row: SourceRow) -> dict[bytes, Head]:
    """What is kept of the source's answers beside their bodies, by what was asked."""
    cursor = await conn.execute(queries.heads, {"company": row.company_id, "source": row.source_id})
    return {bytes(kept["ask"]): _head(kept) for kept in await cursor.fetchall()}


def _head(kept: dict[str, Any]) -> Head:
    code, sentence, wait = kept["failure"] or ("", "", None)
    failure = (code, sentence, wait) if code else None
    return Head(kept["url"], kept["status"], kept["headers"], failure, bytes(kept["digest"]), kept["size"])


async def packed(conn: Connection, row: SourceRow, ask: bytes) -> bytes:
    """The compressed body of one answer; empty where none is kept."""
    at = {"company": row.company_id, "source": row.source_id, "ask": ask}
    kept = await (await conn.execute(queries.packed, at)).fetchone()
    return bytes(kept["body"]) if kept else b""


async def claim_again(conn: Connection, row: SourceRow, reading_id: int) -> store.Began | None:
    """Begin to read again what a kept reading was made of: it says what was so when that one began."""
    kept = await (
        await conn.execute(store.queries.reading, {"company": row.company_id, "reading": reading_id})
    ).fetchone()
    if kept is None:
        return None
    at = {"company": row.company_id, "source": row.source_id, "next_read": row.next_read_at}
    claimed = await (await conn.execute(due.queries.claim_source, at)).fetchone()
    return store.Began(kept["began_at"], kept["began_revision"], claimed["begun"]) if claimed else None


async def keep(change: Change, row: SourceRow, reading_id: int, raw: Raw) -> None:
    """Keep the answers of a reading in the place of those of the one before; what is the same is not written again."""
    at, before = {"company": row.company_id, "source": row.source_id}, raw.before
    new = [(ask, head) for ask, head in raw.heads.items() if before.get(ask) != head]
    async with change.conn.cursor() as cursor:
        rows = ({**at, **_row(ask, head), "body": raw.body(ask)} for ask, head in new)
        await cursor.executemany(queries.keep_answer, rows)
    await change.conn.execute(queries.forget_answers, {**at, "asks": [ask for ask in before if ask not in raw.heads]})
    await change.conn.execute(queries.set_raw, {**at, "reading": reading_id if raw.whole and raw.heads else None})


def _row(ask: bytes, head: Head) -> dict[str, Any]:
    return {
        "ask": ask,
        "url": head.url,
        "status": head.status,
        "headers": Jsonb(dict(head.headers)),
        "failure": Jsonb(list(head.failure)) if head.failure else None,
        "digest": head.digest,
        "size": head.size,
    }


async def keep_origins(change: Change, row: SourceRow, reading: Reading) -> None:
    """Keep where the fields of the source's jobs stood, unless this reading told no job."""
    if reading.origins and reading.origins != row.origins:
        at = {"company": row.company_id, "source": row.source_id}
        await change.conn.execute(queries.set_origins, {**at, "origins": Jsonb(reading.origins)})
