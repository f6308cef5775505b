"""Career pages read beside extruct: pages a second, and which jobs each finds; the last line is JSON.

Usage: python bench/read_pages.py [FOLDER] [--seconds 3] [--json-only]

FOLDER holds saved pages (*.html); beside them made-up pages of 109 kB and 290 kB are read, and pages whose JSON-LD is
broken in the ways that sites break it. Readers take turns on every page, so that load meets all alike.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import extruct

from changeover.sources.job_page import read_page
from changeover.sources.json_ld import is_type, job_postings

AT_LEAST = 1.4
_NOW = datetime(2026, 11, 24, tzinfo=UTC)
_BROKEN = {
    "a raw newline in a string": lambda t: t.replace("Nurse", "Nur\nse", 1),
    "a comma at the end": lambda t: t[:-1] + ",}",
    "no comma between lines": lambda t: t.replace('", "', '"\n"', 1),
    "a CDATA guard": lambda t: f"//<![CDATA[\n{t}\n//]]>",
    "a backslash that escapes nothing": lambda t: t.replace("Nurse", "Nurse \\& more", 1),
    "escaped for HTML": lambda t: t.replace('"', "&quot;"),
    "a semicolon after it": lambda t: t + ";",
    "an HTML comment around it": lambda t: f"<!--\n{t}\n-->",
}


def page(size: int, number: int, mend: Callable[[str], str] = lambda text: text, kind: str = "ld+json") -> bytes:
    """A page of about ``size`` bytes, as a career site's is: menus, styles, a script's state, and one job."""
    posting = {
        "@context": "https://schema.org", "@type": "JobPosting", "title": f"Nurse {number}", "datePosted": "2026-11-01",
        "description": "<p>" + "Care for people, day and night. " * 90 + "</p>",
        "hiringOrganization": {"@type": "Organization", "name": "Acme"},
        "jobLocation": {"@type": "Place", "address": {"addressLocality": "Bern", "addressCountry": "CH"}},
        "identifier": {"@type": "PropertyValue", "value": f"R-{number}"},
    }  # fmt: skip
    crumbs = {"@context": "https://schema.org", "@type": "BreadcrumbList", "itemListElement": []}
    blocks = [json.dumps(crumbs), mend(json.dumps(posting))]
    scripts = "".join(f'<script type="application/{kind}">{block}</script>' for block in blocks)
    menu = "".join(f'<li class="nav"><a href="/menu/{n}">Menu {n}</a><span>·</span></li>' for n in range(size // 142))
    state = json.dumps({"state": ["x" * 40] * (size // 88)})
    head = f'<head><link rel="canonical" href="https://a.example/jobs/{number}">{scripts}</head>'
    return f"<!doctype html><html>{head}<body><ul>{menu}</ul><script>window.s={state}</script></body></html>".encode()


@dataclass
class Reader:
    """One way to read a page: ``find`` answers the titles of its jobs."""

    name: str
    find: Callable[[bytes], list[str]]
    seconds: float = 0.0
    pages: int = 0
    jobs: dict[str, list[str]] = field(default_factory=dict)

    @property
    def rate(self) -> float:
        return self.pages / self.seconds if self.seconds else 0.0


def _title(posting: dict[str, Any]) -> str:
    return " ".join(str(posting.get("title") or posting.get("name") or "").split())


def ours(body: bytes) -> list[str]:
    return [_title(posting) for posting in job_postings(body).postings]


def ours_whole(body: bytes) -> list[str]:
    return [job.title for job in read_page(body, "https://a.example/jobs/1", _NOW).jobs]


def theirs(*syntaxes: str) -> Callable[[bytes], list[str]]:
    def find(body: bytes) -> list[str]:
        try:
            found = extruct.extract(body.decode("utf-8", "replace"), syntaxes=list(syntaxes), uniform=len(syntaxes) > 1)
        except Exception:  # what it gives up on is what is counted
            return []
        return [_title(node) for node in _walk(found) if is_type(node, "JobPosting")]

    return find


def _walk(value: Any) -> list[dict[str, Any]]:
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    own = [value] if isinstance(value, dict) and is_type(value, "JobPosting") else []
    return own or [node for part in parts for node in _walk(part)]


def measure(readers: list[Reader], pages: dict[str, bytes], seconds: float) -> None:
    """Every reader on every page in turn, until each has had its time."""
    for reader in readers:
        reader.jobs = {name: reader.find(body) for name, body in pages.items()}
    while any(reader.seconds < seconds for reader in readers):
        for body in pages.values():
            for reader in readers:
                if reader.seconds < seconds:
                    began = time.perf_counter()
                    reader.find(body)
                    reader.seconds += time.perf_counter() - began
                    reader.pages += 1


def main() -> int:
    """Print the table and the JSON line; the status says whether the claim held."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path)
    parser.add_argument("--seconds", type=float, default=3.0)
    parser.add_argument("--json-only", action="store_true")
    asked = parser.parse_args()
    logging.disable(logging.CRITICAL)
    sets: dict[str, dict[str, bytes]] = {
        "109 kB": {f"made {n}": page(109_000, n) for n in range(10)},
        "290 kB": {f"made {n}": page(290_000, n) for n in range(10)},
        "broken": {name: page(109_000, n, mend) for n, (name, mend) in enumerate(_BROKEN.items())},
    }
    if asked.folder:
        sets["saved"] = {path.name: path.read_bytes() for path in sorted(asked.folder.rglob("*.html"))}
    load, results = os.getloadavg()[0], []
    for name, pages in sets.items():
        readers = [
            Reader("changeover, JSON-LD", ours),
            Reader("changeover, whole page to jobs", ours_whole),
            Reader("extruct, JSON-LD", theirs("json-ld")),
            Reader("extruct, all syntaxes", theirs("json-ld", "microdata", "opengraph", "microformat", "rdfa")),
        ]
        measure(readers, pages, asked.seconds)
        results.append(_result(name, pages, readers))
        if not asked.json_only:
            _show(name, pages, readers)
    held = all(result["ratio"] >= AT_LEAST and not result["missed"] for result in results)
    print(json.dumps({"bench": "read_pages", "load": round(load, 2), "at_least": AT_LEAST, "held": held,
                      "sets": results}))  # fmt: skip
    return 0 if held else 1


