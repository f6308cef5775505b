"""What becomes of the story's application: seen, told to the candidate, erased from everywhere."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable

import psycopg
import typer
from psycopg import sql

from changeover.demo.candidate import Applied, Candidate, address
from changeover.demo.mail import plain
from changeover.demo.recruiter import Recruiter
from changeover.demo.stage import Actor, Stage, StoryStopped

_FIRST, _LAST = "Ada", "Example"
_LINK = re.compile(r"https?://\S+/candidates/\S+")


async def hired_or_not(stage: Stage, actor: Actor, candidate: Candidate, applied: Applied, application: str) -> None:
    """A recruiter sees the widgets and rejects; the candidate hears of both by mail and page, and erases everything."""
    with Recruiter(stage.ats.url, stage.url) as recruiter:
        seen = await asyncio.to_thread(recruiter.widget, "applicant-highlights", application, actor.company)
        _expect(seen.name == f"{_FIRST} {_LAST}", f"{actor.name}: the widget must show who applied, and showed {seen}")
        _expect(
            bool({"Shown", "In part"} & {*seen.states}),
            f"{actor.name}: the widget must show a requirement as met, and showed {seen}",
        )
        _tell(f"{actor.name}: a recruiter saw the highlights in the ATS: {', '.join(seen.states).lower()}.")
        await asyncio.to_thread(recruiter.applicant, application)
        await asyncio.to_thread(recruiter.decide, application, "APPLICATION_REJECTED")
        subjects = await _mailed(stage, 3)
        _expect(any("Viewed" in each for each in subjects), f"an e-mail must tell of the look, and told {subjects}")
        _expect(any("Not taken" in each for each in subjects), f"an e-mail must tell of the end, and told {subjects}")
        words = await asyncio.to_thread(candidate.looks, applied)
        _expect("Not taken further" in words, f"the candidate's page must tell it, and tells {words}")
        _tell(f"{actor.name}: “viewed” and “not taken further” reached the candidate, by e-mail and page.")
        await _erased(stage, candidate)
        gone = await asyncio.to_thread(recruiter.widget, "full-profile", application, actor.company)
        _expect(gone.refused == "ERASED", f"{actor.name}: a widget must show nothing erased, and showed {gone}")
    left = await asyncio.to_thread(left_of, stage.program.db.address.owner, address(_FIRST, _LAST))
    _expect(not left, f"nothing of the candidate may be left, and these tables hold something: {left}")
    _tell(f"{actor.name}: erased by the candidate; no table and no widget has a word of it.")


async def _erased(stage: Stage, candidate: Candidate) -> None:
    email = address(_FIRST, _LAST)
    await asyncio.to_thread(candidate.ask_for_link, email)
    await _mailed(stage, 4)
    link = _LINK.search(plain(stage.sites.world.mailbox.came[-1]))
    said = await asyncio.to_thread(candidate.erase, link[0]) if link else ""
    _expect("Erased" in said, "the mailed link must erase everything")


async def _mailed(stage: Stage, count: int) -> list[str]:
    came = stage.sites.world.mailbox.came
    await _until(lambda: len(came) >= count, f"{count} e-mails must come, and {len(came)} did")
    return [str(each["Subject"]) for each in came]


def left_of(owner: str, *words: str) -> list[str]:
    """The tables, of all there are, in which a row holds one of these words."""
    found = []
    with psycopg.connect(owner) as conn:
        tables = conn.execute(
            "select schemaname, tablename from pg_tables where schemaname !~ '^(pg_|information_schema)'"
        ).fetchall()
        for schema, table in tables:
            query = sql.SQL("select 1 from {} t where lower(t::text) like any(%s) limit 1")
            like = [f"%{word.lower()}%" for word in words]
            if conn.execute(query.format(sql.Identifier(schema, table)), (like,)).fetchone():
                found.append(f"{schema}.{table}")
    return found


def _tell(sentence: str) -> None:
    typer.echo(f"  {sentence}")


def _expect(held: bool, otherwise: str) -> None:
    if not held:
        raise StoryStopped(otherwise)


async def _until(there: Callable[[], bool], otherwise: str) -> None:
    for _ in range(500):
        if there():
            return
        await asyncio.sleep(0.05)
    raise StoryStopped(otherwise)
