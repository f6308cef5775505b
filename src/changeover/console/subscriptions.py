"""The console's page of subscriptions: who is told of the board's events, what was sent, what failed."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from changeover.console.shown import console_page, done, refused
from changeover.database.board import BOARD
from changeover.refusal import Refusal
from changeover.sources.address import url_flaw
from changeover.subscriptions import publishing, store
from changeover.web.served import Here, Operator, Served
from changeover.web.session import Session
from changeover.webhooks import store as webhooks
from changeover.webhooks.keys import keys_of
from changeover.wording import plural

router = APIRouter(include_in_schema=False)

_PAGE, _SHOWN, _MOST = "/subscriptions", 50, 2**63 - 1
_GONE = Refusal("UNKNOWN_SUBSCRIPTION", "Nothing was done: there is no such subscription any more.")


@router.get("/subscriptions")
async def subscriptions(request: Request, here: Here, session: Operator) -> Response:
    """Everyone who is told of what happens on the board, and the newest events they were sent."""
    return await _shown(request, here, session)


async def _shown(request: Request, here: Served, session: Session, *, status: int = 200, **said: Any) -> Response:
    async with here.db.company(BOARD) as conn:
        found = await store.subscriptions(conn)
        events = await webhooks.deliveries(conn, BOARD, "", _SHOWN)
    dead = sum(it.dead for it in found)
    told = {"subscriptions": found, "events": events, "dead": dead, "secret": "", "url": "", **said}
    return console_page(request, "subscriptions.html", here=here, session=session, status=status, **told)


@router.post("/subscriptions")
async def add(
    request: Request,
    here: Here,
    session: Operator,
    url: Annotated[str, Form()] = "",
    events: Annotated[str, Form()] = "",
    from_now: Annotated[bool, Form()] = False,
) -> Response:
    """Subscribe a receiver; its secret is shown on the page that answers, and never again."""
    wrong = url_flaw(url.strip()) if len(url) <= 2_000 else None
    if wrong is not None or len(url) > 2_000 or events not in ("", "posting.*", "company.*"):
        sentence = wrong.sentence if wrong else "The address is too long, or there are no such events."
        note = refused(Refusal("BAD_SUBSCRIPTION", sentence, "Give your receiver's address."))
        return await _shown(request, here, session, status=422, note=note, url=url[:2_000])
    keys, wanted = keys_of(here.settings), [events] if events else []
    _, secret = await publishing.subscribe(here.db, keys, url.strip(), wanted, from_now=from_now)
    return await _shown(request, here, session, secret=secret)


@router.post("/subscriptions/{subscription:int}/rotate")
async def rotate(request: Request, here: Here, session: Operator, subscription: int) -> Response:
    """Give a subscription a new secret, which is shown once; the one before it signs for another day."""
    secret = await publishing.rotate(here.db, keys_of(here.settings), min(subscription, _MOST))
    if secret is None:
        return done(here, _PAGE, _GONE)
    return await _shown(request, here, session, secret=secret)


@router.post("/subscriptions/{subscription:int}/enable")
async def enable(here: Here, subscription: int) -> Response:
    """Send to a subscription again that kept failing."""
    there = await publishing.enable(here.db, here.outbox, min(subscription, _MOST))
    return done(here, _PAGE, "Events are sent there again: first what it missed." if there else _GONE)


@router.post("/subscriptions/{subscription:int}/remove")
async def remove(here: Here, subscription: int) -> Response:
    """Take a subscription back: what waits for it is not sent."""
    async with here.db.company(BOARD) as conn:
        gone = await store.remove(conn, min(subscription, _MOST))
    return done(here, _PAGE, "Nothing is sent there any more." if gone else _GONE)


@router.post("/subscriptions/replay")
async def replay(here: Here, delivery: Annotated[int, Form(ge=0, lt=2**63)] = 0) -> Response:
    """Send an event again, or (0) all that were given up."""
    async with here.db.company(BOARD) as conn:
        again = await webhooks.replay(conn, BOARD, delivery, here.db.now())
        if again and here.outbox is not None:
            await here.outbox.wake(conn, BOARD)
    nothing = Refusal("NOTHING_TO_REPLAY", "Nothing was done: there is no such event to send again.")
    return done(here, _PAGE, f"{plural(again, 'event')} will be sent again." if again else nothing)