def _result(name: str, pages: dict[str, bytes], readers: list[Reader]) -> dict[str, Any]:
    own, whole, json_ld, everything = readers
    return {
        "pages": name, "bytes": sum(map(len, pages.values())) // len(pages),
        "a_second": {reader.name: round(reader.rate) for reader in readers},
        "ratio": round(own.rate / json_ld.rate, 1), "ratio_whole": round(whole.rate / json_ld.rate, 1),
        "ratio_all_syntaxes": round(own.rate / everything.rate, 1),
        "jobs": {reader.name: sum(map(len, reader.jobs.values())) for reader in readers},
        "missed": [page for page in pages if len(own.jobs[page]) < len(json_ld.jobs[page])],
        "more": [page for page in pages if len(own.jobs[page]) > len(json_ld.jobs[page])],
    }  # fmt: skip


def _show(name: str, pages: dict[str, bytes], readers: list[Reader]) -> None:
    print(f"\n{name}: {len(pages)} pages, {sum(map(len, pages.values())) / len(pages) / 1000:.0f} kB each")
    base = readers[2].rate
    for reader in readers:
        jobs = sum(map(len, reader.jobs.values()))
        print(f"  {reader.name:32} {reader.rate:10,.0f} pages/s {reader.rate / base:8.2f} times {jobs:4} jobs")
    for page_name in pages:
        if len(readers[0].jobs[page_name]) != len(readers[2].jobs[page_name]):
            print(f"    only one finds the job: {page_name} (ours {len(readers[0].jobs[page_name])})")


if __name__ == "__main__":
    raise SystemExit(main())
