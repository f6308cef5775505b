"""When a job was posted: the date forms that feeds use, and only where they can be read one way."""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import StrEnum
from functools import lru_cache


class Order(StrEnum):
    """How a source writes days and months apart by slashes; UNKNOWN reads only what has one meaning."""

    DAY_FIRST = "day_first"
    MONTH_FIRST = "month_first"
    UNKNOWN = "unknown"


_NUMBERS = re.compile(r"(\d{1,2})([/.-])(\d{1,2})\2(\d{4}|\d{2}(?=$|\s))(?:[ T,]+(\d{1,2}):(\d{2})(?::(\d{2}))?)?$")
_YEAR_FIRST = re.compile(r"(\d{4})([/.-])(\d{1,2})\2(\d{1,2})(?:[ T]+(\d{1,2}):(\d{2})(?::(\d{2}))?)?$")
_IN_SCRIPT = re.compile(r"\\?/Date\((\d{10,13})(?:[+-]\d{4})?\)\\?/$")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})T\d{6}")
_FRACTION = re.compile(r"([.,])(\d+)(?=$|[Zz+\-])")
_SHORT_OFFSET = re.compile(r"([+-]\d{2})(\d{2})$")
_ZONE_WORD = re.compile(r"(?<!\s)\s*+(?:UTC|GMT|Z)$", re.IGNORECASE)
_WORDS = (
    "%B %d, %Y",
    "%b %d, %Y",
    "%d %B %Y",
    "%d %b %Y",
    "%d-%b-%Y",
    "%d-%b-%y",
    "%B %d %Y",
    "%b %d %Y",
    "%a, %d %b %Y",
    "%Y%m%d",
)

_WITH_MONTH = re.compile(
    r"(?:[^\W\d_]+,?\s+(?:den\s+)?)?(\d{1,2})(?:\.|er|º)?\s+(?:de\s+)?([^\W\d_]+)\.?\s+(?:del?\s+)?(\d{4})$",
    re.IGNORECASE,
)
# The months in German, Dutch, French, Spanish, Italian, Portuguese, Polish and the Nordic languages.
_MONTHS = (
    "januar januari jänner janvier enero gennaio janeiro stycznia",
    "februar februari februari février fevrier febrero febbraio fevereiro lutego",
    "märz maerz mars marts maart marzo março marco marca",
    "april avril abril aprile kwietnia",
    "mai maj mei mayo maggio maio maja",
    "juni juin junio giugno junho czerwca",
    "juli juillet julio luglio julho lipca",
    "august augusti augustus août aout agosto sierpnia",
    "september septembre septiembre settembre setembro września",
    "oktober octobre octubre ottobre outubro października",
    "november novembre noviembre novembro listopada",
    "dezember december desember décembre decembre diciembre dicembre dezembro grudnia",
)
_MONTH_OF = {name: str(number) for number, names in enumerate(_MONTHS, 1) for name in names.split()}


def posted(value: object, order: Order = Order.UNKNOWN) -> datetime | None:
    """The moment that the text or number says, with a time zone (UTC where it names none), else None.

    Numbers are Unix seconds, or milliseconds from 100,000,000,000 on. ``03/04/2026`` is read only if the
    source's order is known; ``15/04/2026`` has one meaning and ``03.04.2026`` is day first by convention.
    """
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int | float):
        return _from_number(float(value))
    text = str(value).strip()[:64]
    if not text:
        return None
    if text.isascii() and text.isdigit() and len(text) in (10, 13):
        return _from_number(float(text))
    if found := _IN_SCRIPT.match(text):
        return _from_number(float(found[1]))
    return _from_iso(text) or _from_numbers(text, order) or _from_words(text)


def _from_number(value: float) -> datetime | None:
    if not math.isfinite(value) or value <= 0:
        return None
    seconds = value / 1000 if value >= 1e11 else value
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, ValueError, OSError):
        return None


def _from_iso(text: str) -> datetime | None:
    if not text[:4].isdigit() or len(text) < 10 or (text[4] != "-" and not _COMPACT.match(text)):
        return None
    body = _ZONE_WORD.sub("+00:00", text) if _ZONE_WORD.search(text) else text
    body = body.replace("+0000+00:00", "+00:00")  # "+0000 UTC"
    body = _SHORT_OFFSET.sub(r"\1:\2", body) if len(body) > 10 else body
    body = _FRACTION.sub(lambda found: f".{found[2][:6]:0<6}", body).replace(" +", "+")
    try:
        return _zoned(datetime.fromisoformat(body))
    except ValueError:
        return None


def _from_numbers(text: str, order: Order) -> datetime | None:
    if found := _YEAR_FIRST.match(text):
        year, _, month, day, *clock = found.groups()
        return _build(year, month, day, clock)
    found = _NUMBERS.match(text)
    if not found:
        return None
    first, mark, second, year, *clock = found.groups()
    if len(year) < len("2026"):  # "26/01/13" could begin with its year
        if order is Order.UNKNOWN and (int(first) > 12 or int(second) <= 12):
            return None
        year = f"20{year}"
    if int(first) > 12 or int(first) == int(second):
        return _build(year, second, first, clock)
    if int(second) > 12:
        return _build(year, first, second, clock)
    if mark == "." or order is Order.DAY_FIRST:
        return _build(year, second, first, clock)
    return _build(year, first, second, clock) if order is Order.MONTH_FIRST else None


def _build(year: str, month: str, day: str, clock: list[str | None]) -> datetime | None:
    hour, minute, second = (int(part or 0) for part in clock)
    try:
        return datetime(int(year), int(month), int(day), hour, minute, second, tzinfo=UTC)
    except ValueError:
        return None


@lru_cache(maxsize=4096)  # one day's jobs are many, and each form is tried
def _from_words(text: str) -> datetime | None:
    for form in _WORDS:
        try:
            return datetime.strptime(text, form).replace(tzinfo=UTC)
        except ValueError:
            continue
    if (found := _WITH_MONTH.match(text)) and (month := _MONTH_OF.get(found[2].lower())):
        return _build(found[3], month, found[1], [None, None, None])
    try:
        return _zoned(parsedate_to_datetime(text))
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _zoned(moment: datetime) -> datetime | None:
    try:
        zoned = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        zoned.astimezone(UTC)
    except (OverflowError, ValueError):
        return None
    return zoned
