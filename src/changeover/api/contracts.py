"""How a program makes contracts, rehearses and changes their rules, and reads who holds a paid slot."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Path
from pydantic import BaseModel, Field, StrictBool

from changeover.api.answers import ActAnswer
from changeover.api.fields import Id, Told, conflict, unknown
from changeover.api.route import api_router
from changeover.contracts import slots, store
from changeover.contracts.slots import MOST, Stale, Wish
from changeover.contracts.wrapping import Kind, Preview, Rule
from changeover.migration import store as migrations
from changeover.refusal import Refusal
from changeover.sources.text import line
from changeover.web.problem import Problem
from changeover.web.served import Asking, CompanyId, Here

router = api_router("contracts")

Count = Annotated[int, Field(ge=0, le=MOST, examples=[20])]
Title = Annotated[str, Field(examples=["Night Baker"])]


async def contract_id(contract: Annotated[int, Path(ge=1, description="The contract's id.")]) -> int:
    """A contract's id as it stands in a path; 404 for what cannot be one."""
    if contract >= 2**63:
        raise unknown("UNKNOWN_CONTRACT", "contract")
    return contract


ContractId = Annotated[int, Depends(contract_id)]


class RuleAnswer(BaseModel):
    """Which postings may have a slot; of two rules the higher priority goes first."""

    id: Id
    kind: Kind
    value: Annotated[str, Field(examples=["Welder"])]
    priority: int


class WrapAnswer(BaseModel):
    """A posting's slot; parked while the posting is not live."""

    posting: Id
    slot: int
    title: Title | None
    by: Annotated[str, Field(examples=["title has “Welder”"])]
    live: bool


class ContractAnswer(BaseModel):
    """A contract with its rules and the postings in its slots."""

    id: Id
    name: Annotated[str, Field(examples=["Gold 2026"])]
    slots: int
    slots_held: int
    seats: int
    seats_taken: int
    rules: list[RuleAnswer]
    wraps: list[WrapAnswer]


class ContractsAnswer(BaseModel):
    """A company's contracts. ``free_applicants``: what a posting without a slot takes here; null is no limit."""

    free_applicants: int | None
    contracts: list[ContractAnswer]


class NewContract(Told):
    """A contract to make."""

    name: Annotated[str, Field(min_length=1, max_length=200, pattern=r"\S", examples=["Gold 2026"])]
    slots: Count = 0
    seats: Count = 0


class NewRule(Told):
    """A rule to add; of a pin, ``value`` is the posting's id."""

    kind: Kind
    value: Annotated[str, Field(max_length=200, examples=["Welder"])] = ""
    priority: Annotated[int, Field(ge=0, le=1000)] = 0


class ContractWish(Told):
    """What to change: another number of slots, a rule more, a rule less."""

    slots: Count | None = None
    add: NewRule | None = None
    drop: Id | None = None

    def wish(self) -> Wish:
        """The change in our own words."""
        add = Rule(self.add.kind, line(self.add.value).strip(), self.add.priority) if self.add else None
        return Wish(self.slots, add, min(int(self.drop), 2**63 - 1) if self.drop else None)


class AgreedWish(ContractWish):
    """The same, with the ``seen`` of the preview that was agreed to."""

    seen: str = Field(pattern="^[0-9a-f]{32}$", examples=["0123456789abcdef0123456789abcdef"])


class SlotAnswer(BaseModel):
    """A posting that gains or loses a slot."""

    posting: Id
    title: Title


class SlotsPreviewAnswer(BaseModel):
    """Who would gain and who would lose a slot."""

    seen: str
    gains: list[SlotAnswer]
    loses: list[SlotAnswer]
    stay: int
    free: int

    @classmethod
    def of(cls, it: Preview) -> SlotsPreviewAnswer:
        """The answer for a preview."""
        gains = [SlotAnswer(posting=str(each.candidate.posting_id), title=each.candidate.title) for each in it.gains]
        loses = [SlotAnswer(posting=str(each.posting_id), title=each.title) for each in it.loses]
        return cls(seen=it.digest, gains=gains, loses=loses, stay=len(it.stays), free=it.free)


class SeatWish(Told):
    """A recruiter, by e-mail address, who is to have a seat or not."""

    email: Annotated[str, Field(max_length=200, examples=["recruiter@example.org"])]
    name: Annotated[str, Field(max_length=200)] = ""
    admin: Annotated[StrictBool, Field(description="May configure the integration in the ATS, too.")] = False
    active: StrictBool = True


class SeatAnswer(BaseModel):
    """A recruiter who may use the contract."""

    email: str
    name: str
    admin: bool


class SeatsAnswer(BaseModel):
    """Who has a seat."""

    seats: list[SeatAnswer]


class ApplicantLimit(Told):
    """The most applications that a posting without a slot takes here; null is no limit."""

    free_applicants: Annotated[int, Field(ge=1, le=MOST)] | None


