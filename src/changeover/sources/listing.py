"""A listing page: the links on it that look like jobs, and the pages that go on from it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import islice
from urllib.parse import parse_qsl, unquote, urldefrag, urlsplit

from selectolax.lexbor import LexborHTMLParser

from changeover.sources.encoding import decode
from changeover.sources.links import as_safe_as, host_of, web
from changeover.sources.page_tree import page_tree

_LIST = (
    r"(?:jobs?|careers?|karriere|vacanc(?:y|ies)|positions?|openings?|postings?|stellen\w*|offres?(?:-emploi)?|emplois?"
    r"|ofertas?|empleos?|lavor\w*|opportunit(?:y|ies)|requisitions?|roles?|vagas?|vacatures?|job[-_]?\w+)"
)
_FOLDER = re.compile(_LIST, re.IGNORECASE)
_BEGINS = re.compile(rf"{_LIST}[-_.]", re.IGNORECASE)
_TO_LAST_DIGIT = re.compile(r"(.*)\d", re.DOTALL)
MOST_LINKS = 50_000
_LINKS = re.compile(r"<(?:a|link|base)\s[^<>]*+>", re.IGNORECASE)
_JOB_QUERY = frozenset(
    ("jobid", "job_id", "gh_jid", "jid", "req", "reqid", "vacancyid", "vacancy", "ashby_jid", "positionid")
)
_PAGE_QUERY = frozenset(("page", "p", "pg", "pr", "paged", "start", "startrow", "offset", "from", "seite"))
_PAGE_PATH = re.compile(r"/page/\d+/?$", re.IGNORECASE)
_NOT_A_JOB = re.compile(
    r"\.(?:css|js|png|jpe?g|gif|svg|webp|ico|pdf|docx?|zip|xml|json|rss|mp4)$"
    r"|/(?:search|login|signin|sign-in|register|apply|alerts?|saved|feed|privacy|imprint|impressum|faq|about|teams?"
    r"|locations?|departments?|categor(?:y|ies)|page)(?:/\d*)?/?$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Listing:
    """Addresses of what look like job pages, and of the listing's further pages, in their order.

    ``others``: what else it leads to. ``whole``: every link of the page was looked at.
    """

    jobs: tuple[str, ...]
    further: tuple[str, ...]
    others: tuple[str, ...] = ()
    whole: bool = True


def looks_like_job(url: str) -> bool:
    """True if the address has the form of one job's page, by its path or query."""
    parts = urlsplit(url)
    path = unquote(parts.path)
    if any(key.lower() in _JOB_QUERY and value for key, value in parse_qsl(parts.query)):
        return True
    if _NOT_A_JOB.search(path):
        return False
    folders = path.split("/")
    return _below_list(folders) or any(map(_numbered, folders, [*folders[1:], ""]))


def could_be_job(url: str) -> bool:
    """True if the address may be one job's page, though it is not called like one; its page has to say so."""
    path = urlsplit(url).path
    return bool(path.strip("/")) and not _NOT_A_JOB.search(unquote(path))


def _below_list(parts: list[str]) -> bool:
    """Whether the last part of a path says something and stands below one that is called as lists of jobs are."""
    if not re.search(r"\w", parts[-1]):
        return False
    for part in reversed(parts[:-1]):
        if not part or _FOLDER.fullmatch(part):
            return bool(part)
    return False


def _numbered(part: str, following: str) -> bool:
    """Whether a part of a path begins as lists of jobs are called and a number comes after that, or in the next."""
    before = _TO_LAST_DIGIT.match(part)
    if before and _BEGINS.match(before[1]):
        return True
    return bool(re.search(r"\d", following) and _FOLDER.fullmatch(part))


def read_listing(body: bytes, url: str) -> Listing:
    """The job links and further pages of the page at ``url``, of the same host only. Never raises."""
    markup = decode(body)
    tree, left = page_tree(markup), False
    if tree is None:
        links = _LINKS.finditer(markup)
        tree = LexborHTMLParser("".join(found[0] for found in islice(links, MOST_LINKS)))
        left = any(links)
    base_node = tree.css_first("base[href]")
    base = web(base_node.attributes.get("href") or "", url) if base_node else url
    jobs, further, others = [], [], []
    for node in tree.css("a[href], link[rel=next][href]"):
        address = as_safe_as(url, urldefrag(web(node.attributes.get("href") or "", base or url))[0])
        if not address or host_of(address) != host_of(url) or address == urldefrag(url)[0]:
            continue
        if "next" in (node.attributes.get("rel") or "").lower().split() or _goes_on(address, url):
            further.append(address)
        elif looks_like_job(address):
            jobs.append(address)
        else:
            others.append(address)
    found, rest = tuple(dict.fromkeys(jobs)), tuple(dict.fromkeys(others))
    return Listing(found, tuple(dict.fromkeys(further)), rest, whole=not left)


def _goes_on(address: str, url: str) -> bool:
    """True if the address is the listing's own, but for the number of its page."""
    there, here = urlsplit(address), urlsplit(url)
    if _PAGE_PATH.sub("", there.path).rstrip("/") != _PAGE_PATH.sub("", here.path).rstrip("/"):
        return False
    if _PAGE_PATH.search(there.path):
        return True
    paging = [(key.lower(), value) for key, value in parse_qsl(there.query) if key.lower() in _PAGE_QUERY]
    rest = {(k, v) for k, v in parse_qsl(there.query) if k.lower() not in _PAGE_QUERY}
    same = rest == {(k, v) for k, v in parse_qsl(here.query) if k.lower() not in _PAGE_QUERY}
    return same and bool(paging) and all(value.isdigit() for _, value in paging)
