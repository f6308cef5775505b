"""iCIMS portals: cards of jobs on numbered web pages; what a card leaves out is on the job's own page."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urljoin, urlsplit

from selectolax.lexbor import LexborNode

from changeover.job import Job
from changeover.sources.ats_boards.board import (
    Ask,
    Board,
    Detail,
    Record,
    Variant,
    count,
    records_under,
    text,
    with_query,
)
from changeover.sources.ats_boards.own_page import described
from changeover.sources.encoding import decode
from changeover.sources.links import web
from changeover.sources.page_tree import page_tree

_PAGE = re.compile(r"(https?://[\w-]+\.icims\.com)(?:/|$)")
_NUMBER = re.compile(r"/jobs/(\d+)/")
_OF = re.compile(r"Page\s+\d+\s+of\s+(\d{1,6})", re.IGNORECASE)
_MARK = b"iCIMS_"


def _value(body: bytes) -> Any:
    """The page as ``{"icims_cards": [...], "pages": n}``; None for a page that is not of a portal."""
    if _MARK not in body:
        return None
    tree = page_tree(decode(body))
    if tree is None:
        return None
    cards = [_card(node) for node in tree.css(".iCIMS_JobCardItem, .iCIMS_JobsTable .row")]
    told = _OF.search(tree.body.text() if tree.body else "")
    return {"icims_cards": [card for card in cards if card["link"]], "pages": int(told[1]) if told else None}


def _card(node: LexborNode) -> Record:
    link, heading = node.css_first("a.iCIMS_Anchor"), node.css_first("h2, h3")
    labels = {one.text(strip=True).lower(): one for one in node.css("dt, .field-label")}
    said = {label: _beside(one) for label, one in labels.items()}
    return {
        "link": (link.attributes.get("href") or "") if link else "",
        "title": heading.text(strip=True) if heading else "",
        "place": next((value for label, value in said.items() if "location" in label), ""),
        "number": next((value for label, value in said.items() if label in ("job id", "requisition id", "id")), ""),
    }


def _beside(label: LexborNode) -> str:
    following = label.next
    while following is not None and not following.text(strip=True):
        following = following.next
    return " ".join(following.text().split()) if following is not None else ""


def _job(record: Record, _answer: Any) -> Job:
    found = _NUMBER.search(text(record, "link"))
    return Job(
        id=found[1] if found else "",
        title=text(record, "title"),
        location=text(record, "place").replace(" | ", "; "),
        employer_job_id=text(record, "number") or (found[1] if found else ""),
        requisition=text(record, "number"),
        url=_address(text(record, "link")),
    )


def _address(link: str) -> str:
    """The page for a person, without the frame that it was asked in."""
    return web(link).replace("?in_iframe=1", "").replace("&in_iframe=1", "")


def _request(url: str, _variant: Variant, _seen: int, page: int) -> Ask:
    return Ask(with_query(url, {"ss": "1", "in_iframe": "1", "pr": str(page - 1)}))


def _ask_detail(job: Job, url: str) -> Ask | None:
    path = urlsplit(job.url).path
    return Ask(with_query(urljoin(url, path), {"in_iframe": "1"})) if path else None


BOARD = Board(
    "icims",
    "iCIMS",
    lambda answer: records_under(answer, "icims_cards", "link"),
    _job,
    endpoint=lambda url: f"{found[1]}/jobs/search" if (found := _PAGE.match(url)) else None,
    value=_value,
    request=_request,
    pages=lambda answer: count(answer, "pages"),
    detail=Detail(_ask_detail, described),
)
