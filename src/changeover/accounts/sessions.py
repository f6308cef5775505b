"""Sessions of accounts: kept as hashes, new at each sign-in, ended by idleness, time or a word."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from changeover.accounts import store
from changeover.accounts.account import Account
from changeover.database.board import BOARD
from changeover.database.connection import Connection, Database
from changeover.webhooks.keys import digest

PREFIX = "a."
# A session's last use is written no more often than this.
_SEEN = timedelta(minutes=1)
_AGENT = 200


@dataclass(frozen=True, slots=True)
class Lasting:
    """How long a session lasts: without use, and at all."""

    idle: timedelta
    whole: timedelta


@dataclass(frozen=True, slots=True)
class Begun:
    """A session of an account. ``factor_at``: when the second factor was shown in it."""

    account: Account
    hash: bytes
    began_at: datetime
    ends_at: datetime
    factor_at: datetime | None

    @property
    def whole(self) -> bool:
        """False while the second factor of an account that has one has not been shown."""
        return self.factor_at is not None or not self.account.factor


async def begin(
    conn: Connection, account: Account, now: datetime, lasting: Lasting, *, agent: str, factor_at: datetime | None
) -> str:
    """A new session; the token that its cookie carries, which is kept only as a hash."""
    token = PREFIX + secrets.token_urlsafe(32)
    ends = now + lasting.whole
    said = {"began": now, "now": now, "ends": ends, "factor": factor_at, "agent": agent[:_AGENT]}
    await store.add_session(conn, account.account_id, digest(token), **said)
    return token


async def rotate(conn: Connection, it: Begun, now: datetime, *, agent: str, factor_at: datetime) -> str:
    """The session under a new token, now that the second factor was shown; it ends when it would have."""
    token = PREFIX + secrets.token_urlsafe(32)
    await store.end_session(conn, it.hash)
    said = {"began": it.began_at, "now": now, "ends": it.ends_at, "factor": factor_at, "agent": agent[:_AGENT]}
    await store.add_session(conn, it.account.account_id, digest(token), **said)
    return token


async def session(db: Database, token: str, lasting: Lasting) -> Begun | None:
    """The session of a cookie's token, which counts as used now; None if there is none or it has ended."""
    if not token.startswith(PREFIX):
        return None
    told, now = digest(token), db.now()
    async with db.company(BOARD) as conn:
        row = await store.session(conn, told, now, now - lasting.idle)
        if row is None:
            return None
        if now - row["seen_at"] >= _SEEN:
            await store.seen(conn, told, now)
    return Begun(store.account_of(row), told, row["began_at"], row["ends_at"], row["factor_at"])
