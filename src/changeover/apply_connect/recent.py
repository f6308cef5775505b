"""What a serving process remembers of the wire's callers: whose token it was, who spoke for whom."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated

from fastapi import Depends, Request

from changeover.apply_connect.auth import Application, Bearer, bearer
from changeover.database.connection import Database
from changeover.webhooks.keys import digest

# So long a token is not looked up again. It ends at its time all the same, and nothing else ends one.
REMEMBERED = timedelta(seconds=10)
_MOST = 10_000


class Recent:
    """The callers of the last seconds, so that a request costs no trip to the database before its own."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._bearers: dict[bytes, tuple[datetime, Bearer]] = {}
        self._spoke: set[tuple[int, int]] = set()

    async def bearer(self, token: str) -> Bearer | None:
        """Whose token this is, whether or not its time is over; None if nobody's, which is looked up each time."""
        key, now = digest(token), self._db.now()
        since, found = self._bearers.get(key, (None, None))
        if since is not None and timedelta(0) <= now - since < REMEMBERED:
            return found
        found = await bearer(self._db, token)
        if len(self._bearers) >= _MOST:
            self._bearers.clear()
        if found is not None:
            self._bearers[key] = now, found
        return found

    def spoke(self, application: Application, company_id: int) -> bool:
        """Whether the application pushed for the company before. Each push makes sure of it again, at its revision."""
        return (application.application_id, company_id) in self._spoke

    def note(self, application: Application, company_id: int, *, speaks: bool) -> None:
        """Remember that the application pushes for the company, or that it does not any more."""
        if len(self._spoke) >= _MOST:
            self._spoke.clear()
        (self._spoke.add if speaks else self._spoke.discard)((application.application_id, company_id))


async def _recent(request: Request) -> Recent:
    found: Recent = request.app.state.recent
    return found


Lately = Annotated[Recent, Depends(_recent)]
