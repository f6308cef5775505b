"""The wire's apply form in our own words: what `apply_questions` would say of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

import orjson
import xxhash
from pydantic import BaseModel, Field, PlainValidator, TypeAdapter

from changeover.apply.questions import FormRefused, read_form
from changeover.apply_connect.payloads_form import Details, Question, Sections, Wire
from changeover.sources.text import clean

# Our names of the wire's sections and of what is asked in them; a requirement's own name ends alike everywhere.
_SECTIONS = {
    "contact_information_questions": (
        "contact",
        {"middle_name": "middle_name", "cellphone_number": "phone", "location": "location"},
    ),
    "resume_questions": ("resume", {"resume": "resume"}),
    "cover_letter_questions": ("cover_letter", {"cover_letter": "cover_letter", "text_cover_letter": "text"}),
    "voluntary_self_identification_questions": (
        "self_identification",
        {"disability": "disability", "gender": "gender", "race": "race", "veteran_status": "veteran_status"},
    ),
}
_SETS = {
    "work_questions": (
        "work",
        "work_experience_question_set",
        {
            "title": "title",
            "employment_dates": "dates",
            "city": "city",
            "company": "company",
            "description": "description",
        },
    ),
    "education_questions": (
        "education",
        "education_experience_question_set",
        {
            "school": "school",
            "dates_attended": "dates",
            "city": "city",
            "degree": "degree",
            "field_of_study": "field_of_study",
        },
    ),
}
_COMPONENTS = {"RADIO_BUTTONS": "radio", "DROPDOWN": "dropdown", "CHECKBOXES": "checkboxes", "BUTTONS": "buttons"}


@dataclass(frozen=True, slots=True)
class Asked:
    """What a form asks, as the JSON of `apply_questions`; ``flaw``: the code of why it cannot be used, or empty.

    ``number`` changes with what is asked, and is neither 0 nor 1.
    """

    form: Mapping[str, Any]
    flaw: str
    number: int


def asked(said: Any) -> Asked:
    """What the wire's questions ask, in our own words, and what our rules for forms say of that.

    Raises pydantic's ValidationError with each place that is wrong.
    """
    form = printable(_form(_SAID.validate_python(said) or Sections()))
    found = read_form(form)
    number = max(2, xxhash.xxh3_64_intdigest(orjson.dumps(form)) >> 1)
    return Asked(form, found.code if isinstance(found, FormRefused) else "", number)


_SAID: TypeAdapter[Sections | None] = TypeAdapter(Sections | None)
_KNOWN: dict[bytes, Asked] = {}
_MOST_KNOWN = 1_000


def _once(said: Any) -> Asked:
    """The same questions, which most jobs of an employer ask, are read once."""
    try:
        key = orjson.dumps(said)
    except orjson.JSONEncodeError:
        return asked(said)
    found = _KNOWN.get(key)
    if found is None:
        if len(_KNOWN) >= _MOST_KNOWN:
            _KNOWN.clear()
        found = _KNOWN[key] = asked(said)
    return found


class Configuration(Wire):
    """Applying on the board: where the applications go, and what is asked."""

    job_application_webhook_url: Annotated[str, Field(min_length=1, max_length=2_000)]
    questions: Annotated[Asked, PlainValidator(_once)] = Field(default_factory=lambda: asked(None))

    @property
    def flaw(self) -> str:
        """Why the job can be posted and cannot be applied for here; empty if it can."""
        secret = self.job_application_webhook_url.lower().startswith("https://")
        return self.questions.flaw if secret else "WEBHOOK_NOT_HTTPS"


def printable(value: Any) -> Any:
    """JSON without the characters that no database keeps."""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, dict):
        return {clean(key): printable(each) for key, each in value.items()}
    return [printable(each) for each in value] if isinstance(value, list) else value


def _form(sections: Sections) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for name, (ours, names) in _SECTIONS.items():
        section = getattr(sections, name)
        if section is not None:
            made[ours] = {**_required(section, names), "questions": _customs(section.custom_questions)}
    for name, (ours, inner, names) in _SETS.items():
        section = getattr(sections, name)
        if section is not None:
            each = getattr(section, inner)
            made[ours] = {
                **_required(each, names),
                "min": each.min_required,
                "max": max(each.repeat_limit, each.min_required),
                "each": _customs(each.custom_questions),
                "questions": _customs(section.custom_questions),
            }
    if sections.additional_questions is not None:
        sets = sections.additional_questions.custom_question_sets
        made["additional"] = [{"questions": _customs(one.questions), "max": one.repeat_limit} for one in sets]
    return {"sections": made}


def _required(section: BaseModel, names: Mapping[str, str]) -> dict[str, str]:
    return {ours: getattr(section, f"{name}_question_requirement").lower() for name, ours in names.items()}


def _customs(questions: Sequence[Question]) -> list[dict[str, Any]]:
    return [_custom(each) for each in questions]


def _custom(it: Question) -> dict[str, Any]:
    made: dict[str, Any] = {
        "id": it.partner_question_identifier,
        "text": it.question_text or it.partner_question_identifier,
        "required": it.required,
        "help": it.help_message or "",
        "more_help": it.expanded_help_message or "",
        **_answered(it.question_details),
    }
    needs = it.question_details.prerequisite_question_response
    if needs:
        question = (needs.get("prerequisiteQuestion") or {}).get("partnerQuestionIdentifier", "")
        value = (needs.get("prerequisiteResponse") or {}).get("multipleChoiceAnswerValue") or {}
        made["prerequisite"] = {"question": question, "answer": next(iter(value.get("symbolicNames") or ()), "")}
    return made


def _answered(details: Details) -> dict[str, Any]:
    """How a question is answered: its kind, which is none where several were told or none was, and its limits."""
    if len([name for name, value in details if value is not None and name != "prerequisite_question_response"]) != 1:
        return {"kind": ""}
    if (choice := details.multiple_choice_question_details) is not None:
        favourable = choice.favorable_multiple_choice_answer
        return {
            "kind": "choice",
            "choices": [{"value": each.symbolic_name, "label": each.display_value} for each in choice.choices],
            "several": choice.select_multiple,
            "component": _COMPONENTS.get(choice.preferred_form_component or "", ""),
            "suggested": choice.default_value_symbolic_name or "",
            "favourable": favourable.favorable_symbolic_names if favourable else [],
        }
    if (number := details.numeric_question_details) is not None:
        whole = number.integer_question_details
        limits = whole or number.decimal_question_details
        suggested = limits.suggested_value if limits else None
        return {
            "kind": "number",
            "whole": whole is not None,
            "min": limits.min_value if limits else 0,
            "max": limits.max_value if limits else None,
            "suggested": "" if suggested is None else f"{suggested:g}",
        }
    if (dates := details.date_range_question_details) is not None:
        end = dates.hide_end_date_label in (None, False, "")
        return {"kind": "dates", "from_label": dates.start_label, "to_label": dates.end_label, "end": end}
    if (document := details.document_question_details) is not None:
        extensions = document.acceptable_file_extensions
        return {"kind": "file", "max_bytes": document.maximum_size, "extensions": extensions}
    text = details.text_question_details
    long = text is not None and (text.preferred_form_component == "MULTILINE_TEXT" or (text.max_length or 0) > 300)
    return {
        "kind": "text" if long else "line",
        "min": text.min_length if text else 0,
        "max": text.max_length if text else None,
        "suggested": (text.suggested_value or "") if text else "",
    }
