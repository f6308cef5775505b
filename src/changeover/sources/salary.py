"""What a job pays, from the many ways that sources say it: least, most, currency and unit of time."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

import pycountry

from changeover.sources.xml_records import plain

UNITS: Mapping[str, tuple[str, ...]] = {
    "HOUR": (
        "hour",
        "hr",
        "hourly",
        "ora",
        "stunde",
        "std",
        "heure",
        "hora",
        "uur",
        "godz",
        "h",
        "stündlich",
        "stundenlohn",
        "timme",
        "horaire",
        "godzinę",
    ),
    "DAY": ("day", "daily", "diem", "tag", "jour", "dia", "dag", "giorno"),
    "WEEK": ("week", "weekly", "wk", "woche", "semaine", "semana", "settimana"),
    "MONTH": (
        "month",
        "monthly",
        "mo",
        "mth",
        "monat",
        "mois",
        "mes",
        "maand",
        "mies",
        "mc",
        "pm",
        "mese",
        "mensile",
        "mensili",
        "mês",
        "mensal",
        "mensais",
        "mensuel",
        "mensual",
        "mensuales",
        "monatlich",
        "maandelijks",
        "miesięcznie",
        "miesiąc",
        "månad",
        "måned",
    ),
    "YEAR": (
        "year",
        "yearly",
        "annual",
        "annually",
        "annum",
        "yr",
        "jahr",
        "ano",
        "jaar",
        "rok",
        "pa",
        "py",
        "anno",
        "annuo",
        "annui",
        "annuel",
        "anual",
        "anuales",
        "año",
        "jährlich",
        "jaarlijks",
        "rocznie",
        "år",
    ),
}
"""schema.org's words for the time that a pay is for (``unitText``), and the words of sources for each."""

_UNIT_OF = {word: unit for unit, words in UNITS.items() for word in words}
# Dollars, yen and crowns are of several countries: their sign alone names no currency.
_SIGNS = {
    "€": "EUR", "euro": "EUR", "£": "GBP", "zł": "PLN", "₹": "INR", "₪": "ILS", "₺": "TRY", "₴": "UAH", "us$": "USD",
    "c$": "CAD", "ca$": "CAD", "a$": "AUD", "au$": "AUD", "nz$": "NZD", "s$": "SGD", "hk$": "HKD", "r$": "BRL",
}  # fmt: skip
_CODES = frozenset(str(currency.alpha_3) for currency in pycountry.currencies)
_SIGN = re.compile(r"(?:us|ca?|au?|nz|s|hk|r)?\$|[€£₹₪₺₴¥]|zł|\bkr\b|\beuro(?=s?\b)", re.IGNORECASE)
_CODE = re.compile(r"\b[A-Za-z]{3}\b")
_AMOUNT = re.compile(
    r"(?<![\w.,])(?:[A-Z]{3})?(\d{1,3}(?:[ .,'\u2019]\d{3})+(?:[.,]\d{1,2})?|\d+(?:[.,]\d{1,2})?)\s?(k)?(?![\w%]|\s?%)",
    re.IGNORECASE,
)
_RETIREMENT = re.compile(r"\b401\s?\(?k\)?", re.IGNORECASE)
_JOINED = re.compile(r"^[^\d]{0,4}(?:-|\u2013|\u2014|~|to|bis|tot|do|à|a|and|und)[^\d]{0,6}$", re.IGNORECASE)
_WORDS = re.compile(r"[^\W\d_]+")
_UP_TO = re.compile(r"^\W*(?:up to|max|bis zu|jusqu|hasta|do)\b", re.IGNORECASE)
_FROM = re.compile(r"^\W*(?:from|starting|min|ab|from|od|dès|desde)\b", re.IGNORECASE)
_PER = re.compile(r"(?:/|\b(?:per|an?|pro|par|por|je|za|na)\b)\s*([a-zà-ÿ.]+)")
_EACH = re.compile(r"ly\b|\bp\.?a\b")
_CODE_ALONE = re.compile(r"\b(?:" + "|".join(sorted(_CODES)) + r")\b")
_LONGEST = 200

_PARTS: Mapping[str, tuple[str, ...]] = {
    "min": ("min", "minvalue", "minimum", "from", "low", "minamount", "amountfrom", "fromamount"),
    "max": ("max", "maxvalue", "maximum", "to", "high", "maxamount", "amountto", "toamount"),
    "value": ("value", "amount"),
    "currency": ("currency", "currencycode", "currencyiso"),
    "unit": ("unittext", "unit", "interval", "period", "frequency", "per", "type", "timeunit"),
}
_PART_OF = {name: part for part, names in _PARTS.items() for name in names}
_ABOUT = ("salary", "compensation", "pay", "wage", "salaryrange", "basesalary")
# How fields are called that tell a pay in words, in several languages, and what such names begin and end with.
_IN_WORDS = (
    *_ABOUT, "remuneration", "payrate", "rateofpay", "gehalt", "vergütung", "vergutung", "verguetung", "lohn",
    "entgelt", "salaire", "rémunération", "salario", "sueldo", "remuneracion", "stipendio", "retribuzione", "salaris",
    "wynagrodzenie", "lön", "remuneração", "remuneracao",
)  # fmt: skip
_BEFORE = ("", "job", "vacancy", "position", "advertised", "display", "annual")
_AFTER = ("", "text", "description", "display", "displaytext", "details", "info", "information", "label", "string",
          "summary", "package", "range", "angabe", "indicatie")  # fmt: skip
