"""Setting up an employer: its addresses are tried and matched before anything is added."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from changeover import acts, adding
from changeover.console.kinds import kind_name
from changeover.console.pictures import share_bar
from changeover.console.shown import console_page, done, refused
from changeover.database.board import BOARD
from changeover.dry_run import store, trying
from changeover.dry_run.store import DryRun
from changeover.ids import new_ids
from changeover.job import Lane
from changeover.migration import store as migrations
from changeover.refusal import Refusal
from changeover.sources.address import url_flaw
from changeover.sources.source import Completeness
from changeover.sources.text import line
from changeover.web.problem import Problem
from changeover.web.served import Here, Operator, Served
from changeover.web.session import Session
from changeover.wording import plural

router = APIRouter(include_in_schema=False)

_SHOWN = 10
_LONGEST = 2_000
Address = Annotated[str, Form(max_length=_LONGEST)]
Words = Annotated[str, Form(max_length=400)]


@router.get("/setup")
async def setup(request: Request, here: Here, session: Operator) -> Response:
    """Where the addresses are pasted, and what was tried lately."""
    return await _form(request, here, session, {"legacy": "", "ats": "", "name": ""})


async def _form(
    request: Request, here: Served, session: Session, said: dict[str, str], *, status: int = 200, **note: Any
) -> Response:
    async with here.db.company(BOARD) as conn:
        tried = await store.newest(conn, _SHOWN)
    return console_page(
        request, "setup.html", here=here, session=session, status=status, said=said, tried=tried, **note
    )


@router.post("/setup")
async def try_out(
    request: Request, here: Here, session: Operator, legacy: Address = "", ats: Address = "", name: Words = ""
) -> Response:
    """Begin a dry run of one or two addresses."""
    said = {"legacy": line(legacy).strip(), "ats": line(ats).strip(), "name": line(name).strip()[:200]}
    wrong = [flaw for address in (said["legacy"], said["ats"]) if address and (flaw := url_flaw(address))]
    if wrong or not said["legacy"]:
        sentence = wrong[0].sentence if wrong else "Give the address of the career site or the feed."
        note = refused(Refusal(wrong[0].code if wrong else "NO_ADDRESS", sentence))
        return await _form(request, here, session, said, status=422, note=note)
    made = await trying.ask(here.db, here.flow.queue, **said, who=session.who)
    return done(here, f"/setup/{made}", "Both are being read; nothing is on the board yet.")


async def _tried(here: Served, dry_run: int) -> DryRun:
    async with here.db.company(BOARD) as conn:
        it = await store.one(conn, min(dry_run, 2**63 - 1))
    if it is None:
        raise Problem(404, "UNKNOWN_DRY_RUN", "There is no such dry run any more.", "Begin a new one at /setup.")
    return it


@router.get("/setup/{dry_run:int}")
async def tried(request: Request, here: Here, session: Operator, dry_run: int) -> Response:
    """How far the dry run is, what was found, and the match; from here the company is added."""
    it = await _tried(here, dry_run)
    sides = [_side(it, lane, name) for lane, name in ((Lane.LEGACY, "Old source"), (Lane.ATS, "ATS"))]
    return console_page(
        request,
        "dry_run.html",
        here=here,
        session=session,
        tried=it,
        sides=[side for side in sides if side["address"]],
        bar=_bar(it.matched) if it.matched and "refused" not in it.matched else None,
        legend=_parts(it.matched) if it.matched and "refused" not in it.matched else [],
        usable=not it.running and _usable(it, Lane.LEGACY),
        ats_name=kind_name(it.found["ats"]["kind"]) if _usable(it, Lane.ATS) else "",
    )


def _side(it: DryRun, lane: Lane, name: str) -> dict[str, Any]:
    found = it.found.get(lane, {})
    done_so_far, of = it.progress.get(lane, (0, None))
    return {
        "lane": lane,
        "name": name,
        "address": it.legacy if lane is Lane.LEGACY else it.ats,
        "done": done_so_far,
        "of": of,
        "found": found,
        "kind": kind_name(found["kind"]) if found.get("kind") else "",
        "failed": found.get("completeness") == Completeness.FAILED,
    }


def _usable(it: DryRun, lane: Lane) -> bool:
    found = it.found.get(lane, {})
    return bool(found) and found["completeness"] != Completeness.FAILED


def _parts(matched: dict[str, Any]) -> list[dict[str, Any]]:
    parts = (
        ("matched", "would match", matched["paired"]),
        ("doubt", "to confirm or reject", matched["doubtful"]),
        ("lone-legacy", "only at the old source", matched["legacy_only"]),
        ("lone-ats", "only in the ATS", matched["ats_only"]),
    )
    return [{"kind": kind, "words": words, "count": count} for kind, words, count in parts if count]


def _bar(matched: dict[str, Any]) -> Any:
    parts = _parts(matched)
    told = ", ".join(f"{plural(part['count'], 'job')} {part['words']}" for part in parts) or "no jobs"
    return share_bar([(part["kind"], part["count"]) for part in parts], told)


@router.post("/setup/{dry_run:int}/add")
async def add(
    here: Here,
    session: Operator,
    dry_run: int,
    name: Words = "",
    ats_name: Words = "",
    activate: Annotated[bool, Form()] = False,
    namesake: Annotated[bool, Form()] = False,
) -> Response:
    """Add the company with what was found as its sources; ``activate`` begins its migration at once."""
    it = await _tried(here, dry_run)
    page = f"/setup/{it.dry_run_id}"
    if it.running or not _usable(it, Lane.LEGACY):
        return done(here, page, Refusal("NOTHING_FOUND", "Nothing was added: there is no old source that can be read."))
    told = adding.named(line(name), "a company")
    ats = adding.named(line(ats_name), "an ATS") if ats_name.strip() else ""
    if isinstance(told, Refusal) or isinstance(ats, Refusal):
        return done(here, page, told if isinstance(told, Refusal) else ats)
    async with here.db.operator() as conn:
        others = await migrations.called(conn, told)
    if others and not namesake and it.made is None:
        there = Refusal(
            "NAMESAKE", f"Nothing was added: {told} is here already.", "Give it another name, or tick the box."
        )
        return done(here, page, there)
    async with here.db.company(BOARD) as conn:
        company = await store.make(conn, it.dry_run_id, new_ids())
    refusal = await _make(here, session, it, company, told, ats, activate=activate)
    sources = "its old source and its ATS" if it.ats else "its old source"
    return done(here, f"/companies/{company}", refusal or f"{told} is set up with {sources}.")


async def _make(
    here: Served, session: Session, it: DryRun, company: int, name: str, ats: str, *, activate: bool
) -> Refusal | None:
    sources = [
        adding.NewSource(address, it.found[lane]["kind"], lane, every_minutes=here.settings.read_every_minutes)
        for lane, address in ((Lane.LEGACY, it.legacy), (Lane.ATS, it.ats))
        if address and _usable(it, lane)
    ]
    await adding.set_up(here.flow, company, name, ats, sources, who=session.who)
    return await acts.activate(here.flow, company, who=session.who) if activate else None
