"""Acts on contracts: rules rehearsed and changed, free slots filled, seats taken and left."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import count, islice

from changeover.contracts import store
from changeover.contracts.store import Contract, Wrap
from changeover.contracts.wrapping import Candidate, Chosen, Kind, Preview, Rule, fill, rearrange
from changeover.database.connection import Connection, Database
from changeover.database.revise import Change, revise
from changeover.migration import store as migrations
from changeover.refusal import Refusal
from changeover.sources.text import line
from changeover.wording import plural

_ADDRESS = re.compile(r"[^\s@<>,;:\"()\[\]\\]+@[^\s@<>,;:\"()\[\]\\]+\.[^\s@<>,;:\"()\[\]\\]+")
LONGEST, MOST = 200, 100_000
_PIN_OF_ATS = 1_000

NO_CONTRACT = Refusal(
    "UNKNOWN_CONTRACT", "Nothing was done: this company has no such contract.", "See `changeover contract list`."
)


@dataclass(frozen=True, slots=True)
class Wish:
    """A change of a contract: another number of slots, a rule more, a rule (by its id) less."""

    slots: int | None = None
    add: Rule | None = None
    drop: int | None = None


@dataclass(frozen=True, slots=True)
class Stale:
    """Nothing was done: what would happen is no longer what the person saw. ``preview`` is how it stands now."""

    preview: Preview


@dataclass(frozen=True, slots=True)
class _Holdings:
    """A company's contracts as they are held: rules by contract, and who holds a slot."""

    contracts: dict[int, Contract]
    rules: dict[int, list[Rule]]
    wraps: Sequence[Wrap]

    def held(self, contract_id: int) -> set[int]:
        return {it.posting_id for it in self.wraps if it.contract_id == contract_id and it.live}

    def elsewhere(self, contract_id: int) -> set[int]:
        return {it.posting_id for it in self.wraps if it.contract_id != contract_id and it.live}


async def _holdings(conn: Connection, company_id: int) -> _Holdings:
    contracts = await store.contracts(conn, company_id)
    if not contracts:
        return _Holdings({}, {}, ())
    return _Holdings(contracts, await store.rules(conn, company_id), await store.wraps(conn, company_id))


async def add_contract(db: Database, company_id: int, name: str, *, slots: int, seats: int, who: str) -> int:
    """A new contract with paid slots and seats; its id. It has no rule yet, so it wraps nothing."""
    name = line(name)[:LONGEST]
    why = f"The contract “{name}” with {plural(slots, 'paid slot')} and {plural(seats, 'seat')} was added."
    async with revise(db, company_id, kind="contract_added", who=who, why=why) as change:
        return await store.add_contract(change, name, slots, seats)


async def preview(conn: Connection, company_id: int, contract_id: int, wish: Wish) -> Preview | Refusal:
    """Which postings would gain or lose a slot by ``wish``; nothing is changed."""
    stands = await _holdings(conn, company_id)
    if contract_id not in stands.contracts:
        return NO_CONTRACT
    refusal = _wrong(wish, stands.rules.get(contract_id, []))
    return refusal or await _rearranged(conn, company_id, stands, contract_id, wish)


def _wrong(wish: Wish, rules: Sequence[Rule]) -> Refusal | None:
    if wish.drop is not None and all(rule.rule_id != wish.drop for rule in rules):
        return Refusal("UNKNOWN_RULE", "Nothing was done: the contract has no such rule.", "Look at its rules again.")
    if wish.add is not None and not wish.add.value and wish.add.kind is not Kind.ALL:
        return Refusal("EMPTY_RULE", "Nothing was done: the rule does not say what has to stand there.", "Name it.")
    return None


async def _rearranged(conn: Connection, company_id: int, stands: _Holdings, contract_id: int, wish: Wish) -> Preview:
    rules = _wished(stands.rules.get(contract_id, []), wish)
    slots = stands.contracts[contract_id].slots if wish.slots is None else wish.slots
    held, taken = stands.held(contract_id), stands.elsewhere(contract_id)
    there = await store.candidates(conn, company_id, rules)
    return rearrange(slots, await _free_to_choose(conn, company_id, there, held, taken, rules), rules, held)


async def _free_to_choose(
    conn: Connection,
    company_id: int,
    there: Iterable[Candidate],
    held: Collection[int],
    taken: Collection[int],
    rules: Iterable[Rule],
) -> list[Candidate]:
    """Those that another contract does not hold, and that the ATS has not taken out of their slot."""
    pinned = {rule.value for rule in rules if rule.kind is Kind.PIN}
    left = await store.downgraded(conn, company_id) - set(held)
    return [
        it for it in there if it.posting_id not in taken and (it.posting_id not in left or str(it.posting_id) in pinned)
    ]


