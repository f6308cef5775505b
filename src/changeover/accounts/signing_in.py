"""Signing in by password and code, and what a person changes of their own account."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from changeover.accounts import passwords, second_factor, sessions, store, throttle
from changeover.accounts.account import Account, address
from changeover.accounts.sessions import Begun, Lasting
from changeover.accounts.throttle import Patience
from changeover.database.board import BOARD, revise_board
from changeover.database.connection import Connection, Database
from changeover.ids import new_ids
from changeover.refusal import Refusal
from changeover.webhooks import sealed
from changeover.webhooks.keys import Keys
from changeover.wording import plural


@dataclass(frozen=True, slots=True)
class From:
    """Where a try comes from: the network's address, the browser's name, and the accounts that it is known to."""

    address: str
    agent: str
    known: int = 0


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A session has begun: its token. ``account.factor``: it is not whole until a code is shown."""

    account: Account
    token: str


_WRONG = Refusal(
    "WRONG_PASSWORD",
    "You are not signed in: the address and the password do not belong together.",
    "Try again, or ask whoever runs the board for a new link.",
)
_WRONG_CODE = Refusal(
    "WRONG_CODE", "That is not the code of now.", "Type the six digits that your app shows, or a recovery code."
)


def _too_many(wait: timedelta) -> Refusal:
    seconds = max(round(wait.total_seconds()), 1)
    return Refusal(
        "TOO_MANY_TRIES",
        "Nothing was tried: signing in has failed too often.",
        f"Wait {plural(seconds, 'second')} and try again. It opens by itself.",
    )


async def by_password(db: Database, email: str, password: str, lasting: Lasting, at: From) -> SignedIn | Refusal:
    """Sign in with an address and a password; it takes the same time whatever is wrong."""
    told = address(email)
    async with db.company(BOARD) as conn:
        row = await store.by_email(conn, told)
    known = row is not None and at.known == row["account_id"]
    counted = throttle.keys(at.address, f"{'known' if known else 'account'} {told}")
    wait = await throttle.waits(db, counted)
    if wait:
        return _too_many(wait)
    fits = await passwords.right(row["password"] if row else "", password)
    if row is None or not fits or row["state"] != "active":
        await throttle.failed(db, counted, db.now())
        return _WRONG
    await throttle.succeeded(db, counted)
    return await begin(db, store.account_of(row), lasting, at, how="a password")


async def begin(
    db: Database, account: Account, lasting: Lasting, at: From, *, how: str, factor: bool = False
) -> SignedIn:
    """Begin a session of an account that has proven who it is."""
    async with revise_board(db, kind="signed_in", who=account.who, why=f"Signed in by {how}.") as change:
        change.detail |= {"account": str(account.account_id)}
        await store.signed_in(change.conn, account.account_id, change.at)
        token = await sessions.begin(
            change.conn, account, change.at, lasting, agent=at.agent, factor_at=change.at if factor else None
        )
    return SignedIn(account, token)


async def by_code(db: Database, keys: Keys, it: Begun, code: str, at: From) -> str | Refusal:
    """Show the second factor in a session: its new token."""
    counted = _counted(it)
    wait = await throttle.waits(db, counted)
    if wait:
        return _too_many(wait)
    token: str | None = None
    why = "The second factor was shown."
    recovery = await asyncio.to_thread(second_factor.recovery_digest, it.account.account_id, code)
    async with revise_board(db, kind="factor_shown", who=it.account.who, why=why) as change:
        row = await store.by_id(change.conn, it.account.account_id)
        factor_id = row["factor_id"] if row and row["factor"] else None
        step = await _step(change.conn, keys, row, code, change.at) if row and factor_id else None
        if step is not None:
            right = await store.take_step(change.conn, it.account.account_id, step)
        else:
            right = bool(factor_id) and await store.take_recovery_code(change.conn, it.account.account_id, recovery)
            change.why = "A recovery code was shown in place of the second factor."
        if not right:
            raise change.nothing_changed()
        change.detail |= {"account": str(it.account.account_id)}
        token = await sessions.rotate(change.conn, it, change.at, agent=at.agent, factor_at=change.at)
    if token is None:
        await throttle.failed(db, counted, db.now())
        return _WRONG_CODE
    await throttle.succeeded(db, counted)
    return token


async def _step(conn: Connection, keys: Keys, row: dict[str, Any], code: str, now: datetime) -> int | None:
    """The time step of a code that is the account's factor's; None if it is not."""
    found = await sealed.secrets(conn, keys, BOARD, row["account_id"], row["factor_id"], now=now)
    steps = (second_factor.step_of(second_factor.for_app(each), code, now, after=row["factor_step"]) for each in found)
    return next((step for step in steps if step is not None), None)


