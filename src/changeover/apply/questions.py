"""An apply form: its sections and questions, read from what an ATS asks for in our own words."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from changeover.apply.questions_shape import SHAPE, Asked, Custom, Sections

DOCUMENTS = ("pdf", "doc", "docx")
RESUME_BYTES, LETTER_BYTES, FILE_BYTES = 2_000_000, 512_000, 10_000_000
TEXT_LENGTH, LETTER_LENGTH, LINE_LENGTH = 10_000, 10_000, 300

_SKIP: Asked = "skip"
_REQUIRED: Asked = "required"


@dataclass(frozen=True, slots=True)
class Question:
    """One question. ``key`` is the ATS's own; ``name`` is unique in its section and safe in markup.

    ``kind``: line, text, email, phone, number, choice, dates, file. ``least`` and ``most`` are lengths of texts, values
    of numbers, bytes of files. ``needs``: asked only where another question has that answer.
    """

    key: str
    name: str
    kind: str
    label: str
    required: bool = False
    help: str = ""
    more: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    several: bool = False
    least: float = 0
    most: float | None = None
    whole: bool = True
    suggested: str = ""
    component: str = ""
    extensions: tuple[str, ...] = ()
    labels: tuple[str, str] = ("From", "To")
    open_end: bool = False
    needs: tuple[str, str] | None = None
    autocomplete: str = ""
    custom: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """Questions that are asked together, ``least`` to ``most`` times."""

    key: str
    title: str
    questions: tuple[Question, ...]
    least: int = 1
    most: int = 1
    note: str = ""

    @property
    def repeats(self) -> bool:
        """True if a person may answer it more or less often than once."""
        return (self.least, self.most) != (1, 1)


@dataclass(frozen=True, slots=True)
class Form:
    """Everything that is asked, in order."""

    sections: tuple[Section, ...]

    def questions(self) -> Iterator[Question]:
        """Each question once."""
        return (question for section in self.sections for question in section.questions)

    @property
    def digest(self) -> str:
        """16 hex digits that change with the form."""
        return hashlib.sha256(repr(self.sections).encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class FormRefused:
    """Why a form cannot be used: the job can be posted, and is applied for at the employer."""

    code: str
    sentence: str


def read_form(said: Any) -> Form | FormRefused:
    """The form that ``said`` asks for: the JSON of `apply_questions` (docs/apply.md). Never raises."""
    try:
        asked = SHAPE.validate_python(said)
    except ValueError as problem:
        first = problem.errors()[0] if hasattr(problem, "errors") else {"loc": (), "msg": str(problem)}
        where = "/".join(str(part) for part in first["loc"])
        return FormRefused(
            "BAD_APPLY_QUESTIONS", f"apply_questions/{where}: {first['msg']}; mend it and send it again."
        )
    form = Form(tuple(_sections(asked.sections)))
    return _wrong(form) or form


def _sections(it: Sections) -> Iterator[Section]:
    yield _contact(it)
    if it.resume is not None:
        own = _file("resume", "Résumé", it.resume.resume, RESUME_BYTES)
        yield Section("resume", "Résumé", (*own, *_customs(it.resume.questions)))
    if it.cover_letter is not None:
        own = _file("cover_letter", "Cover letter", it.cover_letter.cover_letter, LETTER_BYTES)
        text = _text("cover_letter_text", "Cover letter, in words", it.cover_letter.text, most=LETTER_LENGTH, long=True)
        yield Section("cover_letter", "Cover letter", (*own, *text, *_customs(it.cover_letter.questions)))
    yield from _lives(it)
    if it.self_identification is not None:
        yield _self_identification(it.self_identification)
    for number, each in enumerate(it.additional):
        yield Section(f"additional{number}", "More questions", _customs(each.questions), 1, each.max)


def _contact(it: Sections) -> Section:
    asked = it.contact
    phone: Asked = asked.phone if asked else "optional"
    own = [
        Question("first_name", "first_name", "line", "First name", True, most=LINE_LENGTH, autocomplete="given-name"),
        *_text("middle_name", "Middle name", asked.middle_name if asked else _SKIP, auto="additional-name"),
        Question("last_name", "last_name", "line", "Last name", True, most=LINE_LENGTH, autocomplete="family-name"),
        Question("email", "email", "email", "E-mail", True, most=254, autocomplete="email"),
    ]
    if phone != _SKIP:
        own.append(
            Question("phone", "phone", "phone", "Phone", phone == _REQUIRED, most=40, autocomplete="tel",
                     help="With the country's code, like +47 22 86 44 00.")
        )  # fmt: skip
    own += _text("location", "Where you live", asked.location if asked else _SKIP, auto="address-level2")
    return Section("contact", "About you", (*own, *_customs(asked.questions if asked else ())))


def _lives(it: Sections) -> Iterator[Section]:
    """What a person did and learned: each place a set of answers of its own, then the employer's questions."""
    if (work := it.work) is not None:
        own = (
            *_text("title", "Title", work.title),
            *_text("company", "Company", work.company),
            *_text("city", "City", work.city),
            *_dates("dates", "When", work.dates),
            *_text("description", "What you did", work.description, most=TEXT_LENGTH, long=True),
        )
        yield Section("work", "Work experience", (*own, *_customs(work.each)), work.min, work.max)
        if work.questions:
            yield Section("work_more", "About your work", _customs(work.questions))
    if (education := it.education) is not None:
        own = (
            *_text("school", "School", education.school),
            *_text("degree", "Degree", education.degree),
            *_text("field_of_study", "Field of study", education.field_of_study),
            *_text("city", "City", education.city),
            *_dates("dates", "When", education.dates),
        )
        yield Section("education", "Education", (*own, *_customs(education.each)), education.min, education.max)
        if education.questions:
            yield Section("education_more", "About your education", _customs(education.questions))