def _wished(rules: Sequence[Rule], wish: Wish) -> list[Rule]:
    kept = [rule for rule in rules if rule.rule_id != wish.drop]
    if wish.add is None:
        return kept
    same = (wish.add.kind, wish.add.value)
    return [*(rule for rule in kept if (rule.kind, rule.value) != same), wish.add]


async def change_contract(
    db: Database, company_id: int, contract_id: int, wish: Wish, *, seen: str, who: str
) -> Preview | Refusal | Stale:
    """Do what was previewed under digest ``seen``: rules or slots change, and slots go where they then belong."""
    outcome: Preview | Refusal | Stale = NO_CONTRACT
    async with revise(db, company_id, kind="slots_changed", who=who, why="") as change:
        found = await preview(change.conn, company_id, contract_id, wish)
        outcome = Stale(found) if isinstance(found, Preview) and found.digest != seen else found
        if not isinstance(outcome, Preview):
            raise change.nothing_changed()
        await _changed(change, contract_id, wish, outcome)
    return outcome


async def _changed(change: Change, contract_id: int, wish: Wish, found: Preview) -> None:
    stands = await _holdings(change.conn, change.company_id)
    if wish.slots is not None:
        await store.set_slots(change, contract_id, wish.slots)
    if wish.drop is not None:
        await store.drop_rule(change, contract_id, wish.drop)
    if wish.add is not None:
        await store.add_rule(change, contract_id, wish.add)
    slots = stands.contracts[contract_id].slots if wish.slots is None else wish.slots
    mine = [it for it in stands.wraps if it.contract_id == contract_id]
    staying = {it.candidate.posting_id for it in found.stays}
    # Who stays in a slot whose number is gone moves to a lower one.
    moved = {it.posting_id for it in mine if it.posting_id in staying and it.slot > slots}
    await store.end_wraps(change, [it.posting_id for it in mine if it.posting_id not in staying - moved], "rules")
    used = {it.slot for it in mine if it.posting_id in staying - moved}
    chosen = [*(it for it in found.stays if it.candidate.posting_id in moved), *found.gains]
    await store.begin_wraps(change, contract_id, _numbers(used, len(chosen)), chosen)
    change.why = (
        f"{_said(wish)}: {plural(len(found.gains), 'posting')} gained a paid slot, {len(found.loses):,} lost theirs."
    )
    change.detail |= {"contract_id": str(contract_id), "gained": len(found.gains), "lost": len(found.loses)}


def _said(wish: Wish) -> str:
    parts = [f"{wish.slots:,} paid slots" if wish.slots is not None else ""]
    parts += [f"a rule was added ({wish.add.words}, priority {wish.add.priority})" if wish.add else ""]
    parts += ["a rule was dropped" if wish.drop is not None else ""]
    said = ", ".join(part for part in parts if part)
    return said[:1].upper() + said[1:]


def _numbers(used: Collection[int], wanted: int) -> list[int]:
    """The lowest slots that are free."""
    return list(islice((slot for slot in count(1) if slot not in used), wanted))


async def refill(db: Database, company_id: int) -> None:
    """Free the slots of postings that are not live any more, and fill what is free by the rules.

    Where nobody fitted before, only what has changed since is looked at, unless a slot was freed meanwhile.

    Nobody else loses a slot by it: a wrap stands until its posting closes or a person changes the contract.
    """
    async with db.company(company_id, at_one_moment=True) as conn:
        stands = await _holdings(conn, company_id)
        if not stands.contracts:
            return
        since = await store.slots_seen(conn, company_id)
        revision = (await migrations.company(conn, company_id)).revision
        due = bool(_parked(stands)) or await _could_fill(conn, company_id, stands, since)
    if not due:
        if revision > since:
            async with db.company(company_id) as conn:
                await store.see_slots(conn, company_id, revision)
        return
    async with revise(db, company_id, kind="slots_filled", who="changeover", why="") as change:
        stands = await _holdings(change.conn, company_id)
        freed = await store.end_wraps(change, _parked(stands), "closed")
        await store.unpin(change, await store.closed_pins(change.conn, company_id))
        filled = [title for each in stands.contracts for title in await _fill(change, each)]
        if not freed and not filled:
            raise change.nothing_changed()
        change.why = f"{freed:,} paid slots were freed, {len(filled):,} were filled."
        change.detail |= {"freed": freed, "filled": len(filled)}


def _parked(stands: _Holdings) -> list[int]:
    return [it.posting_id for it in stands.wraps if not it.live]


