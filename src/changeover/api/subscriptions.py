"""How a program subscribes to the board's events: add, list, rotate the secret, take back."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import Depends, Path
from pydantic import BaseModel, Field, StrictBool

from changeover.api.events import EVENTS
from changeover.api.fields import Id, Told
from changeover.api.route import api_router
from changeover.database.board import BOARD
from changeover.sources.address import url_flaw
from changeover.subscriptions import publishing, store
from changeover.subscriptions.store import Subscription
from changeover.web.problem import Problem
from changeover.web.served import Here
from changeover.webhooks.keys import keys_of

router = api_router("events")

WANTED = frozenset({*EVENTS, "posting.*", "company.*"})
Url = Annotated[str, Field(max_length=2_000, examples=["https://board.example/hooks"])]
Wanted = Annotated[
    list[Annotated[str, Field(max_length=60)]],
    Field(max_length=20, examples=[["posting.*"]], description="Event names, `posting.*` or `company.*`; none: all."),
]
Secret = Annotated[
    str,
    Field(examples=["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"], description="Told once; it checks `webhook-signature`."),
]


class NewSubscription(Told):
    """Where events are to be sent, and which.

    It begins with all that is live, each posting as `posting.opened`; ``from_now``: with what comes next instead.
    """

    url: Url
    events: Wanted = Field(default_factory=list)
    from_now: StrictBool = False


class SubscriptionAnswer(BaseModel):
    """A subscription, and how many events wait for it or were given up.

    ``failing_since``: no try has succeeded since. ``off_at``: nothing is sent since then, and why.
    """

    id: Id
    url: Url
    events: Wanted
    created_at: datetime
    failing_since: datetime | None
    off_at: datetime | None
    off_why: str
    waiting: int
    dead: int


class SubscriptionsAnswer(BaseModel):
    """Every subscription of the board."""

    subscriptions: list[SubscriptionAnswer]


class SecretAnswer(BaseModel):
    """A subscription's secret; a repeated try of an act under one key is told none."""

    id: Id
    secret: Secret | None


class EnabledAnswer(BaseModel):
    """What was done."""

    sentence: Annotated[str, Field(examples=["Events are sent there again."])]


class TakenBackAnswer(BaseModel):
    """What was done."""

    sentence: Annotated[str, Field(examples=["Nothing is sent there any more."])]


def flaw(url: str, events: list[str]) -> tuple[str, str, str] | None:
    """Why nobody can be subscribed like this: a code, a sentence and what to do; None if they can."""
    refused = url_flaw(url)
    if refused is not None:
        return "BAD_URL", refused.sentence, "Send the address of your receiver."
    unknown = [each for each in events if each not in WANTED]
    if unknown:
        return "UNKNOWN_EVENT", f"There is no event {unknown[0]!r}.", f"There are: {', '.join(sorted(WANTED))}."
    return None


async def subscription_id(subscription: Annotated[int, Path(ge=1, description="The subscription's id.")]) -> int:
    """A subscription's id as it stands in a path; 404 for what cannot be one."""
    if subscription >= 2**63:
        raise _unknown()
    return subscription


SubscriptionId = Annotated[int, Depends(subscription_id)]


def _unknown() -> Problem:
    return Problem(404, "UNKNOWN_SUBSCRIPTION", "There is no such subscription.", "Send an id that their list tells.")


@router.get("/subscriptions", summary="Who is told of what happens")
async def list_subscriptions(here: Here) -> SubscriptionsAnswer:
    """Every subscription, the oldest first, without its secret."""
    async with here.db.company(BOARD) as conn:
        found = await store.subscriptions(conn)
    return SubscriptionsAnswer(subscriptions=[_shown(it) for it in found])


def _shown(it: Subscription) -> SubscriptionAnswer:
    return SubscriptionAnswer(
        id=str(it.subscription_id),
        url=it.url,
        events=list(it.events),
        created_at=it.created_at,
        failing_since=it.failing_since,
        off_at=it.off_at,
        off_why=it.off_why if it.off_at else "",
        waiting=it.waiting,
        dead=it.dead,
    )


@router.post("/subscriptions", status_code=201, summary="Be told by webhook of what happens")
async def add_subscription(here: Here, body: NewSubscription) -> SecretAnswer:
    """Events are sent signed by Standard Webhooks, at least once, in no order; the secret is told once."""
    wrong = flaw(body.url, body.events)
    if wrong is not None:
        raise Problem(422, *wrong)
    keys = keys_of(here.settings)
    made, secret = await publishing.subscribe(here.db, keys, body.url, body.events, from_now=body.from_now)
    return SecretAnswer(id=str(made.subscription_id), secret=secret)


@router.post("/subscriptions/{subscription:int}/rotate", summary="Give a subscription a new secret")
async def rotate_subscription(here: Here, subscription: SubscriptionId) -> SecretAnswer:
    """For another day events are signed with the one before too."""
    secret = await publishing.rotate(here.db, keys_of(here.settings), subscription)
    if secret is None:
        raise _unknown()
    return SecretAnswer(id=str(subscription), secret=secret)


@router.post("/subscriptions/{subscription:int}/enable", summary="Send to a subscription again")
async def enable_subscription(here: Here, subscription: SubscriptionId) -> EnabledAnswer:
    """One that kept failing for three days, or answered 410, is off; it is sent what it missed."""
    if not await publishing.enable(here.db, here.outbox, subscription):
        raise _unknown()
    return EnabledAnswer(sentence="Events are sent there again.")


@router.delete("/subscriptions/{subscription:int}", summary="Take a subscription back")
async def remove_subscription(here: Here, subscription: SubscriptionId) -> TakenBackAnswer:
    """What waits for it is not sent."""
    async with here.db.company(BOARD) as conn:
        if not await store.remove(conn, subscription):
            raise _unknown()
    return TakenBackAnswer(sentence="Nothing is sent there any more.")
