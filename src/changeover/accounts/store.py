"""All the SQL of accounts: people, their companies, sessions, links, recovery codes and failures."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from changeover.accounts.account import Account, Role
from changeover.database.board import BOARD
from changeover.database.connection import Connection
from changeover.database.queries import beside, like

queries = beside(__file__)


async def _rows(conn: Connection, query: str, **said: Any) -> list[dict[str, Any]]:
    return await (await conn.execute(query, {"company": BOARD, **said})).fetchall()


async def _row(conn: Connection, query: str, **said: Any) -> dict[str, Any] | None:
    return await (await conn.execute(query, {"company": BOARD, **said})).fetchone()


async def _count(conn: Connection, query: str, **said: Any) -> int:
    return (await conn.execute(query, {"company": BOARD, **said})).rowcount


def account_of(row: dict[str, Any]) -> Account:
    """A row of ``account`` with its ``companies`` and ``factor``."""
    return Account(
        row["account_id"],
        row["email"],
        row["name"],
        Role(row["role"]),
        row["state"],
        frozenset(row["companies"]),
        row["factor"],
    )


async def any_account(conn: Connection) -> bool:
    """True if anyone could sign in."""
    return await _row(conn, queries.any_account) is not None


async def accounts(
    conn: Connection, now: datetime, *, find: str = "", after: str = "", size: int = 1_000_000
) -> list[dict[str, Any]]:
    """Accounts by address, after one, whose address or name holds ``find``.

    Each with its companies, when it signed in and was seen last, and whether a link to it is open (``linked``).
    """
    return await _rows(conn, queries.accounts, account=0, find=like(find), after=after, size=size, now=now)


async def account(conn: Connection, account_id: int, now: datetime) -> dict[str, Any] | None:
    """One account, as ``accounts`` tells each."""
    return await _row(conn, queries.accounts, account=account_id, find="", after="", size=1, now=now)


async def other_operator(conn: Connection, account_id: int) -> bool:
    """True if another account than this one could sign in as an operator."""
    return await _row(conn, queries.other_operator, account=account_id) is not None


async def by_email(conn: Connection, email: str) -> dict[str, Any] | None:
    """The account of an address, with its password's hash."""
    return await _one(conn, email=email) if email else None


async def by_id(conn: Connection, account_id: int) -> dict[str, Any] | None:
    """The account with an id, with its password's hash."""
    return await _one(conn, account=account_id)


async def by_subject(conn: Connection, issuer: str, subject: str) -> dict[str, Any] | None:
    """The account of who an OpenID provider says that it is."""
    return await _one(conn, issuer=issuer, subject=subject)


async def _one(conn: Connection, **said: Any) -> dict[str, Any] | None:
    return await _row(conn, queries.one, **{"account": 0, "email": "", "issuer": "", "subject": "", **said})


async def add(conn: Connection, it: Account, now: datetime) -> None:
    """Keep a new account, invited, and its companies."""
    said = {"account": it.account_id, "email": it.email, "name": it.name, "role": str(it.role), "now": now}
    await _count(conn, queries.add, **said)
    await _count(conn, queries.join, account=it.account_id, organizations=sorted(it.companies))


async def set_companies(conn: Connection, account_id: int, companies: Sequence[int]) -> None:
    """The companies that an account belongs to from now on."""
    await _count(conn, queries.leave, account=account_id, organizations=list(companies))
    await _count(conn, queries.join, account=account_id, organizations=list(companies))


async def known_companies(conn: Connection, companies: Sequence[int]) -> set[int]:
    """Those of these that are on the board (operator's connection)."""
    return {row["company_id"] for row in await _rows(conn, queries.known_companies, companies=list(companies))}


async def set_state(conn: Connection, account_id: int, state: str) -> None:
    """Invite, activate or disable an account."""
    await _count(conn, queries.set_state, account=account_id, state=state)


async def set_role(conn: Connection, account_id: int, role: Role) -> None:
    """What part an account has from now on."""
    await _count(conn, queries.set_role, account=account_id, role=str(role))


async def set_password(conn: Connection, account_id: int, password: str) -> None:
    """Keep a password's hash; the account is active from now on."""
    await _count(conn, queries.set_password, account=account_id, password=password)


async def set_subject(conn: Connection, account_id: int, issuer: str, subject: str) -> None:
    """Keep who an account is at an OpenID provider; it is active from now on."""
    await _count(conn, queries.set_subject, account=account_id, issuer=issuer, subject=subject)


