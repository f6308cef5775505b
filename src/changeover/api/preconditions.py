"""If-Match and If-None-Match: an act only where nothing came between, an answer only where it is new."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import Any

from fastapi import Request
from fastapi.responses import Response

from changeover.api.once import Claim
from changeover.database.connection import Connection, Database
from changeover.database.revise import Change
from changeover.migration import store as migrations
from changeover.web.problem import Problem

# A company's tag is its revision, and what its last run had seen; only the revision is a change of the company.
_TAG = re.compile(r'(?:W/)?"(\d{1,18})(?:-\d{1,18})?"')
_SHOWN = 20


def expected_revision(request: Request) -> int | None:
    """The revision that If-Match names; None without one or for `*`, -1 for a tag that is no company's."""
    told = request.headers.get("if-match", "*").strip()
    if told == "*":
        return None
    match = _TAG.fullmatch(told)
    return int(match[1]) if match else -1


async def hold_to(db: Database, company_id: int, expected: int) -> None:
    """Raise Problem 412 if the company does not stand at this revision."""
    async with db.company(company_id) as conn:
        revision = (await migrations.company(conn, company_id)).revision
        if revision != expected:
            raise await _moved_on(conn, company_id, revision, expected)


async def _moved_on(conn: Connection, company_id: int, revision: int, expected: int) -> Problem:
    events = await migrations.events(conn, company_id, size=_SHOWN)
    changed = [
        {"revision": event["revision"], "at": event["at"].isoformat()} | {k: event[k] for k in ("kind", "who", "why")}
        for event in events
        if event["revision"] > expected >= 0
    ]
    return Problem(
        412,
        "COMPANY_CHANGED",
        f"Nothing was done: the company stands at revision {revision}, which is not what If-Match names.",
        "See what changed, read the company again, and send the act with its new ETag if you still want it.",
        headers={"etag": f'"{revision}"'},
        revision=revision,
        changed=changed,
    )


@dataclass(frozen=True, slots=True)
class ActWitness:
    """Holds an act to what its request said, in the act's own transaction; what is revised on the way is let be."""

    who: str
    claim: Claim | None
    expected: int | None

    async def begun(self, change: Change) -> None:
        """Refuse where another revision came since the one that the request names."""
        if self._ours(change) and self.expected is not None and change.revision - 1 != self.expected:
            raise await _moved_on(change.conn, change.company_id, change.revision - 1, self.expected)

    async def ending(self, change: Change) -> None:
        """Write down under the request's key that it is done."""
        if self._ours(change) and self.claim is not None:
            await self.claim.acted(change)

    def _ours(self, change: Change) -> bool:
        return change.who == self.who


def tagged(request: Request, response: Response) -> Response:
    """The answer with its tag, or 304 where the caller holds it already."""
    if response.status_code != 200:
        return response
    body: Any = getattr(response, "body", None)
    if "etag" not in response.headers:
        if body is None:
            return response
        response.headers["etag"] = f'"{hashlib.sha256(body).hexdigest()[:24]}"'
    response.headers.setdefault("cache-control", "private, no-cache")
    tag = response.headers["etag"]
    known = {each.strip().removeprefix("W/") for each in request.headers.get("if-none-match", "").split(",")}
    if tag not in known and "*" not in known:
        return response
    kept = {name: response.headers[name] for name in ("etag", "cache-control")}
    return Response(status_code=304, headers=kept)
