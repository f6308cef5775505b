"""The ATS behind a career site, by the addresses in its pages and the marks of its software."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from changeover.sources import ats_boards, presets
from changeover.sources.ats_boards.feeds import feed_at
from changeover.sources.source import Problem

_LINK = re.compile(
    rb"""(?:https?:)?//[\w.-]{0,100}(?:greenhouse\.io|lever\.co|ashbyhq\.com|smartrecruiters\.com|workable\.com"""
    rb"""|recruitee\.com|teamtailor\.com|personio\.(?:de|com)|myworkdayjobs\.com|myworkdaysite\.com|icims\.com"""
    rb"""|jibeapply\.com|bamboohr\.com|breezy\.hr|oraclecloud\.com|rippling\.com|pinpointhq\.com|eightfold\.ai)"""
    rb"""[^\s"'<>\\)]{0,500}"""
)
_MARKS = (
    (re.compile(rb"rmkcdn\.successfactors\.|/services/recruiting/v1|jobs2web\.com"), "successfactors_site", "/"),
    (re.compile(rb"\bjibecdn\.com|data-jibe-"), "jibe", "/api/jobs"),
)
_OWN = re.compile(
    r"//(?:www|app|api|assets[\w-]*|cdn[\w-]*|static[\w-]*|images?|media|help|support|developers?|legal|status)\."
    r"(?:teamtailor|recruitee|breezy|bamboohr|icims|pinpointhq|eightfold|personio|jobs\.personio)\."
)
"""The ATS's own hosts, which say only that its software is there."""

_NOBODY = re.compile(r"/(?:embed|js|static|assets|api|v\d|wday|hcmUI|[a-z]{2}(?:-[A-Z]{2})?)$")


@dataclass(frozen=True, slots=True)
class Behind:
    """An ATS that pages lead to: its kind, its name, the address of its list of jobs, how often they lead there."""

    kind: str
    caption: str
    address: str
    times: int

    @property
    def sentence(self) -> str:
        """The offer, for a person; it is not tried: an address that answers may be another company's."""
        return (
            f"The pages of this site lead to {self.caption} ({self.address}). If that is this employer's own board it "
            f"is the better source, with the jobs' own ids; look with: changeover read {self.address} "
            f"--kind {self.kind}."
        )

    @property
    def problem(self) -> Problem:
        """The offer as readings tell it."""
        return Problem("ATS_BEHIND", self.sentence)


def ats_behind(pages: Iterable[tuple[str, bytes]]) -> Behind | None:
    """The ATS that most of the pages, each an address and its bytes, lead to; None where they lead to none."""
    found: Counter[tuple[str, str]] = Counter()
    for url, body in pages:
        found.update(_of_page(url, body))
    if not found:
        return None
    (kind, address), times = max(found.items(), key=lambda item: (item[1], item[0]))
    board, preset = ats_boards.named(kind), presets.named(kind)
    caption = board.caption if board else preset.caption if preset else kind
    return Behind(kind, caption, address, times)


def _of_page(url: str, body: bytes) -> set[tuple[str, str]]:
    found = set()
    links = (link[0].decode("utf-8", "replace").replace("&amp;", "&") for link in _LINK.finditer(body))
    for link in dict.fromkeys(links):
        address = f"https:{link}" if link.startswith("//") else link
        if _OWN.search(address):
            continue
        board = ats_boards.at_address(address)
        known = (board[0].kind, board[1]) if board else feed_at(address)
        if known and not _NOBODY.search(address.rstrip("/")):
            found.add(known)
    for mark, kind, path in _MARKS:
        if urlsplit(url).netloc and mark.search(body):
            found.add((kind, urljoin(url, path)))
    return found
