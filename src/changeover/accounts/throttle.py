"""How long signing in waits after failures: ever longer, never for good, and forgotten after a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from changeover.accounts import store
from changeover.database.board import BOARD
from changeover.database.connection import Database

FORGOTTEN = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Patience:
    """After ``free`` failures the wait begins with a second and doubles, up to ``longest``."""

    free: int
    longest: timedelta

    def wait(self, failures: int) -> timedelta:
        """How long after the last of so many failures the next try is taken."""
        if failures < self.free:
            return timedelta(0)
        return min(timedelta(seconds=2 ** min(failures - self.free, 30)), self.longest)


# An office may share an address, so it is allowed more. A browser that has signed in before is counted by itself:
# whoever tries passwords elsewhere cannot keep its owner out.
_ADDRESS, _ACCOUNT = Patience(30, timedelta(minutes=15)), Patience(5, timedelta(minutes=15))


def keys(address: str, account: str) -> dict[str, Patience]:
    """What a try counts for: the network that it comes from, and the account or the known browser."""
    return {f"from {address}": _ADDRESS, account: _ACCOUNT}


async def waits(db: Database, counted: dict[str, Patience]) -> timedelta:
    """How long until a try is taken; nothing if it is now."""
    now = db.now()
    async with db.company(BOARD) as conn:
        rows = await store.failures(conn, list(counted))
    ends = [last + counted[key].wait(failures) for key, failures, last in rows if now - last < FORGOTTEN]
    return max([*(end - now for end in ends), timedelta(0)])


async def failed(db: Database, counted: dict[str, Patience], now: datetime) -> None:
    """Count a failure."""
    async with db.company(BOARD) as conn:
        await store.count_failure(conn, list(counted), now, forget=now - FORGOTTEN)


async def succeeded(db: Database, counted: dict[str, Patience]) -> None:
    """Forget the failures."""
    async with db.company(BOARD) as conn:
        await store.forget_failures(conn, list(counted))