_FLAT = {
    **{f"{about}{name}": part for about in _ABOUT for name, part in _PART_OF.items()},
    **{f"{name}{about}": part for about in _ABOUT for name, part in _PART_OF.items() if part != "unit"},
}
# Beside an amount a currency needs no word that it is the pay's.
_FLAT |= dict.fromkeys(_PARTS["currency"], "currency")
_WHOLE = frozenset(
    (
        "salaries",
        "compensationtiersummary",
        *(f"{before}{name}{after}" for before in _BEFORE for name in _IN_WORDS for after in _AFTER),
    )
)


def says(name: str) -> str:
    """What a field of this name says of a pay: ``whole``, one of its parts (``min``, ``currency``, …), or nothing."""
    name = plain(name)
    return "whole" if name in _WHOLE else _FLAT.get(name, "")


def salary(told: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """The pay from (part, value) pairs as ``says`` names them: ``min``, ``max``, ``currency`` and ``unit``, as told.

    What is not said is left out: a dollar sign names no currency, an amount no unit. Empty where no amount is made
    out.
    """
    parts: dict[str, Any] = {}
    for part, value in told:
        if part == "whole":
            parts = {**_of(value), **parts}
        elif said := _part(part, value):
            parts.setdefault(part, said)
    single = parts.pop("value", None)
    if single is not None and "min" not in parts and "max" not in parts:
        parts["min"] = parts["max"] = single
    amounts = [parts[name] for name in ("min", "max") if name in parts]
    if not amounts or (len(amounts) == 2 and amounts[0] > amounts[1]):
        return {}
    return {name: parts[name] for name in ("min", "max", "currency", "unit") if name in parts}


def _of(value: Any, depth: int = 3) -> dict[str, Any]:
    if isinstance(value, str):
        return dict(_of_text(value)) if len(value) <= _LONGEST else {}
    if isinstance(value, bool) or value is None or not depth:
        return {}
    if isinstance(value, int | float):
        return {"value": value} if value > 0 else {}
    if isinstance(value, list):
        return next(filter(None, (_of(one, depth - 1) for one in value[:10])), {})
    if not isinstance(value, dict):
        return {}
    parts: dict[str, Any] = {}
    for name, said in list(value.items())[:30]:
        part = _PART_OF.get(plain(str(name)), "")
        if part == "value" and isinstance(said, dict | list):
            parts = {**_of(said, depth - 1), **parts}
        elif part and (found := _part(part, said)):
            parts.setdefault(part, found)
    return parts


def _part(part: str, value: Any) -> Any:
    if part == "unit":
        return _unit(value) if isinstance(value, str) else ""
    if part == "currency":
        return _currency(value) if isinstance(value, str) else ""
    if isinstance(value, str):
        found = _AMOUNT.search(value[:_LONGEST])
        return _number(found[1], found[2]) if found else None
    return value if isinstance(value, int | float) and not isinstance(value, bool) and value > 0 else None


@lru_cache(maxsize=8192)
def _of_text(text: str) -> tuple[tuple[str, Any], ...]:
    """The parts of a pay in words; none where nothing but the number speaks for it being one."""
    text = _RETIREMENT.sub(" ", text)
    found = list(_AMOUNT.finditer(text))
    if not found:
        return ()
    currency, unit = _currency(text), _unit(text)
    bare = not _WORDS.search(_AMOUNT.sub("", text).lower())
    by_time = unit and (_PER.search(text.lower()) or _EACH.search(text.lower()))
    if not (currency or by_time or bare or _SIGN.search(text)):
        return ()
    low = found[0]
    parts: dict[str, Any] = {"currency": currency, "unit": unit}
    if len(found) > 1 and _JOINED.match(_SIGN.sub("", _CODE_ALONE.sub("", text[low.end() : found[1].start()]))):
        parts["min"], parts["max"] = _number(low[1], low[2] or found[1][2]), _number(found[1][1], found[1][2])
    elif _UP_TO.match(text):
        parts["max"] = _number(low[1], low[2])
    elif _FROM.match(text) or text[low.end() :].lstrip().startswith("+"):
        parts["min"] = _number(low[1], low[2])
    else:
        parts["value"] = _number(low[1], low[2])
    return tuple((name, value) for name, value in parts.items() if value)


def _number(digits: str, thousand: str | None) -> int | float:
    digits = re.sub(r"[ '\u2019]", "", digits)
    last = max(digits.rfind("."), digits.rfind(","))
    if last >= 0 and (len(digits) - last == 4 or digits.count(digits[last]) > 1):
        last = len(digits)  # what is three digits from the end parts thousands
    whole = re.sub(r"[.,]", "", digits[:last] if last >= 0 else digits)
    number = float(f"{whole}.{digits[last + 1 :] or 0}" if 0 <= last < len(digits) else whole)
    number *= 1000 if thousand else 1
    # Beyond 2**53 a whole number is none that JSON readers agree on.
    return int(number) if number.is_integer() and abs(number) < 2**53 else number


def _currency(text: str) -> str:
    for code in _CODE.findall(text):
        if code.upper() in _CODES and (code.isupper() or len(text) == len(code)):
            return str(code.upper())
    sign = _SIGN.search(text)
    return _SIGNS.get(sign[0].lower(), "") if sign else ""


def _unit(text: str) -> str:
    text = text.lower().replace("p.a.", "pa").replace("par an", "/year")
    after = [found[1].strip(".") for found in _PER.finditer(text)]
    for word in (*after, *_WORDS.findall(text)):
        for known in (word, word.removesuffix("s"), word.removeprefix("per")):
            if known in _UNIT_OF:
                return _UNIT_OF[known]
    return ""
