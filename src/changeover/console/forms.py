"""What a person does by pressing a button: one act, answered with the page that tells of it."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Form
from fastapi.responses import Response

from changeover import acts, vouching
from changeover.console.shown import done, undo
from changeover.match.in_order import Order
from changeover.refusal import Refusal
from changeover.reparsing import reparse_source, reread
from changeover.sources.text import line
from changeover.web.served import CompanyId, Here, Operator
from changeover.wording import plural

router = APIRouter(include_in_schema=False)

Id = Annotated[int, Form(ge=1, lt=2**63)]


def _page(company_id: int) -> str:
    return f"/companies/{company_id}"


@router.post("/companies/{company}/activate")
async def activate(here: Here, session: Operator, company_id: CompanyId) -> Response:
    """Begin the migration."""
    refusal = await acts.activate(here.flow, company_id, who=session.who)
    return done(
        here,
        _page(company_id),
        refusal or "Activated: both sources are read and matched from now on; the old source goes on feeding.",
    )


@router.post("/companies/{company}/hold")
async def hold(
    here: Here, session: Operator, company_id: CompanyId, why: Annotated[str, Form(max_length=500)] = ""
) -> Response:
    """Do not cut over until it is let go."""
    told = why.strip() or "A person asked to wait."
    refusal = await acts.hold(here.flow, company_id, held=True, who=session.who, why=told)
    return done(here, _page(company_id), refusal or "Held: it does not cut over until you let it go.")


@router.post("/companies/{company}/unhold")
async def unhold(
    here: Here, session: Operator, company_id: CompanyId, page: Annotated[Literal["", "/review"], Form()] = ""
) -> Response:
    """Let it cut over by itself again; it leads back to the ``page`` of the company that it was pressed on."""
    refusal = await acts.hold(here.flow, company_id, held=False, who=session.who, why="A person let it go.")
    return done(here, _page(company_id) + page, refusal or "Let go: it cuts over by itself as soon as it is ready.")


@router.post("/companies/{company}/cancel")
async def cancel(here: Here, session: Operator, company_id: CompanyId) -> Response:
    """End the migration before the cut-over."""
    refusal = await acts.cancel(here.flow, company_id, who=session.who)
    return done(here, _page(company_id), refusal or "Cancelled: the old source goes on feeding the board alone.")


@router.post("/companies/{company}/options")
async def options(
    here: Here,
    session: Operator,
    company_id: CompanyId,
    ats_only_holds: Annotated[bool, Form()] = False,
    none_live: Annotated[bool, Form()] = False,
) -> Response:
    """The rules of this migration; a box that is not ticked is not sent, so it means no."""
    await acts.set_options(here.flow, company_id, who=session.who, ats_only_holds=ats_only_holds, none_live=none_live)
    return done(here, _page(company_id), "The rules of this migration are saved.")


@router.post("/companies/{company}/sources/{source:int}/read")
async def read(here: Here, company_id: CompanyId, source: int) -> Response:
    """Read a source ahead of its schedule."""
    refusal = await acts.read_soon(here.flow, company_id, source)
    told = "The source is being read; what it says shows here as soon as it is in."
    return done(here, f"{_page(company_id)}#sources", refusal or told)


@router.post("/companies/{company}/sources/{source:int}/reparse")
async def reparse(here: Here, session: Operator, company_id: CompanyId, source: int) -> Response:
    """Read a source again from what it answered last."""
    taken = await reparse_source(here.flow, company_id, source, who=session.who)
    if isinstance(taken, Refusal):
        return done(here, f"{_page(company_id)}#sources", taken)
    return done(here, f"{_page(company_id)}#sources", f"Read again from what it answered last: {reread(taken)}")


@router.post("/companies/{company}/sources/{source:int}/accept")
async def accept(here: Here, session: Operator, company_id: CompanyId, source: int, reading: Id) -> Response:
    """Believe the held reading that the person looked at."""
    taken = await vouching.accept(here.flow, company_id, source, who=session.who, seen=reading)
    if isinstance(taken, Refusal):
        return done(here, f"{_page(company_id)}#sources", taken)
    closed = len(taken.diff.vanished) if taken.diff else 0
    told = f"Accepted: the reading with {plural(len(taken.reading.jobs), 'job')} is believed"
    told += f", and {plural(closed, 'job')} that it does not have closed." if closed else "."
    return done(here, f"{_page(company_id)}#sources", told)


@router.post("/companies/{company}/sources/{source:int}/tells")
async def tells(
    here: Here,
    session: Operator,
    company_id: CompanyId,
    source: int,
    what: Annotated[Literal["changes", "everything"], Form()],
    full_from: Annotated[str | None, Form(max_length=4_000)] = None,
) -> Response:
    """Say whether a source tells changes only, and where it tells every open job."""
    changes, full = what == "changes", None if full_from is None else line(full_from)
    refusal = await vouching.set_tells(here.flow, company_id, source, changes=changes, full_from=full, who=session.who)
    told = f"From now on it is taken to tell {'changes only' if changes else 'every open job each time'}."
    told += f" Every open job is read from {full}." if full else ""
    return done(here, f"{_page(company_id)}#sources", refusal or told)


@router.post("/companies/{company}/sources/{source:int}/told")
async def told_everything(here: Here, session: Operator, company_id: CompanyId, source: int) -> Response:
    """Say that a source of changes has told every open job by now."""
    refusal = await vouching.told_everything(here.flow, company_id, source, who=session.who)
    return done(here, f"{_page(company_id)}#sources", refusal or "It counts as whole from its newest reading on.")


@router.post("/companies/{company}/sources/{source:int}/revoke")
async def revoke(here: Here, session: Operator, company_id: CompanyId, source: int) -> Response:
    """Read a source no more."""
    refusal = await acts.revoke_source(here.flow, company_id, source, who=session.who)
    return done(here, f"{_page(company_id)}#sources", refusal or "Revoked: this source is read no more.")


_VERDICTS = {
    "confirmed": "Confirmed: these two are one opening now, whatever a later match says.",
    "rejected": "Rejected: these two are kept apart, whatever a later match says.",
    "undecided": "Taken back: the next match decides anew.",
}


@router.post("/companies/{company}/pairs")
async def decide(
    here: Here,
    session: Operator,
    company_id: CompanyId,
    legacy: Id,
    ats: Id,
    verdict: Annotated[Literal["confirmed", "rejected", "undecided"], Form()],
) -> Response:
    """A person's word on one suggested pair."""
    to, refusal, back = f"{_page(company_id)}/review#suggested", None, None
    if verdict == "undecided":
        await acts.undecide_pair(here.flow, company_id, legacy, ats, who=session.who)
    else:
        refusal = await acts.decide_pair(here.flow, company_id, legacy, ats, verdict, who=session.who)
        back = undo(f"{_page(company_id)}/pairs", legacy=legacy, ats=ats, verdict="undecided")
    return done(here, to, refusal or _VERDICTS[verdict], back=back)


@router.post("/companies/{company}/groups")
async def pair_group(
    here: Here, session: Operator, company_id: CompanyId, twins: Id, by: Annotated[Order, Form()]
) -> Response:
    """Pair all jobs of a group that read the same, in order."""
    count = await acts.pair_group(here.flow, company_id, twins, by, who=session.who)
    told = count if isinstance(count, Refusal) else f"Confirmed: {plural(count, 'pair')}, whatever a later match says."
    return done(here, f"{_page(company_id)}/review#suggested", told)
