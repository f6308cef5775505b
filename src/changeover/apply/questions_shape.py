"""The JSON by which an ATS asks for an apply form: every field, its kind and its limits."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, model_validator

Asked = Literal["required", "optional", "skip"]
Text = Annotated[str, Field(max_length=10_000)]


class _Said(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Choice(_Said):
    """One answer that may be chosen: its value for the ATS, its words for a person."""

    value: Annotated[str, Field(min_length=1, max_length=500)]
    label: Annotated[str, Field(min_length=1, max_length=2_000)]


class Prerequisite(_Said):
    """The question whose answer decides whether this one is asked."""

    question: Text
    answer: Text


class Custom(_Said):
    """A question of the employer's own."""

    id: Annotated[str, Field(min_length=1, max_length=500)]
    text: Annotated[str, Field(min_length=1, max_length=10_000)]
    kind: Literal["line", "text", "number", "choice", "dates", "file"]
    required: bool = False
    help: Text = ""
    more_help: Text = ""
    choices: Annotated[list[Choice], Field(max_length=2_000)] = []
    several: bool = False
    component: Literal["", "radio", "dropdown", "checkboxes", "buttons"] = ""
    suggested: Text = ""
    favourable: Annotated[list[Text], Field(max_length=2_000)] = []
    min: float = 0
    max: float | None = None
    whole: bool = True
    from_label: Text = "From"
    to_label: Text = "To"
    end: bool = True
    max_bytes: Annotated[int, Field(gt=0, le=100_000_000)] = 100_000_000
    extensions: Annotated[list[Annotated[str, Field(max_length=20)]], Field(max_length=50)] = []
    prerequisite: Prerequisite | None = None

    @model_validator(mode="after")
    def _whole(self) -> Custom:
        if self.kind == "choice" and not self.choices:
            raise ValueError("a choice needs choices")
        if self.max is not None and self.max < self.min:
            raise ValueError("max is below min")
        return self


Customs = Annotated[list[Custom], Field(max_length=300)]


class Contact(_Said):
    """Who the applicant is; name and e-mail are always asked."""

    middle_name: Asked = "skip"
    phone: Asked = "optional"
    location: Asked = "skip"
    questions: Customs = []


class Resume(_Said):
    """The résumé."""

    resume: Asked = "optional"
    questions: Customs = []


class CoverLetter(_Said):
    """The cover letter, as a file or in words."""

    cover_letter: Asked = "optional"
    text: Asked = "skip"
    questions: Customs = []


class Work(_Said):
    """Positions held: ``each`` is asked of every one, ``questions`` once."""

    min: Annotated[int, Field(ge=0, le=10)] = 0
    max: Annotated[int, Field(ge=1, le=10)] = 10
    title: Asked = "required"
    dates: Asked = "required"
    company: Asked = "optional"
    city: Asked = "optional"
    description: Asked = "optional"
    each: Customs = []
    questions: Customs = []


class Education(_Said):
    """Schools: ``each`` is asked of every one, ``questions`` once."""

    min: Annotated[int, Field(ge=0, le=3)] = 0
    max: Annotated[int, Field(ge=1, le=3)] = 3
    school: Asked = "required"
    dates: Asked = "required"
    city: Asked = "optional"
    degree: Asked = "optional"
    field_of_study: Asked = "optional"
    each: Customs = []
    questions: Customs = []


class SelfIdentification(_Said):
    """What an applicant may say of themselves of their own will."""

    disability: Asked = "required"
    gender: Asked = "required"
    race: Asked = "required"
    veteran_status: Asked = "required"
    questions: Customs = []


class Additional(_Said):
    """Questions that are asked together, up to ``max`` times."""

    questions: Annotated[list[Custom], Field(min_length=1, max_length=300)]
    max: Annotated[int, Field(ge=1, le=10)] = 1


class Sections(_Said):
    """The sections: what is not there is not asked, an empty one is asked with its defaults."""

    contact: Contact | None = None
    resume: Resume | None = None
    cover_letter: CoverLetter | None = None
    work: Work | None = None
    education: Education | None = None
    self_identification: SelfIdentification | None = None
    additional: Annotated[list[Additional], Field(max_length=100)] = []


class ApplyQuestions(_Said):
    """A form, and where its applications go; empty where the ATS is told in another way."""

    deliver_to: Annotated[str, Field(max_length=2_000)] = ""
    sections: Sections = Sections()


SHAPE = TypeAdapter(ApplyQuestions)
