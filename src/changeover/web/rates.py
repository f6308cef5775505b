"""How often each credential may ask: a count of a minute's requests, kept by this process alone."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from math import ceil

WINDOW_SECONDS = 60
# Windows that have ended are forgotten when so many are kept.
_KEEP = 10_000


@dataclass(frozen=True, slots=True)
class Allowance:
    """What is left of a credential's minute after this request, and seconds until the next one begins."""

    limit: int
    left: int
    seconds: int
    allowed: bool

    def headers(self) -> dict[str, str]:
        """The fields of the IETF's draft on rate limit headers; Retry-After where nothing is left."""
        told = {
            "ratelimit-policy": f'"credential";q={self.limit};w={WINDOW_SECONDS}',
            "ratelimit": f'"credential";r={self.left};t={self.seconds}',
        }
        return told if self.allowed else {**told, "retry-after": str(self.seconds)}


class Rates:
    """At most ``limit`` requests a minute for each key; 0 is no limit. ``clock`` gives seconds."""

    def __init__(self, limit: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._limit = limit
        self._clock = clock
        self._windows: dict[str, tuple[float, int]] = {}

    def take(self, key: str) -> Allowance | None:
        """Count one request; how the key stands then, or None where there is no limit."""
        if not self._limit:
            return None
        now = self._clock()
        ends, count = self._windows.get(key, (0.0, 0))
        if ends <= now:
            self._forget(now)
            ends, count = now + WINDOW_SECONDS, 0
        self._windows[key] = ends, count + 1
        left = self._limit - count - 1
        return Allowance(self._limit, max(left, 0), max(ceil(ends - now), 1), allowed=left >= 0)

    def _forget(self, now: float) -> None:
        if len(self._windows) >= _KEEP:
            self._windows = {key: window for key, window in self._windows.items() if window[0] > now}
