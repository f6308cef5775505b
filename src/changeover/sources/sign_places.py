"""Where a sign stands in a feed's bytes: looked for once, however often it is asked for."""

from __future__ import annotations


class SignPlaces:
    """The places of one sign (bytes) in one buffer, asked for in rising order: linear whatever is in the buffer."""

    def __init__(self, buffer: bytes, sign: bytes) -> None:
        self.buffer = buffer
        self._sign = sign
        # From ``begin`` until ``end`` the sign begins nowhere but at ``place``; -1: nowhere.
        self._begin = self._end = 0
        self._place = -1

    def next(self, at: int, before: int | None = None) -> int:
        """The first place from ``at`` on; -1 where none is before ``before``, the buffer's end if that is None."""
        if not self._begin <= at <= self._end:
            self._begin, self._end, self._place = at, at, -1
        limit = len(self.buffer) if before is None else before
        if self._place < at and self._end < limit:
            self._begin = max(self._begin, self._place + 1)
            self._place = self.buffer.find(self._sign, self._end, limit + len(self._sign) - 1)
            self._end = limit if self._place < 0 else self._place + 1
        return self._place if self._place >= at else -1
