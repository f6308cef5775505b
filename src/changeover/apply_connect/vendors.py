"""ATS vendors as whoever runs the board sees them: made, given new secrets, ended; in its history."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from changeover.apply_connect import auth
from changeover.apply_connect.auth import Application, Credentials, parse_client_id
from changeover.database.board import revise_board
from changeover.database.connection import Connection, Database
from changeover.database.queries import beside, like
from changeover.refusal import Refusal
from changeover.webhooks.keys import Keys

queries = beside(__file__, "vendors")

Row = dict[str, Any]
_ID = "application_id"
UNKNOWN = Refusal(
    "UNKNOWN_APPLICATION", "Nothing was done: no vendor has this application.", "See the list of programs."
)


async def vendors(db: Database, find: str, size: int) -> list[Row]:
    """Vendors by their parent applications, with their live ``secrets`` and when one was last used (``used_at``)."""
    async with db.operator() as conn:
        said = {"find": like(find), "size": size}
        return await _told(conn, db, await (await conn.execute(queries.vendors, said)).fetchall())


async def customers(db: Database, vendor: int, find: str, size: int) -> list[Row]:
    """A vendor's child applications, told as ``vendors`` are."""
    async with db.operator() as conn:
        said = {"company": vendor, "find": like(find), "size": size}
        return await _told(conn, db, await (await conn.execute(queries.customers, said)).fetchall())


async def application(db: Database, client_id: str) -> Row | None:
    """One application by its client id, told as ``vendors`` are."""
    ids = parse_client_id(client_id)
    async with db.operator() as conn:
        said = dict(zip(("company", "application"), ids or (0, 0), strict=True))
        found = await _told(conn, db, await (await conn.execute(queries.application, said)).fetchall())
    return found[0] if found else None


async def _told(conn: Connection, db: Database, rows: list[Row]) -> list[Row]:
    said = {name: [row[key] for row in rows] for name, key in (("companies", "vendor_id"), ("applications", _ID))}
    secrets: dict[int, list[Row]] = {row[_ID]: [] for row in rows}
    for each in await (await conn.execute(queries.secrets_of, {**said, "now": db.now()})).fetchall():
        secrets[each[_ID]].append(each)
    return [
        {
            **row,
            "client_id": _application(row).client_id,
            "secrets": [each for each in secrets[row[_ID]] if each["live"]],
            "used_at": max((each["used_at"] for each in secrets[row[_ID]] if each["used_at"]), default=None),
        }
        for row in rows
    ]


def _application(row: Mapping[str, Any]) -> Application:
    return Application(row["vendor_id"], row[_ID], row["kind"], row["name"], row["foreign_id"])


# The board's history is not in the vendor's transaction. It is written first: a trace without an act is seen and mended
# by a second try, an act without a trace by nobody.


async def make(db: Database, keys: Keys, name: str, *, who: str) -> Credentials:
    """A new vendor with its parent application."""
    async with revise_board(db, kind="vendor_added", who=who, why=f"{name} may speak the Apply Connect wire."):
        pass
    return await auth.add_vendor(db, keys, name)


async def renew(db: Database, keys: Keys, client_id: str, *, who: str) -> str | Refusal:
    """A new secret of an application; the one before works for another day."""
    row = await application(db, client_id)
    if row is None:
        return UNKNOWN
    async with revise_board(db, kind="vendor_secret", who=who, why=f"{row['name']} gets a new secret.") as change:
        change.detail |= {"client": client_id}
    return await auth.rotate(db, keys, client_id) or UNKNOWN


async def revoke(db: Database, client_id: str, *, who: str) -> Refusal | Row:
    """End all secrets and tokens of an application at once, of a parent those of its customers too; what it was."""
    row = await application(db, client_id)
    if row is None:
        return UNKNOWN
    why = f"{row['name']} may do nothing on the wire any more: its secrets and tokens end."
    async with revise_board(db, kind="vendor_revoked", who=who, why=why) as change:
        change.detail |= {"client": client_id}
    async with db.company(row["vendor_id"]) as conn:
        at = {"company": row["vendor_id"], "application": row[_ID]}
        await conn.execute(queries.end_secrets, {**at, "now": db.now()})
        await conn.execute(queries.end_tokens, at)
    return row
