"""Whether a posting is applied for here, and with which form, whichever side feeds it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from changeover.apply import store
from changeover.apply.questions import Form, read_form
from changeover.database.connection import Database


@dataclass(frozen=True, slots=True)
class Offer:
    """A form that may be filled in. ``row`` says which ATS job it is for; ``live`` whether the job is open still."""

    form: Form
    row: dict[str, Any]
    live: bool


async def offer(db: Database, company_id: int, posting_id: int) -> Offer | None:
    """The form of a posting; None if it never was applied for here, or is not now that it is live without one.

    A posting that has closed keeps its form: an application that was on its way is still taken.
    """
    async with db.board() as conn:
        here = await store.open_form(conn, company_id, posting_id)
    async with db.company(company_id) as conn:
        row = await store.known_form(conn, company_id, posting_id)
    if row is None or (row["live"] and here is None):
        return None
    form = read_form(row["form"])
    return Offer(form, row, row["live"]) if isinstance(form, Form) else None
