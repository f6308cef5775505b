"""What an employer chooses for its applications: if they come here, who is told, how long they stay."""

from __future__ import annotations

from changeover.apply import privacy, store
from changeover.database.connection import Database
from changeover.database.revise import revise
from changeover.wording import plural


async def take_here(db: Database, company_id: int, *, on: bool, who: str) -> str:
    """Take applications on the board, or lead candidates to the employer; what was chosen, in a sentence."""
    said = "Applications are taken on the board." if on else "Candidates apply at the employer's own site."
    async with revise(db, company_id, kind="apply_here", who=who, why=said) as change:
        await store.set_apply_here(change, here=on)
    return said


async def tell_candidates(db: Database, company_id: int, *, on: bool, who: str) -> str:
    """Tell candidates what becomes of their applications, or not; what was chosen, in a sentence."""
    said = f"Candidates are {'told' if on else 'not told'} what becomes of their applications."
    async with revise(db, company_id, kind="notices", who=who, why=said) as change:
        await store.set_notices(change, notices=on)
    return said


async def keep(db: Database, company_id: int, days: int | None, *, who: str) -> str:
    """Erase applications after so many days, 0 for never, None for the board's own number; that, in a sentence."""
    how = "as long as the board's own number says" if days is None else plural(days, "day") if days else "for ever"
    said = f"Applications are kept {how}."
    async with revise(db, company_id, kind="retention_set", who=who, why=said) as change:
        await privacy.set_retention(change, days)
    return said
