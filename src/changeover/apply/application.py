"""An application: answers read against the form, and a sentence for each that does not fit."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from changeover.apply.questions import Form, Question, Section

_EMAIL = re.compile(r"[^\s@<>,;:\"()\[\]\\]+@[^\s@<>,;:\"()\[\]\\.]+(?:\.[^\s@<>,;:\"()\[\]\\.]+)+")
_PHONE = re.compile(r"\+?[0-9][0-9 ()./-]{4,38}")
_NUMBER = re.compile(r"-?\d{1,15}(?:[.,]\d{1,6})?")
_ALIKE = ("contact", "resume", "work", "education")
_DATE = re.compile(r"(\d{4})-(\d{2})(?:-(\d{2}))?")


@dataclass(frozen=True, slots=True)
class Sent:
    """A file that was sent with a form: its name as told, its size in bytes and what it is by its bytes."""

    file_id: int
    name: str
    size: int
    kind: str
    refused: str = ""


@dataclass(frozen=True, slots=True)
class Checked:
    """The answers by section (a list, an entry for each time it was answered), and what is wrong by field name."""

    answers: Mapping[str, Sequence[Mapping[str, Any]]]
    errors: Mapping[str, str]
    applicant: Mapping[str, str] = field(default_factory=dict)


def field_name(section: Section, entry: int, question: Question) -> str:
    """What the field of a question is called in the form."""
    return f"{section.key}.{entry}.{question.name}"


def entries(section: Section, fields: Mapping[str, Sequence[str]], files: Mapping[str, Sent], asked: int = 0) -> int:
    """How often a section stands in the form: as often as it was filled in, was asked for, or has to be."""
    filled = 0
    for name in (*fields, *files):
        parts = name.split(".")
        if len(parts) >= 3 and parts[0] == section.key and parts[1].isdecimal() and len(parts[1]) < 3:
            given = name in files or any(value.strip() for value in fields.get(name, ()))
            filled = max(filled, int(parts[1]) + 1 if given else 0)
    return min(section.most, max(filled, asked, section.least, 1))


def check(form: Form, fields: Mapping[str, Sequence[str]], files: Mapping[str, Sent]) -> Checked:
    """Read the fields of a form that was sent, its texts cleaned. Never raises, whatever they hold."""
    answers: dict[str, list[Mapping[str, Any]]] = {}
    errors: dict[str, str] = {}
    choices = {question.key: (section, question) for section in form.sections for question in section.questions}
    for section in form.sections:
        told: list[Mapping[str, Any]] = []
        for entry in range(entries(section, fields, files)):
            asked = [each for each in section.questions if _needed(each, section, entry, choices, fields)]
            given, wrong = _entry(section, entry, asked, fields, files)
            # An entry that need not be there and says nothing is none.
            if not given and entry >= section.least and section.repeats:
                continue
            told.append(given)
            errors |= wrong
        answers[section.key] = told
    contact = answers.get("contact") or [{}]
    named = ("first_name", "last_name", "email")
    return Checked(answers, errors, {name: str(contact[0].get(name, "")) for name in named})


def _needed(
    question: Question,
    section: Section,
    entry: int,
    choices: Mapping[str, tuple[Section, Question]],
    fields: Mapping[str, Sequence[str]],
) -> bool:
    """Whether a question is asked at all: its prerequisite was answered so, in the same entry or in its one section."""
    if question.needs is None:
        return True
    where, other = choices[question.needs[0]]
    return _one(fields, field_name(where, entry if where is section else 0, other)) == question.needs[1]


def _entry(
    section: Section,
    entry: int,
    asked: Sequence[Question],
    fields: Mapping[str, Sequence[str]],
    files: Mapping[str, Sent],
) -> tuple[dict[str, Any], dict[str, str]]:
    given: dict[str, Any] = {}
    wrong: dict[str, str] = {}
    for question in asked:
        name = field_name(section, entry, question)
        answer, sentence = _answer(question, name, fields, files)
        if answer not in (None, "", [], {}):
            given[question.key] = answer
        elif question.required and not sentence:
            sentence = _MISSING.get(question.kind, "Fill this in.")
        if sentence:
            wrong[name] = sentence
    return given, wrong


_MISSING = {"choice": "Choose an answer.", "file": "Choose a file.", "dates": "Say when it began."}


def _answer(
    question: Question, name: str, fields: Mapping[str, Sequence[str]], files: Mapping[str, Sent]
) -> tuple[Any, str]:
    if question.kind == "file":
        return _file(files.get(name))
    if question.kind == "dates":
        return _dates(question, _one(fields, f"{name}.from"), _one(fields, f"{name}.to"))
    if question.kind == "choice":
        return _choice(question, fields.get(name, ()))
    said = clean(_one(fields, name), lines=question.kind == "text")
    if not said:
        return "", ""
    if question.kind == "number":
        return _number(question, said)
    return said, _text_wrong(question, said)


def _one(fields: Mapping[str, Sequence[str]], name: str) -> str:
    return next(iter(fields.get(name, ())), "")


def clean(said: str, *, lines: bool = False) -> str:
    """NFC without control characters; one line unless ``lines``. What cannot be written in UTF-8 is dropped."""
    said = unicodedata.normalize("NFC", said.encode("utf-8", "ignore").decode())
    kept = "".join(
        letter if letter.isprintable() or (lines and letter == "\n") else " "
        for letter in said.replace("\r\n", "\n").replace("\r", "\n")
    )
    return kept.strip() if lines else " ".join(kept.split())


def _text_wrong(question: Question, said: str) -> str:
    if question.most is not None and len(said) > question.most:
        return f"This has {len(said):,} letters; at most {int(question.most):,} are taken. Shorten it."
    if len(said) < question.least:
        return f"This has {len(said):,} letters; at least {int(question.least):,} are asked for."
    if question.kind == "email" and not _EMAIL.fullmatch(said):
        return "This is no e-mail address. It looks like name@example.org."
    if question.kind == "phone" and not _PHONE.fullmatch(said):
        return "This is no phone number. Write digits, with + and the country's code in front."
    return ""


def _number(question: Question, said: str) -> tuple[Any, str]:
    plain = said.replace(" ", "").replace(",", ".")
    if not _NUMBER.fullmatch(plain) or (question.whole and "." in plain):
        return said, "Write a whole number in digits." if question.whole else "Write a number in digits."
    value = int(plain) if question.whole else float(plain)
    if value < question.least or (question.most is not None and value > question.most):
        until = f" to {question.most:g}" if question.most is not None else " or more"
        return value, f"Write a number from {question.least:g}{until}."
    return value, ""


def _choice(question: Question, said: Sequence[str]) -> tuple[Any, str]:
    known = dict(question.choices)
    values = list(dict.fromkeys(value for value in said if value))
    if any(value not in known for value in values):
        return [], "Choose one of the answers that are shown."
    if len(values) > 1 and not question.several:
        return values, "Choose one answer."
    return values, ""


def _dates(question: Question, begun: str, ended: str) -> tuple[Any, str]:
    told = {name: value for name, value in (("from", clean(begun)), ("to", clean(ended))) if value}
    if any(not _day(value) for value in told.values()):
        return told, "Write year and month, like 2024-05."
    if "to" in told and "from" not in told:
        return told, "Say when it began, too."
    if len(told) == 2 and told["to"][:7] < told["from"][:7]:
        return told, "It ends before it begins."
    if told and "to" not in told and not question.open_end:
        return told, "Say when it ended, too."
    return told, ""


def _day(said: str) -> bool:
    match = _DATE.fullmatch(said)
    try:
        return bool(match and date(int(match[1]), int(match[2]), int(match[3] or 1)).year >= 1900)
    except ValueError:
        return False


def _file(sent: Sent | None) -> tuple[Any, str]:
    if sent is None:
        return None, ""
    if sent.refused:
        return None, sent.refused
    return {"file": str(sent.file_id), "name": sent.name}, ""


def refill(
    form: Form, answers: Mapping[str, Sequence[Mapping[str, Any]]]
) -> tuple[dict[str, list[str]], dict[str, int]]:
    """What was said in another form as this one's fields, and its files' ids by field.

    Only what every employer asks alike: who somebody is, the résumé, work and education. What one employer asked, a
    letter to it and the voluntary self-identification are said anew or not at all.
    """
    fields: dict[str, list[str]] = {}
    files: dict[str, int] = {}
    for section in form.sections:
        told = answers.get(section.key, ()) if section.key in _ALIKE else ()
        for entry, given in enumerate(told[: section.most]):
            for question in section.questions:
                answer, name = given.get(question.key), field_name(section, entry, question)
                if question.custom or answer is None:
                    continue
                if question.kind == "file":
                    files[name] = int(answer["file"])
                elif question.kind == "dates":
                    fields |= {f"{name}.{end}": [said] for end, said in answer.items()}
                else:
                    fields[name] = list(answer) if question.kind == "choice" else [str(answer)]
    return fields, files


def shown(form: Form, answers: Mapping[str, Sequence[Mapping[str, Any]]]) -> Iterator[tuple[str, str, str]]:
    """The answers for a person: (section, question, answer) in the order of the form."""
    for section in form.sections:
        for given in answers.get(section.key, ()):
            for question in section.questions:
                if question.key in given:
                    yield section.title, question.label, _words(question, given[question.key])


def _words(question: Question, answer: Any) -> str:
    if question.kind == "choice":
        known = dict(question.choices)
        return ", ".join(known.get(value, value) for value in answer)
    if question.kind == "dates":
        return f"{answer.get('from', '')} to {answer.get('to', 'now')}"
    return str(answer["name"]) if question.kind == "file" else str(answer)