_DECLINE = ("decline", "I do not wish to answer")
_SELF = {
    "disability": ("Disability", (("yes", "Yes, I have a disability, or have had one"), ("no", "No"))),
    "gender": ("Gender", (("female", "Female"), ("male", "Male"), ("other", "Another"))),
    "race": (
        "Race or ethnicity",
        (
            ("american_indian", "American Indian or Alaska Native"),
            ("asian", "Asian"),
            ("black", "Black or African American"),
            ("hispanic", "Hispanic or Latino"),
            ("pacific", "Native Hawaiian or Other Pacific Islander"),
            ("white", "White"),
            ("two_or_more", "Two or more"),
        ),
    ),
    "veteran_status": ("Veteran status", (("veteran", "I am a protected veteran"), ("not_veteran", "I am not"))),
}
_VOLUNTARY = (
    "Your answers are yours to give: “I do not wish to answer” is an answer, and none decides on your application."
)


def _self_identification(asked: Any) -> Section:
    own = [
        Question(key, key, "choice", label, getattr(asked, key) == _REQUIRED, choices=(*choices, _DECLINE))
        for key, (label, choices) in _SELF.items()
        if getattr(asked, key) != _SKIP
    ]
    questions = (*own, *_customs(asked.questions))
    return Section("self_identification", "Voluntary self-identification", questions, note=_VOLUNTARY)


def _text(
    key: str, label: str, asked: Asked, *, most: int = LINE_LENGTH, long: bool = False, auto: str = ""
) -> tuple[Question, ...]:
    if asked == _SKIP:
        return ()
    kind = "text" if long else "line"
    return (Question(key, key, kind, label, asked == _REQUIRED, most=most, autocomplete=auto),)


def _dates(key: str, label: str, asked: Asked) -> tuple[Question, ...]:
    made = Question(key, key, "dates", label, asked == _REQUIRED, open_end=True)
    return () if asked == _SKIP else (made,)


def _file(key: str, label: str, asked: Asked, most: int) -> tuple[Question, ...]:
    made = Question(key, key, "file", label, asked == _REQUIRED, most=most, extensions=DOCUMENTS)
    return () if asked == _SKIP else (made,)


def name_of(key: str) -> str:
    """The name of an employer's own question: its key may hold any letter, a name in markup may not."""
    return f"q{hashlib.sha256(key.encode('utf-8', 'surrogatepass')).hexdigest()[:12]}"


def _customs(asked: Sequence[Custom]) -> tuple[Question, ...]:
    return tuple(_custom(each) for each in asked)


def _custom(it: Custom) -> Question:
    made = Question(it.id, name_of(it.id), it.kind, it.text, it.required, it.help, it.more_help, custom=True)
    if it.prerequisite is not None:
        made = replace(made, needs=(it.prerequisite.question, it.prerequisite.answer))
    if it.kind == "choice":
        choices = tuple((each.value, each.label) for each in it.choices)
        return replace(made, choices=choices, several=it.several, component=it.component, suggested=it.suggested)
    if it.kind == "number":
        return replace(made, least=it.min, most=it.max, whole=it.whole, suggested=it.suggested)
    if it.kind == "dates":
        return replace(made, labels=(it.from_label, it.to_label), open_end=not it.end)
    if it.kind == "file":
        return replace(
            made,
            most=min(it.max_bytes, FILE_BYTES),
            extensions=tuple(each.lower().lstrip(".") for each in it.extensions),
        )
    most = it.max or (TEXT_LENGTH if it.kind == "text" else LINE_LENGTH)
    return replace(made, least=it.min, most=most, suggested=it.suggested)


def _wrong(form: Form) -> FormRefused | None:
    """Keys that stand twice would mix up answers; a prerequisite must be a choice of one that stands in the form."""
    seen: dict[str, Question] = {}
    for question in form.questions():
        if question.custom and question.key in seen:
            return FormRefused(
                "QUESTION_TWICE", f"The question {question.key[:60]} stands twice; give each its own id."
            )
        if question.custom:
            seen[question.key] = question
    for question in seen.values():
        if question.needs and not _can_be_met(seen.get(question.needs[0]), question.needs[1]):
            sentence = (
                f"The question {question.key[:60]} depends on an answer that cannot be given; mend its prerequisite."
            )
            return FormRefused("BAD_PREREQUISITE", sentence)
    return None


def _can_be_met(other: Question | None, answer: str) -> bool:
    return other is not None and other.kind == "choice" and not other.several and answer in dict(other.choices)


def favourable(said: Mapping[str, Any]) -> Mapping[str, Sequence[str]]:
    """The answers that speak for an applicant, by question, where the employer named any."""
    sections = SHAPE.validate_python(said).sections
    told: dict[str, Sequence[str]] = {}
    for each in _all_customs(sections):
        if each.favourable:
            told[each.id] = each.favourable
    return told


def _all_customs(it: Sections) -> Iterator[Custom]:
    for part in (it.contact, it.resume, it.cover_letter, it.work, it.education, it.self_identification, *it.additional):
        yield from getattr(part, "questions", ())
        yield from getattr(part, "each", ())
