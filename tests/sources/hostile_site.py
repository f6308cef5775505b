"""A local server whose every source is hostile: a script in each field, a program behind each address."""

from __future__ import annotations

import html
import inspect
import json
import re
from collections.abc import Callable
from itertools import cycle
from typing import Any

from changeover.sources import ats_boards

from .board_plays import PLAYS, Play
from .local_server import Asked, LocalServer, Told

EVIL = "Cook</title></script><script>alert(1)</script><img src=x onerror=alert(2)><a href='javascript:alert(3)'>x</a>"
LINKS = (
    "javascript:alert(4)//https://jobs.example/1", "data:text/html,<script>alert(5)</script>",
    "\x01javascript:alert(6)", "java\nscript:alert(7)", "https://jobs.example/\"onmouseover=\"alert(8)",
    "vbscript:alert(9)",
)  # fmt: skip
LINK = LINKS[0]
RECORD = {
    "id": "k1", "title": EVIL, "location": EVIL, "city": EVIL, "company": EVIL, "description": f"<p>{EVIL}</p>",
    "url": LINK, "apply_url": LINKS[1], "requisition": EVIL, "salary": EVIL, "department": EVIL, "category": EVIL,
    "employment_type": EVIL,
}  # fmt: skip
_ADDRESS = re.compile(r"url|link|href|website|logo", re.IGNORECASE)
# What a board's jobs are told apart, and asked for, by.
_KEPT = frozenset(
    ("id", "Id", "uuid", "shortcode", "slug", "externalPath", "friendly_id", "workplace_type", "apiVersion")
)
_TOLD = (
    f"<description>{html.escape(EVIL)}</description><link>{LINKS[0]}</link><url>{LINKS[1]}</url><jobDescriptions>"
    f"<jobDescription><name>{html.escape(EVIL)}</name><value>{html.escape(EVIL)}</value></jobDescription>"
    "</jobDescriptions>"
)
SHAPES: tuple[Callable[[dict[str, Any]], Any], ...] = (lambda _: EVIL, dict, lambda names: [names])
"""What stands where a play says nothing: text, an object of all names, a list of one."""


def elements(escape: Callable[[str], str]) -> str:
    return "".join(f"<{name}>{escape(value)}</{name}>" for name, value in RECORD.items())


def page(number: int = 1) -> str:
    said = {
        "@type": "JobPosting", "title": EVIL,
        "identifier": {"@type": "PropertyValue", "name": EVIL, "value": f"{number} {EVIL}"},
        "description": EVIL, "hiringOrganization": {"name": EVIL, "sameAs": LINKS[2], "logo": LINKS[3]}, "url": LINK,
        "jobLocation": {"address": {"addressLocality": EVIL, "addressRegion": EVIL, "addressCountry": EVIL}},
        "employmentType": EVIL, "baseSalary": {"currency": EVIL, "value": {"value": EVIL, "unitText": EVIL}},
        "validThrough": EVIL, "industry": EVIL, "applicationContact": {"url": LINKS[1]}, "image": LINKS[4],
    }  # fmt: skip
    told = json.dumps(said).replace("</", "<\\/")
    canonical = '<link rel="canonical" href="javascript:alert(10)">'
    return f'<html><head>{canonical}</head><script type="application/ld+json">{told}</script></html>'


BODIES = {
    "an XML feed, escaped": f"<jobs><job>{elements(html.escape)}</job></jobs>",
    "an XML feed, in sections": f"<jobs><job>{elements(lambda value: f'<![CDATA[{value}]]>')}</job></jobs>",
    "an XML feed, as markup": f"<jobs><job>{elements(str)}</job></jobs>",
    "RSS": "<rss version='2.0'><channel><title>Jobs</title><item>"
    + elements(html.escape).replace("apply_url>", "link>").replace("id>", "guid>")
    + "</item></channel></rss>",
    "a list in JSON": json.dumps({"jobs": [RECORD]}),
    "our own records": json.dumps([RECORD]),
    "records a line": json.dumps(RECORD) + "\n" + json.dumps(RECORD | {"id": "k2"}),
    "CSV": ",".join(RECORD) + "\n" + ",".join('"' + value.replace('"', '""') + '"' for value in RECORD.values()),
    "a mapped feed": f"<export><row>{elements(html.escape)}</row></export>",
}


def serve(site: LocalServer) -> dict[str, tuple[str, str | None]]:
    """Give the site a source of every kind; the address of each, and its kind where it has to be told."""
    sources: dict[str, tuple[str, str | None]] = {}
    for number, (name, body) in enumerate(BODIES.items()):
        site.pages[f"/feeds/{number}"] = body
        sources[name] = (f"{site.url}/feeds/{number}", None)
    site.pages["/careers"] = f'<html><title>{EVIL}</title><a href="/careers/jobs/1-cook">{EVIL}</a></html>'
    site.pages["/careers/jobs/1-cook"] = page()
    sources["a career site"] = (f"{site.url}/careers", "career_site")
    return sources


def board(site: LocalServer, play: Play, shape: Callable[[dict[str, Any]], Any]) -> str:
    """Let the site play an ATS of one hostile job; the address of its list."""
    site.pages.clear()
    names = dict.fromkeys(_names(play.kind), EVIL)
    site.pages["*"] = lambda asked: _spoiled(play, asked, {name: shape(names) for name in names})
    return site.url + play.path


def _names(kind: str) -> list[str]:
    """Every name that the board looks for in an answer."""
    found = ats_boards.named(kind)
    module = inspect.getmodule(found.job) if found else None
    return re.findall(r'"([A-Za-z_]\w+)"', inspect.getsource(module)) if module else []


def _spoiled(play: Play, asked: Asked, more: dict[str, Any]) -> Told:
    told = play.answer(asked, 1)
    try:
        value = json.loads(told.body)
    except ValueError:
        text = told.body.decode()
        if "JobPosting" in text:
            return Told(page().encode(), headers=told.headers)
        text = re.sub(r"Job 0|Bern", lambda _: html.escape(EVIL), text)
        text = re.sub(r"(?=</(?:item|position)>)", lambda _: _TOLD, text)
        return Told(text.encode(), headers=told.headers)
    links = cycle(LINKS)
    return Told(json.dumps(_evil(value, more, links)).encode(), headers=told.headers)


def _evil(value: Any, more: dict[str, Any], links: Any, name: str = "") -> Any:
    if isinstance(value, str):
        return value if name in _KEPT else next(links) if _ADDRESS.search(name) else f"{value} {EVIL}"
    if isinstance(value, list):
        return [_evil(each, more, links, name) for each in value]
    if not isinstance(value, dict):
        return value
    told = {key: _evil(each, more, links, key) for key, each in value.items()}
    if any(isinstance(each, str) for each in value.values()):
        absent = {key: next(links) if _ADDRESS.search(key) else each for key, each in more.items() if key not in told}
        told |= {key: each for key, each in absent.items() if key not in _KEPT}
    return told


HOSTILE_BOARDS = [(play, shape) for play in PLAYS for shape in SHAPES]
