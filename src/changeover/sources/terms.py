"""A job's terms in one vocabulary beside what the source said: how it is held and what it pays."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from changeover.sources import employment
from changeover.sources import salary as pay

EMPLOYMENT_TYPES = "employment_types"
BASE_SALARY = "base_salary"
_HELD = "held"
_SHORT = 60
_STEP = re.compile("[/@]")
# What stands between a pay and its parts, and where an element says what it is called.
_BETWEEN = frozenset(("value", "range", "amount"))
_SAYING = frozenset(("descriptor", "label"))


def nested_term(path: str) -> str:
    """The name under which a term goes that stands within another element, or in an attribute; empty for what is none.

    ``salary/min`` and ``salary@min`` are ``salarymin``, ``basesalary/value/minvalue`` is ``basesalaryminvalue``, and
    ``timetype@descriptor`` is ``timetype``.
    """
    steps = [step for step in _STEP.split(path) if step]
    if len(steps) < 2:
        return ""
    *around, last = steps
    outer = next((step for step in reversed(around) if step not in _BETWEEN), "")
    name = outer if last in _SAYING else f"{outer}{last}"
    return name if outer and (employment.says(name) or pay.says(name)) else ""


def with_terms(extra: dict[str, Any]) -> dict[str, Any]:
    """``extra`` with ``employment_types`` (schema.org's words) and ``base_salary`` (min, max, currency, unit) added.

    What the source said stays under its own names. Neither is added where nothing says it, or where the source itself
    says something under that name.
    """
    telling = _telling(tuple(extra))
    if not telling:
        return extra
    roles = tuple([(role, extra[name]) for name, role in telling])
    repeats = all(isinstance(value, str) and len(value) <= _SHORT for _, value in roles)
    types, salary = _terms(roles) if repeats else _terms.__wrapped__(roles)
    added: dict[str, Any] = {}
    if types and EMPLOYMENT_TYPES not in extra:
        added[EMPLOYMENT_TYPES] = list(types)
    if salary and BASE_SALARY not in extra:
        added[BASE_SALARY] = dict(salary)
    return {**extra, **added} if added else extra


def told_terms(held: Iterable[Any], paid: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """The two terms from values that are known to say how a job is held, and what it pays (``salary.salary``)."""
    types, salary = employment.employment_types(held), pay.salary(paid)
    return {name: said for name, said in ((EMPLOYMENT_TYPES, types), (BASE_SALARY, salary)) if said}


def in_words(salary: Any) -> str:
    """A pay as a person reads it in a table: ``1000 - 2000 EUR MONTH``."""
    if not isinstance(salary, dict):
        return ""
    amounts = dict.fromkeys(str(salary[name]) for name in ("min", "max") if name in salary)
    return " ".join([" - ".join(amounts), *(str(salary[name]) for name in ("currency", "unit") if name in salary)])


@lru_cache(maxsize=8192)  # many jobs are held and paid alike
def _terms(roles: tuple[tuple[str, Any], ...]) -> tuple[list[str], dict[str, Any]]:
    held = [value for role, value in roles if role == _HELD]
    paid = [(role, value) for role, value in roles if role != _HELD]
    return employment.employment_types(held) if held else [], pay.salary(paid) if paid else {}


@lru_cache(maxsize=4096)  # a feed's records have few sets of fields
def _telling(names: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    """Those fields that say how the job is held or what it pays (``salary.says``), each with which of them it says."""
    each = ((name, _HELD if employment.says(name) else pay.says(name)) for name in names)
    return tuple((name, role) for name, role in each if role)
