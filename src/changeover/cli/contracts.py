"""Commands for contracts: contract add, list, show, change, seat, limit."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from changeover.app import Program
from changeover.cli.session import (
    WHO,
    CompanyArgument,
    DatabaseOption,
    DataOption,
    JsonOption,
    Stop,
    YesOption,
    company_id,
    named,
    or_stop,
    pick,
    with_program,
)
from changeover.cli.shown import answer, listed, say, show, table, tell
from changeover.contracts import slots, store
from changeover.contracts.slots import MOST, Stale, Wish
from changeover.contracts.store import Contract, Wrap
from changeover.contracts.wrapping import Kind, Preview, Rule
from changeover.refusal import Refusal
from changeover.wording import plural

contract = typer.Typer(
    help="Contracts: seats, paid slots, and which postings are wrapped into them.", no_args_is_help=True
)
ContractArgument = Annotated[str, typer.Argument(help="The contract's id or exact name.")]


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.add_typer(contract, name="contract")


async def _contract(program: Program, cid: int, word: str) -> Contract:
    async with program.db.company(cid) as conn:
        known = await store.contracts(conn, cid)
    return pick(list(known.values()), word, key="contract_id", name="name", what="contract")


@contract.command("add")
def contract_add(
    company: CompanyArgument,
    name: Annotated[str, typer.Argument(help="What the contract is called.")],
    slots_: Annotated[int, typer.Option("--slots", min=0, max=MOST, help="Paid slots.")] = 0,
    seats: Annotated[int, typer.Option(min=0, max=MOST, help="Recruiters who may use it.")] = 0,
    json: JsonOption = False,
    database: DatabaseOption = None,
    data: DataOption = None,
) -> None:
    """Make a contract. It has no rule yet, so it wraps nothing.

    Example: changeover contract add "Ferrous & Sons" "Gold 2026" --slots 20 --seats 3
    """
    name = named(name, "a contract")

    async def work(program: Program) -> int:
        cid = await company_id(program, company)
        return await slots.add_contract(program.db, cid, name, slots=slots_, seats=seats, who=WHO)

    made = with_program(work, database=database, data=data)
    answer({"contract": str(made)}, str(made), json=json)


@contract.command("list")
def contract_list(
    company: CompanyArgument, json: JsonOption = False, database: DatabaseOption = None, data: DataOption = None
) -> None:
    """A company's contracts, and how many of their slots and seats are taken.

    Example: changeover contract list "Ferrous & Sons"
    """

    async def work(program: Program) -> list[Contract]:
        cid = await company_id(program, company)
        async with program.db.company(cid) as conn:
            return list((await store.contracts(conn, cid)).values())

    rows = with_program(work, database=database, data=data)
    columns = ("contract", "name", "slots held", "slots", "seats taken", "seats")
    lines = [(r.contract_id, r.name, r.held, r.slots, r.taken, r.seats) for r in rows]
    listed(rows, columns, lines, json=json)


@contract.command("show")
def contract_show(
    company: CompanyArgument,
    contract: ContractArgument,
    json: JsonOption = False,
    database: DatabaseOption = None,
    data: DataOption = None,
) -> None:
    """One contract: its rules, the postings in its slots, and who has a seat.

    Example: changeover contract show "Ferrous & Sons" "Gold 2026"
    """

    async def work(program: Program) -> tuple[Contract, list[Rule], list[Wrap], list[dict[str, Any]]]:
        cid = await company_id(program, company)
        it = await _contract(program, cid, contract)
        async with program.db.company(cid) as conn:
            rules = (await store.rules(conn, cid)).get(it.contract_id, [])
            held = [wrap for wrap in await store.wraps(conn, cid) if wrap.contract_id == it.contract_id]
            return it, rules, held, await store.seats(conn, cid, it.contract_id)

    it, rules, held, seats = with_program(work, database=database, data=data)
    if json:
        show({"contract": it, "rules": rules, "wraps": held, "seats": seats})
        return
    taken = f"{it.held:,} of {plural(it.slots, 'slot')}, {it.taken:,} of {plural(it.seats, 'seat')}"
    tell(f"{it.name} ({it.contract_id}): {taken}.")
    table(("rule", "looks at", "for", "priority"), [(r.rule_id, r.kind, r.value, r.priority) for r in rules])
    table(("slot", "posting", "title", "by"), [(w.slot, w.posting_id, w.title, w.rule) for w in held])
    table(("seat", "name", "may configure"), [(s["email"], s["name"], "yes" if s["admin"] else "") for s in seats])


@contract.command("change")
def contract_change(
    company: CompanyArgument,
    contract: ContractArgument,
    slots_: Annotated[int | None, typer.Option("--slots", min=0, max=MOST, help="So many paid slots.")] = None,
    add: Annotated[Kind | None, typer.Option(help="Add a rule that looks at this.")] = None,
    value: Annotated[str, typer.Option(help="The words that have to stand there; of a pin, the posting's id.")] = "",
    priority: Annotated[int, typer.Option(min=0, max=1000, help="Higher goes first.")] = 0,
    drop: Annotated[int | None, typer.Option(min=1, help="Drop the rule of this id.")] = None,
    yes: YesOption = False,
    json: JsonOption = False,
    database: DatabaseOption = None,
    data: DataOption = None,
) -> None:
    """Change a contract's slots or rules: shows which postings gain or lose a slot, and does it with --yes.

    Example: changeover contract change "Ferrous & Sons" "Gold 2026" --add title --value Welder --priority 5 --yes
    """
    if (slots_, add, drop) == (None, None, None):
        raise Stop("Nothing was done: say what to change, with --slots, --add or --drop.")
    wish = Wish(slots_, Rule(add, value.strip(), priority) if add else None, drop)

    async def work(program: Program) -> Preview | Refusal | Stale:
        cid = await company_id(program, company)
        it = (await _contract(program, cid, contract)).contract_id
        async with program.db.company(cid) as conn:
            seen = await slots.preview(conn, cid, it, wish)
        if isinstance(seen, Refusal) or not yes:
            return seen
        return await slots.change_contract(program.db, cid, it, wish, seen=seen.digest, who=WHO)

    outcome = with_program(work, database=database, data=data)
    if isinstance(outcome, Stale):
        raise Stop("Nothing was done: the postings changed at this very moment. Run it again.", 1)
    _tell(or_stop(outcome), json=json)
    say("Done." if yes else "Nothing was changed. Add --yes to do it.")


def _tell(outcome: Preview, *, json: bool) -> None:
    gains = [
        {"posting": it.candidate.posting_id, "title": it.candidate.title, "by": it.rule.words} for it in outcome.gains
    ]
    loses = [{"posting": it.posting_id, "title": it.title} for it in outcome.loses]
    if json:
        show({"gains": gains, "loses": loses, "stay": len(outcome.stays), "free": outcome.free})
        return
    rows = [("+", it["posting"], it["title"], it["by"]) for it in gains]
    table(("", "posting", "title", "by"), [*rows, *(("-", it["posting"], it["title"], "") for it in loses)])
    tell(f"{len(gains):,} gain a slot, {len(loses):,} lose it, {len(outcome.stays):,} stay, {outcome.free:,} are free.")


@contract.command("seat")
def contract_seat(
    company: CompanyArgument,
    contract: ContractArgument,
    email: Annotated[str, typer.Argument(help="The recruiter's e-mail address.")],
    name: Annotated[str, typer.Option(help="The recruiter's name.")] = "",
    admin: Annotated[bool, typer.Option("--admin", help="The recruiter may configure the integration, too.")] = False,
    free: Annotated[bool, typer.Option("--free", help="Take the seat back.")] = False,
    database: DatabaseOption = None,
    data: DataOption = None,
) -> None:
    """Give a recruiter a seat of a contract, or take it back.

    Example: changeover contract seat "Ferrous & Sons" "Gold 2026" recruiter@example.org
    """

    async def work(program: Program) -> Refusal | None:
        cid = await company_id(program, company)
        it = (await _contract(program, cid, contract)).contract_id
        return await slots.set_seat(program.db, cid, it, email, name=name, admin=admin, active=not free, who=WHO)

    or_stop(with_program(work, database=database, data=data))
    say("The seat is free." if free else "The seat is taken.")


@contract.command("limit")
def contract_limit(
    company: CompanyArgument,
    applicants: Annotated[int, typer.Argument(min=0, max=MOST, help="Applications; 0 is no limit.")],
    database: DatabaseOption = None,
    data: DataOption = None,
) -> None:
    """Limit how many applications a posting without a paid slot takes on the board.

    Example: changeover contract limit "Ferrous & Sons" 25
    """

    async def work(program: Program) -> None:
        cid = await company_id(program, company)
        await slots.set_free_applicants(program.db, cid, applicants or None, who=WHO)

    with_program(work, database=database, data=data)
    say("Saved." if applicants else "There is no limit.")
