"""What a request finds around it: the flow, the settings, its session, and the address it came to."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Annotated, Any

from fastapi import Depends, Request

from changeover.accounts import sessions
from changeover.accounts.sessions import Lasting
from changeover.database.connection import Connection, Database
from changeover.flow import Flow
from changeover.settings import Settings
from changeover.web.metrics import Metrics
from changeover.web.problem import Problem
from changeover.web.rates import Rates
from changeover.web.revisions import Revisions
from changeover.web.session import Session, Signer
from changeover.web.tokens import Caller, Tokens
from changeover.web.used_keys import UsedKeys
from changeover.webhooks.outbox import Outbox

HandOver = Callable[[Connection, int, int], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Served:
    """One process's web face. ``used_keys`` are the one-time keys that were used.

    ``acting`` are acts that go on after their page has answered; ``outbox`` is what leaves the house; ``hand_over``
    puts an application into it, in the caller's transaction.
    """

    flow: Flow
    settings: Settings
    signer: Signer
    base_url: str
    revisions: Revisions
    metrics: Metrics
    used_keys: UsedKeys = field(default_factory=UsedKeys)
    acting: set[asyncio.Task[Any]] = field(default_factory=set)
    outbox: Outbox | None = None
    hand_over: HandOver | None = None
    tokens: Tokens = field(init=False)
    rates: Rates = field(init=False)
    wire_rates: Rates = field(init=False)
    form_rates: Rates = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "tokens", Tokens(self.settings))
        object.__setattr__(self, "rates", Rates(self.db, self.settings.api_requests_per_minute))
        object.__setattr__(self, "wire_rates", Rates(self.db, self.settings.wire_requests_per_minute))
        object.__setattr__(self, "form_rates", Rates(self.db, self.settings.apply_per_hour, timedelta(hours=1)))

    @property
    def db(self) -> Database:
        """The database that the flow works on."""
        return self.flow.db

    @property
    def lasting(self) -> Lasting:
        """How long sessions of accounts last."""
        told = self.settings
        return Lasting(timedelta(minutes=told.session_idle_minutes), timedelta(hours=told.session_hours))

    async def session_of(self, cookie: str) -> Session | None:
        """The session that a cookie proves: an account's, or a one-time link's; or None."""
        begun = await sessions.session(self.db, cookie, self.lasting)
        return self.signer.session_of(begun) if begun else self.signer.session(cookie)

    @property
    def public_url(self) -> str:
        """Under which address the world reaches the board, without a trailing slash."""
        return (self.settings.public_url or self.base_url).rstrip("/")


def served(request: Request) -> Served:
    """The face that serves this request."""
    here: Served = request.app.state.served
    return here


# What routes depend on is async: a plain function would be handed to a thread at every request.
async def _served(request: Request) -> Served:
    return served(request)


Here = Annotated[Served, Depends(_served)]


async def session_of(request: Request) -> Session | None:
    """The session of the request's cookie, or None; looked up once a request."""
    if not hasattr(request.state, "session"):
        here = served(request)
        request.state.session = await here.session_of(here.signer.cookie_of(request.cookies))
    found: Session | None = request.state.session
    return found


async def signed_in(request: Request) -> Session:
    """The session of a console route; such a route is not reached without one."""
    session = await session_of(request)
    if session is None:
        raise Problem(401, "NO_SESSION", "You are not signed in.", "Open a new link from `changeover link`.")
    return session


# Who may press the button, the gate has settled (web/access).
Operator = Annotated[Session, Depends(signed_in)]


async def caller(request: Request) -> Caller:
    """Who asks the API; the gate has let them through."""
    known: Caller | None = getattr(request.state, "caller", None)
    if known is None:
        raise Problem(401, "NO_CREDENTIAL", "The request shows no credential.", "Send a token, or open the console.")
    return known


Asking = Annotated[Caller, Depends(caller)]


def possible_company(company: str) -> int:
    """A company's id as it stands in a path; 404 for what cannot be one."""
    if company.isascii() and company.isdecimal() and 0 < int(company[:20]) < 2**63:
        return int(company)
    raise Problem(404, "UNKNOWN_COMPANY", f"There is no company {company[:40]} here.", "See the list of companies.")


async def _company_id(company: str) -> int:
    return possible_company(company)


CompanyId = Annotated[int, Depends(_company_id)]
