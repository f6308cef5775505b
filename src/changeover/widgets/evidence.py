"""Which words of a candidate show a requirement of the posting; what they do not say is not guessed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from changeover.widgets.requirements import Requirement
from changeover.widgets.vocabulary import LISTS, Term, denied, fragments, telling, words

_YEARS = re.compile(
    r"(\d{1,2})\s*(?:\+|plus)?\s*(?:-\s*\d{1,2}\s*)?(?:years?|yrs?|jahren?|ans|años|jaar|lat)\b", re.IGNORECASE
)
_YES, _NO = LISTS["no"]["yes"], LISTS["no"]["answers"]
_OR = re.compile(r"\b(?:or|oder|ou|lub)\b|/", re.IGNORECASE)
_EITHER = re.compile(r",|/|\b(?:or|oder|ou|lub)\b", re.IGNORECASE)
# So much of what a requirement names must be said for it to be shown, and for it to be shown in part.
SHOWN_SHARE, PART_SHARE = 0.75, 0.3
MOST_QUOTES = 3


class State(StrEnum):
    """How far what a candidate said meets a requirement."""

    SHOWN = "shown"
    PARTLY = "partly"
    DENIED = "denied"
    NOT_SAID = "not_said"


@dataclass(frozen=True, slots=True)
class Said:
    """Something a candidate said: where it stands, and the words.

    ``question``: what it answers, where that was a choice. ``begun`` and ``ended`` of a position held.
    """

    source: str
    text: str
    question: str = ""
    begun: date | None = None
    ended: date | None = None


@dataclass(frozen=True, slots=True)
class Quote:
    """Words of a candidate, exactly as they stand in ``source``; ``marks`` are the parts (start, end) that tell."""

    source: str
    text: str
    marks: tuple[tuple[int, int], ...] = ()

    @property
    def parts(self) -> list[tuple[str, bool]]:
        """The text in pieces, each with whether it is marked."""
        found, at = [], 0
        for start, end in self.marks:
            found += [(self.text[at:start], False), (self.text[start:end], True)]
            at = end
        return [(text, marked) for text, marked in (*found, (self.text[at:], False)) if text]


@dataclass(frozen=True, slots=True)
class Finding:
    """A requirement, how far it is shown, by which words, and what is not said of it."""

    requirement: Requirement
    state: State
    quotes: tuple[Quote, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class _Fragment:
    said: Said
    text: str
    words: list[Term]
    forms: frozenset[str]


@dataclass(slots=True)
class _Asked:
    """What a requirement names: words that are all needed, words of which one group is enough, and years."""

    needed: list[str]
    alternatives: list[list[str]] = field(default_factory=list)
    years: int = 0

    @property
    def all(self) -> set[str]:
        return {*self.needed, *(form for group in self.alternatives for form in group)}

    def least(self, said: set[str]) -> list[str]:
        """The smallest set of words that would do, of those the one of which most is said."""
        groups = self.alternatives or [[]]
        best = max(groups, key=lambda group: (_share(group, said), -len(group)))
        return [*self.needed, *(form for form in best if form not in self.needed)]


def find(asked: Sequence[Requirement], said: Sequence[Said], today: date) -> list[Finding]:
    """Each requirement with the evidence for it, in the order in which they are asked. Never raises."""
    pieces = [_piece(each, text) for each in said for _, text in fragments(each.text)]
    return [_finding(requirement, pieces, said, today) for requirement in asked]


def _piece(said: Said, text: str) -> _Fragment:
    found = words(text)
    forms = frozenset(word.form for at, word in enumerate(found) if not denied(found, at))
    return _Fragment(said, text, found, forms)


def _finding(requirement: Requirement, pieces: Sequence[_Fragment], said: Sequence[Said], today: date) -> Finding:
    asked = _read(requirement.text)
    chosen, held = _choose(asked.all, pieces)
    least = asked.least(held)
    chosen = [piece for piece in chosen if piece.forms & set(least)] or chosen[:1]
    quotes = tuple(_quote(piece, asked.all) for piece in chosen)
    yes, no = _answers(set(least), said)
    share = 1.0 if yes else _share(least, held)
    quotes = (*(Quote(f"Answer to “{each.question}”", each.text) for each in yes[:1]), *quotes)[:MOST_QUOTES]
    if no:
        refusal = Quote(f"Answer to “{no[0].question}”", no[0].text)
        state = State.PARTLY if share >= SHOWN_SHARE else State.DENIED
        note = "Says no where it was asked, and yet there are words for it." if state is State.PARTLY else ""
        return Finding(requirement, state, (refusal, *quotes[:2]), note)
    if share < PART_SHARE or not (quotes or asked.years):
        return Finding(requirement, State.NOT_SAID)
    missing = [form for form in least if form not in held] if not yes else []
    state = State.SHOWN if share >= SHOWN_SHARE else State.PARTLY
    note = _missing(requirement.text, missing) if state is State.PARTLY else ""
    return _with_years(Finding(requirement, state, quotes, note), asked, said, today)


def _share(needed: Sequence[str], said: set[str]) -> float:
    return sum(form in said for form in needed) / len(needed) if needed else 1.0


def _missing(text: str, forms: Sequence[str]) -> str:
    named = {word.form: text[word.start : word.end] for word in reversed(words(text))}
    return f"Not said: {', '.join(named[form] for form in forms if form in named)}." if forms else ""


def _read(text: str) -> _Asked:
    """What a requirement names. Of “a degree in chemistry, biology or physics” one subject is enough."""
    years = _YEARS.search(text)
    plain = _YEARS.sub(" ", text)
    asked = _Asked(telling(plain), years=int(years[1]) if years else 0)
    parts = [part for part in _EITHER.split(plain) if telling(part)] if _OR.search(plain) else []
    if len(parts) > 1:
        head = telling(parts[0])
        asked.needed = head[:-1]
        asked.alternatives = [head[-1:], *(telling(part) for part in parts[1:])]
    return asked


def _choose(wanted: set[str], pieces: Sequence[_Fragment]) -> tuple[list[_Fragment], set[str]]:
    """The fewest fragments, at most MOST_QUOTES, that say most of what is wanted; and all that any of them says."""
    held = {form for piece in pieces for form in piece.forms & wanted}
    chosen: list[_Fragment] = []
    left = set(held)
    while left and len(chosen) < MOST_QUOTES:
        best = max(pieces, key=lambda piece: (len(piece.forms & left), -len(piece.text)))
        chosen.append(best)
        left -= best.forms
    return chosen, held


def _quote(piece: _Fragment, wanted: set[str]) -> Quote:
    marks = tuple(
        (word.start, word.end)
        for at, word in enumerate(piece.words)
        if word.form in wanted and not denied(piece.words, at)
    )
    return Quote(piece.said.source, piece.text, marks)


def _answers(least: set[str], said: Sequence[Said]) -> tuple[list[Said], list[Said]]:
    """The questions that ask for just this, answered with yes, and those answered with no."""
    asking = [
        each for each in said if each.question and least and _share(list(least), set(telling(each.question))) >= 0.6
    ]
    return [each for each in asking if _begins(each.text, _YES)], [each for each in asking if _begins(each.text, _NO)]


def _begins(text: str, answers: Sequence[str]) -> bool:
    told = text.strip().casefold()
    return any(told == answer or re.match(rf"{re.escape(answer)}\W", told) for answer in answers)


def _with_years(found: Finding, asked: _Asked, said: Sequence[Said], today: date) -> Finding:
    """Where years are asked for: how many the positions held come to, or that it is not said."""
    if not asked.years:
        return found
    wanted = asked.all
    spans = [span for each in said if (span := _span(each, wanted, today))]
    months = _months(spans)
    told = [
        int(match[1])
        for each in said
        for _, text in fragments(each.text)
        if not wanted or wanted & set(telling(text))
        for match in _YEARS.finditer(text)
    ]
    years = max([months / 12, *told], default=0.0)
    if not years:
        if not found.quotes:
            return Finding(found.requirement, State.NOT_SAID)
        return Finding(found.requirement, State.PARTLY, found.quotes, "How many years is not said.")
    note = f"About {years:.0f} of {asked.years} years." if years >= 1 else f"Less than one of {asked.years} years."
    state = found.state if years >= asked.years else State.PARTLY
    quotes = found.quotes or tuple(Quote(each.source, each.text[:200]) for each in said if each.begun)[:1]
    if not quotes:
        return Finding(found.requirement, State.NOT_SAID)
    return Finding(found.requirement, state, quotes, " ".join(part for part in (found.note, note) if part))


def _span(said: Said, wanted: set[str], today: date) -> tuple[int, int] | None:
    """The months in which a position was held that has to do with what is wanted."""
    if said.begun is None or (wanted and not wanted & {word.form for word in words(said.text)}):
        return None
    ended = min(said.ended or today, today)
    begin, end = said.begun.year * 12 + said.begun.month, ended.year * 12 + ended.month
    return (begin, end + 1) if end >= begin else None


def _months(spans: Sequence[tuple[int, int]]) -> int:
    """Months in any of the spans, each once."""
    return len({month for begin, end in spans for month in range(begin, min(end, begin + 1_200))})
