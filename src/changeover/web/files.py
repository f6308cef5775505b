"""The files that pages are shown with: the style sheet, the script, the picture of the tab."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from importlib import resources

from fastapi import APIRouter, Request
from fastapi.responses import Response

from changeover.web.problem import Problem

router = APIRouter(include_in_schema=False)

_TYPES = {"css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}


class Folder:
    """The files in a package's ``static`` folder, each asked for anew only where it has changed."""

    def __init__(self, package: str, headers: Mapping[str, str] | None = None) -> None:
        folder = resources.files(package) / "static"
        self._files = {each.name: each.read_bytes() for each in folder.iterdir() if _type(each.name)}
        self._tags = {name: f'"{hashlib.sha256(held).hexdigest()[:16]}"' for name, held in self._files.items()}
        self._headers = dict(headers or {})

    def answer(self, request: Request, name: str) -> Response:
        """One file; raises Problem 404."""
        if name not in self._files:
            raise Problem(404, "NOT_FOUND", f"There is no file called {name[:60]} here.", "Load the page again.")
        headers = {"etag": self._tags[name], "cache-control": "no-cache", **self._headers}
        if request.headers.get("if-none-match") == self._tags[name]:
            return Response(status_code=304, headers=headers)
        return Response(self._files[name], media_type=_type(name), headers=headers)


def _type(name: str) -> str | None:
    return _TYPES.get(name.rpartition(".")[2])


_look = Folder("changeover.web")


@router.get("/look/{name}")
async def file(request: Request, name: str) -> Response:
    """One file."""
    return _look.answer(request, name)


@router.get("/favicon.ico")
async def favicon(request: Request) -> Response:
    """The picture of the tab, for browsers that ask by habit."""
    return await file(request, "mark.svg")
