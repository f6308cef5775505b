"""How pages are made: templates beside the one layout."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi.responses import HTMLResponse, Response
from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined

from changeover.wording import ago, day, instant, number, plural, workplace


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
            # A running program's files do not change: six of them were looked at for every page.
            auto_reload=False,
        )
        self._templates.filters.update(
            number=number, day=day, instant=instant, ago=ago, plural=plural, workplace=workplace
        )

    def page(
        self, template: str, *, status: int = 200, headers: Mapping[str, str] | None = None, **said: Any
    ) -> HTMLResponse:
        """One page. Pages of the console and refusals are never kept by a browser or a proxy."""
        return HTMLResponse(
            self._templates.get_template(template).render(said),
            status,
            headers={"cache-control": "no-store", **(headers or {})},
        )

    def xml(
        self,
        template: str,
        *,
        headers: Mapping[str, str],
        media_type: str = "application/xml",
        **said: Any,
    ) -> Response:
        """A document that programs read; what was said is escaped as in a page."""
        text = self._templates.get_template(template).render(said)
        return Response(text, media_type=media_type, headers=dict(headers))
