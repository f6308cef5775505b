"""Which live postings are wrapped into a contract's paid slots: the rules, and the choice by them."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

# Where sources keep what an employer calls a department, in the order in which it is looked for.
_DEPARTMENTS = ("department", "departments", "departmentLabel", "team", "category", "categories", "function")


class Kind(StrEnum):
    """What a rule looks at. A pin names one posting and holds a slot for it, also before it is live."""

    ALL = "all"
    TITLE = "title"
    PLACE = "place"
    DEPARTMENT = "department"
    TAG = "tag"
    PIN = "pin"


@dataclass(frozen=True, slots=True)
class Rule:
    """Which postings may have a slot; of several the higher ``priority`` (0 to 1000) goes first.

    ``value``: the words that have to stand there, a tag without its #, or the id of the pinned posting.
    """

    kind: Kind
    value: str = ""
    priority: int = 0
    rule_id: int = 0

    @property
    def words(self) -> str:
        """The rule for a person."""
        if self.kind is Kind.ALL:
            return "every posting"
        if self.kind is Kind.PIN:
            return "pinned by hand"
        return f"{self.kind} has “{self.value}”"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A live posting as the rules see it."""

    posting_id: int
    title: str
    location: str = ""
    department: str = ""
    tags: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Chosen:
    """A posting and the rule that takes it."""

    candidate: Candidate
    rule: Rule


@dataclass(frozen=True, slots=True)
class Preview:
    """What a change of a contract would do: who gains a slot, who loses one (ids), who stays, how many stay free."""

    gains: Sequence[Chosen]
    loses: Sequence[Candidate]
    stays: Sequence[Chosen]
    free: int

    @property
    def digest(self) -> str:
        """32 hex digits over every posting that would gain or lose: an act agreed to on it is done while it holds."""
        gains, loses = sorted(it.candidate.posting_id for it in self.gains), sorted(it.posting_id for it in self.loses)
        said = f"+{gains}-{loses}"
        return hashlib.sha256(said.encode()).hexdigest()[:32]


def plain(text: str) -> str:
    """Text as rules compare it: without accents and case, with single spaces."""
    apart = unicodedata.normalize("NFKD", text)
    return " ".join("".join(letter for letter in apart if not unicodedata.combining(letter)).casefold().split())


def department(extra: Mapping[str, Any]) -> str:
    """The department in what a source said beside the job; empty where it said none."""
    for name in _DEPARTMENTS:
        said = extra.get(name)
        parts = said if isinstance(said, list) else [said]
        told = [part.get("name", "") if isinstance(part, dict) else part for part in parts]
        words = ", ".join(str(part) for part in told if part not in (None, ""))
        if words:
            return words
    return ""


def _takes(rule: Rule, it: Candidate) -> bool:
    if rule.kind is Kind.ALL:
        return True
    if rule.kind is Kind.PIN:
        return rule.value == str(it.posting_id)
    if rule.kind is Kind.TAG:
        return plain(rule.value).removeprefix("#") in it.tags
    where = {Kind.TITLE: it.title, Kind.PLACE: it.location, Kind.DEPARTMENT: it.department}[rule.kind]
    there, wanted = plain(where), plain(rule.value)
    return bool(wanted) and wanted in there


def _rank(rule: Rule) -> tuple[int, bool]:
    return rule.priority, rule.kind is Kind.PIN


def _chosen(candidates: Sequence[Candidate], rules: Sequence[Rule]) -> list[Chosen]:
    """Each posting that a rule takes, with the first of those rules."""
    ranked = sorted(rules, key=_rank, reverse=True)
    found = ((it, next((rule for rule in ranked if _takes(rule, it)), None)) for it in candidates)
    return [Chosen(it, rule) for it, rule in found if rule is not None]


def _waiting(candidates: Sequence[Candidate], rules: Sequence[Rule], held: Collection[int]) -> int:
    """How many slots are kept for pinned postings that are not live yet."""
    there = {str(it.posting_id) for it in candidates} | {str(each) for each in held}
    return sum(rule.kind is Kind.PIN and rule.value not in there for rule in rules)


def fill(slots: int, candidates: Sequence[Candidate], rules: Sequence[Rule], held: Collection[int]) -> Sequence[Chosen]:
    """Who gets the free slots: the higher priority first, then the newer posting. Nobody loses a slot by this.

    ``candidates`` are live postings, ``held`` those that have a slot.
    """
    free = max(slots - len(held) - _waiting(candidates, rules, held), 0)
    wanted = [it for it in _chosen(candidates, rules) if it.candidate.posting_id not in held]
    wanted.sort(key=lambda it: (*_rank(it.rule), it.candidate.posting_id), reverse=True)
    return wanted[:free]


def rearrange(slots: int, candidates: Sequence[Candidate], rules: Sequence[Rule], held: Collection[int]) -> Preview:
    """Who would have the slots if rules or their number changed: as `fill`, and at equal rank who has one keeps it.

    A posting that has a slot and is taken by no rule any more loses it.
    """
    room = max(slots - _waiting(candidates, rules, ()), 0)
    wanted = _chosen(candidates, rules)
    wanted.sort(
        key=lambda it: (*_rank(it.rule), it.candidate.posting_id in held, it.candidate.posting_id), reverse=True
    )
    chosen = wanted[:room]
    ids = {it.candidate.posting_id for it in chosen}
    return Preview(
        [it for it in chosen if it.candidate.posting_id not in held],
        [it for it in candidates if it.posting_id in held and it.posting_id not in ids],
        [it for it in chosen if it.candidate.posting_id in held],
        room - len(chosen),
    )
