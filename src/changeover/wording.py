"""Numbers and times as a person reads them."""

from __future__ import annotations

from datetime import datetime, timedelta

_UNITS = ((86_400, "day"), (3_600, "hour"), (60, "minute"))


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


def workplace(value: str) -> str:
    """On site, Hybrid or Remote; what is none of them is shown as it is."""
    return {"onsite": "On site", "hybrid": "Hybrid", "remote": "Remote"}.get(value, value)
