"""The programs of a company: their tokens, hashed, two live for rotation, and what these open."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from psycopg.types.json import Jsonb

from changeover.accounts import origins
from changeover.accounts.scopes import DEFAULT, Scope
from changeover.database.connection import Connection, Database
from changeover.database.queries import beside, like
from changeover.database.revise import Change, revise
from changeover.ids import new_ids
from changeover.refusal import Refusal

queries = beside(__file__, "clients")

# The company's and the client's ids are in the token, so that a look-up goes to one shard.
_TOKEN = re.compile(r"chg_([1-9]\d{0,18})_([1-9]\d{0,18})_([A-Za-z0-9_-]{43})")
GRACE = timedelta(hours=24)
# That a secret was used is written no more often than this.
_SEEN = timedelta(minutes=1)


UNKNOWN = Refusal("UNKNOWN_CLIENT", "Nothing was done: this company has no such client.", "List them.")


@dataclass(frozen=True, slots=True)
class Client:
    """A caller that showed a live token."""

    company_id: int
    client_id: int
    name: str
    scopes: frozenset[str]


async def add_client(db: Database, company_id: int, name: str, *, who: str, scopes: Sequence[Scope] = DEFAULT) -> str:
    """A new client of a company; its token, which is shown once and kept only as a hash."""
    client_id = new_ids()
    async with revise(
        db, company_id, kind="client_added", who=who, why=f"{name} got a token for: {', '.join(scopes)}."
    ) as it:
        at = {"company": company_id, "client": client_id, "now": it.at}
        await it.conn.execute(queries.add_client, {**at, "name": name, "scopes": list(scopes)})
        return await _new_secret(it, client_id)


async def rotate(db: Database, company_id: int, client_id: int, *, who: str) -> str | None:
    """A new token for a client; the one before it works for another day. None if there is no such client."""
    token: str | None = None
    async with revise(db, company_id, kind="client_rotated", who=who, why="A client got a new token.") as it:
        known = {row["client_id"] for row in await clients(it.conn, company_id)}
        if client_id not in known:
            raise it.nothing_changed()
        at = {"company": company_id, "client": client_id, "now": it.at}
        await it.conn.execute(queries.end_older, {**at, "until": it.at + GRACE})
        token = await _new_secret(it, client_id)
    return token


async def set_scopes(db: Database, company_id: int, client_id: int, scopes: Sequence[Scope], *, who: str) -> bool:
    """What a client's tokens open from now on; False if there is no such client."""
    found = False
    why = f"A client's tokens are for: {', '.join(scopes) or 'nothing'}."
    async with revise(db, company_id, kind="client_scopes", who=who, why=why) as it:
        said = {"company": company_id, "client": client_id, "scopes": list(scopes)}
        found = (await it.conn.execute(queries.set_scopes, said)).rowcount == 1
        if not found:
            raise it.nothing_changed()
    return found


async def revoke(db: Database, company_id: int, client_id: int, *, who: str) -> Refusal | None:
    """End every token of a client at once; `rotate` gives it another."""
    refusal: Refusal | None = None
    async with revise(db, company_id, kind="client_revoked", who=who, why="") as it:
        found = await client(it.conn, company_id, client_id, it.at)
        if found is None:
            refusal = UNKNOWN
        elif not found["secrets"]:
            refusal = Refusal("NO_TOKEN_LEFT", "Nothing was done: no token of this client opens anything.")
        if found is None or refusal:
            raise it.nothing_changed()
        it.why = f"{found['name']} may do nothing any more: all its tokens have ended."
        await it.conn.execute(queries.end_secrets, {"company": company_id, "client": client_id, "now": it.at})
    return refusal


async def _new_secret(it: Change, client_id: int) -> str:
    secret = secrets.token_urlsafe(32)
    at = {"company": it.company_id, "client": client_id, "now": it.at}
    await it.conn.execute(queries.add_secret, {**at, "secret": new_ids(), "hash": _hash(secret)})
    return f"chg_{it.company_id}_{client_id}_{secret}"


