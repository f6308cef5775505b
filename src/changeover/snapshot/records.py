"""All the SQL of what the records of a large feed are recognised by at its next reading."""

from __future__ import annotations

import numpy as np

from changeover.database.connection import Connection
from changeover.database.queries import beside
from changeover.database.revise import Change
from changeover.snapshot.store import SourceRow
from changeover.sources.recognised import ROW, Kept

queries = beside(__file__, "records")

_RECORDS = 100_000


async def kept(conn: Connection, row: SourceRow) -> tuple[Kept, int | None] | None:
    """What the source's records are recognised by, and as of which revision they are those of all its open jobs.

    None if the source is not known to be large; as revision, if they are not those of all.
    """
    at = {"company": row.company_id, "source": row.source_id}
    there = await (await conn.execute(queries.record_parts, at)).fetchone()
    if there is None or not there["parts"]:
        return None
    # Part by part into their place: of a million records, all parts at once would be 36 MB three times.
    rows, end = np.empty(there["bytes"] // ROW.itemsize, dtype=ROW), 0
    async for part in conn.cursor(binary=True).stream(queries.records, at):
        some = np.frombuffer(part["records"], dtype=ROW)
        rows[end : end + len(some)] = some
        end += len(some)
    return Kept(int.from_bytes(there["seed"]), rows), there["revision"]


async def keep_records(change: Change, row: SourceRow, kept: Kept, *, of_all: bool) -> None:
    """Keep what the source's records are recognised by at the next reading; ``of_all``: of all its open jobs."""
    at: dict[str, int | None] = {"company": row.company_id, "source": row.source_id}
    await change.conn.execute(queries.forget_records, at)
    at["revision"] = change.revision if of_all else None
    for part, start in enumerate(range(0, len(kept.rows), _RECORDS)):
        packed = {"seed": kept.seed.to_bytes(8), "records": kept.rows[start : start + _RECORDS].tobytes()}
        await change.conn.execute(queries.keep_records, {**at, "part": part, **packed})
