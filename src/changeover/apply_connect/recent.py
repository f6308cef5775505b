"""What a serving process remembers of the wire's callers: who pushed for whom."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request

from changeover.apply_connect.auth import Application

_MOST = 10_000


class Recent:
    """Who pushed for which company, so that a push need not ask before it takes the company's line."""

    def __init__(self) -> None:
        self._spoke: set[tuple[int, int]] = set()

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
