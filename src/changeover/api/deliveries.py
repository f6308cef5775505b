"""What was sent, for a company or for the board, what became of it, and how it is sent again."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from fastapi import Query
from pydantic import BaseModel, Field

from changeover.api.fields import Before, Cursor, Id, Told, below, cut
from changeover.api.route import api_router
from changeover.database.board import BOARD
from changeover.migration import store as migrations
from changeover.web.problem import Problem
from changeover.web.served import CompanyId, Here, Served
from changeover.webhooks import store

router = api_router("events")

State = Literal["waiting", "delivered", "dead"]
Wanted = Annotated[State | None, Query(description="Those of one state; all otherwise.")]
Size = Annotated[int, Query(ge=1, le=200)]


class DeliveryAnswer(BaseModel):
    """An event that is sent. ``dead``: it was given up after every try of the schedule, and waits for a person."""

    id: Id
    event: Annotated[str, Field(examples=["posting.opened"])]
    state: State
    attempts: int
    problem: Annotated[str, Field(examples=["The receiver answered 500."])]
    created_at: datetime
    next_at: datetime | None
    ended_at: datetime | None


class DeliveriesAnswer(BaseModel):
    """A page of events, the newest first."""

    deliveries: list[DeliveryAnswer]
    next: Cursor


class Again(Told):
    """What to send again: one event by its id, or all that were given up."""

    id: Id | None = None


class AgainAnswer(BaseModel):
    """How many events will be sent again."""

    again: int


@router.get("/deliveries", summary="What was sent to subscribers")
async def list_board_deliveries(
    here: Here, state: Wanted = None, before: Before = None, size: Size = 50
) -> DeliveriesAnswer:
    """The newest events that subscriptions were sent, or that wait; delivered ones are kept for seven days."""
    return await _page(here, BOARD, state, before, size)


@router.post("/deliveries/replay", summary="Send events to subscribers again")
async def replay_board_deliveries(here: Here, body: Again | None = None) -> AgainAnswer:
    """One, or all that were given up."""
    return await _again(here, BOARD, body or Again())


@router.get("/companies/{company}/deliveries", summary="What was sent for a company")
async def list_deliveries(
    here: Here, company_id: CompanyId, state: Wanted = None, before: Before = None, size: Size = 50
) -> DeliveriesAnswer:
    """The newest events for its ATS, and its candidates' e-mails; delivered ones are kept for seven days."""
    return await _page(here, company_id, state, before, size)


@router.post("/companies/{company}/deliveries/replay", summary="Send events of a company again")
async def replay_deliveries(here: Here, company_id: CompanyId, body: Again | None = None) -> AgainAnswer:
    """One, or all that were given up."""
    return await _again(here, company_id, body or Again())


async def _page(here: Served, tenant: int, state: str | None, before: str | None, size: int) -> DeliveriesAnswer:
    async with here.db.company(tenant) as conn:
        if tenant != BOARD:
            await migrations.company(conn, tenant)
        rows = await store.deliveries(conn, tenant, state or "", size + 1, before=below(before))
    shown, last = cut(rows, size)
    told = [
        DeliveryAnswer(
            id=str(row["delivery_id"]),
            event=row["event"],
            state=row["state"],
            attempts=row["attempts"],
            problem=row["problem"],
            created_at=row["created_at"],
            next_at=row["next_at"] if row["state"] == "waiting" else None,
            ended_at=row["ended_at"],
        )
        for row in shown
    ]
    return DeliveriesAnswer(deliveries=told, next=str(last["delivery_id"]) if last else None)


async def _again(here: Served, tenant: int, body: Again) -> AgainAnswer:
    which = int(body.id) if body.id else 0
    if which >= 2**63:
        raise _unknown(which)
    async with here.db.company(tenant) as conn:
        if tenant != BOARD:
            await migrations.company(conn, tenant)
        again = await store.replay(conn, tenant, which, here.db.now())
        if which and not again:
            raise _unknown(which)
        if again and here.outbox is not None:
            await here.outbox.wake(conn, tenant)
    return AgainAnswer(again=again)


def _unknown(which: int) -> Problem:
    return Problem(404, "UNKNOWN_DELIVERY", f"There is no event {which} to send again.", "Send an id of the list.")
