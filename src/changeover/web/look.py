"""How pages are made: templates beside the one layout, numbers and times as a person reads them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from fastapi.responses import HTMLResponse
from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined

_UNITS = ((86_400, "day"), (3_600, "hour"), (60, "minute"))


class Pages:
    """The pages of one package: its ``templates`` folder, and the layout that all pages stand in."""

    def __init__(self, package: str) -> None:
        loaders = [PackageLoader(name) for name in dict.fromkeys((package, "changeover.web"))]
        self._templates = Environment(
            loader=ChoiceLoader(loaders),
            autoescape=True,
            trim_blocks=True,
            lstrip_blocks=True,
            undefined=StrictUndefined,
        )
        self._templates.filters.update(number=number, day=day, instant=instant, ago=ago, plural=plural)

    def page(
        self, template: str, *, status: int = 200, headers: Mapping[str, str] | None = None, **said: Any
    ) -> HTMLResponse:
        """One page. Pages of the console and refusals are never kept by a browser or a proxy."""
        return HTMLResponse(
            self._templates.get_template(template).render(said),
            status,
            headers={"cache-control": "no-store", **(headers or {})},
        )


def number(value: int) -> str:
    """1234567 as 1,234,567."""
    return f"{value:,}"


def plural(count: int, one: str, many: str = "") -> str:
    """The count with its noun: 1 job, 2,000 jobs."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def day(value: datetime | None) -> str:
    """2 March 2026."""
    return f"{value.day} {value:%B %Y}" if value else ""


def instant(value: datetime | None) -> str:
    """2 March 2026, 09:30 UTC."""
    return f"{day(value)}, {value:%H:%M} UTC" if value else ""


def ago(value: datetime | None, now: datetime) -> str:
    """How long before ``now``, in the largest unit: just now, 5 minutes ago, in 13 days."""
    if value is None:
        return "never"
    apart = now - value
    seconds = abs(apart) / timedelta(seconds=1)
    for size, unit in _UNITS:
        if seconds >= size:
            told = plural(int(seconds // size), unit)
            return f"{told} ago" if apart > timedelta(0) else f"in {told}"
    return "just now"
