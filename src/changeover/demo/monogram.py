"""A logo for each invented employer: its initials on its colours, drawn as a small SVG."""

from __future__ import annotations

from random import Random

from changeover.demo.employers import Employer

SIZE = 64


def monogram(employer: Employer) -> str:
    """The employer's logo as a standalone SVG document, 64 units square; always the same for one employer."""
    chance = Random(employer.slug)  # noqa: S311 - the same logo every time, not a secret
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {SIZE} {SIZE}" role="img" aria-label="{employer.name}">'
        f'<clipPath id="tile"><rect width="{SIZE}" height="{SIZE}" rx="14"/></clipPath>'
        f'<g clip-path="url(#tile)"><rect width="{SIZE}" height="{SIZE}" fill="{employer.colour}"/>'
        f"{_rings(employer, chance)}</g>"
        f'<text x="32" y="42" text-anchor="middle" font-family="Georgia, serif" font-size="28" '
        f'font-weight="700" fill="#fff">{employer.initials}</text></svg>'
    )


def _rings(employer: Employer, chance: Random) -> str:
    """Rings spreading from one corner, as ripples, grooves or light."""
    x, y = chance.choice([(0, 0), (SIZE, 0), (0, SIZE), (SIZE, SIZE)])
    step = chance.choice([9, 11, 13])
    return "".join(
        f'<circle cx="{x}" cy="{y}" r="{step * n}" fill="none" stroke="{employer.accent}" '
        f'stroke-width="{chance.choice([2, 3, 4])}" opacity="{0.75 - n * 0.12:.2f}"/>'
        for n in range(1, 6)
    )
