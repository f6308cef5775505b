"""Who is shown a widget: the seat of a token that holds, on its own page; refusals are written down."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated

from fastapi import Depends, Form, Request

from changeover.accounts.origins import origin
from changeover.apply import privacy
from changeover.apply_connect.auth import Application
from changeover.database.connection import Connection
from changeover.web.problem import Problem
from changeover.web.served import Served
from changeover.webhooks.keys import keys_of
from changeover.widgets import store
from changeover.widgets.tokens import Expired, Pass, seal, unseal

_URN = re.compile(r"(?:urn:li:(\w+):)?(\d{1,19})")
_AGAIN = "Load the page of your ATS again; it asks for a new token."
REFUSALS: dict[str, tuple[int, str, str]] = {
    "NO_TOKEN": (
        401,
        "This widget was opened without a token.",
        "An ATS shows it to who is signed in there.",
    ),
    "BAD_TOKEN": (401, "This token was not made by this board, or was changed on its way.", _AGAIN),
    "TOKEN_EXPIRED": (401, "The minutes of this token are over.", _AGAIN),
    "FOREIGN_ORIGIN": (
        403,
        "The page that shows this widget is not the one that its token was made for.",
        "Open the applicant in your ATS.",
    ),
    "ORIGIN_NOT_REGISTERED": (
        403,
        "This ATS may not show widgets on pages of this origin.",
        "Whoever runs this board, or the ATS's vendor, registers the origin of the ATS's pages.",
    ),
    "NO_SEAT": (
        403,
        "There is no seat of this address in this contract, or not any more.",
        "An administrator of the contract gives seats.",
    ),
    "NOT_ADMIN": (
        403,
        "This seat may look at applicants and not configure the integration.",
        "Ask whoever runs this board for a seat that may configure.",
    ),
    "NOT_ENABLED": (
        403,
        "The employer has not enabled this ATS, or has disabled it.",
        "The employer enables it in the configuration widget or in the console.",
    ),
    "OTHER_COMPANY": (403, "This token is for another company's applicants.", "Use the token of this company's seat."),
    "OTHER_CLIENT": (403, "This token was made for another client than the page names.", _AGAIN),
    "NO_SUCH_APPLICATION": (404, "This company has no such application.", "Use the id that the application came with."),
    "ERASED": (
        410,
        "This application was erased: nothing of what the candidate said is kept here.",
        "What your ATS has kept of it is yours to erase.",
    ),
}


def refusal(code: str) -> Problem:
    """The refusal of this code, in its own sentence."""
    status, sentence, fix = REFUSALS[code]
    return Problem(status, code, sentence, fix)


@dataclass(frozen=True, slots=True)
class Admitted:
    """A seat that was let in, and how long its token still holds. ``who`` is how the log names it."""

    token: str
    told: Pass
    left: timedelta
    name: str
    admin: bool
    client: str

    @property
    def who(self) -> str:
        """The seat and the ATS it is signed in to."""
        return f"{self.told.email} in {self.client}"


@dataclass(frozen=True, slots=True)
class Asked:
    """What a page of an ATS asks a widget for, in the names that Apply Connect's plugins have."""

    token: str
    application: str
    context: str
    api_key: str


async def asked(
    token: Annotated[str, Form(max_length=4_000)] = "",
    li_job_application_id: Annotated[str, Form(max_length=200)] = "",
    integration_context: Annotated[str, Form(max_length=200)] = "",
    api_key: Annotated[str, Form(max_length=200)] = "",
) -> Asked:
    """The fields of the form that the script sends into the frame."""
    return Asked(token, li_job_application_id, integration_context, api_key)


Asking = Annotated[Asked, Depends(asked)]


def number(text: str, kind: str) -> int | None:
    """The number of a URN of this kind, or of a bare number; None for what is neither."""
    match = _URN.fullmatch(text.strip())
    fits = match is not None and match[1] in (None, kind) and int(match[2]) < 2**63
    return int(match[2]) if match and fits else None


