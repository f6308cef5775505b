"""Who may sign in: accounts added, invited anew, disabled, and what a one-time link does."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from changeover.accounts import passwords, store
from changeover.accounts.account import Account, Role, address
from changeover.database.board import BOARD, BoardChange, revise_board
from changeover.database.connection import Database
from changeover.ids import new_ids
from changeover.refusal import Refusal
from changeover.sources.text import line
from changeover.webhooks.keys import digest

INVITED, RESET = timedelta(days=7), timedelta(days=1)
_NAME = 100


@dataclass(frozen=True, slots=True)
class Invited:
    """An account and the secret of its one-time link, which is shown this once."""

    account: Account
    secret: str


_UNKNOWN = Refusal(
    "UNKNOWN_ACCOUNT",
    "Nothing was done: no account has this address.",
    "`changeover account list` shows those there are.",
)


async def add(
    db: Database, email: str, name: str, role: Role, companies: Sequence[int], *, who: str
) -> Invited | Refusal:
    """A new account, and the link by which its person chooses a password."""
    wanted = frozenset(companies)
    kept, told = address(email), line(name).strip()[:_NAME] or email.partition("@")[0]
    if not kept:
        return Refusal("BAD_ADDRESS", f"Nothing was done: {line(email)[:100]} is no e-mail address.", "Give one.")
    refused = _unlike(role, wanted) or await _unknown(db, wanted)
    if refused:
        return refused
    it = Account(new_ids(), kept, told, role, "invited", wanted)
    answer: Invited | Refusal = Refusal(
        "ACCOUNT_EXISTS", f"Nothing was done: {kept} has an account.", "Reset it, or see the list of accounts."
    )
    async with revise_board(db, kind="account_added", who=who, why=f"{it.who} may sign in as {role}.") as change:
        if await store.by_email(change.conn, kept):
            raise change.nothing_changed()
        await store.add(change.conn, it, change.at)
        change.detail |= {"account": str(it.account_id), "companies": [str(each) for each in sorted(wanted)]}
        answer = Invited(it, await _link(change, it, INVITED))
    return answer


def _unlike(role: Role, companies: frozenset[int]) -> Refusal | None:
    """Why an account of this role cannot belong to these companies."""
    if (role is Role.OPERATOR) != bool(companies):
        return None
    sentence = "Nothing was done: an operator reaches every company, and everyone else is of at least one."
    return Refusal("BAD_COMPANIES", sentence, "Name the companies of an employer or recruiter, and of nobody else.")


async def _unknown(db: Database, companies: frozenset[int]) -> Refusal | None:
    async with db.operator() as conn:
        unknown = companies - await store.known_companies(conn, sorted(companies))
    if not unknown:
        return None
    sentence = f"Nothing was done: there is no company {min(unknown)} here."
    return Refusal("UNKNOWN_COMPANY", sentence, "See the list of companies.")


async def _link(change: BoardChange, it: Account, life: timedelta) -> str:
    secret = secrets.token_urlsafe(32)
    await store.add_link(change.conn, it.account_id, digest(secret), change.at, change.at + life)
    return secret


async def reset(db: Database, email: str, *, factor: bool, who: str) -> Invited | Refusal:
    """A link to choose a new password; all sessions end, and with ``factor`` the second factor is taken away."""
    answer: Invited | Refusal = _UNKNOWN
    why = f"{line(email)} may choose a new password{' and second factor' if factor else ''}."
    async with revise_board(db, kind="account_reset", who=who, why=why) as change:
        row = await store.by_email(change.conn, address(email))
        if row is None:
            raise change.nothing_changed()
        it = store.account_of(row)
        change.detail |= {"account": str(it.account_id)}
        await store.end_sessions(change.conn, it.account_id)
        if factor:
            await store.set_factor(change.conn, it.account_id, None, None)
            await store.set_recovery_codes(change.conn, it.account_id, [])
        if it.state == "disabled":
            await store.set_state(change.conn, it.account_id, "invited")
        answer = Invited(it, await _link(change, it, RESET))
    return answer


async def disable(db: Database, email: str, *, who: str, keep_operator: bool = False) -> Refusal | None:
    """Let an account sign in no more and end its sessions; ``reset`` lets it in again.

    ``keep_operator``: not the last operator who could sign in.
    """
    refusal: Refusal | None = _UNKNOWN
    async with revise_board(db, kind="account_disabled", who=who, why=f"{line(email)} may not sign in.") as change:
        row = await store.by_email(change.conn, address(email))
        refusal = _UNKNOWN if row is None else await _last(change, row) if keep_operator else None
        if row is None or refusal:
            raise change.nothing_changed()
        change.detail |= {"account": str(row["account_id"])}
        await store.set_state(change.conn, row["account_id"], "disabled")
        await store.end_sessions(change.conn, row["account_id"])
        # A link of before must not open what was closed.
        await store.drop_links(change.conn, row["account_id"], change.at)
    return refusal


async def _last(change: BoardChange, row: dict[str, Any]) -> Refusal | None:
    """Why the last operator who could sign in stays one; None for everyone else."""
    may = row["role"] == Role.OPERATOR and row["state"] == "active"
    if not may or await store.other_operator(change.conn, row["account_id"]):
        return None
    sentence = f"Nothing was done: {row['email']} is the last operator who can sign in, and nobody would be left."
    fix = "Let another operator sign in first. On the machine of the board `changeover account` does it all the same."
    return Refusal("LAST_OPERATOR", sentence, fix)


async def end_sessions(db: Database, email: str, *, who: str) -> int | Refusal:
    """End every session of an account, which may sign in again; how many there were."""
    ended: int | Refusal = _UNKNOWN
    why = f"{line(email)} was signed out everywhere."
    async with revise_board(db, kind="sessions_ended", who=who, why=why) as change:
        row = await store.by_email(change.conn, address(email))
        if row is None:
            raise change.nothing_changed()
        ended = await store.end_sessions(change.conn, row["account_id"])
        change.detail |= {"account": str(row["account_id"]), "sessions": ended}
    return ended


async def set_companies(db: Database, email: str, companies: Sequence[int], *, who: str) -> Refusal | None:
    """The companies that an employer or recruiter belongs to from now on."""
    refusal: Refusal | None = _UNKNOWN
    async with db.operator() as conn:
        known = await store.known_companies(conn, companies)
    named = ", ".join(str(each) for each in sorted(known))
    why = f"{line(email)} belongs to: {named}."
    async with revise_board(db, kind="account_companies", who=who, why=why) as change:
        row = await store.by_email(change.conn, address(email))
        if row is not None and (row["role"] == Role.OPERATOR or not known or known != set(companies)):
            sentence = "Nothing was done: that account is an operator's, or a company is not here."
            refusal = Refusal("BAD_COMPANIES", sentence, "Name at least one company from the list of companies.")
        if row is None or refusal is not _UNKNOWN:
            raise change.nothing_changed()
        refusal = None
        change.detail |= {"account": str(row["account_id"]), "companies": [str(each) for each in sorted(known)]}
        await store.set_companies(change.conn, row["account_id"], sorted(known))
    return refusal


async def set_role(
    db: Database, email: str, role: Role, companies: Sequence[int], *, who: str, keep_operator: bool = False
) -> Refusal | None:
    """What part an account has from now on; its sessions end, so that none goes on with what it could before.

    ``companies``: none of an operator; of an employer or recruiter those named, or those of before where none is.
    ``keep_operator``: not of the last operator who could sign in.
    """
    refusal = await _unknown(db, frozenset(companies))
    if refusal:
        return refusal
    async with revise_board(db, kind="account_role", who=who, why="") as change:
        row = await store.by_email(change.conn, address(email))
        refusal = _UNKNOWN
        if row is not None:
            kept = frozenset(companies or (() if role is Role.OPERATOR else row["companies"]))
            refusal = _unlike(role, kept)
            if keep_operator and role is not Role.OPERATOR:
                refusal = refusal or await _last(change, row)
        if row is None or refusal or (row["role"] == role and set(row["companies"]) == kept):
            raise change.nothing_changed()
        change.why = f"{row['email']} is {role} from now on, and was {row['role']}."
        change.detail |= {"account": str(row["account_id"]), "companies": [str(each) for each in sorted(kept)]}
        await store.set_role(change.conn, row["account_id"], role)
        await store.set_companies(change.conn, row["account_id"], sorted(kept))
        await store.end_sessions(change.conn, row["account_id"])
    return refusal


async def invited(db: Database, secret: str) -> Account | None:
    """Whose link this is, while it lasts; looking does not use it up."""
    async with db.company(BOARD) as conn:
        row = await store.linked(conn, digest(secret), db.now())
    return None if row is None or row["state"] == "disabled" else store.account_of(row)


async def take_link(db: Database, secret: str, password: str) -> Account | Refusal:
    """Use a link up: its account has this password from now on, and no session of before."""
    it = await invited(db, secret)
    over = Refusal("LINK_OVER", "Nothing was done: this link was used, or has run out.", "Ask for another.")
    if it is None:
        return over
    wrong = passwords.flaw(password, it.email)
    if wrong:
        return Refusal("WEAK_PASSWORD", f"Nothing was done: {wrong[:1].lower()}{wrong[1:]}", "Choose another.")
    kept = await passwords.hashed(password)
    taken: Account | Refusal = over
    async with revise_board(db, kind="password_set", who=it.who, why="A password was chosen by a link.") as change:
        if not await store.take_link(change.conn, digest(secret)):
            raise change.nothing_changed()
        change.detail |= {"account": str(it.account_id)}
        await store.set_password(change.conn, it.account_id, kept)
        await store.end_sessions(change.conn, it.account_id)
        taken = it
    return taken


async def listed(db: Database, *, find: str = "", after: str = "", size: int = 1_000_000) -> list[dict[str, Any]]:
    """Accounts by address, each with its companies, its second factor, and when it was last seen."""
    async with db.company(BOARD) as conn:
        return await store.accounts(conn, db.now(), find=find, after=after, size=size)
