"""Charts drawn as inline SVG: how many jobs each source told over time, and the same in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from markupsafe import Markup, escape

from changeover.job import Lane
from changeover.wording import plural

# The drawing in pixels, and the room at its edges for the words.
_WIDTH, _HIGH, _LEFT, _BOTTOM, _TOP = 640, 170, 44, 22, 8


@dataclass(frozen=True, slots=True)
class Point:
    """How many jobs were told at a time, and whether that was believed."""

    at: datetime
    jobs: int
    believed: bool


@dataclass(frozen=True, slots=True)
class Line:
    """A source's counts, the oldest first."""

    lane: Lane
    name: str
    points: Sequence[Point]


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawing, and its lines for the table that says the same."""

    drawing: Markup
    lines: Sequence[Line]


def chart(lines: Sequence[Line], since: datetime, until: datetime) -> Chart | None:
    """Steps from one reading to the next; a reading that was not believed is a mark beside its line.

    None where there is nothing to draw: a source that pushes has no readings.
    """
    points = [point for line in lines for point in line.points]
    if not points:
        return None
    top = _round_up(max(point.jobs for point in points))
    span = max((until - since).total_seconds(), 1.0)

    def x(at: datetime) -> float:
        return _LEFT + (_WIDTH - _LEFT - 8) * min(1.0, max(0.0, (at - since).total_seconds() / span))

    def y(jobs: int) -> float:
        return _TOP + (_HIGH - _TOP - _BOTTOM) * (1 - jobs / top)

    drawn = [_grid(y(jobs), f"{jobs:,}") for jobs in (0, top // 2, top)]
    drawn += [f'<text x="{_LEFT}" y="{_HIGH - 6}">{_when(since, until - since)}</text>']
    drawn += [f'<text x="{_WIDTH - 8}" y="{_HIGH - 6}" text-anchor="end">{_when(until, until - since)}</text>']
    for line in lines:
        drawn.append(_steps(line, [(x(p.at), y(p.jobs)) for p in line.points if p.believed], x(until)))
        drawn += [f'<circle class="doubted" cx="{x(p.at):.1f}" cy="{y(p.jobs):.1f}" r="4"/>'
                  for p in line.points if not p.believed]  # fmt: skip
    said = escape("; ".join(_words(line) for line in lines))
    return Chart(
        Markup(  # noqa: S704 - numbers of our own, and an escaped label
            f'<svg class="chart" viewBox="0 0 {_WIDTH} {_HIGH}" role="img" aria-label="{said}">{"".join(drawn)}</svg>'
        ),
        lines,
    )


def _round_up(most: int) -> int:
    """The next number with one digit and noughts, or five and noughts in between: 1, 2, 5, 10, 20, 50 …"""
    unit = 1
    while True:
        for step in (2, 4, 10):
            if most <= step * unit:
                return step * unit
        unit *= 10


def _grid(y: float, words: str) -> str:
    return (
        f'<path class="grid" d="M{_LEFT} {y:.1f}H{_WIDTH - 8}"/>'
        f'<text x="{_LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{words}</text>'
    )


def _steps(line: Line, places: Sequence[tuple[float, float]], end: float) -> str:
    if not places:
        return ""
    path = f"M{places[0][0]:.1f} {places[0][1]:.1f}" + "".join(f"H{x:.1f}V{y:.1f}" for x, y in places[1:])
    return f'<path class="line {line.lane}" d="{path}H{end:.1f}"/>'


def _words(line: Line) -> str:
    first, last = line.points[0], line.points[-1]
    low, high = (pick(point.jobs for point in line.points) for pick in (min, max))
    doubted = sum(1 for point in line.points if not point.believed)
    told = f"{line.name}: from {first.jobs:,} to {plural(last.jobs, 'job')}, between {low:,} and {high:,}"
    return f"{told}, {plural(doubted, 'reading')} not believed" if doubted else told


def _when(at: datetime, span: timedelta) -> str:
    return f"{at.day} {at:%b}" if span > timedelta(days=2) else f"{at:%H:%M} UTC"