async def admit(
    request: Request, here: Served, it: Asked, application: int | None = None, *, configuring: bool = False
) -> Admitted:
    """Let the seat of a token in, or raise the refusal, which is written down.

    ``configuring``: the employer's word on the ATS may still be asked for, and the seat must be one that may give it.
    """
    if not it.token:
        raise refusal("NO_TOKEN")
    found = unseal(keys_of(here.settings), it.token, here.db.now())
    if found is None:
        # Nobody's: there is no company whose log it could stand in.
        raise refusal("BAD_TOKEN")
    told = found.told if isinstance(found, Expired) else found[0]
    client = await store.client(here.db, told.company_id, told.vendor_id, told.client_id)
    code = "TOKEN_EXPIRED" if isinstance(found, Expired) else _wrong(request, here, it, told)
    row = None
    async with here.db.company(told.company_id) as conn:
        code = code or await _stands(conn, told, client, configuring=configuring)
        row = await store.seat(conn, told.company_id, told.contract_id, told.email)
        code = code or ("NO_SEAT" if row is None else "NOT_ADMIN" if configuring and not row["admin"] else "")
        if code:
            who = f"{told.email} in {client['name'] if client else 'a client that is gone'}"
            await privacy.refused(conn, told.company_id, application, here.db, who=who, code=code)
    if code == "OTHER_COMPANY":
        await _tell_the_other(here, number(it.context, "organization"), client)
    if code or row is None or client is None or isinstance(found, Expired):
        raise refusal(code)
    return Admitted(it.token, told, found[1], row["name"], row["admin"], client["name"])


def _wrong(request: Request, here: Served, it: Asked, told: Pass) -> str:
    """What is wrong with the page that asks, or nothing. A frame of ours has no origin of its own: it sends null."""
    sent = request.headers.get("origin", "null")
    if sent not in ("null", told.origin, here.public_url, here.base_url):
        return "FOREIGN_ORIGIN"
    context = number(it.context, "organization")
    if it.context and context != told.company_id:
        return "OTHER_COMPANY"
    own = it.api_key in ("", str(told.client_id), client_name(told))
    return "" if own else "OTHER_CLIENT"


def client_name(told: Pass) -> str:
    """What a vendor's application is called in OAuth."""
    return Application(told.vendor_id, told.client_id, "child", "").client_id if told.vendor_id else str(told.client_id)


async def _stands(conn: Connection, told: Pass, client: store.Row | None, *, configuring: bool) -> str:
    """Why the client may not show this, or not any more; or nothing."""
    if client is None or told.origin not in {origin(each) for each in client["origins"]}:
        return "ORIGIN_NOT_REGISTERED"
    if told.vendor_id:
        state = await store.integration(conn, told.company_id, told.vendor_id, told.client_id)
        if state is None or not (configuring or state == "enabled"):
            return "NOT_ENABLED"
    return ""


async def _tell_the_other(here: Served, company: int | None, client: store.Row | None) -> None:
    """Another tenant asked for what is this company's: it stands in its log too, without whose seat it was."""
    if company is None:
        return
    async with here.db.company(company) as conn:
        if await store.is_company(conn, company):
            who = f"a seat of another company in {client['name'] if client else 'an ATS'}"
            await privacy.refused(conn, company, None, here.db, who=who, code="OTHER_COMPANY")


async def make(here: Served, told: Pass, *, who: str) -> tuple[str, timedelta]:
    """A token and its life, for a client that has shown its credential. Raises the refusal, which is written down."""
    client = await store.client(here.db, told.company_id, told.vendor_id, told.client_id)
    async with here.db.company(told.company_id) as conn:
        code = await _stands(conn, told, client, configuring=True)
        if not code and await store.seat(conn, told.company_id, told.contract_id, told.email) is None:
            code = "NO_SEAT"
        if code:
            await privacy.refused(conn, told.company_id, None, here.db, who=who, code=code)
    if code:
        raise refusal(code)
    life = timedelta(minutes=here.settings.widget_token_minutes)
    return seal(keys_of(here.settings), told, here.db.now(), life), life
