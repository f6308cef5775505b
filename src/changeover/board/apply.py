"""The apply form of a posting: filled in with or without script, kept as it grows, sent once."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from math import ceil
from typing import Annotated
from urllib.parse import urlencode, urlsplit

import structlog
from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response

from changeover.apply import enablement, notices, store
from changeover.apply.application import Checked, Sent, check, entries, field_name
from changeover.apply.enablement import Offer
from changeover.apply.questions import Form, Question, Section
from changeover.board import profile, uploads
from changeover.board.pages import FRESH, mails, pages
from changeover.board.uploads import Upload
from changeover.postings import live
from changeover.postings.posting import parse_public_id, public_id
from changeover.readings import wake_company
from changeover.web.problem import Problem
from changeover.web.senders import sends
from changeover.web.served import Here, Served
from changeover.wording import plural

router = APIRouter(include_in_schema=False)
log = structlog.get_logger(__name__)

COOKIE = "changeover_applying"
_PRIVATE = {"cache-control": "no-store", "x-robots-tag": "noindex"}
_KEY_LENGTH = 43
_NOTES = {
    "1": "Saved. This page's address leads back here for seven days: keep it to yourself.",
    "earlier": "Filled in with what you said before: look through it, and add what is asked here alone.",
}
# The form's own fields, which are no answers. The wishes for e-mail and to be remembered are none either, but are kept
# with them: whoever mends an answer need not wish again.
_OURS = ("csrf", "draft", "form", "press", "consent")


@dataclass(frozen=True, slots=True)
class Sheet:
    """A form as it lies before a person: what is filled in, which files there are, what is wrong."""

    posting: tuple[int, int]
    offer: Offer
    draft: str
    fields: Mapping[str, Sequence[str]] = field(default_factory=dict)
    files: Mapping[str, Sent] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    note: str = ""
    # When the application was sent that this browser remembers, if it does.
    earlier: datetime | None = None


def _digest(word: str) -> bytes:
    return hashlib.sha256(word.encode("utf-8", "surrogatepass")).digest()


def token_of(company_id: int, application_id: int, draft: str) -> str:
    """What stands in the address of a person's own page: made of the draft's key alone, so that a form that is sent
    again leads to the same page.
    """
    return f"{company_id}-{application_id}-{_digest('application:' + draft).hex()}"


async def _offer(here: Served, posting: str) -> tuple[tuple[int, int], Offer | None, bool]:
    """The posting's ids, its form if it has one, and whether it is live; 404 where there never was one."""
    ids = parse_public_id(posting)
    found = await live.look_up(here.db, *ids) if ids else None
    if ids is None or found is None or not found.existed:
        raise Problem(404, "NO_SUCH_JOB", "There never was a job at this address.", "See all jobs.")
    if found.alias_of is not None:
        ids = (ids[0], found.alias_of)
        found = await live.look_up(here.db, *ids)
    return ids, await enablement.offer(here.db, *ids), found.row is not None


@router.get("/jobs/{posting}/apply")
async def form(
    request: Request, here: Here, posting: str, draft: Annotated[str, Query(max_length=100)] = "", saved: str = ""
) -> Response:
    """The form, empty or as far as it was filled in."""
    ids, offer, is_live = await _offer(here, posting)
    if public_id(*ids) != posting:
        return RedirectResponse(f"/jobs/{public_id(*ids)}/apply", 308, headers=FRESH)
    if offer is None:
        return RedirectResponse(f"/jobs/{posting}", 303, headers=_PRIVATE)
    kept = await _kept(here, ids, draft) if draft else None
    if not is_live and kept is None:
        return pages.page("closed.html", status=410, headers=FRESH, company=ids[0])
    key = draft if kept else secrets.token_urlsafe(32)
    fields, files = kept or ({}, {})
    before = await profile.earlier(request, here)
    note = _NOTES.get(saved, "") if kept else ""
    at = before["applied_at"] if before else None
    return _page(request, here, Sheet(ids, offer, key, fields, files, note=note, earlier=at))


async def _kept(here: Served, ids: tuple[int, int], draft: str) -> tuple[dict[str, list[str]], dict[str, Sent]] | None:
    async with here.db.company(ids[0]) as conn:
        kept = await store.draft(conn, *ids, _digest(draft))
    if kept is None:
        return None
    return kept[0], {row["question"]: Sent(row["file_id"], row["name"], row["size"], row["kind"]) for row in kept[1]}


