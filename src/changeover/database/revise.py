"""One line per company: every write takes the company's next revision, which is its lock."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from psycopg import Rollback
from psycopg.types.json import Jsonb

from changeover.database.chain import OLDER, SAID
from changeover.database.connection import Connection, Database, see_company
from changeover.ids import new_ids

# The channel on which each committed revision is told, as "company:revision"; revision 0: something else changed.
CHANNEL = "changeover_revision"

_TAKE = """
update company set revision = revision + 1 where company_id = %s
returning revision, name, state, feed, held, flowed_revision
"""
# Its place in the board's stream is its transaction's number, or its forerunner's where that had to be waited for:
# numbers are given before the company's row is locked, and a company's revisions must not change places.
_RECORD = f"""
with said as (
select c.company_id, c.revision, %(at)s::timestamptz as at, %(kind)s::text as kind, %(who)s::text as who,
  %(why)s::text as why, c.feed, c.state, %(detail)s::jsonb as detail,
  greatest(pg_current_xact_id()::text::bigint, p.position) as position, p.hash
from company c left join revision p on p.company_id = c.company_id and p.revision = c.revision - 1
where c.company_id = %(company)s
), recorded as (
insert into revision (company_id, revision, at, kind, who, why, feed, state, detail, position, hash)
select s.company_id, s.revision, s.at, s.kind, s.who, s.why, s.feed, s.state, s.detail, s.position,
  sha256({OLDER.format("s", "s", said=SAID.format("o"))} || {SAID.format("s")})
from said s
returning company_id, revision
)
select pg_notify(%(channel)s, company_id || ':' || revision) from recorded
"""  # noqa: S608  made of this package's own text


_TELL = "select pg_notify(%(channel)s, %(company)s || ':0')"


async def tell_followers(conn: Connection, company_id: int) -> None:
    """Have whoever follows a company look again when the caller's transaction commits: something changed that is no
    revision, as an application that came.
    """
    await conn.execute(_TELL, {"channel": CHANNEL, "company": str(company_id)})


class UnknownCompany(Exception):
    """No company has this id or name, or ``several`` have it."""

    def __init__(self, company: int | str, several: Sequence[int] = ()) -> None:
        sentence = f"There is no company {company!r} here. `changeover company list` shows those there are."
        if several:
            ids = ", ".join(str(each) for each in several)
            sentence = f"{len(several)} companies are called {company!r}. Name one by its id: {ids}."
        super().__init__(sentence)


@dataclass(slots=True)
class Change:
    """A company's transaction at its own revision: its connection, and what the history will say of it.

    ``touched`` are the job ids whose intervals must be settled before the end (postings/store).
    """

    conn: Connection
    company_id: int
    revision: int
    at: datetime
    name: str
    state: str
    feed: str
    held: bool
    flowed_revision: int
    kind: str
    who: str
    why: str
    detail: dict[str, Any] = field(default_factory=dict)
    touched: set[int] = field(default_factory=set)

    def nothing_changed(self) -> Rollback:
        """Raise this to leave no trace: the transaction rolls back and the revision is given back."""
        return Rollback()


Look = Callable[[Connection], Awaitable[None]]


class Witness(Protocol):
    """What an edge checks and writes in the very transaction of the act that it asks for. Either may raise."""

    async def begun(self, change: Change) -> None:
        """The revision was taken; nothing is written yet."""

    async def ending(self, change: Change) -> None:
        """Everything is written; the commit comes next."""


# The witness of whatever this task revises, for as long as an edge acts.
WITNESS: ContextVar[Witness | None] = ContextVar("witness", default=None)


@asynccontextmanager
async def revise(
    db: Database, company_id: int, *, kind: str, who: str, why: str, look: Look | None = None
) -> AsyncIterator[Change]:
    """A transaction that writes as ``company_id``'s next revision.

    Taking the revision locks the company's row, so writers of one company stand in one line; others
    never wait and readers never lock. The revision's row is written last, with the feed and state
    that the change leaves, and is told on CHANNEL at commit. Raises UnknownCompany.

    ``look`` asks what the change will need to know, once the revision is taken and in the same trip to the server.
    """
    with suppress(Rollback):
        async with db.line(company_id), db.app_pool.connection() as conn:
            change = await _take(db, conn, company_id, kind=kind, who=who, why=why, look=look)
            witness = WITNESS.get()
            if witness is not None:
                await witness.begun(change)
            yield change
            # Where a statement of the trip fails, the server does none after it: nothing is committed.
            async with conn.pipeline():
                await _record(change)
                if witness is not None:
                    await witness.ending(change)
                await conn.commit()


async def _take(
    db: Database, conn: Connection, company_id: int, *, kind: str, who: str, why: str, look: Look | None = None
) -> Change:
    async with conn.pipeline():
        await see_company(conn, company_id)
        cursor = await conn.execute(_TAKE, (company_id,))
        if look is not None:
            await look(conn)
    row = await cursor.fetchone()
    if row is None:
        raise UnknownCompany(company_id)
    return Change(conn=conn, company_id=company_id, at=db.now(), kind=kind, who=who, why=why, **row)


async def _record(change: Change) -> None:
    await change.conn.execute(
        _RECORD,
        {
            "at": change.at,
            "kind": change.kind,
            "who": change.who,
            "why": change.why,
            "detail": Jsonb(change.detail),
            "company": change.company_id,
            "channel": CHANNEL,
        },
    )


async def create_company(db: Database, name: str, *, ats: str = "", who: str, company_id: int | None = None) -> int:
    """A new company in state ``legacy``, its first revision written; its id, which is ``company_id`` where given."""
    company_id = company_id or new_ids()
    why = f"{name} was added to the board."
    async with db.company(company_id) as conn:
        await conn.execute(
            "insert into company (company_id, name, ats, created_at) values (%s, %s, %s, %s)",
            (company_id, name, ats, db.now()),
        )
        await _record(await _take(db, conn, company_id, kind="company_added", who=who, why=why))
    return company_id
