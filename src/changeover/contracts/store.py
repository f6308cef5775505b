"""All the SQL of contracts: seats, rules, and which postings hold slots."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from changeover.contracts.wrapping import Candidate, Chosen, Kind, Rule, department
from changeover.database.connection import Connection, Database
from changeover.database.queries import beside
from changeover.database.revise import Change
from changeover.ids import new_ids

queries = beside(__file__)
Row = dict[str, Any]


async def _all(conn: Connection, query: str, **at: Any) -> list[Row]:
    return await (await conn.execute(query, at)).fetchall()


@dataclass(frozen=True, slots=True)
class Contract:
    """A contract: its paid slots and how many are ``held``, its seats and how many are ``taken``."""

    company_id: int
    contract_id: int
    name: str
    slots: int
    seats: int
    created_at: datetime
    held: int
    taken: int


@dataclass(frozen=True, slots=True)
class Wrap:
    """A posting's slot since when, by which rule; parked while the posting is not ``live``."""

    posting_id: int
    contract_id: int
    slot: int
    rule: str
    from_revision: int
    since: datetime
    live: bool
    title: str | None
    location: str | None


async def add_contract(change: Change, name: str, slots: int, seats: int) -> int:
    """A new contract; its id."""
    made = new_ids()
    at = {"company": change.company_id, "contract": made, "now": change.at}
    await change.conn.execute(queries.add_contract, {**at, "name": name, "slots": slots, "seats": seats})
    return made


async def contracts(conn: Connection, company: int) -> dict[int, Contract]:
    """A company's contracts by id, the oldest first."""
    return {row["contract_id"]: Contract(**row) for row in await _all(conn, queries.contracts, company=company)}


async def set_slots(change: Change, contract: int, slots: int) -> None:
    """How many paid slots a contract has."""
    await change.conn.execute(queries.set_slots, {"company": change.company_id, "contract": contract, "slots": slots})


async def seats(conn: Connection, company: int, contract: int) -> list[Row]:
    """Who has a seat: email, name, admin, taken_at."""
    return await _all(conn, queries.seats, company=company, contract=contract)


async def take_seat(change: Change, contract: int, email: str, name: str, *, admin: bool) -> None:
    """Give a recruiter a seat; who has one keeps it under the new name. ``admin``: it may configure, too."""
    at = {"company": change.company_id, "contract": contract, "email": email, "name": name, "now": change.at}
    await change.conn.execute(queries.take_seat, {**at, "admin": admin})


async def leave_seat(change: Change, contract: int, email: str) -> bool:
    """Free a recruiter's seat; False if they had none."""
    at = {"company": change.company_id, "contract": contract, "email": email}
    return (await change.conn.execute(queries.leave_seat, at)).rowcount > 0


async def rules(conn: Connection, company: int) -> dict[int, list[Rule]]:
    """The rules of each contract, the first in rank first."""
    found: dict[int, list[Rule]] = {}
    for row in await _all(conn, queries.rules, company=company):
        rule = Rule(Kind(row["kind"]), row["value"], row["priority"], row["rule_id"])
        found.setdefault(row["contract_id"], []).append(rule)
    return found


async def add_rule(change: Change, contract: int, rule: Rule) -> None:
    """Keep a rule; one that looks for the same gets the new priority."""
    said = {"rule": new_ids(), "kind": rule.kind, "value": rule.value, "priority": rule.priority}
    at = {"company": change.company_id, "contract": contract, "who": change.who, "now": change.at}
    await change.conn.execute(queries.add_rule, {**at, **said})


async def drop_rule(change: Change, contract: int, rule_id: int) -> None:
    """Forget a rule."""
    await change.conn.execute(queries.drop_rule, {"company": change.company_id, "contract": contract, "rule": rule_id})


async def unpin(change: Change, postings: Collection[int]) -> int:
    """Forget the pins on postings; how many there were."""
    return len(await _all(change.conn, queries.unpin, company=change.company_id, postings=list(postings)))


async def closed_pins(conn: Connection, company: int) -> list[int]:
    """Pinned postings on which no job is open any more."""
    return [row["posting_id"] for row in await _all(conn, queries.closed_pins, company=company)]


