"""A form is what the employer asks for, and answers are read against it to the letter."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from changeover.apply.application import Sent, check, refill
from changeover.apply.questions import Form, FormRefused, name_of, read_form
from changeover.apply.sniff import FileRefused, Sniffed, sniff

EVERYTHING: dict[str, Any] = {
    "sections": {
        "contact": {"middle_name": "optional", "location": "required"},
        "resume": {"resume": "required"},
        "cover_letter": {"text": "optional"},
        "work": {"min": 1, "max": 3},
        "education": {},
        "self_identification": {},
        "additional": [
            {
                "questions": [
                    {
                        "id": "visa",
                        "text": "May you work here?",
                        "kind": "choice",
                        "component": "radio",
                        "required": True,
                        "choices": [{"value": "y", "label": "Yes"}, {"value": "n", "label": "No"}],
                    },
                    {
                        "id": "which",
                        "text": "Which permit?",
                        "kind": "line",
                        "required": True,
                        "prerequisite": {"question": "visa", "answer": "y"},
                    },
                    {"id": "years", "text": "Years", "kind": "number", "max": 60},
                    {"id": "rate", "text": "Rate", "kind": "number", "whole": False, "max": 900.5},
                    {"id": "leave", "text": "Away", "kind": "dates"},
                    {"id": "why", "text": "Why?", "kind": "text", "min": 3, "max": 20},
                    {"id": "paper", "text": "Paper", "kind": "file", "extensions": ["PDF"], "max_bytes": 1000},
                    {
                        "id": "shifts",
                        "text": "Shifts",
                        "kind": "choice",
                        "several": True,
                        "choices": [{"value": "d", "label": "Day"}, {"value": "n", "label": "Night"}],
                    },
                ]
            }
        ],
    }
}
GOOD = {
    "contact.0.first_name": ["Ada"],
    "contact.0.last_name": ["Example"],
    "contact.0.email": ["ada@example.org"],
    "contact.0.location": ["Oslo"],
    "work.0.title": ["Baker"],
    "work.0.dates.from": ["2020-01"],
    "self_identification.0.disability": ["decline"],
    "self_identification.0.gender": ["decline"],
    "self_identification.0.race": ["decline"],
    "self_identification.0.veteran_status": ["decline"],
    f"additional0.0.{name_of('visa')}": ["n"],
}
FILES = {"resume.0.resume": Sent(5, "ada.pdf", 900, "pdf")}


def a(key: str) -> str:
    return f"additional0.0.{name_of(key)}"


def form(said: Any = EVERYTHING) -> Form:
    made = read_form(said)
    assert isinstance(made, Form), made
    return made


def test_a_full_form_that_is_filled_in_has_nothing_wrong() -> None:
    checked = check(form(), GOOD, FILES)
    assert checked.errors == {}
    assert checked.applicant == {"first_name": "Ada", "last_name": "Example", "email": "ada@example.org"}
    assert checked.answers["work"] == [{"title": "Baker", "dates": {"from": "2020-01"}}]
    assert checked.answers["education"] == []
    assert checked.answers["resume"] == [{"resume": {"file": "5", "name": "ada.pdf"}}]
    assert checked.answers["additional0"] == [{"visa": ["n"]}]


def test_what_was_answered_fills_in_the_next_form_but_for_what_one_employer_asked() -> None:
    fields, files = refill(form(), check(form(), GOOD, FILES).answers)
    assert fields == {name: said for name, said in GOOD.items() if name.startswith(("contact", "work"))}
    assert files == {"resume.0.resume": 5}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("contact.0.first_name", " \t"),
        ("contact.0.email", "ada@example"),
        ("contact.0.email", "ada@example.org\r\nBcc: x@example.org"),
        ("contact.0.phone", "call me"),
        ("work.0.dates.from", "2020-13"),
        ("work.0.dates.to", "2019-01"),
        ("self_identification.0.gender", "martian"),
        (a("visa"), ""),
        (a("visa"), "maybe"),
        (a("years"), "61"),
        (a("years"), "-1"),
        (a("years"), "1e3"),
        (a("years"), "2.5"),
        (a("rate"), "901"),
        (a("why"), "x"),
        (a("why"), "x" * 21),
        (a("shifts"), "q"),
    ],
)
def test_an_answer_that_does_not_fit_is_told_at_its_field(field: str, value: str) -> None:
    errors = check(form(), {**GOOD, field: [value]}, FILES).errors
    assert [name for name in errors if field.startswith(name)], errors
    assert all(sentence.endswith(".") for sentence in errors.values())


def test_a_question_is_asked_only_where_its_prerequisite_was_answered_so() -> None:
    assert check(form(), GOOD, FILES).errors == {}
    assert list(check(form(), {**GOOD, a("visa"): ["y"]}, FILES).errors) == [a("which")]
    unasked = check(form(), {**GOOD, a("which"): ["H-1"]}, FILES)
    assert "which" not in unasked.answers["additional0"][0]


def test_what_is_required_and_missing_is_told_once_each() -> None:
    errors = check(form(), {}, {}).errors
    assert {"contact.0.first_name", "contact.0.email", "resume.0.resume", "work.0.title", a("visa")} <= set(errors)
    assert not any(name.startswith("education") for name in errors)


def test_an_entry_more_is_read_and_an_empty_one_skipped() -> None:
    more = {**GOOD, "work.2.title": ["Cook"], "work.2.dates.from": ["2015-02"], "work.9.title": ["Too many"]}
    checked = check(form(), more, FILES)
    assert [each["title"] for each in checked.answers["work"]] == ["Baker", "Cook"]


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("x", "BAD_APPLY_QUESTIONS"),
        ({"sections": {"resume": {"resume": "maybe"}}}, "BAD_APPLY_QUESTIONS"),
        ({"sections": {"resume": {"questions": [{"id": "a", "text": "b", "kind": "choice"}]}}}, "BAD_APPLY_QUESTIONS"),
        (
            {"sections": {"resume": {"questions": [{"id": "a", "text": "b", "kind": "line"}] * 2}}},
            "QUESTION_TWICE",
        ),
        (
            {
                "sections": {
                    "resume": {
                        "questions": [
                            {
                                "id": "a",
                                "text": "b",
                                "kind": "line",
                                "prerequisite": {"question": "z", "answer": "y"},
                            }
                        ]
                    }
                }
            },
            "BAD_PREREQUISITE",
        ),
    ],
)
def test_a_form_that_cannot_be_used_is_refused_in_words(said: Any, code: str) -> None:
    refused = read_form(said)
    assert isinstance(refused, FormRefused)
    assert refused.code == code


def test_the_shortest_form_asks_for_name_and_address() -> None:
    asked = [q.key for q in form({}).questions()]
    assert asked == ["first_name", "last_name", "email", "phone"]


@given(st.dictionaries(st.text(max_size=30), st.lists(st.text(max_size=40), max_size=3), max_size=12))
def test_whatever_a_form_holds_is_read_without_a_surprise(fields: dict[str, list[str]]) -> None:
    checked = check(form(), {**GOOD, **fields}, FILES)
    assert set(checked.answers) == {section.key for section in form().sections}


@given(st.lists(st.sampled_from(sorted(GOOD)), unique=True), st.text(max_size=60))
def test_any_text_in_any_field_is_an_answer_or_a_sentence(names: list[str], text: str) -> None:
    checked = check(form(), {**GOOD, **{name: [text] for name in names}}, FILES)
    assert all(isinstance(sentence, str) for sentence in checked.errors.values())


def packed(*names: str, content: bytes = b"x") -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        for name in names:
            made.writestr(name, content)
    return file.getvalue()


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"%PDF-1.7\n...", "pdf"),
        (packed("word/document.xml", "[Content_Types].xml"), "docx"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(100), "doc"),
        (b"{\\rtf1 hi}", "rtf"),
        ("Grüße\n".encode(), "txt"),
    ],
)
def test_a_file_is_what_its_bytes_are(content: bytes, kind: str) -> None:
    found = sniff(content)
    assert isinstance(found, Sniffed)
    assert found.kind == kind


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "EMPTY_FILE"),
        (b"MZ\x90\x00", "PROGRAM"),
        (b"\x7fELF\x02", "PROGRAM"),
        (b"#!/bin/sh\n", "PROGRAM"),
        (packed("word/document.xml", content=bytes(30_000_000)), "ZIP_BOMB"),
        (packed("word/document.xml", "word/vbaProject.bin"), "MACROS"),
        (b"PK\x03\x04nonsense", "BROKEN_FILE"),
        (bytes(range(256)), "UNKNOWN_KIND"),
    ],
)
def test_a_file_that_cannot_be_trusted_is_refused(content: bytes, code: str) -> None:
    found = sniff(content)
    assert isinstance(found, FileRefused)
    assert found.code == code