@router.get("/companies/{company}/contracts", summary="A company's contracts")
async def list_contracts(here: Here, company_id: CompanyId) -> ContractsAnswer:
    """With the rules of each, and the postings in its slots."""
    async with here.db.company(company_id) as conn:
        it = await migrations.company(conn, company_id)
        known, rules = await store.contracts(conn, company_id), await store.rules(conn, company_id)
        held = await store.wraps(conn, company_id)
    told = [
        ContractAnswer(
            id=str(each.contract_id),
            name=each.name,
            slots=each.slots,
            slots_held=each.held,
            seats=each.seats,
            seats_taken=each.taken,
            rules=[
                RuleAnswer(id=str(rule.rule_id), kind=rule.kind, value=rule.value, priority=rule.priority)
                for rule in rules.get(each.contract_id, [])
            ],
            wraps=[
                WrapAnswer(posting=str(w.posting_id), slot=w.slot, title=w.title, by=w.rule, live=w.live)
                for w in held
                if w.contract_id == each.contract_id
            ],
        )
        for each in known.values()
    ]
    return ContractsAnswer(free_applicants=it.free_applicants, contracts=told)


@router.post("/companies/{company}/contracts", summary="Make a contract")
async def add_contract(here: Here, asking: Asking, company_id: CompanyId, body: NewContract) -> ContractsAnswer:
    """It has no rule yet, so it wraps nothing."""
    if not line(body.name):
        raise conflict(Refusal("NO_NAME", "Nothing was done: a contract needs a name."))
    await slots.add_contract(here.db, company_id, body.name, slots=body.slots, seats=body.seats, who=asking.who)
    return await list_contracts(here, company_id)


@router.post("/companies/{company}/contracts/{contract:int}/rehearse", summary="What a change of a contract would do")
async def rehearse_contract(
    here: Here, company_id: CompanyId, contract: ContractId, body: ContractWish
) -> SlotsPreviewAnswer:
    """Who would gain and who would lose a slot. Nothing is changed."""
    async with here.db.company(company_id) as conn:
        await migrations.company(conn, company_id)
        found = await slots.preview(conn, company_id, contract, body.wish())
    if isinstance(found, Refusal):
        raise _refused(found)
    return SlotsPreviewAnswer.of(found)


@router.post("/companies/{company}/contracts/{contract:int}/change", summary="Change a contract")
async def change_contract(
    here: Here, asking: Asking, company_id: CompanyId, contract: ContractId, body: AgreedWish
) -> SlotsPreviewAnswer:
    """Done only if it would still do what `seen` names."""
    at = (here.db, company_id, contract, body.wish())
    outcome = await slots.change_contract(*at, seen=body.seen, who=asking.who)
    if isinstance(outcome, Refusal):
        raise _refused(outcome)
    if isinstance(outcome, Stale):
        raise Problem(
            409,
            "PREVIEW_CHANGED",
            "Nothing was done: who would gain or lose a slot is no longer what was seen.",
            "Look at the new preview and send its `seen`, if it is what you want.",
            preview=SlotsPreviewAnswer.of(outcome.preview).model_dump(mode="json"),
        )
    return SlotsPreviewAnswer.of(outcome)


@router.get("/companies/{company}/contracts/{contract:int}/seats", summary="Who has a seat")
async def list_seats(here: Here, company_id: CompanyId, contract: ContractId) -> SeatsAnswer:
    """The recruiters who may use the contract."""
    async with here.db.company(company_id) as conn:
        await migrations.company(conn, company_id)
        if contract not in await store.contracts(conn, company_id):
            raise unknown("UNKNOWN_CONTRACT", "contract")
        rows = await store.seats(conn, company_id, contract)
    return SeatsAnswer(seats=[SeatAnswer(email=row["email"], name=row["name"], admin=row["admin"]) for row in rows])


@router.post("/companies/{company}/contracts/{contract:int}/seats", summary="Give a seat, or take it back")
async def set_seat(
    here: Here, asking: Asking, company_id: CompanyId, contract: ContractId, body: SeatWish
) -> ActAnswer:
    """`active` false frees the seat."""
    at = (here.db, company_id, contract, body.email)
    refusal = await slots.set_seat(*at, name=body.name, admin=body.admin, active=body.active, who=asking.who)
    if refusal is not None:
        raise _refused(refusal)
    return ActAnswer(sentence="The seat is taken." if body.active else "The seat is free.")


@router.post("/companies/{company}/applicant-limit", summary="Limit free applicants")
async def set_applicant_limit(here: Here, asking: Asking, company_id: CompanyId, body: ApplicantLimit) -> ActAnswer:
    """How many applications a posting without a paid slot takes on the board."""
    await slots.set_free_applicants(here.db, company_id, body.free_applicants, who=asking.who)
    return ActAnswer(sentence="The limit is saved.")


def _refused(refusal: Refusal) -> Problem:
    if refusal.code == "UNKNOWN_CONTRACT":
        return unknown(refusal.code, "contract")
    return conflict(refusal)
