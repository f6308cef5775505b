"""63-bit, time-ordered ids made by the program, unique without a round trip."""

from __future__ import annotations

import secrets
import threading
import time
from datetime import UTC, datetime

# 41 bits of milliseconds since 2025-01-01 last until 2094; 12 bits name the process; 10 bits count.
_EPOCH_MS = 1_735_689_600_000
_PROCESS_BITS = 12
_COUNT_BITS = 10


class IdMaker:
    """Makes ids that never repeat within a process; two processes differ by their 12 random bits.

    More than 1,024 ids in a millisecond borrow from the next one, so a million ids run a second
    ahead of the clock; a clock that jumps back does not bring an id back. A clash between two
    processes (one in 4,096, and then only for the same company in the same millisecond) is caught
    by the primary keys.
    """

    def __init__(self) -> None:
        self._process = secrets.randbits(_PROCESS_BITS)
        self._last = 0
        self._lock = threading.Lock()

    def __call__(self) -> int:
        """One new id."""
        return self.many(1)[0]

    def many(self, count: int) -> list[int]:
        """``count`` new ids in rising order."""
        with self._lock:
            now = (time.time_ns() // 1_000_000 - _EPOCH_MS) << _COUNT_BITS
            start = max(now, self._last + 1)
            self._last = start + count - 1
        low = (1 << _COUNT_BITS) - 1
        return [
            ((tick >> _COUNT_BITS) << (_COUNT_BITS + _PROCESS_BITS)) | (self._process << _COUNT_BITS) | (tick & low)
            for tick in range(start, start + count)
        ]


def made_at(made: int) -> datetime:
    """When an id was made, to the millisecond or so."""
    return datetime.fromtimestamp(((made >> (_COUNT_BITS + _PROCESS_BITS)) + _EPOCH_MS) / 1_000, UTC)


def before_all_of(moment: datetime) -> int:
    """A number below every id that is made at ``moment`` or later, and above those made before."""
    return max(0, int(moment.timestamp() * 1_000) - _EPOCH_MS) << (_COUNT_BITS + _PROCESS_BITS)


new_ids = IdMaker()
