"""Many words at once on the review page: pairs that were ticked, a spreadsheet, the way back."""

from __future__ import annotations

import asyncio
from typing import Annotated, Literal

from fastapi import APIRouter, Form, UploadFile
from fastapi.responses import Response

from changeover import words
from changeover.acts import Word
from changeover.console.shown import done, undo
from changeover.match.decisions_csv import read_decisions
from changeover.match.intake import UnusableJobs
from changeover.refusal import Refusal
from changeover.web.served import CompanyId, Here, Operator, Served
from changeover.wording import plural

router = APIRouter(include_in_schema=False)

# A page shows fewer; a form that says more was not made by us.
_TICKED = 500
_TOLD = 3
# So many revisions can be taken back with one press of a button.
_BACK = 200


def _review(company_id: int, place: str = "") -> str:
    return f"/companies/{company_id}/review{place}"


@router.post("/companies/{company}/pairs/ticked")
async def ticked(
    here: Here,
    session: Operator,
    company_id: CompanyId,
    verdict: Annotated[Literal["confirmed", "rejected"], Form()],
    pair: Annotated[list[str] | None, Form(max_length=_TICKED)] = None,
) -> Response:
    """Confirm or reject the pairs that were ticked, as one word."""
    chosen = [Word(*_pair(text), verdict) for text in pair or ()]
    if not chosen:
        nothing = Refusal("NOTHING_TICKED", "Nothing was done: no pair is ticked.", "Tick some, then press again.")
        return done(here, _review(company_id, "#suggested"), nothing)
    said = await words.say(here.flow, company_id, chosen, who=session.who)
    return _told(here, company_id, said, "#suggested")


def _pair(text: str) -> tuple[int, int]:
    """The two job ids of ``1-2``; of anything else ids that no job has."""
    legacy, _, ats = text.partition("-")
    if all(part.isascii() and part.isdecimal() and len(part) < 20 for part in (legacy, ats)):
        return min(int(legacy), 2**63 - 1), min(int(ats), 2**63 - 1)
    return 0, 0


@router.post("/companies/{company}/review/words")
async def upload(here: Here, session: Operator, company_id: CompanyId, file: UploadFile) -> Response:
    """Take the words of the downloaded file in whose column ``decision`` a person wrote confirmed or rejected."""
    to = _review(company_id, "#file")
    try:
        text = (await file.read()).decode("utf-8-sig")
        told = await asyncio.to_thread(read_decisions, text)
    except UnicodeDecodeError:
        refusal = Refusal("NOT_UTF8", "Nothing was done: the file is not CSV in UTF-8.", "Save it as “CSV UTF-8”.")
        return done(here, to, refusal)
    except UnusableJobs as unusable:
        return done(here, to, Refusal(unusable.code, f"Nothing was done. {unusable}"))
    if not told.num_rows:
        nothing = Refusal(
            "NO_WORDS",
            "Nothing was done: no row of the file says confirmed or rejected.",
            "Write one of the two in the column decision.",
        )
        return done(here, to, nothing)
    return _told(here, company_id, await words.say_table(here.flow, company_id, told, who=session.who), "#file")


def _told(here: Served, company_id: int, said: words.Said, place: str) -> Response:
    taken = said.confirmed + said.rejected
    refused = "; ".join(f"{which}: {why}" for which, why in said.refused[:_TOLD])
    more = f" Not taken: {len(said.refused):,}. {refused}" if said.refused else ""
    if not taken:
        return done(here, _review(company_id, place), Refusal("NO_WORD_TAKEN", f"Nothing was done.{more}"))
    sentence = (
        f"{plural(said.confirmed, 'pair')} confirmed, {said.rejected:,} rejected, whatever a later match says.{more}"
    )
    back = undo(f"/companies/{company_id}/words/back", revisions=",".join(map(str, said.revisions)))
    return done(here, _review(company_id, place), sentence, back=back if len(said.revisions) <= _BACK else None)


@router.post("/companies/{company}/words/back")
async def back(
    here: Here,
    session: Operator,
    company_id: CompanyId,
    revisions: Annotated[str, Form(pattern=r"^\d{1,18}(,\d{1,18})*$", max_length=4_000)],
) -> Response:
    """Take back all that was said in these revisions."""
    chosen = [int(each) for each in revisions.split(",")][:_BACK]
    outcome = await words.take_back(here.flow, company_id, chosen, who=session.who)
    if isinstance(outcome, int):
        return done(here, _review(company_id), f"{plural(outcome, 'word')} taken back: the next match decides anew.")
    return done(here, _review(company_id), outcome)
