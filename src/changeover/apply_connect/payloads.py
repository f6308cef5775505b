"""Jobs as the wire tells them: each field and limit, and the messages that clients know."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import BeforeValidator, Field, TypeAdapter, ValidationError

from changeover.apply_connect.payloads_form import Wire
from changeover.apply_connect.payloads_questions import Configuration, printable
from changeover.apply_connect.told import Company, Operation, Refused, Told
from changeover.sources.terms import with_terms
from changeover.sources.text import clean, description, line

MAX_BATCH = 100
MAX_ID = 200
_FUTURE = timedelta(minutes=5)
_PREMIUM_DAYS, _LONGEST_DAYS = 90, 366
_URN = re.compile(r"urn:li:(?:organization|company):(\d{1,19})")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")

_WORKPLACES = {"hybrid": "hybrid", "remote": "remote"}
Operations = Literal["CREATE", "UPDATE", "RENEW", "CLOSE", "UPGRADE", "DOWNGRADE"]
Employment = Literal["FULL_TIME", "PART_TIME", "CONTRACT", "INTERNSHIP", "TEMPORARY", "VOLUNTEER", "OTHER"]
Experience = Literal[
    "ENTRY_LEVEL", "MID_SENIOR_LEVEL", "DIRECTOR", "EXECUTIVE", "INTERNSHIP", "ASSOCIATE", "NOT_APPLICABLE"
]
Period = Literal["YEARLY", "MONTHLY", "SEMIMONTHLY", "BIWEEKLY", "WEEKLY", "DAILY", "HOURLY"]
Pay = Literal[
    "BASE_SALARY", "TIPS", "COMMISSION", "PROFIT_SHARING", "STOCK_OPTIONS", "STOCK", "BONUS", "SIGN_ON_BONUS",
    "OVER_TIME", "OTHER",
]  # fmt: skip
Long = Annotated[int, Field(ge=0, lt=2**53)]
Line = Annotated[str, Field(max_length=2_000)]


def _lower(value: Any) -> Any:
    return [each.lower() if isinstance(each, str) else each for each in value] if isinstance(value, list) else value


def _text(value: Any) -> Any:
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


class Money(Wire):
    """An amount in a currency; clients send the amount as text or as a number."""

    amount: Annotated[str, BeforeValidator(_text), Field(max_length=30, pattern=r"^\d+(\.\d+)?$")]
    currency_code: Annotated[str, Field(pattern=r"^[A-Za-z]{3}$")]


class Range(Wire):
    """From one amount to another; either may be open."""

    start: Money | None = None
    end: Money | None = None


class Value(Range):
    """An exact amount, a range, or the two ends of a range without their wrapper: clients send each."""

    range: Range | None = None
    exact_amount: Money | None = None


class Compensation(Wire):
    """One part of what is paid."""

    period: Period | None = None
    type: Pay = "BASE_SALARY"
    value: Value


class Compensations(Wire):
    """What is paid."""

    compensations: list[Compensation] = Field(default_factory=list, max_length=20)


class Element(Wire):
    """What every element has: a job's id and its company."""

    external_job_posting_id: Annotated[str, Field(min_length=1, max_length=MAX_ID)]
    job_posting_operation_type: Operations | None = None
    state: Literal["LISTED", "CLOSED"] | None = None
    integration_context: Line | None = None
    company: Line | None = None
    company_name: Line | None = None
    company_page_url: Line | None = None
    expire_at: Long | None = None


