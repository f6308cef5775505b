"""An application as a recruiter sees it, and all that the candidate said in it, piece by piece."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from changeover.apply.application import shown
from changeover.apply.questions import Form, Question, Section
from changeover.sources.text import line
from changeover.widgets.evidence import Said

# Told for statistics that the law asks for; nobody who decides may see it.
HIDDEN = "self_identification"
_MONTH = re.compile(r"(\d{4})-(\d{2})")
Told = Mapping[str, Sequence[Mapping[str, Any]]]
_ASKED_BY_US = {"contact", "work", "education"}


@dataclass(frozen=True, slots=True)
class Position:
    """A position held or a school attended, in lines as a person reads them."""

    heading: str
    when: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Profile:
    """An application: ``answers`` are question and answer, ``said`` is what evidence is looked for in."""

    name: str
    headline: str
    contact: tuple[tuple[str, str], ...]
    work: tuple[Position, ...]
    education: tuple[Position, ...]
    answers: tuple[tuple[str, str], ...]
    said: tuple[Said, ...]


def profile(
    form: Form | None,
    applicant: Mapping[str, Any],
    answers: Mapping[str, Any],
    files: Sequence[tuple[str, str]],
) -> Profile:
    """The profile of an application; ``files`` are names and words of its files. Never raises, whatever was kept.

    What was told under self-identification is in no part of it.
    """
    told = {key: _entries(value) for key, value in answers.items() if key != HIDDEN}
    work = tuple(_position(each, ("title",), ("company", "city")) for each in told.get("work", ()))
    education = tuple(
        _position(each, ("degree", "field_of_study"), ("school", "city")) for each in told.get("education", ())
    )
    asked = tuple(_asked(form, told)) if form else ()
    return Profile(
        name=" ".join(str(applicant.get(part) or "") for part in ("first_name", "last_name")).strip() or "No name told",
        headline=work[0].heading if work else "",
        contact=tuple(_contact(applicant, told)),
        work=work,
        education=education,
        answers=tuple((line(question.label), text) for question, text in asked),
        said=(*_positions(told), *_answers(asked, told), *(Said(name, text) for name, text in files if text)),
    )


def _entries(value: Any) -> list[Mapping[str, Any]]:
    found = value if isinstance(value, list) else [value]
    return [each for each in found if isinstance(each, Mapping)]


def _position(entry: Mapping[str, Any], first: Sequence[str], then: Sequence[str]) -> Position:
    what = ", ".join(_line(entry, part) for part in first if _line(entry, part))
    where = ", ".join(_line(entry, part) for part in then if _line(entry, part))
    dates = entry.get("dates")
    when = ""
    if isinstance(dates, Mapping) and dates.get("from"):
        when = f"{dates['from']} to {dates.get('to') or 'now'}"
    return Position(" · ".join(part for part in (what, where) if part), when, _line(entry, "description"))


def _line(entry: Mapping[str, Any], name: str) -> str:
    value = entry.get(name)
    return value.strip() if isinstance(value, str) else ""


def _contact(applicant: Mapping[str, Any], told: Told) -> Iterator[tuple[str, str]]:
    said = {**applicant, **(told["contact"][0] if told.get("contact") else {})}
    for name, label in (("email", "E-mail"), ("phone", "Phone"), ("location", "Lives in")):
        if isinstance(said.get(name), str) and said[name]:
            yield label, said[name]


def _asked(form: Form, told: Told) -> Iterator[tuple[Question, str]]:
    """The questions of the employer's own and the cover letter in words, with what was answered."""
    for section in form.sections:
        if section.key == HIDDEN:
            continue
        for question in section.questions:
            own = section.key in _ASKED_BY_US and not question.custom
            if own or question.kind == "file":
                continue
            one = Form((Section(section.key, section.title, (question,), section.least, section.most),))
            yield from ((question, text) for _, _, text in shown(one, told) if text)


def _positions(told: Told) -> Iterator[Said]:
    for entry in told.get("work", ()):
        parts = [_line(entry, name) for name in ("title", "company", "description")]
        begun, ended = _dates(entry)
        text = "\n".join(part for part in parts if part)
        if text:
            yield Said(f"Position: {parts[0] or parts[1] or 'without a title'}", text, begun=begun, ended=ended)
    for entry in told.get("education", ()):
        text = ", ".join(part for part in (_line(entry, n) for n in ("degree", "field_of_study", "school")) if part)
        if text:
            yield Said("Education", text)


def _answers(asked: Sequence[tuple[Question, str]], told: Told) -> Iterator[Said]:
    for question, text in asked:
        label = line(question.label)
        yield Said(f"Answer to “{label}”", text, question=label if question.kind == "choice" else "")
    if not asked:
        # It came by no form that is known here: its texts are quoted under their own names.
        for section, entries in told.items():
            if section not in _ASKED_BY_US:
                for entry in entries:
                    yield from (Said(str(k), v) for k, v in entry.items() if isinstance(v, str) and v.strip())


def _dates(entry: Mapping[str, Any]) -> tuple[date | None, date | None]:
    said = entry.get("dates")
    if not isinstance(said, Mapping):
        return None, None
    return _month(said.get("from")), _month(said.get("to"))


def _month(said: Any) -> date | None:
    match = _MONTH.match(said) if isinstance(said, str) else None
    try:
        return date(int(match[1]), int(match[2]), 1) if match else None
    except ValueError:
        return None
