"""The snapshot of a first large reading, kept before its jobs are written; store.py forgets it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import orjson
from psycopg.types.json import Jsonb

from changeover.database.connection import Connection
from changeover.database.queries import beside
from changeover.snapshot.store import Began, SourceRow
from changeover.sources.recognised import ROW, Kept, Numbers, id_hash, stamp
from changeover.sources.source import Completeness, Problem, Reading, Tells
from changeover.sources.spool import Aside, Spool, unpacked

queries = beside(__file__, "first")


@dataclass(frozen=True, slots=True)
class Left:
    """A whole snapshot whose jobs have not all been written: when its reading began, and what it told beside them."""

    began: Began
    told: dict[str, Any]


def _stamp(row: SourceRow) -> str:
    """What changes with all that decides how the source is read."""
    return str(stamp(row.kind, row.location, orjson.dumps(row.mapping, option=orjson.OPT_SORT_KEYS)))


async def keep_parts(conn: Connection, row: SourceRow, began: Began, blocks: Iterable[tuple[int, bytes]]) -> None:
    """Keep jobs of a reading that is under way (`spool.packed`), or put others in their place."""
    at = {"company": row.company_id, "source": row.source_id, "number": began.number}
    async with conn.pipeline():
        for part, jobs in blocks:
            await conn.execute(queries.keep_part, {**at, "part": part, "jobs": jobs})


async def keep(conn: Connection, row: SourceRow, began: Began, reading: Reading) -> None:
    """Keep what a reading told beside its jobs: from now on these are written whatever happens to this process."""
    at = {"company": row.company_id, "source": row.source_id, "number": began.number}
    told = {
        "stamp": _stamp(row),
        "jobs": len(reading.jobs),
        "kind": reading.kind,
        "completeness": reading.completeness,
        "problems": [[problem.code, problem.sentence, problem.job_id] for problem in reading.problems],
        "unreadable": reading.unreadable,
        "claimed": reading.claimed,
        "gone": list(reading.gone),
        "tells": reading.tells,
        "origins": {name: dict(places) for name, places in reading.origins.items()},
    }
    since = {"began": began.at, "began_revision": began.revision, "told": Jsonb(told)}
    await conn.execute(queries.keep, {**at, **since})


async def left_to_write(conn: Connection, row: SourceRow, since: datetime) -> Left | None:
    """The newest snapshot of the source, read after ``since``, that is whole and whose jobs are not all written.

    None where it would be read otherwise by now: by another program, from another place, by another mapping.
    """
    at = {"company": row.company_id, "source": row.source_id, "since": since, "stamp": _stamp(row)}
    kept = await (await conn.execute(queries.left_to_write, at)).fetchone()
    if kept is None:
        return None
    return Left(Began(kept["began_at"], kept["began_revision"], kept["number"]), kept["told"])


async def reading_of(conn: Connection, row: SourceRow, left: Left) -> Reading | None:
    """The reading as it was kept; its records, by which the next one would recognise them, are not.

    None where it was forgotten meanwhile: who was taken for dead has written it all.
    """
    at, spool, ids = {"company": row.company_id, "source": row.source_id}, Spool(), list[int]()
    async for part in conn.cursor(binary=True).stream(queries.parts, {**at, "number": left.began.number}):
        if jobs := unpacked(part["jobs"]):
            spool.put(part["jobs"], len(jobs))
            ids.extend(id_hash(job.id) for job in jobs)
    hashes: Numbers = np.array(ids, dtype="<u8")
    told = left.told
    if len(ids) != told["jobs"]:
        return None
    return Reading(
        told["kind"],
        Aside(spool, np.arange(len(ids), dtype="<i8"), hashes),
        Completeness(told["completeness"]),
        problems=[Problem(*each) for each in told["problems"]],
        unreadable=told["unreadable"],
        claimed=told["claimed"],
        gone=told["gone"],
        tells=Tells(told["tells"]),
        origins=told["origins"],
        records=Kept(0, np.empty(0, dtype=ROW)),
    )