class Posting(Element):
    """A whole job."""

    title: Annotated[str, Field(min_length=1, max_length=200)]
    description: Annotated[str, Field(min_length=1, max_length=200_000)]
    company_apply_url: Line
    listed_at: Long
    location: Line
    alternate_locations: Annotated[list[Line], Field(max_length=7)] | None = None
    categories: Annotated[list[Line], Field(max_length=3)] | None = None
    skills_description: Annotated[str, Field(max_length=4_000)] | None = None
    company_job_code: Line | None = None
    workplace_types: (
        Annotated[list[Literal["on-site", "onsite", "on_site", "hybrid", "remote"]], BeforeValidator(_lower)] | None
    ) = None
    industries: Annotated[list[Line], Field(max_length=50)] | None = None
    employment_status: Employment | None = None
    experience_level: Experience | None = None
    tracking_pixel_url: Line | None = None
    compensation: Compensations | None = None
    listing_type: Literal["BASIC", "PREMIUM"] | None = None
    contract: Line | None = None
    poster_email: Line | None = None
    show_poster_info: bool | None = None
    availability: Literal["PUBLIC", "PRIVATE_TO_ATS_INTEGRATION", "INTERNAL"] | None = None
    partner_requisition_id: Line | None = None
    partner_job_campaign: Line | None = None
    onsite_apply_configuration: Configuration | None = None


_POSTINGS = TypeAdapter(list[Posting])
_POSTING, _ELEMENT = TypeAdapter(Posting), TypeAdapter(Element)
_BRIEF = ("RENEW", "CLOSE")


def told_of(elements: Sequence[Any], now: datetime) -> list[Told | Refused]:
    """Each element told or refused, in order. One element's mistake is that element's alone. Never raises."""
    try:
        # A batch without a mistake, which most are, is looked at in one go.
        if not any(map(_brief, elements)):
            postings = _POSTINGS.validate_python(elements)
            return _once([_posting(nth, it, now) for nth, it in enumerate(postings)])
    except ValidationError:
        pass
    return _once([_one(nth, element, now) for nth, element in enumerate(elements)])


def _once(each: Sequence[Told | Refused]) -> list[Told | Refused]:
    """Of two elements with one id the second is refused, so that order cannot decide."""
    seen: set[str] = set()
    found: list[Told | Refused] = []
    for it in each:
        if isinstance(it, Told) and it.external_id in seen:
            message = f"externalJobPostingId {it.external_id} occurs more than once in this batch; send each job once."
            found.append(Refused(it.index, 400, "ERROR_DUPLICATE_IN_BATCH", message, it.external_id))
        else:
            seen.add(it.external_id)
            found.append(it)
    return found


def _brief(element: Any) -> bool:
    """Whether the element closes or renews: clients then tell the whole job, or its id alone."""
    if not isinstance(element, dict):
        return False
    operation = element.get("jobPostingOperationType")
    # In a tuple: what stands there may be anything, and a list has no hash.
    return operation in _BRIEF or (operation is None and element.get("state") == "CLOSED")


def _one(index: int, element: Any, now: datetime) -> Told | Refused:
    if not isinstance(element, dict):
        return Refused(index, 422, "NOT_AN_OBJECT", "ERROR ::  :: the element is not an object\n")
    said = element.get("externalJobPostingId")
    key = said if isinstance(said, str) else ""
    try:
        if _brief(element):
            return _closing(index, _ELEMENT.validate_python(element), now)
        return _posting(index, _POSTING.validate_python(element), now)
    except ValidationError as problem:
        status, message = _message(problem)
        return Refused(index, status, "ERROR_INVALID_FIELD", message, key[:MAX_ID])


def _message(problem: ValidationError) -> tuple[int, str]:
    """The element's faults as clients know them, a line each."""
    errors = problem.errors(include_url=False, include_context=True)
    return 422, "".join(_sentence(error) for error in errors[:20])


