"""What a program may do with the clients of a company: list, add, change what one opens, end it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import Query
from pydantic import BaseModel, Field

from changeover import adding
from changeover.accounts import clients
from changeover.accounts.scopes import DEFAULT, Scope
from changeover.api.answers import ActAnswer
from changeover.api.fields import ClientId, Id, Told, conflict, cut, unknown
from changeover.api.route import api_router
from changeover.api.source_answers import ClientAnswer, ClientsAnswer, TokenAnswer
from changeover.migration import store as migrations
from changeover.refusal import Refusal
from changeover.sources.text import line
from changeover.web.problem import Problem
from changeover.web.served import Asking, CompanyId, Here

router = api_router("clients")


class NewClient(Told):
    """A program of a company; its name stands in the history, and its scopes say what its token opens."""

    name: Annotated[str, Field(max_length=2_000, examples=["Our ATS"])] = "ATS"
    scopes: Annotated[tuple[Scope, ...], Field(max_length=len(Scope))] = DEFAULT


class Opens(Told):
    """What a client's tokens open, in place of what they did."""

    scopes: Annotated[tuple[Scope, ...], Field(max_length=len(Scope))]


class Origins(Told):
    """Origins of pages, as `https://ats.example`."""

    origins: Annotated[list[Annotated[str, Field(max_length=300)]], Field(examples=[["https://ats.example"]])]


class OriginsAnswer(BaseModel):
    """The origins as they are kept: as a browser sends them."""

    origins: list[str]


@router.get("/companies/{company}/clients", summary="Who may push a company's jobs")
async def list_clients(
    here: Here,
    company_id: CompanyId,
    after: Annotated[Id | None, Query(description="The `next` of the page before.")] = None,
    size: Annotated[int, Query(ge=1, le=200)] = 50,
) -> ClientsAnswer:
    """Its clients, without their secrets."""
    async with here.db.company(company_id) as conn:
        await migrations.company(conn, company_id)
        rows = await clients.with_secrets(conn, await clients.clients(conn, company_id), here.db.now())
    shown, last = cut([row for row in rows if row["client_id"] > int(after or 0)], size)
    told = [_client(r) for r in shown]
    return ClientsAnswer(clients=told, next=str(last["client_id"]) if last else None)


@router.post("/companies/{company}/clients", status_code=201, summary="Let a program push")
async def add_client(here: Here, asking: Asking, company_id: CompanyId, body: NewClient | None = None) -> TokenAnswer:
    """Its token is told once."""
    name = adding.named(line((body or NewClient()).name), "a client")
    if not isinstance(name, str):
        raise Problem(422, name.code, name.sentence, name.fix or "Send another name.")
    scopes = _in_order((body or NewClient()).scopes)
    return _token(await clients.add_client(here.db, company_id, name, who=asking.who, scopes=scopes))


def _in_order(scopes: Sequence[Scope]) -> list[Scope]:
    return [scope for scope in Scope if scope in scopes]


@router.get("/companies/{company}/clients/{client:int}", summary="A client of a company")
async def read_client(here: Here, company_id: CompanyId, client: ClientId) -> ClientAnswer:
    """What its tokens open, how many are live, and when one was last shown."""
    async with here.db.company(company_id) as conn:
        await migrations.company(conn, company_id)
        row = await clients.client(conn, company_id, client, here.db.now())
    if row is None:
        raise unknown("UNKNOWN_CLIENT", "client")
    return _client(row)


@router.post("/companies/{company}/clients/{client:int}/scopes", summary="Say what a client's tokens open")
async def set_client_scopes(
    here: Here, asking: Asking, company_id: CompanyId, client: ClientId, body: Opens
) -> ActAnswer:
    """From its next request on. No client's token opens this, so none gives itself more."""
    scopes = _in_order(body.scopes)
    if not await clients.set_scopes(here.db, company_id, client, scopes, who=asking.who):
        raise unknown("UNKNOWN_CLIENT", "client")
    return ActAnswer(sentence=f"Its tokens open: {', '.join(scopes) or 'nothing'}.")


@router.post("/companies/{company}/clients/{client:int}/revoke", summary="End every token of a client")
async def revoke_client(here: Here, asking: Asking, company_id: CompanyId, client: ClientId) -> ActAnswer:
    """At once. What it pushed stays; `rotate` gives it a token again."""
    refusal = await clients.revoke(here.db, company_id, client, who=asking.who)
    if refusal == clients.UNKNOWN:
        raise unknown("UNKNOWN_CLIENT", "client")
    if refusal:
        raise conflict(refusal)
    return ActAnswer(sentence="Its tokens open nothing any more.")


@router.post("/companies/{company}/clients/{client:int}/origins", summary="Where a client may show widgets")
async def set_client_origins(
    here: Here, asking: Asking, company_id: CompanyId, client: ClientId, body: Origins
) -> OriginsAnswer:
    """The origins of the ATS's pages, in place of those before."""
    kept = await clients.set_origins(here.db, company_id, client, body.origins, who=asking.who)
    if isinstance(kept, Refusal):
        raise Problem(404 if kept.code == "UNKNOWN_CLIENT" else 422, kept.code, kept.sentence, kept.fix)
    return OriginsAnswer(origins=kept)


@router.post("/companies/{company}/clients/{client:int}/rotate", summary="Give a client a new token")
async def rotate_client(here: Here, asking: Asking, company_id: CompanyId, client: ClientId) -> TokenAnswer:
    """The one before it works for another day."""
    token = await clients.rotate(here.db, company_id, client, who=asking.who)
    if token is None:
        raise unknown("UNKNOWN_CLIENT", "client")
    return _token(token)


def _client(row: dict[str, Any]) -> ClientAnswer:
    return ClientAnswer(
        id=str(row["client_id"]),
        name=row["name"],
        scopes=row["scopes"],
        origins=row["origins"],
        created_at=row["created_at"],
        tokens=len(row["secrets"]),
        used_at=row["used_at"],
    )


def _token(token: str) -> TokenAnswer:
    return TokenAnswer(id=token.split("_", 3)[2], token=token)
