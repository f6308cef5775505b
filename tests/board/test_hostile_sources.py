"""A script in every field of every kind of source, followed up to everything that shows or hands out its jobs."""

from __future__ import annotations

import csv
import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from io import StringIO

from httpx2 import Response
from selectolax.lexbor import LexborHTMLParser

from changeover.database.board import BOARD
from changeover.database.revise import revise
from changeover.dry_run import store as dry_run_store
from changeover.dry_run.store import State
from changeover.dry_run.trying import match, told
from changeover.job import Job, Lane
from changeover.postings.posting import public_id
from changeover.snapshot import store as snapshots
from changeover.sources import mapped_feed, registry
from changeover.sources.mapping import FieldMapping
from changeover.sources.source import Completeness, Reading
from changeover.web.who_may_call import calls
from face import Face
from program import World
from sources.conftest import QUICK
from sources.hostile_site import EVIL, HOSTILE_BOARDS, LINKS, board, serve
from sources.local_server import LocalServer

_PROGRAM = re.compile(r"\s*(?:javascript|data|vbscript):", re.IGNORECASE)
# Pages that never end, that sign out, and that are of no company.
_NOT_ASKED = (
    "/events",
    "/enter",
    "/sign-in",
    "/look",
    "/widgets/",
    "/metrics",
    "/rest",
    "/v2",
    "/ambry",
    "/api/openapi",
)


async def hostile_jobs(site: LocalServer) -> list[Job]:
    """The jobs of every kind of source, each read from a real server, each with an id of its own."""
    readings: list[tuple[str, Reading]] = []
    for name, (url, kind) in serve(site).items():
        readings.append((name, await registry.read(url, kind, QUICK)))
        if name == "a mapped feed":
            fields = {of: (of.replace("_", ""),) for of in ("id", "title", "location", "company", "description", "url")}
            readings[-1] = (name, await mapped_feed.read(url, FieldMapping("row", fields), QUICK))
        assert readings[-1][1].jobs, f"{name}: {readings[-1][1].problems}"
    for play, shape in HOSTILE_BOARDS:
        readings.append((play.kind, await registry.read(board(site, play, shape), play.kind, QUICK)))
    of_kind = Counter(name for name, reading in readings for _ in reading.jobs)
    assert not [play.kind for play, _ in HOSTILE_BOARDS if not of_kind[play.kind]]
    jobs = [(name, job) for name, reading in readings for job in reading.jobs[:1]]
    return [replace(job, id=f"{number} {name} {job.id}") for number, (name, job) in enumerate(jobs)]


def runs_nothing(answer: Response, where: str) -> None:
    """The page has no script but its own, no handler, and no address that is a program; and the browser is told so."""
    rules = answer.headers["content-security-policy"]
    assert "script-src 'self'" in rules, where
    assert "unsafe" not in rules, where
    parsed = LexborHTMLParser(answer.text)
    for script in parsed.css("script"):
        said, kind = script.text(), script.attributes.get("type")
        assert kind == "application/ld+json" or not said.strip(), f"{where}: {said[:80]}"
        assert str(script.attributes.get("src") or "/look/").startswith(("/look/", "/widgets/")), where
    assert "<script>alert" not in answer.text.lower(), where
    for node in parsed.css("*"):
        assert not [name for name in node.attributes if name.startswith("on")], f"{where}: {node.html}"
        for name in ("href", "src", "action", "formaction", "srcset", "poster"):
            said = node.attributes.get(name) or ""
            assert not _PROGRAM.match(said), f"{where}: {said[:80]}"


def harmless(answer: Response, where: str) -> None:
    """Whatever is answered, no browser runs any of it."""
    kind = answer.headers.get("content-type", "").partition(";")[0]
    assert answer.headers["x-content-type-options"] == "nosniff", where
    if kind == "text/html":
        runs_nothing(answer, where)
    elif kind == "text/csv":
        assert answer.headers["content-disposition"].startswith("attachment"), where
        for cell in (cell for row in csv.reader(StringIO(answer.text)) for cell in row):
            assert not cell.startswith(("=", "+", "@", "\t")), f"{where}: {cell[:80]}"
    elif kind.endswith("xml"):
        assert not LexborHTMLParser(answer.text).css("script, img"), where
        assert "javascript:alert(4)" not in re.sub(r"<description>.*?</description>", "", answer.text), where
    else:
        assert kind in ("application/json", "application/problem+json", "text/plain"), f"{where}: {kind}"


