"""The pictures of a report as inline SVG: both sides with what joins them, and a bar for each count."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup, escape

_WIDTH = 1_000
_BAR, _GAP = 34, 46


@dataclass(frozen=True, slots=True)
class Side:
    """How many jobs of one side are paired, in doubt, and alone."""

    paired: int
    doubtful: int
    alone: int

    @property
    def jobs(self) -> int:
        """All jobs of the side."""
        return self.paired + self.doubtful + self.alone


def bridge(legacy: Side, ats: Side, label: str) -> Markup:
    """Both sides as bars of one scale, the legacy one above; bands join what is paired and what is in doubt."""
    scale = _WIDTH / max(1, legacy.jobs, ats.jobs)
    above, below = _edges(legacy, scale), _edges(ats, scale)
    under, floor = _BAR, _BAR + _GAP
    drawn = [
        f'<polygon class="{kind}" points="{above[n]:.1f},{under} {above[n + 1]:.1f},{under} '
        f'{below[n + 1]:.1f},{floor} {below[n]:.1f},{floor}"/>'
        for n, kind in enumerate(("band matched", "band doubt"))
    ]
    drawn += _bar(above, 0, "lone-legacy") + _bar(below, floor, "lone-ats")
    return Markup(  # noqa: S704 - numbers and names of our own, and an escaped label
        f'<svg class="bridge" viewBox="0 0 {_WIDTH} {floor + _BAR}" preserveAspectRatio="none" role="img" '
        f'aria-label="{escape(label)}">{"".join(drawn)}</svg>'
    )


def _edges(side: Side, scale: float) -> list[float]:
    counts = (0, side.paired, side.paired + side.doubtful, side.jobs)
    return [count * scale for count in counts]


def _bar(edges: list[float], y: int, alone: str) -> list[str]:
    kinds = ("matched", "doubt", alone)
    return [
        f'<rect class="{kind}" x="{edges[n]:.1f}" y="{y}" width="{edges[n + 1] - edges[n]:.1f}" height="{_BAR}"/>'
        for n, kind in enumerate(kinds)
        if edges[n + 1] > edges[n]
    ]


def bar(count: int, most: int, kind: str) -> Markup:
    """A bar as long as its count's share of the largest; its number stands beside it as text."""
    width = max(0.5, 100 * count / max(1, most))
    return Markup(  # noqa: S704 - as above
        f'<svg class="bar" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">'
        f'<rect class="{escape(kind)}" width="{width:.2f}" height="10"/></svg>'
    )
