"""A description as it stands on a job's page: sanitised once more, its headings below the page's own."""

from __future__ import annotations

import re

from markupsafe import Markup

from changeover.sources import text

_HEADING = re.compile(r"<(/?)h([1-6])>")


def shown(description: str) -> Markup:
    """The stored description, fit for the page. Nothing in it is trusted, though it was sanitised when it was read."""
    return Markup(_below_the_title(text.description(description)))  # noqa: S704 - sanitised by text.description


def _below_the_title(html: str) -> str:
    """Headings from h2 on, none a level too deep: employers write any, and screen readers go by them."""
    ranks = {level: rank for rank, level in enumerate(sorted({match[2] for match in _HEADING.finditer(html)}))}
    level = 1

    def placed(match: re.Match[str]) -> str:
        nonlocal level
        if not match[1]:
            level = min(ranks[match[2]] + 2, level + 1, 6)
        return f"<{match[1]}h{level}>"

    return _HEADING.sub(placed, html)
