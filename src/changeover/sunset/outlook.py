"""What the end of an old source will do: to which jobs, and in which words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from changeover.database.connection import Connection
from changeover.job import Lane
from changeover.migration import store as migrations
from changeover.migration.state import State
from changeover.postings.live import Line
from changeover.sunset import store
from changeover.wording import plural

# Jobs that a page shows by name; the others are counted.
MOST = 500
BEFORE = frozenset({State.MATCHING, State.READY})


class How(StrEnum):
    """What becomes of the company on the day."""

    CLOSES = "closes"
    RESOLVES = "resolves"
    PART_CLOSES = "part_closes"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Outlook:
    """What would happen if the source ended as things stand now.

    ``closing``: the first of the ``closes`` postings that leave the board; ``stays`` postings stay at their address;
    ``opens``: what only the ATS has and would show.
    """

    how: How
    closing: Sequence[Line]
    closes: int
    stays: int
    opens: int

    @property
    def sentence(self) -> str:
        """What happens on the day, for the employer."""
        left = f"{plural(self.closes, 'job leaves', 'jobs leave')} the board"
        if self.how is How.NOTHING:
            return "Nothing changes on the board: the ATS feeds it already. There is no way back to this source then."
        if self.how is How.RESOLVES:
            new = plural(self.opens, "job only in the ATS appears", "jobs only in the ATS appear")
            kept = plural(self.stays, "job that matched stays", "jobs that matched stay")
            parts = ((self.stays, f"{kept} at the same address"), (self.closes, left), (self.opens, new))
            happens = ", ".join(part for count, part in parts if count) or "neither side has a job"
            return f"The ATS takes over by itself: {happens}."
        if self.how is How.PART_CLOSES:
            return f"{left}; {self.stays:,} stay, for they have a twin in the ATS or another source tells them."
        if self.stays:
            return f"{left}; {self.stays:,} stay, for another source tells them."
        return f"{left}: no ATS is connected that could feed it."


async def look_ahead(
    conn: Connection, company_id: int, source_id: int, ends_at: datetime, *, size: int = MOST
) -> Outlook:
    """What the end of a source at ``ends_at`` would do now, with the sources that end by then too."""
    it = await migrations.company(conn, company_id)
    if it.feed is Lane.ATS:
        return Outlook(How.NOTHING, (), 0, 0, 0)
    due = {each.source_id for each in await store.announced(conn, company_id) if each.ends_at <= ends_at}
    others = await store.feeds_on(conn, company_id, ends_at, but=source_id)
    resolves = it.state in BEFORE and not others
    # With the last old source the whole company moves; else this source's jobs alone are looked at.
    sources = sorted(due | {source_id}) if resolves else [source_id]
    counts = await store.fate_counts(conn, company_id, sources)
    alone, twins, heirs = (int(counts[name]) for name in ("alone", "twins", "heirs"))
    matched = it.state in BEFORE
    closes, stays = (alone, twins + heirs) if matched else (alone + twins, heirs)
    rows = await store.fates(conn, company_id, sources, size)
    gone = [row for row in rows if not row["heir"] and not (matched and row["twin"])]
    lines = [Line(**{name: row[name] for name in Line.__slots__}) for row in gone]
    how = How.RESOLVES if resolves else How.PART_CLOSES if matched else How.CLOSES
    return Outlook(how, lines, closes, stays, await store.ats_only(conn, company_id) if resolves else 0)