async def set_factor(conn: Connection, account_id: int, factor_id: int | None, at: datetime | None) -> None:
    """The second factor: set up (``at``), about to be (no time), or none."""
    await _count(conn, queries.set_factor, account=account_id, factor=factor_id, at=at)


async def take_step(conn: Connection, account_id: int, step: int) -> bool:
    """Note that the code of a time step was taken; False if it, or a later one, had been."""
    return await _count(conn, queries.take_step, account=account_id, step=step) == 1


async def set_recovery_codes(conn: Connection, account_id: int, hashes: Sequence[bytes]) -> None:
    """These recovery codes in the place of all that there were."""
    await _count(conn, queries.drop_recovery_codes, account=account_id)
    await _count(conn, queries.add_recovery_codes, account=account_id, hashes=list(hashes))


async def take_recovery_code(conn: Connection, account_id: int, told: bytes) -> bool:
    """Use a recovery code up; False if it is none of this account's."""
    return await _count(conn, queries.take_recovery_code, account=account_id, hash=told) == 1


async def recovery_codes(conn: Connection, account_id: int) -> int:
    """How many recovery codes are left."""
    row = await _row(conn, queries.count_recovery_codes, account=account_id)
    return row["codes"] if row else 0


async def add_link(conn: Connection, account_id: int, told: bytes, now: datetime, ends_at: datetime) -> None:
    """A one-time link in the place of those that the account had; links that ran out are forgotten."""
    await drop_links(conn, account_id, now)
    await _count(conn, queries.add_link, account=account_id, hash=told, ends=ends_at)


async def drop_links(conn: Connection, account_id: int, now: datetime) -> None:
    """Forget an account's links, and those that ran out."""
    await _count(conn, queries.drop_links, account=account_id, now=now)


async def linked(conn: Connection, told: bytes, now: datetime) -> dict[str, Any] | None:
    """The account that a link is for, while it lasts."""
    row = await _row(conn, queries.linked, hash=told, now=now)
    return await by_id(conn, row["account_id"]) if row else None


async def take_link(conn: Connection, told: bytes) -> bool:
    """Use a link up; False if that was done already."""
    return await _count(conn, queries.take_link, hash=told) == 1


async def add_session(conn: Connection, account_id: int, told: bytes, **said: Any) -> None:
    """Begin a session (``now``, ``began``, ``ends``, ``factor``, ``agent``); those that ended are forgotten."""
    await _count(conn, queries.forget_sessions, now=said["now"])
    await _count(conn, queries.add_session, account=account_id, hash=told, **said)


async def signed_in(conn: Connection, account_id: int, now: datetime) -> None:
    """Note when a person signed in last."""
    await _count(conn, queries.signed_in, account=account_id, now=now)


async def session(conn: Connection, told: bytes, now: datetime, idle_since: datetime) -> dict[str, Any] | None:
    """A session that lasts, with its account, which is active."""
    return await _row(conn, queries.session, hash=told, now=now, idle=idle_since)


async def seen(conn: Connection, told: bytes, now: datetime) -> None:
    """Note that a session was used."""
    await _count(conn, queries.seen, hash=told, now=now)


async def sessions(conn: Connection, account_id: int, now: datetime, idle_since: datetime) -> list[dict[str, Any]]:
    """An account's sessions that last, the newest first."""
    return await _rows(conn, queries.sessions, account=account_id, now=now, idle=idle_since)


async def end_session(conn: Connection, told: bytes) -> int:
    """End one session."""
    return await _count(conn, queries.end_session, hash=told)


async def end_sessions(conn: Connection, account_id: int) -> int:
    """End all sessions of an account; how many there were."""
    return await _count(conn, queries.end_sessions, account=account_id)


async def failures(conn: Connection, keys: Sequence[str]) -> list[tuple[str, int, datetime]]:
    """How often each of these failed, and when it last did."""
    rows = await _rows(conn, queries.failures, keys=list(keys))
    return [(row["key"], row["failures"], row["last_at"]) for row in rows]


async def count_failure(conn: Connection, keys: Sequence[str], now: datetime, forget: datetime) -> None:
    """Count a failure of each, and forget those that are older than ``forget``."""
    await _count(conn, queries.forget_old_failures, before=forget)
    await _count(conn, queries.count_failure, keys=sorted(keys), now=now)


async def forget_failures(conn: Connection, keys: Sequence[str]) -> None:
    """Forget the failures of these."""
    await _count(conn, queries.forget_failures, keys=list(keys))
