"""An application as the wire tells it: the whole of it, its files as addresses for a token."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from changeover.apply.questions import Form, Question, Section
from changeover.apply_connect.payloads_events import APPLICATION
from changeover.webhooks.signing import body_of

Answers = Mapping[str, Sequence[Mapping[str, Any]]]

_CUSTOM = "customQuestionResponses"
_PHONE = re.compile(r"[^\d+]")


def exported(row: Mapping[str, Any], external_id: str, form: Form, url: str) -> str:
    """The event's body. ``row`` is an application as it is kept, ``url`` the board's own address."""
    sections = {section.key: section for section in form.sections}
    made = _Made(row, sections, url)
    return body_of(
        {
            "type": APPLICATION,
            "jobApplicationId": f"urn:li:jobApplication:{row['application_id']}",
            "jobApplicant": f"urn:li:person:{row['application_id']}",
            "externalJobId": external_id,
            "appliedAt": round(row["applied_at"].timestamp() * 1_000),
            "questionResponses": made.responses(),
            "applicantSkills": [],
        }
    )


def named_in(body: str) -> tuple[str, int]:
    """Which job's application an event's body carries: the ATS's own id, and the application's number."""
    said = orjson.loads(body)
    return said["externalJobId"], int(said["jobApplicationId"].rpartition(":")[2])


class _Made:
    """The answers of one application, section by section."""

    def __init__(self, row: Mapping[str, Any], sections: Mapping[str, Section], url: str) -> None:
        self._company = row["company_id"]
        self._answers: Answers = row["answers"]
        self._sections = sections
        self._url = url

    def responses(self) -> dict[str, Any]:
        said = {
            "contactInformationQuestionResponses": self._contact(),
            "resumeQuestionResponses": self._part("resume", {"resume": "resumeQuestionAnswer"}),
            "coverLetterQuestionResponses": self._part(
                "cover_letter",
                {"cover_letter": "coverLetterQuestionAnswer", "cover_letter_text": "textCoverLetterQuestionAnswer"},
            ),
            "workQuestionResponses": self._lives("work", "workExperienceQuestionSetResponses", _WORK),
            "educationQuestionResponses": self._lives("education", "educationExperienceQuestionSetResponses", _SCHOOL),
            "voluntarySelfIdentificationQuestionResponses": self._part("self_identification", _SELF),
            "additionalQuestionResponses": self._additional(),
        }
        return {name: value for name, value in said.items() if value}

    def _contact(self) -> dict[str, Any]:
        given = dict(next(iter(self._answers.get("contact", ())), {}))
        phone = given.pop("phone", "")
        said = self._part("contact", _CONTACT, given)
        if phone:
            said["cellphoneNumberQuestionAnswer"] = {"countryCode": "", "nationalNumber": _PHONE.sub("", phone)}
        return said

    def _part(self, key: str, names: Mapping[str, str], given: Mapping[str, Any] | None = None) -> dict[str, Any]:
        section = self._sections.get(key)
        said = given if given is not None else next(iter(self._answers.get(key, ())), {})
        if section is None or not said:
            return {}
        made = {names[q.key]: self._own(q, said[q.key]) for q in section.questions if q.key in names and q.key in said}
        customs = self._customs(section, said)
        return {**made, **({_CUSTOM: customs} if customs else {})}

    def _lives(self, key: str, name: str, names: Mapping[str, str]) -> dict[str, Any]:
        sets = [self._part(key, names, given) for given in self._answers.get(key, ())]
        more = self._part(f"{key}_more", {})
        return {**({name: sets} if sets else {}), **more}

    def _additional(self) -> dict[str, Any]:
        sets = [
            {_CUSTOM: self._customs(section, given)}
            for key, section in self._sections.items()
            if key.startswith("additional")
            for given in self._answers.get(key, ())
        ]
        return {"customQuestionSetResponses": sets} if sets else {}

    def _customs(self, section: Section, given: Mapping[str, Any]) -> list[dict[str, Any]]:
        return [
            {"questionIdentifier": q.key, "answer": self._custom(q, given[q.key])}
            for q in section.questions
            if q.custom and q.key in given
        ]

    def _own(self, question: Question, answer: Any) -> dict[str, Any]:
        if question.kind == "file":
            return self._media(answer)
        if question.kind == "dates":
            return _range(answer)
        return {"value": answer[0] if question.kind == "choice" else answer}

    def _custom(self, question: Question, answer: Any) -> dict[str, Any]:
        if question.kind == "choice":
            return {"multipleChoiceAnswerValue": {"symbolicNames": answer}}
        if question.kind == "number":
            return {"numericAnswerValue": {"integerValue" if question.whole else "decimalValue": answer}}
        if question.kind == "dates":
            return {"dateAnswerValue": _range(answer)}
        if question.kind == "file":
            return {"documentAnswerValue": self._media(answer)}
        return {"textAnswerValue": {"value": answer}}

    def _media(self, answer: Mapping[str, str]) -> dict[str, str]:
        reference = f"{self._company}-{answer['file']}"
        return {"mediaUrn": f"urn:li:media:{reference}", "mediaUrl": f"{self._url}/ambry/?x-li-ambry-ep={reference}"}


_CONTACT = {
    "first_name": "firstNameAnswer",
    "middle_name": "middleNameQuestionAnswer",
    "last_name": "lastNameAnswer",
    "email": "emailAnswer",
    "location": "locationAnswer",
}
_WORK = {
    "title": "titleQuestionAnswer",
    "company": "companyQuestionAnswer",
    "city": "cityQuestionAnswer",
    "dates": "employmentDatesQuestionAnswer",
    "description": "descriptionQuestionAnswer",
}
_SCHOOL = {
    "school": "schoolQuestionAnswer",
    "degree": "degreeQuestionAnswer",
    "field_of_study": "fieldOfStudyQuestionAnswer",
    "city": "cityQuestionAnswer",
    "dates": "datesAttendedQuestionAnswer",
}
_SELF = {
    "disability": "disabilityQuestionAnswer",
    "gender": "genderQuestionAnswer",
    "race": "raceQuestionAnswer",
    "veteran_status": "veteranStatusQuestionAnswer",
}


def _range(answer: Mapping[str, str]) -> dict[str, dict[str, int]]:
    """Two days of year, month and, where it was told, day."""
    made = {}
    for name, ours in (("start", "from"), ("end", "to")):
        if answer.get(ours):
            made[name] = dict(zip(("year", "month", "day"), map(int, answer[ours].split("-")), strict=False))
    return made
