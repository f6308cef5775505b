"""What a posting asks of a candidate, requirement by requirement, as far as its text says so."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any

from changeover.widgets.vocabulary import BULLETS, LISTS, fragments, telling

MOST, LONGEST = 25, 300
_HEADS = LISTS["headings"]
_CUE = re.compile(
    r"\b(?:experience (?:with|in|of)|years? (?:of )?experience|degree in|licen[cs]e|certificat\w+|fluen\w+|proficien\w+"
    r"|knowledge of|must have|you have|you will need|is required|qualification|diploma|erfahrung|kenntnisse|permis)\b",
    re.IGNORECASE,
)
_HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6", "dt", "summary"}
_BLOCKS = {*_HEADINGS, "p", "li", "div", "td", "dd", "blockquote", "pre", "section", "article", "tr", "ul", "ol", "br"}
_BOLD = ("b", "strong")
_EXTRA = ("skills", "qualifications", "requirements", "experience_requirements", "experienceRequirements")


@dataclass(frozen=True, slots=True)
class Requirement:
    """One thing asked for, in the posting's words. ``nice``: it need not be met."""

    text: str
    nice: bool = False


@dataclass(frozen=True, slots=True)
class _Block:
    kind: str
    text: str


def requirements(description: str, extra: Mapping[str, Any] | None = None) -> list[Requirement]:
    """What a description (sanitised HTML) and the fields beside it ask for; empty where no text says so.

    What stands under a heading such as “What you bring” is asked for; without one, sentences that speak of experience,
    a degree, a licence and the like. At most MOST.
    """
    blocks = list(_blocks(description))
    found = list(_under_headings(blocks))
    for name in _EXTRA:
        said = (extra or {}).get(name)
        if isinstance(said, str) and said.strip():
            found += [Requirement(text) for block in _blocks(said) for text in _lines(block)]
    if not found:
        found = [
            Requirement(text)
            for block in blocks
            if block.kind != "heading"
            for text in _lines(block)
            if _CUE.search(text) and not text.endswith("?")
        ]
    kept = {requirement.text.casefold(): requirement for requirement in reversed(found) if telling(requirement.text)}
    return list(reversed(kept.values()))[:MOST]


def _under_headings(blocks: list[_Block]) -> Iterator[Requirement]:
    asked = nice = False
    for block in blocks:
        if block.kind == "heading":
            said = block.text.casefold().replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")
            nice = any(phrase in said for phrase in _HEADS["nice"])
            asked = nice or any(phrase in said for phrase in _HEADS["must"])
        elif asked:
            yield from (Requirement(text, nice) for text in _lines(block))


def _lines(block: _Block) -> Iterator[str]:
    if block.kind == "li":
        yield _tidy(block.text)
        return
    for _, sentence in fragments(block.text):
        yield from (_tidy(part) for part in _parts(sentence))


def _parts(sentence: str) -> list[str]:
    """A sentence that lists three things or more, the last behind “, and”, as those things."""
    parts = [part.strip() for part in sentence.split(",")]
    listed = len(parts) >= 3 and parts[-1].lower().startswith(("and ", "und ", "et ", "y ", "en ", "oraz "))
    if not listed or len(sentence) > LONGEST or " or " in sentence:
        return [sentence]
    return [*parts[:-1], parts[-1].split(" ", 1)[1]]


def _tidy(text: str) -> str:
    return text.strip(f" \t.;,{BULLETS}")[:LONGEST]


def _blocks(markup: str) -> Iterator[_Block]:
    reader = _Reader()
    reader.feed(markup)
    reader.close()
    reader.flush()
    for kind, text, bold in reader.told:
        yield from _of(kind, text, bold=bold)


class _Reader(HTMLParser):
    """Texts between the bounds of blocks: what they stand in, and whether all of it is bold."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.told: list[tuple[str, str, bool]] = []
        self._text = self._bold_text = ""
        self._kind, self._bold = "p", 0

    def handle_starttag(self, tag: str, _attrs: object) -> None:
        if tag == "br":
            self._text += "\n"
        elif tag in _BLOCKS:
            self.flush()
            self._kind = "heading" if tag in _HEADINGS else "li" if tag == "li" else self._kind
        elif tag in _BOLD:
            self._bold += 1

    def handle_endtag(self, tag: str) -> None:
        if tag in _BLOCKS and tag != "br":
            self.flush()
            self._kind = "p" if tag in _HEADINGS or tag in ("li", "ul", "ol") else self._kind
        elif tag in _BOLD:
            self._bold = max(self._bold - 1, 0)

    def handle_data(self, data: str) -> None:
        self._text += data
        self._bold_text += data if self._bold else ""

    def flush(self) -> None:
        """End the text that was begun."""
        if self._text.strip():
            self.told.append((self._kind, self._text, self._text.strip() == self._bold_text.strip()))
        self._text = self._bold_text = ""


def _of(kind: str, text: str, *, bold: bool) -> Iterator[_Block]:
    """A block, or its lines where one of them is a heading of its own: short, and ending in a colon."""
    text = text.replace("\xa0", " ").strip()
    if kind == "li":
        text = " ".join(text.split())
    for line in text.split("\n"):
        said = " ".join(line.split())
        short = len(said) <= 70 and (bold or said.endswith(":"))
        ends = said.casefold().startswith(tuple(_HEADS["else"]))
        heading = kind == "heading" or (kind == "p" and (short or ends))
        if said:
            yield _Block("heading" if heading else "li" if said[:1] in BULLETS else kind, said.rstrip(":"))
