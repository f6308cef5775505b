"""The chain of history: each row's hash covers the row and the hash of the one before, and is checked."""

from __future__ import annotations

from dataclasses import dataclass

from changeover.database.board import BOARD
from changeover.database.connection import Database

# What a row of each history says, as bytes that do not depend on the connection's settings.
SAID = """convert_to(jsonb_build_array({0}.company_id, {0}.revision, extract(epoch from {0}.at), {0}.kind, {0}.who,
  {0}.why, {0}.feed, {0}.state, {0}.detail, {0}.position)::text, 'UTF8')"""
_BOARD_SAID = """convert_to(jsonb_build_array({0}.company_id, {0}.revision, extract(epoch from {0}.at), {0}.kind,
  {0}.who, {0}.why, {0}.detail)::text, 'UTF8')"""

# Rows that an older version of the program wrote carry no hash: the first one after them covers them all.
OLDER = """coalesce({0}.hash, (select sha256(string_agg({said}, ''::bytea order by o.revision))
  from revision o where o.company_id = {0}.company_id and o.revision < {1}.revision), ''::bytea)"""

# The row that the first one follows is read and not checked. One that is gone, or carries no hash, gives no hold: then
# all rows are checked.
_CHECK = """
with since as (
  select coalesce(max(revision), 0) as revision from {table}
  where company_id = %(company)s and revision = %(after)s and hash is not null
), told as (
  select r.revision, r.hash, {said} as said, lag(r.revision, 1, 0::bigint) over w as previous,
    lag(r.hash) over w as before
  from {table} r where r.company_id = %(company)s and r.revision >= (select revision from since)
  window w as (order by r.revision)
), checked as (
  select t.revision, t.hash, t.previous + 1 <> t.revision as gap,
    t.hash <> sha256(coalesce(t.before, (select sha256(string_agg(o.said, ''::bytea order by o.revision))
      from told o where o.revision < t.revision), ''::bytea) || t.said) as changed
  from told t where t.revision > (select revision from since)
)
select count(*) as rows, count(*) filter (where hash is null) as unchained,
  min(revision) filter (where gap) as gap, min(revision) filter (where changed) as changed,
  (select max(revision) from told) as last,
  (select c.revision from {line} c where c.company_id = %(company)s) as stands_at,
  (select encode(hash, 'hex') from told order by revision desc limit 1) as head
from checked
"""
_COMPANYS = _CHECK.format(said=SAID.format("r"), table="revision", line="company")
_BOARDS = _CHECK.format(said=_BOARD_SAID.format("r"), table="board_revision", line="board")


@dataclass(frozen=True, slots=True)
class Chain:
    """A history as its chain stands: rows that were checked, how many of them have no hash, the newest hash in hex.

    ``broken_at`` is the first revision that does not follow from the one before, and ``sentence`` says what that means.
    """

    company_id: int
    rows: int
    unchained: int
    head: str
    broken_at: int | None = None
    sentence: str = ""


async def chain(db: Database, company_id: int, *, after: int = 0) -> Chain:
    """Check the chain of a company's history, or (BOARD) of the board's own: the rows behind revision ``after``.

    Of what is before them only the last hash is looked at, on which they hang.
    """
    async with db.company(company_id, at_one_moment=True) as conn:
        query = _BOARDS if company_id == BOARD else _COMPANYS
        row = await (await conn.execute(query, {"company": company_id, "after": after})).fetchone()
    if row is None or row["stands_at"] is None:
        return Chain(company_id, 0, 0, "")
    it = Chain(company_id, row["rows"], row["unchained"], row["head"] or "")
    told = {
        row["gap"]: "The row before it is gone.",
        row["changed"]: "It, or the row before it, was changed after it was written.",
    }
    if row["last"] != row["stands_at"]:
        told[(row["last"] or 0) + 1] = "It is gone, and every row after it."
    broken = min((at for at in told if at is not None), default=None)
    return it if broken is None else Chain(company_id, it.rows, it.unchained, it.head, broken, told[broken])
