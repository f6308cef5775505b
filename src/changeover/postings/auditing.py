"""The online auditor: what is new of a history is verified as it comes, all of it again in turn."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from psycopg.types.json import Jsonb

from changeover.background.queue import Queue
from changeover.database.chain import Chain, chain
from changeover.database.connection import Connection, Database
from changeover.database.queries import beside
from changeover.postings.history import Verified, Window, verify
from changeover.postings.promise import Broken

queries = beside(__file__, "auditing")
log = structlog.get_logger(__name__)

# Companies whose history is looked at in one round: those that changed, and those that were not for longest.
_CHANGED, _IN_TURN = 200, 5
# A company is looked at for at most this part of the time: a large one that changes all the time is looked at seldom.
_SHARE = 0.02
# A history is read back from its beginning once in so long, changed or not: a row may be altered by hand.
WHOLE = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Alert:
    """A company with promises that are broken, as the auditor found them."""

    company_id: int
    name: str
    broken: int
    sentence: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Audited:
    """What an audit of a company came to: what its history says, and whether it says what was written."""

    history: Verified
    chain: Chain

    @property
    def broken(self) -> list[Broken]:
        """The broken promises, and the link that does not hold, if there is one: then nothing is explained (7)."""
        at = self.chain.broken_at
        link = [] if at is None else [Broken(7, "HISTORY_ALTERED", at, self.chain.sentence)]
        return [*self.history.broken, *link]


async def audit(db: Database, company_id: int, *, whole: bool = False) -> Audited:
    """Verify what is new of a company's history since it was last audited, with its chain, and keep what was found.

    ``whole``: from its beginning. What was found broken stays so until the whole history is found right. Raises
    UnknownCompany.
    """
    began = time.monotonic()
    async with db.company(company_id) as conn:
        row = await (await conn.execute(queries.audited, {"company": company_id})).fetchone()
    whole = whole or row is None
    after = 0 if whole or row is None else row["revision"]
    found = await verify(db, company_id, Window(after=after))
    audited = Audited(found, await chain(db, company_id, after=after))
    now, broken = db.now(), audited.broken
    first = broken[0].sentence if broken else ""
    at = {"company": company_id, "revision": found.revision, "now": now, "whole_at": now if whole else None}
    kept = {"broken": len(broken), "sentence": first, "codes": Jsonb(sorted({it.code for it in broken}))}
    rest = {"next_at": now + timedelta(seconds=(time.monotonic() - began) / _SHARE)}
    async with db.company(company_id) as conn:
        await conn.execute(queries.keep, {**at, **kept, **rest})
    for it in broken[:20]:
        log.error(
            "a promise was broken",
            company=company_id, revision=it.revision, promise=it.promise, code=it.code, sentence=it.sentence,
        )  # fmt: skip
    return audited


async def audit_due(db: Database) -> list[Audited]:
    """One round: every company that has changed since it was audited, and some whose whole history is due.

    At most a fiftieth of the time is spent on one company.
    """
    now = db.now()
    async with db.operator() as conn:
        changed = await _ids(conn, queries.changed, now=now, size=_CHANGED)
        in_turn = await _ids(conn, queries.in_turn, now=now, before=now - WHOLE, size=_IN_TURN)
    found = [await audit(db, each, whole=True) for each in in_turn]
    return found + [await audit(db, each) for each in changed if each not in in_turn]


async def _ids(conn: Connection, query: str, **at: Any) -> list[int]:
    return [row["company_id"] for row in await (await conn.execute(query, at)).fetchall()]


async def alerts(conn: Connection, size: int) -> list[Alert]:
    """The companies in whose history a promise was broken, newest first (operator's connection)."""
    return [Alert(**row) for row in await (await conn.execute(queries.alerts, {"size": size})).fetchall()]


async def broken_count(conn: Connection) -> int:
    """How many broken promises the auditor knows of (operator's connection)."""
    row = await (await conn.execute(queries.broken_count)).fetchone()
    return int(row["broken"]) if row else 0


def register(db: Database, queue: Queue) -> None:
    """Have a round made every minute."""

    async def audit_histories(timestamp: int) -> None:
        del timestamp
        await audit_due(db)

    queue.every("* * * * * 29", "audit_histories", audit_histories)
