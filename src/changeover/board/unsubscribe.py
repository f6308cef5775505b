"""Where e-mail to a candidate is ended: a page with one button, or one click in a mail program."""

from __future__ import annotations

import re

from fastapi import APIRouter
from fastapi.responses import Response

from changeover.apply import notices, store
from changeover.board.pages import pages
from changeover.web.problem import Problem
from changeover.web.served import Here, Served
from changeover.webhooks.keys import keys_of

router = APIRouter(include_in_schema=False)

_TOKEN = re.compile(r"([1-9]\d{0,18})-([1-9]\d{0,18})-([0-9a-f]{32})")
_PRIVATE = {"cache-control": "no-store", "x-robots-tag": "noindex"}


def _meant(here: Served, token: str) -> tuple[int, int]:
    """The company and application of a token; 404 for any that this board did not make."""
    match = _TOKEN.fullmatch(token)
    at = (int(match[1]), int(match[2])) if match else (0, 0)
    if not match or max(at) >= 2**63 or not notices.is_quiet(keys_of(here.settings), match[3], *at):
        raise Problem(404, "NO_SUCH_ADDRESS", "This address ends no e-mail.", "Follow the link of the e-mail as it is.")
    return at


@router.get("/unsubscribe/{token}")
async def ask(here: Here, token: str) -> Response:
    """The button: looking at the page changes nothing, for mail programs look at links too."""
    _meant(here, token)
    return pages.page("unsubscribe.html", headers=_PRIVATE, token=token, done=False)


@router.post("/unsubscribe/{token}")
async def end(here: Here, token: str) -> Response:
    """No more e-mail from this employer to this address; the pages of applications go on telling."""
    at = _meant(here, token)
    async with here.db.company(at[0]) as conn:
        await store.be_quiet(conn, *at, here.db.now())
    return pages.page("unsubscribe.html", headers=_PRIVATE, token=token, done=True)