def links_of(value: object) -> Iterator[str]:
    """Every address that a JSON answer gives as one."""
    if isinstance(value, dict):
        yield from (each for name, each in value.items() if "url" in name and isinstance(each, str))
        yield from (link for name, each in value.items() if name != "extra" for link in links_of(each))
    elif isinstance(value, list):
        yield from (link for each in value for link in links_of(each))


async def test_nothing_that_any_source_says_runs_on_a_page(world: World, face: Face, site: LocalServer) -> None:
    jobs = await hostile_jobs(site)
    await world.employ()
    # What no source lets through, since the pages have to hold by themselves.
    raw = Job(
        "raw", EVIL, EVIL, EVIL, EVIL, EVIL, f"<p>{EVIL}</p>", *LINKS[:2], workplace_type=EVIL, extra={EVIL: EVIL}
    )
    jobs.append(raw)
    world.tell(Lane.LEGACY, *jobs)
    world.tell(Lane.ATS, *(replace(job, id=f"A{job.id}") for job in jobs[::2]), Job(id="A1", title=f"Boss {EVIL}"))
    await world.read(Lane.LEGACY)
    await world.activate()
    await world.read()
    async with revise(world.db, world.company, kind="source_added", who="test", why=EVIL) as change:
        serve(site)
        where = f"{site.url}/feeds/8"
        source = await snapshots.add_source(change, lane=Lane.LEGACY, kind="xml_feed", location=where)
    postings = list(await world.live())
    assert len(postings) == len(jobs)

    seen = Counter[str]()
    for method, path in calls(face.web):
        if method != "GET" or path.startswith(_NOT_ASKED):
            continue
        filled = path
        for name, number in (("company", world.company), ("source:int", source), ("posting:int", postings[0])):
            filled = filled.replace(f"{{{name}}}", str(number))
        if "{" in filled:
            continue
        asking = face.stranger.get(filled, headers=face.program) if "/api/" in path else face.person.get(filled)
        answer = await asking
        assert answer.status_code < 500, f"{path}: {answer.text}"
        seen[answer.headers.get("content-type", "").partition(";")[0]] += "Cook" in answer.text
        harmless(answer, path)
    assert min(seen[kind] for kind in ("text/html", "application/json", "text/csv", "application/rss+xml")) > 0, seen

    for posting in postings:
        at = f"/jobs/{public_id(world.company, posting)}"
        found = await face.stranger.get(at)
        assert found.status_code == 200, found.text
        runs_nothing(found, at)
        for script in LexborHTMLParser(found.text).css('script[type="application/ld+json"]'):
            markup = json.loads(script.text())
            assert markup["@type"] == "JobPosting"
            assert all(link.startswith("http") for link in links_of(markup))
        one = await face.stranger.get(f"/api/v1/companies/{world.company}/postings/{posting}", headers=face.program)
        links = list(links_of(one.json()))
        assert '"raw"' in one.text or all(link.startswith("http") or not link for link in links), one.text
    for asked in (
        "/jobs?q=cook",
        "/jobs?q=alert&place=Cook",
        f"/jobs.rss?company={world.company}",
        f"{face.at}/review?show=all",
    ):
        harmless(await face.person.get(asked), asked)
    harmless(await face.person.get(await tried_out(world, jobs)), "a dry run")


async def tried_out(world: World, jobs: list[Job]) -> str:
    """The page of a dry run of these jobs against themselves."""
    sides = {lane: Reading("test", jobs, Completeness.COMPLETE) for lane in ("legacy", "ats")}
    async with world.db.company(BOARD) as conn:
        asked = {"legacy": "https://old.example/", "ats": "https://ats.example/", "name": EVIL, "who": "test"}
        made = await dry_run_store.add(conn, **asked, now=world.db.now())
        found = {lane: told(reading) for lane, reading in sides.items()}
        far = {"legacy": [1, 1], "ats": [1, 1]}
        await dry_run_store.tell(conn, made, State.DONE, progress=far, found=found, matched=match(sides, None))
    return f"/setup/{made}"
