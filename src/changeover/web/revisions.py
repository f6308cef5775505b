"""Every committed revision, told to whoever follows: one LISTEN for the whole process."""

from __future__ import annotations

import asyncio
import secrets
from collections import deque
from collections.abc import AsyncGenerator
from dataclasses import dataclass

import psycopg
import structlog

from changeover.database.connection import OPERATOR, Database
from changeover.database.revise import CHANNEL

log = structlog.get_logger()

_KEEP = 2_000
_WAITING = 500
_RETRY_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Told:
    """A company has a new revision; ``company`` is empty where something may have been missed: look at all."""

    id: str
    company: str
    revision: int


class Revisions:
    """Follows the database's notifications while anybody follows it.

    Ids are this process's name and a number; a follower that comes back with an id gets what it
    missed, or, where that is not kept any more, one word to look at everything anew.
    """

    def __init__(self, db: Database) -> None:
        self._db = db
        self._name = secrets.token_hex(4)
        self._number = 0
        self._kept: deque[Told] = deque(maxlen=_KEEP)
        self._followers: set[asyncio.Queue[Told | None]] = set()
        self._listener: asyncio.Task[None] | None = None
        self._closed = False

    @property
    def position(self) -> str:
        """The id of the newest thing told: a page made now follows from here."""
        return f"{self._name}-{self._number}"

    @property
    def followers(self) -> int:
        """How many follow right now."""
        return len(self._followers)

    async def follow(self, last_id: str = "") -> AsyncGenerator[Told]:
        """What was missed since ``last_id``, then what comes, without end."""
        queue: asyncio.Queue[Told | None] = asyncio.Queue(_WAITING)
        missed = self._missed(last_id)
        if self._closed:
            return
        self._followers.add(queue)
        self._wake()
        try:
            for told in missed:
                yield told
            while (coming := await queue.get()) is not None:
                yield coming
        finally:
            self._followers.discard(queue)
            if not self._followers and self._listener is not None:
                self._listener.cancel()
                self._listener = None

    def close(self) -> None:
        """End every stream: the process is about to stop, and open streams would hold it up."""
        self._closed = True
        for queue in self._followers:
            _hand(queue, None)

    def _wake(self) -> None:
        if self._listener is None or self._listener.done():
            self._listener = asyncio.create_task(self._listen())

    def _missed(self, last_id: str) -> list[Told]:
        name, _, number = last_id.partition("-")
        if not last_id or last_id == self.position:
            return []
        if name == self._name and any(told.id == last_id for told in self._kept):
            return [told for told in self._kept if int(told.id.partition("-")[2]) > int(number)]
        return [Told(self.position, "", 0)]

    async def _listen(self) -> None:
        """Listen for as long as it is followed. What came before it listened may be missed: that is told."""
        while True:
            try:
                conn = await psycopg.AsyncConnection.connect(self._db.address.of(OPERATOR), autocommit=True)
                async with conn:
                    await conn.execute(f"listen {CHANNEL}")
                    self._tell("", 0)
                    async for notice in conn.notifies():
                        company, _, revision = notice.payload.partition(":")
                        self._tell(company, int(revision))
            except psycopg.OperationalError as problem:
                log.warning("live pages wait for the database", problem=str(problem).partition("\n")[0])
                await asyncio.sleep(_RETRY_SECONDS)

    def _tell(self, company: str, revision: int) -> None:
        self._number += 1
        told = Told(self.position, company, revision)
        self._kept.append(told)
        for queue in self._followers:
            # A follower too slow for so much looks at everything anew instead.
            _hand(queue, Told(told.id, "", 0) if queue.full() else told)


def _hand(queue: asyncio.Queue[Told | None], told: Told | None) -> None:
    """Put it last; a full queue is emptied first."""
    while queue.full():
        while not queue.empty():
            queue.get_nowait()
    queue.put_nowait(told)
