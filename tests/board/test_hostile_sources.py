"""A script in every field of every kind of source, followed up to the pages that show its jobs."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from selectolax.lexbor import LexborHTMLParser

from changeover.job import Job, Lane
from changeover.sources import mapped_feed
from changeover.sources.content import ContentReader
from changeover.sources.mapping import FieldMapping
from changeover.sources.source import Reading
from face import Face
from program import World

NOW = datetime(2026, 11, 24, tzinfo=UTC)
EVIL = "Cook</title></script><script>alert(1)</script><img src=x onerror=alert(2)><a href='javascript:alert(3)'>x</a>"
LINK = "javascript:alert(4)//https://jobs.example/1"
RECORD = {
    "id": "k1", "title": EVIL, "location": EVIL, "city": EVIL, "company": EVIL, "description": f"<p>{EVIL}</p>",
    "url": LINK, "apply_url": LINK, "requisition": EVIL, "salary": EVIL, "department": EVIL, "category": EVIL,
    "employment_type": EVIL,
}  # fmt: skip


def elements(escape: Callable[[str], str]) -> str:
    return "".join(f"<{name}>{escape(value)}</{name}>" for name, value in RECORD.items())


def page() -> str:
    said = {
        "@type": "JobPosting", "title": EVIL, "identifier": {"@type": "PropertyValue", "name": EVIL, "value": EVIL},
        "description": EVIL, "hiringOrganization": {"name": EVIL, "sameAs": LINK, "logo": LINK}, "url": LINK,
        "jobLocation": {"address": {"addressLocality": EVIL, "addressRegion": EVIL, "addressCountry": EVIL}},
        "employmentType": EVIL, "baseSalary": {"currency": EVIL, "value": {"value": EVIL, "unitText": EVIL}},
        "validThrough": EVIL, "industry": EVIL,
    }  # fmt: skip
    told = json.dumps(said).replace("</", "<\\/")
    return f'<html><script type="application/ld+json">{told}</script></html>'


BODIES = {
    "an XML feed, escaped": f"<jobs><job>{elements(html.escape)}</job></jobs>",
    "an XML feed, in sections": f"<jobs><job>{elements(lambda value: f'<![CDATA[{value}]]>')}</job></jobs>",
    "an XML feed, as markup": f"<jobs><job>{elements(str)}</job></jobs>",
    "RSS": "<rss version='2.0'><channel><title>Jobs</title><item>"
    + elements(html.escape).replace("apply_url>", "link>").replace("id>", "guid>")
    + "</item></channel></rss>",
    "a page with JSON-LD": page(),
    "a list in JSON": json.dumps({"jobs": [RECORD]}),
    "our own records": json.dumps([RECORD]),
    "records a line": json.dumps(RECORD) + "\n" + json.dumps(RECORD | {"id": "k2"}),
    "CSV": ",".join(RECORD) + "\n" + ",".join('"' + value.replace('"', '""') + '"' for value in RECORD.values()),
}


def read(body: str) -> Reading:
    reader = ContentReader(NOW, name="hostile", base="https://jobs.example/feed")
    reader.feed(body.encode())
    return reader.finish()


async def hostile_jobs(folder: Path) -> list[Job]:
    """The jobs of every kind, each with an id of its own."""
    readings = {name: read(body) for name, body in BODIES.items()}
    feed = folder / "mapped.xml"
    feed.write_text(f"<export><row>{elements(html.escape)}</row></export>")
    fields = {name: (name.replace("_", ""),) for name in ("id", "title", "location", "company", "description", "url")}
    readings["a mapped feed"] = await mapped_feed.read(str(feed), FieldMapping("row", fields))
    for name, reading in readings.items():
        assert reading.jobs, f"{name}: {reading.problems}"
    return [replace(job, id=f"{name} {job.id}") for name, reading in readings.items() for job in reading.jobs[:1]]


def runs_nothing(answer: str) -> None:
    """The page has no script but its own, no handler, and no address that is a program."""
    parsed = LexborHTMLParser(answer)
    for script in parsed.css("script"):
        assert "alert(" not in script.text() or script.attributes.get("type") == "application/ld+json"
    assert "<script>alert" not in answer.lower()
    for node in parsed.css("*"):
        assert not [name for name in node.attributes if name.startswith("on")], node.html
    assert not re.search(r"""(?:href|src|action)\s*=\s*["']?\s*(?:javascript|data|vbscript):""", answer, re.IGNORECASE)


async def test_nothing_that_any_source_says_runs_on_a_page(world: World, face: Face, tmp_path: Path) -> None:
    jobs = await hostile_jobs(tmp_path)
    await world.employ()
    world.tell(Lane.LEGACY, *jobs)
    world.tell(Lane.ATS, Job(id="A1", title="Somebody else's work"))
    await world.read(Lane.LEGACY)
    await world.activate()
    await world.read()
    listing = (await face.stranger.get("/jobs")).text
    runs_nothing(listing)
    addresses = {str(node.attributes["href"]) for node in LexborHTMLParser(listing).css("a[href*='/jobs/']")}
    assert len(addresses) >= len(jobs) - 1
    for address in addresses:
        answer = (await face.stranger.get(address)).text
        runs_nothing(answer)
        for script in LexborHTMLParser(answer).css('script[type="application/ld+json"]'):
            assert json.loads(script.text())["@type"] == "JobPosting"
    for at in (face.at, f"{face.at}/review"):
        runs_nothing(str((await face.page(at)).html))
