"""Pictures drawn as inline SVG: two sources narrowing to one, shares, and job counts over time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from changeover.job import Lane
from changeover.migration.state import FEEDS, State

_RUNGS = 10
# A reading that was not believed is drawn larger.
_SIZES = {"taken": 2.2}


def points(state: State, share: float, label: str) -> Markup:
    """The migration as two rails that meet before the board: the one that feeds runs through, the other stops short.

    ``share`` (0 to 1) of the rungs between them stand for matched jobs; the last one only for all.
    """
    feeds = FEEDS[state]
    rails = [_rail(lane, feeds=lane is feeds, there=_there(state, lane)) for lane in Lane]
    tied = min(_RUNGS, int(share * _RUNGS) or (1 if share > 0 else 0))
    rungs = "".join(
        f'<path class="rung{" tied" if n < tied else ""}" d="M{14 + n * 10} 26V74"/>'
        for n in range(_RUNGS)
        if state in (State.MATCHING, State.READY, State.CUT_OVER)
    )
    return Markup(  # noqa: S704 - numbers and names of our own, and an escaped label
        f'<svg class="points" viewBox="0 0 200 100" preserveAspectRatio="none" role="img" aria-label="{escape(label)}">'
        f'{rungs}{"".join(rails)}<path class="rail {feeds} feeds" d="M172 50H200"/></svg>'
    )


def _there(state: State, lane: Lane) -> bool:
    if lane is Lane.ATS:
        return state is not State.LEGACY
    return state is not State.FINISHED


def _rail(lane: Lane, *, feeds: bool, there: bool) -> str:
    y = 20 if lane is Lane.LEGACY else 80
    bend = (
        f"C148 {y} 148 50 172 50" if feeds else f"C128 {y} 138 {y + (8 if y < 50 else -8)} 142 {36 if y < 50 else 64}"
    )
    kind = "feeds" if feeds else "waits" if there else "off"
    return f'<path class="rail {lane} {kind}" d="M0 {y}H112{bend}"/>'


@dataclass(frozen=True, slots=True)
class Sides:
    """How many jobs stand on both sides as pairs, and how many on one side alone."""

    paired: int
    legacy: int
    ats: int


# The picture is so high; what is there at all is seen; between the two sources is air.
_HEIGHT, _LEAST, _AIR = 200.0, 3.0, 24.0


def bands(state: State, sides: Sides, label: str) -> Markup:
    """Two sources narrowing to one, to scale: the side that feeds runs through to the board, the other stops.

    What stands on one side alone is drawn apart from the pairs: of the side that feeds it is on the board too.
    """
    feeds = FEEDS[state]
    there = {lane: _there(state, lane) for lane in Lane}
    alone = {Lane.LEGACY: sides.legacy, Lane.ATS: sides.ats}
    total = sum(sides.paired + alone[lane] for lane in Lane if there[lane])
    if not total:
        return Markup('<svg class="bands" viewBox="0 0 600 200" role="img" aria-label="{}"></svg>').format(label)
    scale = (_HEIGHT - _AIR - 4 * _LEAST) / total
    tall = {lane: max(_LEAST, alone[lane] * scale) if alone[lane] else 0.0 for lane in Lane}
    pairs = max(_LEAST, sides.paired * scale) if sides.paired else 0.0
    # At the board stand the pairs and what the feeding side has alone, together in the middle.
    upper = _HEIGHT / 2 - (pairs + tall[feeds]) / 2 + (tall[feeds] if feeds is Lane.LEGACY else 0)
    edges = {Lane.LEGACY: upper, Lane.ATS: upper + pairs}
    drawn = []
    for lane in sorted(Lane, key=lambda lane: lane is feeds):
        if not there[lane]:
            continue
        # The old source stands at the top with what it has alone outermost, the ATS at the bottom the same way.
        way = 1 if lane is Lane.LEGACY else -1
        outer, edge = 0.0 if lane is Lane.LEGACY else _HEIGHT, edges[lane]
        kind, through = f"{lane}{'' if lane is feeds else ' waits'}", lane is feeds
        lone = way * tall[lane]
        drawn.append(_band(f"{kind} lone", outer, edge - (lone if through else lone / 2), lone, through=through))
        drawn.append(_band(kind, outer + lone, edge, way * pairs, through=through, joins=True))
    return Markup(  # noqa: S704 - as above
        f'<svg class="bands" viewBox="0 0 600 200" preserveAspectRatio="none" role="img" '
        f'aria-label="{escape(label)}">{"".join(drawn)}</svg>'
    )


def _band(kind: str, start: float, end: float, thick: float, *, through: bool, joins: bool = False) -> str:
    """A band from height ``start`` at the left to ``end``: through to the board, into the other, or to a stop."""
    if not thick:
        return ""
    reach = 600 if through else 400 if joins else 330
    # One that leads nowhere ends in a point before it gets there.
    tip, last = (end + thick, end) if through or joins else (end + thick / 2, end + thick / 2)
    return (
        f'<path class="band {kind}" d="M0 {start:.1f}C220 {start:.1f} 220 {last:.1f} {min(reach, 400)} {last:.1f}'
        f'H{reach}V{tip:.1f}H{min(reach, 400)}C220 {tip:.1f} 220 {start + thick:.1f} 0 {start + thick:.1f}Z"/>'
    )


def share_bar(parts: Sequence[tuple[str, int]], label: str) -> Markup:
    """A bar of parts, each (class, count), as wide as its share; empty where there is nothing."""
    total = sum(count for _, count in parts)
    drawn, x = [], 0.0
    for kind, count in parts:
        width = 100 * count / total if total else 0
        drawn.append(f'<rect class="{kind}" x="{x:.2f}" y="0" width="{width:.2f}" height="8"/>' if width else "")
        x += width
    return Markup(  # noqa: S704 - as above
        f'<svg class="share" viewBox="0 0 100 8" preserveAspectRatio="none" role="img" aria-label="{escape(label)}">'
        f'<rect class="none" width="100" height="8"/>{"".join(drawn)}</svg>'
    )


@dataclass(frozen=True, slots=True)
class Told:
    """How many jobs one reading told, and what became of it."""

    jobs: int
    verdict: str


def counts(readings: Sequence[Told], label: str) -> Markup:
    """Job counts of readings from oldest to newest: a line, with a mark for each that was not believed."""
    if not readings:
        return Markup("")
    top = max(1, *(reading.jobs for reading in readings))
    step = 200 / max(1, len(readings) - 1)
    places = [(6 + n * step, 44 - 36 * reading.jobs / top) for n, reading in enumerate(readings)]
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    marks = "".join(
        f'<circle class="{reading.verdict}" cx="{x:.1f}" cy="{y:.1f}" r="{_SIZES.get(reading.verdict, 3.6)}"/>'
        for reading, (x, y) in zip(readings, places, strict=True)
    )
    return Markup(  # noqa: S704 - as above
        f'<svg class="counts" viewBox="0 0 212 50" role="img" aria-label="{escape(label)}">'
        f'<path class="ground" d="M6 44H206"/><polyline points="{line}"/>{marks}</svg>'
    )
