"""Applications of ATS vendors and their credentials: two live secrets each, tokens of thirty minutes."""

from __future__ import annotations

import base64
import binascii
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from changeover.apply_connect import store
from changeover.database.connection import Connection, Database
from changeover.ids import new_ids
from changeover.webhooks import sealed
from changeover.webhooks.keys import Keys, digest

LIFE = timedelta(minutes=30)
GRACE = timedelta(hours=24)
# A token that ran out is known as such for so long; then it is as unknown as one that never was.
REMEMBERED = timedelta(days=1)
_PREFIX, _TOKEN_BYTES = "AQ", 48


@dataclass(frozen=True, slots=True)
class Application:
    """A vendor's application: its parent, which provisions, or a child, which speaks for a customer."""

    vendor_id: int
    application_id: int
    kind: str
    name: str
    foreign_id: str = ""

    @property
    def parent(self) -> bool:
        """True for the application that provisions."""
        return self.kind == "parent"

    @property
    def client_id(self) -> str:
        """What the application is called in OAuth: both its ids, so that a look-up goes to one shard."""
        packed = self.vendor_id.to_bytes(8, "big") + self.application_id.to_bytes(8, "big")
        return base64.b32encode(packed).decode().rstrip("=").lower()


@dataclass(frozen=True, slots=True)
class Credentials:
    """A new application and the secret that is shown this once."""

    application: Application
    secret: str


def parse_client_id(text: str) -> tuple[int, int] | None:
    """The vendor's and the application's ids in a client id, or None."""
    if len(text) != 26 or not text.isascii():
        return None
    try:
        packed = base64.b32decode(text.upper() + "======")
    except binascii.Error:
        return None
    return int.from_bytes(packed[:8], "big") & (2**63 - 1), int.from_bytes(packed[8:], "big") & (2**63 - 1)


async def add_vendor(db: Database, keys: Keys, name: str) -> Credentials:
    """A new vendor with its parent application."""
    vendor_id, application_id = new_ids.many(2)
    async with db.company(vendor_id) as conn:
        await store.add_application(conn, vendor_id, application_id, {"kind": "parent", "name": name}, db.now())
        secret = await _new_secret(conn, db, keys, vendor_id, application_id)
    return Credentials(Application(vendor_id, application_id, "parent", name), secret)


async def _new_secret(conn: Connection, db: Database, keys: Keys, vendor_id: int, application_id: int) -> str:
    secret_id = new_ids()
    secret = await sealed.keep(conn, keys, vendor_id, vendor_id, application_id, secret_id, now=db.now())
    await store.add_secret(conn, vendor_id, application_id, secret_id, digest(secret), db.now())
    return secret


async def add_child(
    conn: Connection, db: Database, keys: Keys, vendor_id: int, fields: Mapping[str, Any]
) -> Credentials:
    """A new child application of a vendor, in the caller's transaction. Raises psycopg's UniqueViolation."""
    application_id = new_ids()
    await store.add_application(conn, vendor_id, application_id, fields, db.now())
    secret = await _new_secret(conn, db, keys, vendor_id, application_id)
    made = Application(vendor_id, application_id, "child", fields["name"], fields["foreign_id"])
    return Credentials(made, secret)


async def rotate(db: Database, keys: Keys, client_id: str) -> str | None:
    """A new secret of an application; the one before it works for another day. None if there is no such client."""
    ids = parse_client_id(client_id)
    if ids is None:
        return None
    vendor_id, application_id = ids
    async with db.company(vendor_id) as conn:
        if await store.application(conn, vendor_id, application_id) is None:
            return None
        await store.end_older(conn, vendor_id, application_id, db.now(), db.now() + GRACE)
        return await _new_secret(conn, db, keys, vendor_id, application_id)


async def grant(db: Database, client_id: str, secret: str) -> str | None:
    """A token for thirty minutes, or None if the client or its secret is not right."""
    ids = parse_client_id(client_id)
    if ids is None:
        return None
    vendor_id, application_id = ids
    told, now = digest(secret), db.now()
    async with db.company(vendor_id) as conn:
        live = await store.live_secret_ids(conn, vendor_id, application_id, now)
        # Every one is compared, so that the time taken tells nothing.
        right = [secret_id for secret_id, kept in live if hmac.compare_digest(kept, told)]
        if not right:
            return None
        await store.used(conn, vendor_id, application_id, right[0], now)
        packed = vendor_id.to_bytes(8, "big") + application_id.to_bytes(8, "big") + secrets.token_bytes(32)
        token = _PREFIX + base64.urlsafe_b64encode(packed).decode()
        await store.add_token(conn, vendor_id, application_id, digest(token), now + LIFE, forget=now - REMEMBERED)
    return token


@dataclass(frozen=True, slots=True)
class Bearer:
    """Whose token it is, and when that ends."""

    application: Application
    expires_at: datetime


async def bearer(db: Database, token: str) -> Bearer | None:
    """Whose token this is, also once its time is over; None if nobody's."""
    try:
        packed = base64.urlsafe_b64decode(token.removeprefix(_PREFIX).encode())
    except (binascii.Error, ValueError):
        return None
    if not token.startswith(_PREFIX) or len(packed) != _TOKEN_BYTES or packed[0] & 128:
        return None
    vendor_id = int.from_bytes(packed[:8], "big")
    row = await store.token(db, vendor_id, digest(token))
    if row is None:
        return None
    expires = row.pop("expires_at")
    return Bearer(Application(**row), expires)


async def signing_secrets(db: Database, keys: Keys, vendor_id: int, application_id: int) -> list[str]:
    """The live secrets of an application, the newest first: what it checks signatures with."""
    async with db.company(vendor_id) as conn:
        live = await store.live_secret_ids(conn, vendor_id, application_id, db.now())
        found = []
        for secret_id, kept in live:
            ids = (vendor_id, application_id, secret_id)
            told = await sealed.secrets(conn, keys, vendor_id, *ids, now=db.now())
            # A secret whose key is gone still opens the door, and can sign nothing.
            found += [secret for secret in told if hmac.compare_digest(digest(secret), kept)]
    return found