def _page(request: Request, here: Served, sheet: Sheet, *, status: int = 200) -> Response:
    browser = request.cookies.get(COOKIE) or secrets.token_urlsafe(32)
    sections = [
        (section, entries(section, sheet.fields, sheet.files, _asked(sheet.fields, section.key)))
        for section in sheet.offer.form.sections
    ]
    form = sheet.offer.form
    answer = pages.page(
        "apply.html",
        status=status,
        headers=_PRIVATE,
        sheet=sheet,
        job=sheet.offer.row,
        posting=public_id(*sheet.posting),
        sections=sections,
        csrf=_digest(browser).hex(),
        closed=not sheet.offer.live,
        mails=mails(here),
        labels=_labels(form, sheet.errors),
        needed=lambda section, entry, question: _needed(form, section, entry, question),
        needs_question=lambda question: _by_key(form, question.needs[0]).label,
        needs_label=lambda question: dict(_by_key(form, question.needs[0]).choices).get(question.needs[1], ""),
    )
    answer.set_cookie(
        COOKIE, browser, max_age=7 * 86_400, path="/jobs", httponly=True, samesite="lax",
        secure=here.public_url.startswith("https:"),
    )  # fmt: skip
    return answer


def _by_key(form: Form, key: str) -> Question:
    return next(question for question in form.questions() if question.custom and question.key == key)


def _needed(form: Form, section: Section, entry: int, question: Question) -> str:
    """The field on whose answer a question depends: in the same entry, or in its section's only one."""
    other = _by_key(form, question.needs[0] if question.needs else "")
    where = next(each for each in form.sections if other in each.questions)
    return field_name(where, entry if where is section else 0, other)


def _labels(form: Form, errors: Mapping[str, str]) -> dict[str, str]:
    """What the fields that are wrong are called."""
    named = {f"{section.key}.{q.name}": q.label for section in form.sections for q in section.questions}
    parts = {name: name.split(".") for name in errors}
    return {name: named[f"{it[0]}.{it[2]}"] for name, it in parts.items() if len(it) == 3}


def _asked(fields: Mapping[str, Sequence[str]], section: str) -> int:
    told = next(iter(fields.get(f"count.{section}", ())), "")
    return int(told) if told.isdecimal() and len(told) < 3 else 0


@router.post("/jobs/{posting}/apply")
async def send(request: Request, here: Here, posting: str) -> Response:
    """Take what was filled in: keep it, add an entry, or send it once and for all."""
    await _not_too_often(request, here)
    ids, offer, _ = await _offer(here, posting)
    fields, sent = await uploads.read(request)
    _same_browser(request, fields)
    draft = _one(fields, "draft")
    if len(draft) != _KEY_LENGTH:
        raise Problem(400, "NO_DRAFT", "Nothing was sent: the form has lost its key.", "Open the job again and apply.")
    again = await _sent_before(here, ids[0], draft)
    if again is not None:
        return again
    if offer is None:
        raise _elsewhere()
    press = _one(fields, "press") or "send"
    before = await profile.earlier(request, here)
    if press == "earlier" and before is not None:
        await profile.fill_in(here, offer.form, before, fields, sent)
    sheet = await _keep(here, Sheet(ids, offer, draft), fields, sent)
    if press != "send":
        said = {"save": {"saved": "1"}, "earlier": {"saved": "earlier"}}
        to = urlencode({"draft": draft, **said.get(press, {})})
        place = press.removeprefix("add:") if press.startswith("add:") else "note"
        return RedirectResponse(f"/jobs/{public_id(*ids)}/apply?{to}#{place}", 303, headers=_PRIVATE)
    at = before["applied_at"] if before else None
    return await _send(request, here, replace(sheet, earlier=at), fields)


async def _sent_before(here: Served, company: int, draft: str) -> Response | None:
    """The way to the application that was made of a draft, if one was."""
    async with here.db.company(company) as conn:
        before = await store.sent_before(conn, company, _digest(draft))
    if before is None:
        return None
    return RedirectResponse(f"/applications/{token_of(company, before, draft)}", 303, headers=_PRIVATE)


def _elsewhere() -> Problem:
    sentence = "Nothing was sent: this job is applied for at the employer's own site now."
    return Problem(409, "APPLY_ELSEWHERE", sentence, "Open the job again and follow its button.")


async def _not_too_often(request: Request, here: Served) -> None:
    sent = await sends(request, here)
    if sent and not sent.allowed:
        log.warning("an address sends too many applications", path=request.url.path)
        raise Problem(
            429,
            "TOO_MANY",
            "Nothing was sent: too many forms came from your network within an hour.",
            f"Send it again in {plural(ceil(sent.seconds / 60), 'minute')}; what you saved is kept.",
            headers={"retry-after": str(sent.seconds)},
        )