async def _could_fill(conn: Connection, company_id: int, stands: _Holdings, since: int) -> bool:
    """Whether any slot is free that a rule has somebody for, of what changed ``since``."""
    return any([await _next(conn, company_id, stands, each, since) for each in stands.contracts])


async def _next(
    conn: Connection, company_id: int, stands: _Holdings, contract_id: int, since: int = 0
) -> Sequence[Chosen]:
    rules, held = stands.rules.get(contract_id, []), stands.held(contract_id)
    if not rules or len(held) >= stands.contracts[contract_id].slots:
        return ()
    there = await store.candidates(conn, company_id, rules, since=since)
    choice = await _free_to_choose(conn, company_id, there, held, stands.elsewhere(contract_id), rules)
    return fill(stands.contracts[contract_id].slots, choice, rules, held)


async def _fill(change: Change, contract_id: int) -> list[str]:
    """Fill one contract's free slots; what the postings are called."""
    stands = await _holdings(change.conn, change.company_id)
    chosen = await _next(change.conn, change.company_id, stands, contract_id)
    used = {it.slot for it in stands.wraps if it.contract_id == contract_id}
    await store.begin_wraps(change, contract_id, _numbers(used, len(chosen)), chosen)
    return [it.candidate.title for it in chosen]


async def room(conn: Connection, company_id: int) -> dict[int, int]:
    """How many slots of each contract are neither held nor kept for a pinned posting."""
    stands = await _holdings(conn, company_id)
    left = {}
    for each, contract in stands.contracts.items():
        held = {it.posting_id for it in stands.wraps if it.contract_id == each}
        pinned = {int(rule.value) for rule in stands.rules.get(each, []) if rule.kind is Kind.PIN}
        left[each] = max(contract.slots - len(held | pinned), 0)
    return left


async def pin(change: Change, contract_id: int, postings: Collection[int]) -> None:
    """The ATS promotes postings: each has a slot at once where it is live, and keeps one where it is not yet."""
    for each in postings:
        await store.add_rule(change, contract_id, Rule(Kind.PIN, str(each), _PIN_OF_ATS))
    await _fill(change, contract_id)


async def let_go(change: Change, postings: Collection[int]) -> None:
    """The ATS promotes postings no more: their pins and slots are gone, and only a pin brings them back."""
    await store.unpin(change, postings)
    await store.end_wraps(change, postings, "downgraded")


async def set_seat(
    db: Database,
    company_id: int,
    contract_id: int,
    email: str,
    *,
    name: str = "",
    admin: bool = False,
    active: bool,
    who: str,
) -> Refusal | None:
    """Give a recruiter a seat of a contract, or take it back. ``admin``: the seat may configure the integration too."""
    email, refusal = line(email).strip().casefold(), None
    kind = "seat_taken" if active else "seat_left"
    async with revise(db, company_id, kind=kind, who=who, why="") as change:
        refusal = await _seat(change, contract_id, email, line(name)[:LONGEST], admin=admin, active=active)
        if refusal:
            raise change.nothing_changed()
        change.why = "A recruiter has a seat." if active else "A recruiter's seat was freed."
    return refusal


async def _seat(
    change: Change, contract_id: int, email: str, name: str, *, admin: bool, active: bool
) -> Refusal | None:
    contract = (await store.contracts(change.conn, change.company_id)).get(contract_id)
    if contract is None:
        return NO_CONTRACT
    if not active:
        left = await store.leave_seat(change, contract_id, email)
        return None if left else Refusal("NO_SEAT", "Nothing was done: nobody of this address has a seat.")
    if len(email) > LONGEST or not _ADDRESS.fullmatch(email):
        return Refusal("NO_ADDRESS", "Nothing was done: this is no e-mail address.", "Write name@example.org.")
    have = {row["email"] for row in await store.seats(change.conn, change.company_id, contract_id)}
    if email not in have and len(have) >= contract.seats:
        said = f"Nothing was done: of {plural(contract.seats, 'seat')} of this contract none is free."
        return Refusal("NO_FREE_SEAT", said, "Free one first.")
    await store.take_seat(change, contract_id, email, name, admin=admin)
    return None


async def set_free_applicants(db: Database, company_id: int, most: int | None, *, who: str) -> None:
    """The most applications that a posting without a slot takes here; None: no limit."""
    said = f"at most {plural(most, 'application')}" if most else "any number of applications"
    why = f"A posting without a paid slot takes {said} here."
    async with revise(db, company_id, kind="applicants_capped", who=who, why=why) as change:
        await store.set_free_applicants(change, most)
