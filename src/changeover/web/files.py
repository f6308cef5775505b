"""The files that pages are shown with: the style sheet, the script, the picture of the tab."""

from __future__ import annotations

import hashlib
from importlib import resources

from fastapi import APIRouter, Request
from fastapi.responses import Response

from changeover.web.problem import Problem

router = APIRouter(include_in_schema=False)

_TYPES = {"css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}


def _read() -> dict[str, bytes]:
    folder = resources.files("changeover.web") / "static"
    return {entry.name: entry.read_bytes() for entry in folder.iterdir() if entry.name.rpartition(".")[2] in _TYPES}


_FILES = _read()
_TAGS = {name: f'"{hashlib.sha256(content).hexdigest()[:16]}"' for name, content in _FILES.items()}


@router.get("/look/{name}")
async def file(request: Request, name: str) -> Response:
    """One file, asked for anew only where it has changed."""
    if name not in _FILES:
        raise Problem(404, "NOT_FOUND", f"There is no file called {name[:60]} here.", "Load the page again.")
    headers = {"etag": _TAGS[name], "cache-control": "no-cache"}
    if request.headers.get("if-none-match") == _TAGS[name]:
        return Response(status_code=304, headers=headers)
    return Response(_FILES[name], media_type=_TYPES[name.rpartition(".")[2]], headers=headers)


@router.get("/favicon.ico")
async def favicon(request: Request) -> Response:
    """The picture of the tab, for browsers that ask by habit."""
    return await file(request, "mark.svg")
