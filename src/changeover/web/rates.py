"""How often each credential may ask and each network send a form, counted over all web processes."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from math import ceil

from changeover.database.connection import Database
from changeover.database.queries import beside

queries = beside(__file__, "rates")

WINDOW = timedelta(minutes=1)
# A process borrows one part in so many of what is left, and says how it stands again when this time has passed: so long
# what its headers tell may be behind what other processes have answered.
SHARE, BEHIND = 50, timedelta(seconds=1)
# What was borrowed for minutes that are over is forgotten when so much is kept.
_KEEP = 10_000
_NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Allowance:
    """What is left of a credential's minute after this request, and seconds until the next one begins."""

    limit: int
    left: int
    seconds: int
    allowed: bool
    window: timedelta = WINDOW

    def headers(self) -> dict[str, str]:
        """The fields of the IETF's draft on rate limit headers; Retry-After where nothing is left."""
        told = {
            "ratelimit-policy": f'"credential";q={self.limit};w={int(self.window.total_seconds())}',
            "ratelimit": f'"credential";r={self.left};t={self.seconds}',
        }
        return told if self.allowed else {**told, "retry-after": str(self.seconds)}


@dataclass(slots=True)
class _Loan:
    """What this process may still answer of a credential's minute; ``beyond``: what could be borrowed after it."""

    ends_at: datetime = _NEVER
    asked_at: datetime = _NEVER
    rest: int = 0
    beyond: int = 1
    one: asyncio.Lock = field(default_factory=asyncio.Lock)


class Rates:
    """At most ``limit`` requests in a ``window`` for each key of a company or vendor; 0 is no limit.

    A window begins with the first request after the one before has ended.
    """

    def __init__(self, db: Database, limit: int, window: timedelta = WINDOW) -> None:
        self._db = db
        self._limit = limit
        self._window = window
        self._loans: dict[tuple[int, str], _Loan] = {}

    async def take(self, company_id: int, key: str) -> Allowance | None:
        """Count one request; how the key stands then, or None where there is no limit."""
        if not self._limit:
            return None
        loan = self._loans.get((company_id, key)) or self._begin(company_id, key)
        async with loan.one:
            now = self._db.now()
            if loan.ends_at <= now or now - loan.asked_at >= BEHIND or (not loan.rest and loan.beyond):
                await self._borrow(loan, company_id, key, now)
            allowed = loan.rest > 0
            loan.rest -= allowed
        seconds = max(ceil((loan.ends_at - now).total_seconds()), 1)
        return Allowance(self._limit, loan.rest + loan.beyond, seconds, allowed=allowed, window=self._window)

    async def _borrow(self, loan: _Loan, company_id: int, key: str, now: datetime) -> None:
        """Give back what is left and borrow anew, in one trip to the database."""
        back = 0 if loan.ends_at <= now else loan.rest
        at = {"company": company_id, "key": key, "now": now, "ends": now + self._window}
        (row,) = await self._db.ask(
            company_id, queries.lend, {**at, "limit": self._limit, "back": back, "share": SHARE}
        )
        loan.ends_at, loan.asked_at, loan.rest = row["ends_at"], now, row["lent"]
        loan.beyond = max(self._limit - row["used"], 0)

    def _begin(self, company_id: int, key: str) -> _Loan:
        if len(self._loans) >= _KEEP:
            now = self._db.now()
            self._loans = {key: loan for key, loan in self._loans.items() if loan.ends_at > now or loan.one.locked()}
        return self._loans.setdefault((company_id, key), _Loan())


async def forget(db: Database, company_id: int) -> None:
    """Forget the minutes of a company's credentials that are long over."""
    async with db.company(company_id) as conn:
        await conn.execute(queries.forget, {"company": company_id, "before": db.now() - timedelta(days=1)})
