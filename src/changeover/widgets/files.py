"""The script that an ATS's page loads, and the files of the frames."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response

from changeover.web.files import Folder
from changeover.widgets.shown import OPEN

router = APIRouter(include_in_schema=False)

_folder = Folder("changeover.widgets", OPEN)


@router.get("/widgets/{name}")
async def file(request: Request, name: str) -> Response:
    """One file; any page may load it, and nobody's data is in it."""
    return _folder.answer(request, name)