def _sentence(error: Any) -> str:
    where, kind, given = "/".join(map(str, error["loc"])), error["type"], error.get("input")
    shown = repr(given)[:60] if not isinstance(given, str) else given[:60]
    limits = error.get("ctx", {})
    said = {
        "missing": "field is required but not found and has no default value",
        "literal_error": f'"{shown}" is not an enum symbol',
        "string_type": f"{shown} cannot be coerced to String",
        "model_type": f"{shown} is not an object",
        "list_type": f"{shown} is not an array",
        "string_too_long": f"length is out of range 0...{limits.get('max_length')}",
        "string_too_short": f"length is out of range {limits.get('min_length')}...",
        "too_long": f"has {limits.get('actual_length')} elements, at most {limits.get('max_length')} are allowed",
    }.get(kind)
    if said is None and kind.startswith("int_"):
        said = f"{shown} cannot be coerced to Long"
    return f"ERROR :: /{where} :: {said or error['msg']}\n"


def _refused(index: int, it: Element, status: int, code: str, message: str) -> Refused:
    return Refused(index, status, code, message, it.external_job_posting_id)


def _flaw(index: int, it: Element) -> Refused | None:
    """What is wrong with any element: its id, or that it names no company."""
    if _CONTROL.search(it.external_job_posting_id) or not it.external_job_posting_id.strip():
        message = "ERROR :: /externalJobPostingId :: has characters that cannot be printed, or none\n"
        return _refused(index, it, 422, "ERROR_INVALID_FIELD", message)
    if not (it.integration_context or it.company or it.company_name or it.company_page_url):
        message = "At least one of integrationContext, company, companyPageUrl and companyName must be present."
        return _refused(index, it, 400, "ERROR_NO_COMPANY", message)
    return None


def _company(it: Element) -> Company:
    urn = it.integration_context or it.company or ""
    match = _URN.fullmatch(urn.strip())
    number = int(match[1]) if match else (int(urn) if urn.isascii() and urn.isdecimal() and len(urn) < 20 else None)
    # A urn that is none names a company that is nobody's, rather than none at all.
    return Company(
        number if number is not None or not urn else 0, line(it.company_name or ""), it.company_page_url or ""
    )


def _closing(index: int, it: Element, now: datetime) -> Told | Refused:
    operation = Operation(it.job_posting_operation_type or "CLOSE")
    ends = _moment(it.expire_at) if operation is Operation.RENEW else None
    return _flaw(index, it) or Told(
        index,
        it.external_job_posting_id,
        operation,
        _company(it),
        full=False,
        expires_at=ends if ends and ends > now else None,
    )


def _moment(millis: int | None) -> datetime | None:
    """A time in milliseconds since 1970; samples of the wire's docs have seconds, which are taken for what they are."""
    if millis is None:
        return None
    seconds = millis / 1000 if millis >= 100_000_000_000 else millis
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return datetime.max.replace(tzinfo=UTC)


def is_web_address(url: str) -> bool:
    """Whether a URL is one of the web, with a host and without a password."""
    try:
        parts = urlsplit(url.strip())
        return parts.scheme in ("http", "https") and bool(parts.hostname) and not parts.username and parts.port != 0
    except ValueError:
        return False


def _posting(index: int, it: Posting, now: datetime) -> Told | Refused:
    refused = _flaw(index, it) or _limits(index, it, now)
    if refused:
        return refused
    form, operation = it.onsite_apply_configuration, it.job_posting_operation_type
    return Told(
        index,
        it.external_job_posting_id,
        Operation(operation or "UPSERT"),
        _company(it),
        title=line(it.title),
        description=description(it.description),
        places=_places(it),
        apply_url=it.company_apply_url.strip(),
        listed_at=_moment(it.listed_at),
        expires_at=_moment(it.expire_at),
        employer_job_id=line(it.company_job_code or ""),
        requisition=line(it.partner_requisition_id or ""),
        workplace=_WORKPLACES.get(next(iter(it.workplace_types or ()), ""), "onsite"),
        listing=_listing(it),
        contract=clean(it.contract or ""),
        campaign=clean(it.partner_job_campaign or ""),
        public=it.availability in (None, "PUBLIC"),
        form=form.questions.form if form else None,
        form_number=form.questions.number if form else 0,
        form_flaw=form.flaw if form else "",
        webhook_url=clean(form.job_application_webhook_url).strip() if form else "",
        extra=_extra(it),
    )


