"""The console's page of paid slots: contracts, their rules, who is wrapped, what a change would do."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import Response

from changeover.console.shown import console_page, done, refused
from changeover.contracts import slots, store
from changeover.contracts.slots import MOST, NO_CONTRACT, Stale, Wish
from changeover.contracts.wrapping import Kind, Preview, Rule
from changeover.migration import store as migrations
from changeover.postings.posting import public_id
from changeover.refusal import Refusal
from changeover.sources.text import line
from changeover.web.problem import Problem
from changeover.web.served import CompanyId, Here, Operator, Served
from changeover.web.session import Session
from changeover.wording import plural

router = APIRouter(include_in_schema=False)

_LINES = 200
Words = Annotated[str, Form(max_length=200)]


def _page(company_id: int) -> str:
    return f"/companies/{company_id}/slots"


@router.get("/companies/{company}/slots")
async def contracts(request: Request, here: Here, session: Operator, company_id: CompanyId) -> Response:
    """Every contract with its rules, the postings in its slots and its seats."""
    async with here.db.company(company_id) as conn:
        it = await migrations.company(conn, company_id)
        known, rules = await store.contracts(conn, company_id), await store.rules(conn, company_id)
        held = await store.wraps(conn, company_id)
        seats = {each: await store.seats(conn, company_id, each) for each in known}
    return console_page(
        request,
        "slots.html",
        here=here,
        session=session,
        it=it,
        contracts=[
            {
                "it": each,
                "rules": rules.get(each.contract_id, []),
                "wraps": [
                    (wrap, public_id(company_id, wrap.posting_id))
                    for wrap in held
                    if wrap.contract_id == each.contract_id
                ],
                "seats": seats[each.contract_id],
            }
            for each in known.values()
        ],
        kinds=list(Kind),
    )


@router.post("/companies/{company}/slots")
async def add(
    here: Here,
    session: Operator,
    company_id: CompanyId,
    name: Words,
    slots_: Annotated[int, Form(alias="slots", ge=0, le=MOST)] = 0,
    seats: Annotated[int, Form(ge=0, le=MOST)] = 0,
) -> Response:
    """Make a contract."""
    if not line(name).strip():
        return done(here, _page(company_id), Refusal("NO_NAME", "Nothing was done: a contract needs a name."))
    await slots.add_contract(here.db, company_id, name, slots=slots_, seats=seats, who=session.who)
    return done(here, _page(company_id), "The contract is there. Give it a rule, and it wraps postings.")


@router.post("/companies/{company}/slots/limit")
async def limit(
    here: Here, session: Operator, company_id: CompanyId, applicants: Annotated[str, Form(max_length=6)] = ""
) -> Response:
    """The most applications that a posting without a slot takes here; empty is no limit."""
    if applicants.strip() and not applicants.strip().isdecimal():
        refusal = Refusal("NO_NUMBER", "Nothing was done: this is no number.", "Write digits, or leave it empty.")
        return done(here, _page(company_id), refusal)
    await slots.set_free_applicants(here.db, company_id, int(applicants.strip() or 0) or None, who=session.who)
    return done(here, _page(company_id), "The limit is saved.")


def _wish(slots_: int | None, kind: Kind | None, value: str, priority: int, drop: int | None) -> Wish:
    return Wish(slots_, Rule(kind, line(value).strip(), priority) if kind else None, drop)


@router.get("/companies/{company}/slots/{contract:int}/change")
async def rehearse(
    request: Request,
    here: Here,
    session: Operator,
    company_id: CompanyId,
    contract: int,
    slots_: Annotated[int | None, Query(alias="slots", ge=0, le=MOST)] = None,
    kind: Kind | None = None,
    value: Annotated[str, Query(max_length=200)] = "",
    priority: Annotated[int, Query(ge=0, le=1000)] = 0,
    drop: Annotated[int | None, Query(ge=1, lt=2**63)] = None,
) -> Response:
    """Who would gain and who would lose a slot by a change; nothing is done."""
    wish = _wish(slots_, kind, value, priority, drop)
    async with here.db.company(company_id) as conn:
        found = await slots.preview(conn, company_id, contract, wish)
    if isinstance(found, Refusal):
        return done(here, _page(company_id), found)
    return await _shown(request, here, session, company_id, contract, wish, found)


@router.post("/companies/{company}/slots/{contract:int}/change")
async def change(
    request: Request,
    here: Here,
    session: Operator,
    company_id: CompanyId,
    contract: int,
    seen: Annotated[str, Form(pattern="^[0-9a-f]{32}$")],
    slots_: Annotated[int | None, Form(alias="slots", ge=0, le=MOST)] = None,
    kind: Annotated[Kind | None, Form()] = None,
    value: Words = "",
    priority: Annotated[int, Form(ge=0, le=1000)] = 0,
    drop: Annotated[int | None, Form(ge=1, lt=2**63)] = None,
) -> Response:
    """Do it, if it would still do what the person saw."""
    wish = _wish(slots_, kind, value, priority, drop)
    outcome = await slots.change_contract(here.db, company_id, contract, wish, seen=seen, who=session.who)
    if isinstance(outcome, Stale):
        stale = Refusal(
            "PREVIEW_CHANGED", "Nothing was done: the postings have changed since you looked.", "Look again."
        )
        note = refused(stale)
        return await _shown(request, here, session, company_id, contract, wish, outcome.preview, status=409, note=note)
    if isinstance(outcome, Preview):
        said = f"{plural(len(outcome.gains), 'posting')} gained a paid slot, {len(outcome.loses):,} lost theirs."
        return done(here, _page(company_id), said)
    return done(here, _page(company_id), outcome)


async def _shown(
    request: Request,
    here: Served,
    session: Session,
    company_id: int,
    contract: int,
    wish: Wish,
    found: Preview,
    *,
    status: int = 200,
    **note: object,
) -> Response:
    async with here.db.company(company_id) as conn:
        it = await migrations.company(conn, company_id)
        known = await store.contracts(conn, company_id)
        rules = (await store.rules(conn, company_id)).get(contract, [])
    if contract not in known:
        raise Problem(404, NO_CONTRACT.code, NO_CONTRACT.sentence, NO_CONTRACT.fix)
    add = wish.add
    fields: dict[str, object] = {"slots": wish.slots, "drop": wish.drop}
    fields |= {"kind": add.kind, "value": add.value, "priority": add.priority} if add else {}
    return console_page(
        request,
        "slots_change.html",
        here=here,
        session=session,
        status=status,
        it=it,
        contract=known[contract],
        wish=wish,
        dropped=next((rule for rule in rules if rule.rule_id == wish.drop), None),
        fields={name: told for name, told in fields.items() if told is not None},
        preview=found,
        gains=found.gains[:_LINES],
        loses=found.loses[:_LINES],
        **note,
    )


@router.post("/companies/{company}/slots/{contract:int}/seats")
async def seat(
    here: Here,
    session: Operator,
    company_id: CompanyId,
    contract: int,
    email: Words,
    name: Words = "",
    admin: Annotated[bool, Form()] = False,
    free: Annotated[bool, Form()] = False,
) -> Response:
    """Give a recruiter a seat, or take it back."""
    at = (here.db, company_id, contract, email)
    refusal = await slots.set_seat(*at, name=name, admin=admin, active=not free, who=session.who)
    return done(here, _page(company_id), refusal or ("The seat is free." if free else "The seat is taken."))
