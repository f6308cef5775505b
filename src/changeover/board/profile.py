"""What a candidate said before, filled into the next form; the browser alone keeps the key to it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from fastapi import Request
from fastapi.responses import Response

from changeover.apply import store
from changeover.apply.application import refill
from changeover.apply.questions import Form
from changeover.board.mine import of_token
from changeover.board.uploads import Upload
from changeover.web.served import Served

COOKIE = "changeover_remembered"
_DAYS = 180
_EVER = datetime.min.replace(tzinfo=UTC)


async def earlier(request: Request, here: Served) -> dict[str, Any] | None:
    """The application that this browser remembers; None where there is none, or it was erased since."""
    token = request.cookies.get(COOKIE, "")
    row = await of_token(here, token) if token else None
    return row if row is not None and row["erased_at"] is None else None


async def fill_in(
    here: Served, form: Form, row: dict[str, Any], fields: dict[str, list[str]], sent: list[Upload]
) -> None:
    """Add what was said before to the fields and files of a form. What is in it already stays."""
    said, files = refill(form, row["answers"])
    for name, values in said.items():
        if not any(each.strip() for each in fields.get(name, ())):
            fields[name] = values
    there = {each.field for each in sent}
    async with here.db.company(row["company_id"]) as conn:
        for name, number in files.items():
            kept = await store.file(conn, row["company_id"], number, _EVER) if name not in there else None
            if kept is not None and kept["application_id"] == row["application_id"]:
                sent.append(Upload(name, kept["name"], bytes(kept["content"])))


def remember(answer: Response, token: str, *, wished: bool, secure: bool) -> None:
    """Keep the key of an application in the browser that sent it, or forget the one that is there."""
    if wished:
        answer.set_cookie(
            COOKIE, token, max_age=_DAYS * 86_400, path="/jobs", httponly=True, samesite="lax", secure=secure
        )
    else:
        answer.delete_cookie(COOKIE, path="/jobs")
