"""What an apply form asks, as the wire names it: sections and questions."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

Requirement = Literal["REQUIRED", "OPTIONAL", "SKIP"]
Component = Literal["CHECKBOXES", "DROPDOWN", "MULTILINE_TEXT", "RADIO_BUTTONS", "TEXT", "BUTTONS", "TYPEAHEAD"]
Text = Annotated[str, Field(max_length=10_000)]


class Wire(BaseModel):
    """An object of the wire: its fields are known by their camel-case names, others are tolerated."""

    model_config = ConfigDict(alias_generator=to_camel, extra="ignore")


class Choice(Wire):
    """One answer that may be chosen."""

    symbolic_name: Text
    display_value: Text


class FavorableChoice(Wire):
    """The choices that speak for an applicant."""

    favorable_symbolic_names: list[Text] = []


class MultipleChoice(Wire):
    """A question with choices."""

    choices: Annotated[list[Choice], Field(min_length=1, max_length=2_000)]
    default_value_symbolic_name: Text | None = None
    favorable_multiple_choice_answer: FavorableChoice | None = None
    preferred_form_component: Component | None = None
    select_multiple: bool = False


class TextDetails(Wire):
    """A question answered in words."""

    suggested_value: Text | None = None
    min_length: Annotated[int, Field(ge=0)] = 0
    max_length: Annotated[int, Field(gt=0)] | None = None
    preferred_form_component: Component | None = None


class NumberDetails(Wire):
    """The limits of a number."""

    suggested_value: float | None = None
    min_value: float = 0
    max_value: float | None = None


class Numeric(Wire):
    """A question answered by a number, whole or not."""

    decimal_question_details: NumberDetails | None = None
    integer_question_details: NumberDetails | None = None


class DateRange(Wire):
    """A question answered by two days."""

    start_label: Text = "From"
    end_label: Text = "To"
    hide_end_date_label: Text | bool | None = None


class Document(Wire):
    """A question answered by a file; the size is in bytes."""

    maximum_size: Annotated[int, Field(gt=0, le=100_000_000)] = 100_000_000
    acceptable_file_extensions: list[Text] = []


class Details(Wire):
    """How a question is answered: one of these."""

    multiple_choice_question_details: MultipleChoice | None = None
    text_question_details: TextDetails | None = None
    numeric_question_details: Numeric | None = None
    date_range_question_details: DateRange | None = None
    document_question_details: Document | None = None
    prerequisite_question_response: dict[str, Any] | None = None


class Question(Wire):
    """A question of the employer's own."""

    partner_question_identifier: Annotated[str, Field(min_length=1, max_length=500)]
    question_text: Text | None = None
    required: bool = False
    help_message: Text | None = None
    expanded_help_message: Text | None = None
    question_details: Details


Questions = Annotated[list[Question], Field(max_length=300)]


class Contact(Wire):
    """Who the applicant is."""

    middle_name_question_requirement: Requirement = "SKIP"
    cellphone_number_question_requirement: Requirement = "OPTIONAL"
    location_question_requirement: Requirement = "SKIP"
    custom_questions: Questions = []


class Resume(Wire):
    """The résumé."""

    resume_question_requirement: Requirement = "OPTIONAL"
    custom_questions: Questions = []


class CoverLetter(Wire):
    """The cover letter, as a file or in words."""

    cover_letter_question_requirement: Requirement = "OPTIONAL"
    text_cover_letter_question_requirement: Requirement = "SKIP"
    custom_questions: Questions = []


class WorkSet(Wire):
    """What is asked of each position that the applicant held."""

    min_required: Annotated[int, Field(ge=0, le=10)] = 0
    repeat_limit: Annotated[int, Field(ge=1, le=10)] = 10
    title_question_requirement: Requirement = "REQUIRED"
    employment_dates_question_requirement: Requirement = "REQUIRED"
    city_question_requirement: Requirement = "OPTIONAL"
    company_question_requirement: Requirement = "OPTIONAL"
    description_question_requirement: Requirement = "OPTIONAL"
    custom_questions: Questions = []


class Work(Wire):
    """Work experience."""

    work_experience_question_set: WorkSet
    custom_questions: Questions = []


class EducationSet(Wire):
    """What is asked of each school."""

    min_required: Annotated[int, Field(ge=0, le=3)] = 0
    repeat_limit: Annotated[int, Field(ge=1, le=3)] = 3
    school_question_requirement: Requirement = "REQUIRED"
    dates_attended_question_requirement: Requirement = "REQUIRED"
    city_question_requirement: Requirement = "OPTIONAL"
    degree_question_requirement: Requirement = "OPTIONAL"
    field_of_study_question_requirement: Requirement = "OPTIONAL"
    custom_questions: Questions = []


class Education(Wire):
    """Schools."""

    education_experience_question_set: EducationSet
    custom_questions: Questions = []


class SelfIdentification(Wire):
    """What an applicant may say of themselves of their own will."""

    disability_question_requirement: Requirement = "REQUIRED"
    gender_question_requirement: Requirement = "REQUIRED"
    race_question_requirement: Requirement = "REQUIRED"
    veteran_status_question_requirement: Requirement = "REQUIRED"
    custom_questions: Questions = []


class QuestionSet(Wire):
    """Questions that are asked together, once or several times."""

    questions: Annotated[list[Question], Field(min_length=1, max_length=300)]
    repeat_limit: Annotated[int, Field(ge=1, le=10)] = 1


class Additional(Wire):
    """The employer's own sets of questions."""

    custom_question_sets: Annotated[list[QuestionSet], Field(max_length=100)] = []


class Sections(Wire):
    """The sections of a form: what is not there is not asked, an empty one is asked with its defaults."""

    contact_information_questions: Contact | None = None
    resume_questions: Resume | None = None
    cover_letter_questions: CoverLetter | None = None
    work_questions: Work | None = None
    education_questions: Education | None = None
    voluntary_self_identification_questions: SelfIdentification | None = None
    additional_questions: Additional | None = None