def _counted(it: Begun) -> dict[str, Patience]:
    """A code is asked of who knows the password, so it is counted by the account alone."""
    return throttle.keys(f"account {it.account.account_id}", f"code {it.account.account_id}")


async def change_password(db: Database, it: Begun, old: str, new: str, lasting: Lasting, at: From) -> str | Refusal:
    """Change one's own password: all sessions end but this, which gets a new token."""
    async with db.company(BOARD) as conn:
        row = await store.by_id(conn, it.account.account_id)
    counted = throttle.keys(at.address, f"known {it.account.email}")
    wait = await throttle.waits(db, counted)
    if wait:
        return _too_many(wait)
    if row is None or (row["password"] and not await passwords.right(row["password"], old)):
        await throttle.failed(db, counted, db.now())
        return Refusal("WRONG_PASSWORD", "Nothing was changed: the old password is not right.", "Try again.")
    wrong = passwords.flaw(new, it.account.email)
    if wrong:
        return Refusal("WEAK_PASSWORD", f"Nothing was changed: {wrong[:1].lower()}{wrong[1:]}", "Choose another.")
    kept = await passwords.hashed(new)
    async with revise_board(db, kind="password_set", who=it.account.who, why="The password was changed.") as change:
        change.detail |= {"account": str(it.account.account_id)}
        await store.set_password(change.conn, it.account.account_id, kept)
        await store.end_sessions(change.conn, it.account.account_id)
        token = await sessions.begin(
            change.conn, it.account, change.at, lasting, agent=at.agent, factor_at=it.factor_at
        )
    return token


async def sign_out(db: Database, it: Begun, *, everywhere: bool = False) -> None:
    """End this session, or all sessions of its account."""
    if not everywhere:
        async with db.company(BOARD) as conn:
            await store.end_session(conn, it.hash)
        return
    async with revise_board(db, kind="signed_out", who=it.account.who, why="Signed out everywhere.") as change:
        change.detail |= {"account": str(it.account.account_id)}
        await store.end_sessions(change.conn, it.account.account_id)


async def begin_factor(db: Database, keys: Keys, it: Begun) -> str | Refusal:
    """Begin to set up a second factor: its secret, which counts once a code of it was shown."""
    if it.account.factor:
        return Refusal("FACTOR_IS_SET", "Nothing was done: a second factor is set up.", "Take it away first.")
    factor_id = new_ids()
    async with db.company(BOARD) as conn:
        await store.set_factor(conn, it.account.account_id, factor_id, None)
        secret = await sealed.keep(conn, keys, BOARD, it.account.account_id, factor_id, now=db.now())
    return second_factor.for_app(secret)


async def factor_begun(db: Database, keys: Keys, it: Begun) -> str | None:
    """The secret of a second factor that is being set up, as the app keeps it; None where none is."""
    async with db.company(BOARD) as conn:
        row = await store.by_id(conn, it.account.account_id)
        if row is None or row["factor_id"] is None or row["factor"]:
            return None
        found = await sealed.secrets(conn, keys, BOARD, it.account.account_id, row["factor_id"], now=db.now())
    return second_factor.for_app(found[0]) if found else None


async def confirm_factor(db: Database, keys: Keys, it: Begun, code: str, at: From) -> tuple[str, list[str]] | Refusal:
    """Set the second factor up by its first code: the session's new token, and recovery codes, shown this once."""
    codes = second_factor.new_recovery_codes()
    account = it.account.account_id
    hashes = await asyncio.to_thread(lambda: [second_factor.recovery_digest(account, each) for each in codes])
    token: str | None = None
    async with revise_board(db, kind="factor_set", who=it.account.who, why="A second factor was set up.") as change:
        row = await store.by_id(change.conn, account)
        if row is None or row["factor_id"] is None or row["factor"]:
            raise change.nothing_changed()
        step = await _step(change.conn, keys, row, code, change.at)
        if step is None or not await store.take_step(change.conn, account, step):
            raise change.nothing_changed()
        change.detail |= {"account": str(account)}
        await store.set_factor(change.conn, account, row["factor_id"], change.at)
        await store.set_recovery_codes(change.conn, account, hashes)
        token = await sessions.rotate(change.conn, it, change.at, agent=at.agent, factor_at=change.at)
    return _WRONG_CODE if token is None else (token, codes)


async def drop_factor(db: Database, it: Begun) -> None:
    """Take the second factor away, in a session in which it was shown."""
    async with revise_board(db, kind="factor_dropped", who=it.account.who, why="The second factor is gone.") as change:
        change.detail |= {"account": str(it.account.account_id)}
        await store.set_factor(change.conn, it.account.account_id, None, None)
        await store.set_recovery_codes(change.conn, it.account.account_id, [])
