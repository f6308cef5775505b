"""Secrets kept sealed under the board's key, and sealed anew when that is changed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from changeover.database.connection import Connection, Database
from changeover.database.queries import beside
from changeover.webhooks.keys import Keys, digest

queries = beside(__file__, "sealed")
_PAGE = 200


@dataclass(slots=True)
class Resealed:
    """How many secrets were sealed under the newest key, and how many no key that was given opens."""

    sealed: int = 0
    closed: int = 0


async def keep(conn: Connection, keys: Keys, company_id: int, *ids: int, now: datetime) -> str:
    """Make the secret with these ids, the last its own, and keep it sealed, in the caller's transaction."""
    secret = keys.secret(*ids)
    await _keep(conn, keys, company_id, ids[-1], secret, now)
    return secret


async def _keep(conn: Connection, keys: Keys, company_id: int, secret_id: int, secret: str, now: datetime) -> None:
    sealed = keys.sealed(_purpose(company_id, secret_id), secret, now)
    at = {"company": company_id, "secret": secret_id, "key": keys.ids[0], "sealed": sealed}
    await conn.execute(queries.keep, at)


def _purpose(company_id: int, secret_id: int) -> str:
    # So that a row put in the place of another opens nothing.
    return f"secret:{company_id}:{secret_id}"


async def secrets(conn: Connection, keys: Keys, company_id: int, *ids: int, now: datetime) -> list[str]:
    """What the secret with these ids is: one; none where no key opens it.

    Where a version before this one made it, one for each key, of which one is right.
    """
    row = await (await conn.execute(queries.sealed, {"company": company_id, "secret": ids[-1]})).fetchone()
    if row is None:
        return keys.secrets(*ids)
    secret = keys.unsealed(_purpose(company_id, ids[-1]), row["sealed"], now)
    return [] if secret is None else [secret]


async def unreadable(conn: Connection, keys: Keys, now: datetime) -> int:
    """How many secrets are kept under a key that was not given. ``conn``: the operator's."""
    row = await (await conn.execute(queries.unreadable, {"keys": keys.ids, "now": now})).fetchone()
    return int(row["secrets"]) if row else 0


async def seal_anew(db: Database, keys: Keys, told: Callable[[Resealed], None]) -> Resealed:
    """Keep under the newest key whatever is kept under another, or under none yet.

    A page at a time, each company's part in a transaction of its own: what ends early goes on where it was. ``told``
    after each page. What a version before this one made without saying under which key is taken to be of the oldest.
    """
    made, after = Resealed(), (-1, -1)
    while True:
        at = {"key": keys.ids[0], "now": db.now(), "size": _PAGE}
        async with db.operator() as conn:
            places = {"after_company": after[0], "after_secret": after[1]}
            page = await (await conn.execute(queries.to_seal, {**at, **places})).fetchall()
        if not page:
            return made
        for company_id, rows in groupby(page, key=lambda row: int(row["company_id"])):
            async with db.company(company_id) as conn:
                for row in rows:
                    await _seal_one(conn, keys, row, db.now(), made)
                await conn.execute(queries.tidy, {"company": company_id})
        after = (page[-1]["company_id"], page[-1]["secret_id"])
        told(made)


async def _seal_one(conn: Connection, keys: Keys, row: dict[str, Any], now: datetime, made: Resealed) -> None:
    company_id, ids = int(row["company_id"]), tuple(row["ids"])
    found = await secrets(conn, keys, company_id, *ids, now=now)
    if row["key_id"] is None:
        at = {"company": company_id, "secret": ids[-1]}
        known = await (await conn.execute(queries.hash, at)).fetchone()
        found = [each for each in found if known is None or digest(each) == bytes(known["hash"])]
    if not found:
        made.closed += 1
        return
    await _keep(conn, keys, company_id, ids[-1], found[-1], now)
    made.sealed += 1
