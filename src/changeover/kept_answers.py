"""What a source answered last, looked up in the database while the source is read again."""

from __future__ import annotations

from collections.abc import Mapping

from changeover.database.connection import Database
from changeover.snapshot import raw
from changeover.snapshot.store import SourceRow
from changeover.sources.raw import Head


class KeptAnswers:
    """The kept answers of one source (`sources.raw.Before`)."""

    def __init__(self, db: Database, row: SourceRow) -> None:
        self.heads: Mapping[bytes, Head] = {}
        self._db, self._row = db, row

    async def open(self) -> None:
        """Look up what is kept, without the bodies."""
        async with self._db.company(self._row.company_id) as conn:
            self.heads = await raw.heads(conn, self._row)

    async def packed(self, ask: bytes) -> bytes:
        """The compressed body of one answer."""
        async with self._db.company(self._row.company_id) as conn:
            return await raw.packed(conn, self._row, ask)
