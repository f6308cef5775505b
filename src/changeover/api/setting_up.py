"""How a program adds a company, names it, and sets the rules of its migration."""

from __future__ import annotations

from typing import Annotated

from fastapi import Request
from fastapi.responses import Response
from pydantic import Field, StrictBool

from changeover import acts, adding
from changeover.api.answers import ActAnswer, CompanyAnswer
from changeover.api.fields import Told
from changeover.api.route import api_router
from changeover.database.revise import UnknownCompany, create_company
from changeover.migration import store as migrations
from changeover.sources.text import line
from changeover.web.problem import Problem
from changeover.web.served import Asking, CompanyId, Here, Served

router = api_router("companies")

Name = Annotated[str, Field(max_length=2_000, examples=["Ferrous & Sons"])]
Ats = Annotated[str, Field(max_length=2_000, examples=["Greenhouse"], description="The ATS it uses, in a word.")]


class NewCompany(Told):
    """A company to add. ``namesake``: add it even if another company has this name."""

    name: Name
    ats: Ats = ""
    namesake: StrictBool = False


class Naming(Told):
    """What is to be called otherwise; what is left out stays."""

    name: Name | None = None
    ats: Ats | None = None


class Options(Told):
    """The rules of a migration; what is left out stays.

    ``ats_only_holds``: an ATS job without a twin holds the cut-over. ``none_live``: it is right if nothing is live.
    """

    ats_only_holds: StrictBool | None = None
    none_live: StrictBool | None = None


@router.post("/companies", status_code=201, summary="Add a company")
async def add_company(
    request: Request, response: Response, here: Here, asking: Asking, body: NewCompany
) -> CompanyAnswer:
    """It begins in state `legacy`, with no source yet."""
    name, ats = _named(body.name, "a company"), _named(body.ats, "an ATS") if body.ats.strip() else ""
    claim = request.state.claim
    made = claim.made if claim else None
    if made is None or not await _there(here, made):
        async with here.db.operator() as conn:
            others = await migrations.called(conn, name)
        if others and not body.namesake:
            raise Problem(
                409,
                "NAMESAKE",
                f"Nothing was done: {name} is here already, as {others[0]}.",
                "Send `namesake: true` to add another company of this name.",
            )
        made = await create_company(here.db, name, ats=ats, who=asking.who, company_id=made)
    response.headers["location"] = f"/api/v1/companies/{made}"
    async with here.db.company(made) as conn:
        return CompanyAnswer.of(await migrations.company(conn, made))


async def _there(here: Served, company_id: int) -> bool:
    """Whether an earlier try of the same request has made the company already."""
    async with here.db.company(company_id) as conn:
        try:
            await migrations.company(conn, company_id)
        except UnknownCompany:
            return False
    return True


def _named(name: str, what: str) -> str:
    kept = adding.named(line(name), what)
    if isinstance(kept, str):
        return kept
    raise Problem(422, kept.code, kept.sentence, kept.fix or "Send another name.")


@router.patch("/companies/{company}", summary="Rename a company")
async def rename_company(here: Here, asking: Asking, company_id: CompanyId, body: Naming) -> CompanyAnswer:
    """Its name, or what its ATS is called. Its live postings tell the new name at once."""
    name = None if body.name is None else _named(body.name, "a company")
    ats = body.ats and (_named(body.ats, "an ATS") if body.ats.strip() else "")
    await adding.rename(here.flow, company_id, name=name, ats=ats, who=asking.who)
    async with here.db.company(company_id) as conn:
        return CompanyAnswer.of(await migrations.company(conn, company_id))


@router.patch("/companies/{company}/options", summary="Set the rules of a migration")
async def set_options(here: Here, asking: Asking, company_id: CompanyId, body: Options) -> ActAnswer:
    """Whether an unmatched ATS job holds the cut-over, and whether it is right that nothing would be live."""
    await acts.set_options(
        here.flow, company_id, who=asking.who, ats_only_holds=body.ats_only_holds, none_live=body.none_live
    )
    return ActAnswer(sentence="The rules of this migration are saved.")
