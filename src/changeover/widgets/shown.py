"""How a widget is answered: a page that only its own origin may frame, with no origin of its own."""

from __future__ import annotations

from typing import Any

from fastapi import Request
from fastapi.responses import Response

from changeover.web.look import Pages
from changeover.web.problem import Problem
from changeover.web.served import Served, served
from changeover.widgets.admission import Admitted, Asked

pages = Pages("changeover.widgets")

# A frame without an origin of its own asks as a stranger would; what it shows is opened by its token alone.
OPEN = {"access-control-allow-origin": "*", "cross-origin-resource-policy": "cross-origin"}


def policy(here: Served, ancestors: str, request: Request) -> str:
    """The Content-Security-Policy of a frame: our own files, framed by ``ancestors``, apart from every origin."""
    own = " ".join(dict.fromkeys(("'self'", here.public_url, f"{request.url.scheme}://{request.url.netloc}")))
    return (
        f"default-src 'none'; style-src {own}; script-src {own}; connect-src {own}; form-action {own}; "
        f"base-uri 'none'; frame-ancestors {ancestors}; sandbox allow-scripts allow-forms allow-downloads"
    )


def widget(
    request: Request, here: Served, template: str, it: Asked, seat: Admitted, *, status: int = 200, **said: Any
) -> Response:
    """A widget for a seat. ``said`` is what the template shows."""
    headers = {**OPEN, "content-security-policy": policy(here, seat.told.origin, request)}
    return pages.page(template, status=status, headers=headers, asked=it, seat=seat, now=here.db.now(), **said)


def refused(request: Request, problem: Problem) -> Response:
    """A refusal inside a frame: it shows nothing of anybody's, so every page may show it."""
    headers = {**OPEN, **problem.headers, "content-security-policy": policy(served(request), "*", request)}
    return pages.page("refused.html", status=problem.status, headers=headers, problem=problem)