def _listing(it: Posting) -> str:
    moved = {"UPGRADE": "PREMIUM", "DOWNGRADE": "BASIC"}.get(it.job_posting_operation_type or "")
    return moved or it.listing_type or "BASIC"


def _places(it: Posting) -> tuple[str, ...]:
    """The places, the main one first, each once."""
    return tuple(dict.fromkeys(line(each) for each in (it.location, *(it.alternate_locations or ()))))


def _limits(index: int, it: Posting, now: datetime) -> Refused | None:
    listed, ends = _moment(it.listed_at), _moment(it.expire_at)
    premium = _listing(it) == "PREMIUM"
    if not is_web_address(it.company_apply_url):
        return _refused(index, it, 400, "ERROR_INVALID_APPLY_URL", "companyApplyUrl is not a valid URL.")
    if len(it.workplace_types or ()) > 1:
        return _refused(index, it, 400, "ERROR_INVALID_FIELD", "workplaceTypes must have exactly one value.")
    if listed and listed > now + _FUTURE:
        message = "listedAt must not be in the future."
        return _refused(index, it, 422, "ERROR_INVALID_LISTED_AT_FIELD", message)
    longest = _PREMIUM_DAYS if premium else _LONGEST_DAYS
    if ends and not now < ends <= now + timedelta(days=longest):
        message = f"expireAt must lie in the future, at most {longest} days ahead."
        return _refused(index, it, 422, "ERROR_INVALID_EXPIRE_AT_FIELD", message)
    if (premium or it.availability == "INTERNAL") and not it.contract:
        message = "contract is required for a PREMIUM or INTERNAL job."
        return _refused(index, it, 422, "ERROR_NO_CONTRACT", message)
    return None


def _extra(it: Posting) -> dict[str, Any]:
    """What else is kept with the job, under names of our own."""
    said = {
        "employment_type": it.employment_status,
        "experience_level": it.experience_level,
        "categories": it.categories,
        "industries": [each.rpartition(":")[2] for each in it.industries or ()],
        "skills": description(it.skills_description) if it.skills_description else None,
        "compensation": [_paid(each) for each in it.compensation.compensations] if it.compensation else None,
        "poster_email": it.poster_email,
        "show_poster": it.show_poster_info,
        "tracking_pixel": it.tracking_pixel_url,
    }
    return with_terms({name: printable(value) for name, value in said.items() if value not in (None, "", [])})


def _paid(it: Compensation) -> dict[str, Any]:
    """One part of what is paid: the ends of its range, equal for an exact amount."""
    low, high = it.value.start, it.value.end
    if it.value.range:
        low, high = it.value.range.start, it.value.range.end
    if it.value.exact_amount:
        low = high = it.value.exact_amount
    money = low or high
    return {
        "type": it.type,
        "period": it.period or "",
        "from": low.amount if low else "",
        "to": high.amount if high else "",
        "currency": money.currency_code.upper() if money else "",
    }


def sample(external_id: str, company_id: int, webhook: str, now: datetime) -> dict[str, Any]:
    """A job as a client would tell it, for a sandbox to begin with."""
    return {
        "externalJobPostingId": external_id,
        "jobPostingOperationType": "CREATE",
        "title": "Night Baker",
        "description": "<p>We bake bread by night and sell it by day.</p>" * 4,
        "integrationContext": f"urn:li:organization:{company_id}",
        "companyApplyUrl": "https://example.com/apply",
        "listedAt": round(now.timestamp() * 1000),
        "location": "York, England",
        "workplaceTypes": ["On-site"],
        "availability": "PUBLIC",
        "onsiteApplyConfiguration": {"jobApplicationWebhookUrl": webhook, "questions": {"resumeQuestions": {}}},
    }