async def slots_seen(conn: Connection, company: int) -> int:
    """The revision as of which nobody more fitted the company's free slots; 0 if all are to be looked at."""
    rows = await _all(conn, queries.slots_seen, company=company)
    seen = int(rows[0]["revision"]) if rows else 0
    return 0 if seen and await _all(conn, queries.freed_since, company=company, revision=seen) else seen


async def see_slots(conn: Connection, company: int, revision: int) -> None:
    """Note that nobody more fits the company's free slots as of this revision."""
    await conn.execute(queries.see_slots, {"company": company, "revision": revision})


async def candidates(conn: Connection, company: int, looked_at: Collection[Rule], *, since: int = 0) -> list[Candidate]:
    """Every live posting as ``looked_at`` see it, or what changed ``since``; what no rule looks at is left out."""
    kinds = {rule.kind for rule in looked_at}
    texts, tags = bool(kinds & {Kind.DEPARTMENT, Kind.TAG}), Kind.TAG in kinds
    query = queries.changed_candidates if since else queries.candidates
    rows = await _all(conn, query, company=company, texts=texts, tags=tags, since=since)
    return [_candidate(row) for row in rows]


def _candidate(row: Mapping[str, Any]) -> Candidate:
    extra = row["extra"] or {}
    said = extra.get("tags")
    told = [str(tag).casefold().removeprefix("#") for tag in said] if isinstance(said, list) else []
    return Candidate(
        row["posting_id"], row["title"], row["location"], department(extra), frozenset([*(row["tags"] or ()), *told])
    )


async def wraps(conn: Connection, company: int) -> list[Wrap]:
    """Who holds a slot now, parked ones too."""
    return [Wrap(**row) for row in await _all(conn, queries.wraps, company=company)]


async def downgraded(conn: Connection, company: int) -> set[int]:
    """Postings that the ATS took out of their slot and nobody put back."""
    return {row["posting_id"] for row in await _all(conn, queries.downgraded, company=company)}


async def end_wraps(change: Change, postings: Collection[int], why: str) -> int:
    """Free the slots of postings: they ``closed``, the ``rules`` changed, or the ATS ``downgraded`` them."""
    at = {"company": change.company_id, "postings": list(postings), "revision": change.revision, "why": why}
    return (await change.conn.execute(queries.end_wraps, at)).rowcount if postings else 0


async def begin_wraps(change: Change, contract: int, slots: Sequence[int], chosen: Sequence[Chosen]) -> None:
    """Wrap postings into the slots of these numbers."""
    if chosen:
        at = {"company": change.company_id, "contract": contract, "revision": change.revision}
        said = {"postings": [it.candidate.posting_id for it in chosen], "rules": [it.rule.words for it in chosen]}
        await change.conn.execute(queries.begin_wraps, {**at, **said, "slots": list(slots)})


async def posting(conn: Connection, company: int, posting_id: int) -> int | None:
    """The posting that this id leads to, or None."""
    rows = await _all(conn, queries.is_posting, company=company, posting=posting_id)
    return int(rows[0]["posting_id"]) if rows else None


async def promoted(db: Database, rows: Sequence[Mapping[str, Any]]) -> set[tuple[int, int]]:
    """Which of these live postings (company_id, posting_id) are promoted, as the board may know."""
    if not rows:
        return set()
    at = {"companies": [row["company_id"] for row in rows], "postings": [row["posting_id"] for row in rows]}
    found = await db.board_by_key(queries.promoted, at)
    return {(row["company_id"], row["posting_id"]) for row in found}


async def wrapped(conn: Connection, company: int, postings: Collection[int]) -> dict[int, int]:
    """The contract in whose slot each of these postings stands; the others are left out."""
    rows = await _all(conn, queries.wrapped, company=company, postings=list(postings))
    return {row["posting_id"]: row["contract_id"] for row in rows}


async def set_free_applicants(change: Change, most: int | None) -> None:
    """The most applications that a posting without a slot takes here; None: no limit."""
    await change.conn.execute(queries.set_free_applicants, {"company": change.company_id, "most": most})