def _hash(secret: str) -> bytes:
    """SHA-256 is enough: the secret has 256 random bits, so there is nothing to guess."""
    return hashlib.sha256(secret.encode()).digest()


async def client_of(db: Database, token: str) -> Client | None:
    """Whose token this is, or None; the comparison takes the same time whatever is wrong."""
    match = _TOKEN.fullmatch(token)
    if not match:
        return None
    company_id, client_id, told = int(match[1]), int(match[2]), _hash(match[3])
    if company_id >= 2**63 or client_id >= 2**63:
        return None
    async with db.company(company_id) as conn:
        at: dict[str, Any] = {"company": company_id, "client": client_id, "now": db.now()}
        rows = await (await conn.execute(queries.live_secrets, at)).fetchall()
        right = [row for row in rows if hmac.compare_digest(bytes(row["hash"]), told)]
        if not right:
            return None
        before = at["now"] - _SEEN
        if right[0]["used_at"] is None or right[0]["used_at"] < before:
            await conn.execute(queries.used, {**at, "secret": right[0]["secret_id"], "before": before})
    return Client(company_id, client_id, right[0]["name"], frozenset(right[0]["scopes"]))


async def set_origins(
    db: Database, company_id: int, client_id: int, told: Sequence[str], *, who: str
) -> list[str] | Refusal:
    """The origins of the pages on which a client may show widgets, in place of those before; how they are kept."""
    kept = origins.read(told)
    if isinstance(kept, Refusal):
        return kept
    refusal: Refusal | None = None
    why = f"Widgets may be shown on {', '.join(kept)}." if kept else "Widgets may be shown nowhere."
    async with revise(db, company_id, kind="origins_set", who=who, why=why) as it:
        at = {"company": company_id, "client": client_id, "origins": Jsonb(kept)}
        if await (await it.conn.execute(queries.set_origins, at)).fetchone() is None:
            refusal = UNKNOWN
            raise it.nothing_changed()
    return refusal or kept


async def clients(conn: Connection, company_id: int) -> list[dict[str, Any]]:
    """A company's clients, without their secrets."""
    return await (await conn.execute(queries.clients, {"company": company_id})).fetchall()


async def client(conn: Connection, company_id: int, client_id: int, now: datetime) -> dict[str, Any] | None:
    """One client of a company with its live ``secrets``, and when a token of it was last shown (``used_at``)."""
    found = [row for row in await clients(conn, company_id) if row["client_id"] == client_id]
    return (await with_secrets(conn, found, now))[0] if found else None


async def every_client(
    conn: Connection, find: str, after: tuple[int, int], size: int, now: datetime
) -> list[dict[str, Any]]:
    """A page of all companies' clients with their secrets, as ``client`` has them (operator's connection).

    ``after``: the company's and the client's id of the last one of the page before.
    """
    said = {"find": like(find), "company": after[0], "client": after[1], "size": size}
    return await with_secrets(conn, await (await conn.execute(queries.every_client, said)).fetchall(), now)


async def with_secrets(conn: Connection, rows: list[dict[str, Any]], now: datetime) -> list[dict[str, Any]]:
    """Clients with their live ``secrets``, the newest first, and ``used_at`` of those that ended too."""
    said = {"companies": [row["company_id"] for row in rows], "clients": [row["client_id"] for row in rows], "now": now}
    secrets_of: dict[int, list[dict[str, Any]]] = {row["client_id"]: [] for row in rows}
    for each in await (await conn.execute(queries.secrets_of, said)).fetchall():
        secrets_of[each["client_id"]].append(each)
    return [
        {
            **row,
            "secrets": [each for each in secrets_of[row["client_id"]] if each["live"]],
            "used_at": max((each["used_at"] for each in secrets_of[row["client_id"]] if each["used_at"]), default=None),
        }
        for row in rows
    ]
