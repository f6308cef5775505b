"""Live postings written for other programs: records of JSONL, an XML feed, a sitemap."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import orjson
from lxml import etree

from changeover.match.places import postal_parts
from changeover.postings.posting import public_id

SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
# A sitemap lists no more (sitemaps.org, protocol 0.9).
SITEMAP_MOST = 50_000

_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
# What an XML file begins and ends with; JSONL has neither.
FRAMES = {
    "jsonl": ("", ""),
    "xml": (f"{_HEAD}<source>\n", "</source>\n"),
    "sitemap": (f'{_HEAD}<urlset xmlns="{SITEMAP}">\n', "</urlset>\n"),
}


def address(row: Mapping[str, Any], home: str) -> str:
    """The URL of a posting's page on the board at ``home``."""
    return f"{home}/jobs/{public_id(row['company_id'], row['posting_id'])}"


def one(row: Mapping[str, Any], home: str, form: str) -> str:
    """A row of the live view in one of the ``FRAMES``' forms, with its line end.

    JSONL has the fields of our records; XML those of Indeed's feed, with the posting's id as its reference number, and
    beside the parts of its first place its location as it was told.
    """
    if form == "jsonl":
        return orjson.dumps(_record(row, home), option=orjson.OPT_APPEND_NEWLINE).decode()
    told = {"loc": address(row, home)} if form == "sitemap" else dict(_fields(row, home))
    element = etree.Element("url" if form == "sitemap" else "job")
    for name, value in told.items():
        child = etree.SubElement(element, name)
        child.text = etree.CDATA(value) if name == "description" and "]]>" not in value else value
    return etree.tostring(element, encoding="unicode") + "\n"


def _record(row: Mapping[str, Any], home: str) -> dict[str, Any]:
    names = ("title", "location", "employer_job_id", "description", "apply_url", "workplace_type")
    told = {
        "id": public_id(row["company_id"], row["posting_id"]),
        "company": row["company_name"] or row["employer"],
        "url": address(row, home),
        **{name: row[name] for name in names},
        "posted_at": row["posted_at"].isoformat() if row["posted_at"] else "",
    }
    return {name: value for name, value in told.items() if value}


def _fields(row: Mapping[str, Any], home: str) -> Iterator[tuple[str, str]]:
    record = _record(row, home)
    names = {"id": "referencenumber", "employer_job_id": "requisitionid", "posted_at": "date"}
    for name, value in record.items():
        yield names.get(name, name).replace("_", ""), value
    for name, part in zip(("city", "state", "country"), postal_parts(row["location"].partition(";")[0]), strict=True):
        if part:
            yield name, part