def _same_browser(request: Request, fields: Mapping[str, Sequence[str]]) -> None:
    """The form was made for this browser: it carries the digest of a cookie that no other site can read or set."""
    origin = request.headers.get("origin")
    foreign = origin is not None and urlsplit(origin).netloc != request.headers.get("host")
    cookie = request.cookies.get(COOKIE, "")
    told = _one(fields, "csrf")
    if foreign or not cookie or not hmac.compare_digest(told.encode(), _digest(cookie).hex().encode()):
        raise Problem(
            403,
            "FOREIGN_FORM",
            "Nothing was sent: the form was not opened in this browser, or cookies are off.",
            "Open the job here, allow this site's cookies, and send the form again.",
        )


def _one(fields: Mapping[str, Sequence[str]], name: str) -> str:
    return next(iter(fields.get(name, ())), "")


async def _keep(here: Served, sheet: Sheet, fields: Mapping[str, Sequence[str]], sent: Sequence[Upload]) -> Sheet:
    """Keep the fields and the files that can be taken; the sheet as it is now, with why others cannot."""
    press = _one(fields, "press")
    answers = {name: list(values) for name, values in fields.items() if name not in _OURS}
    if press.startswith("add:"):
        section = next((s for s in sheet.offer.form.sections if s.key == press.removeprefix("add:")), None)
        shown = entries(section, answers, {}, _asked(answers, section.key)) if section else 0
        answers[f"count.{press.removeprefix('add:')}"] = [str(shown + 1)]
    taken, refused = uploads.take(sheet.offer.form, sent)
    key = _digest(sheet.draft)
    async with here.db.company(sheet.posting[0]) as conn, conn.transaction():
        await store.keep_draft(conn, *sheet.posting, key, answers, taken, here.db.now())
    kept = await _kept(here, sheet.posting, sheet.draft)
    files = dict(kept[1]) if kept else {}
    files |= {name: Sent(0, "", 0, "", refused=sentence) for name, sentence in refused.items()}
    return Sheet(sheet.posting, sheet.offer, sheet.draft, answers, files)


async def _send(request: Request, here: Served, sheet: Sheet, fields: Mapping[str, Sequence[str]]) -> Response:
    checked = check(sheet.offer.form, sheet.fields, sheet.files)
    errors = dict(checked.errors)
    if not _one(fields, "consent"):
        errors["consent"] = "Agree that the employer gets your application, or do not send it."
    if errors or _one(fields, "form") != sheet.offer.form.digest:
        changed = _one(fields, "form") != sheet.offer.form.digest
        note = "The employer has changed its questions meanwhile: look through them again." if changed else ""
        # Sent twice at once, the other one may have taken the draft and its files meanwhile.
        before = await _sent_before(here, sheet.posting[0], sheet.draft)
        if before is not None:
            return before
        return _page(request, here, replace(sheet, errors=errors, note=note), status=422)
    made = await _receive(here, sheet, checked, wants_mail=bool(_one(fields, "notices")))
    token = token_of(sheet.posting[0], made, sheet.draft)
    answer = RedirectResponse(f"/applications/{token}", 303, headers=_PRIVATE)
    secure = here.public_url.startswith("https:")
    profile.remember(answer, token, wished=bool(_one(fields, "remember")), secure=secure)
    return answer


async def _receive(here: Served, sheet: Sheet, checked: Checked, *, wants_mail: bool) -> int:
    now, company = here.db.now(), sheet.posting[0]
    sentence = f"{sheet.offer.row['employer']} receives this application and its files."
    consent = {"sentence": sentence, "at": now.isoformat(), "notices": wants_mail}
    key = (_digest(sheet.draft), _digest(_digest("application:" + sheet.draft).hex()))
    said = (checked.applicant, checked.answers, consent)
    files = [sent.file_id for sent in sheet.files.values() if sent.file_id]
    async with here.db.company(company) as conn, conn.transaction():
        if not await store.room(conn, *sheet.posting):
            before = await store.sent_before(conn, company, key[0])
            if before is None:
                raise _elsewhere()
            return before
        row = await store.known_form(conn, *sheet.posting)
        made = await store.receive(conn, company, row or sheet.offer.row, sheet.posting[1], key, said, files, now)
        if made is not None and here.hand_over is not None:
            await here.hand_over(conn, company, made)
        if made is not None and wants_mail and here.outbox is not None and mails(here):
            await notices.receipt(here.outbox, conn, company, made, now)
        # The ATS hears that applying here is over: the run that tells of statuses is queued.
        if made is not None and await store.full(conn, *sheet.posting):
            await wake_company(here.flow, conn, company)
    if made is None:
        async with here.db.company(company) as conn:
            made = await store.sent_before(conn, company, key[0])
    return made or 0
