"""Where a sign stands in a feed's bytes: a window of them searched at once, and each window once."""

from __future__ import annotations

from bisect import bisect_left

import numpy as np

_FIRST, _LARGEST = 1 << 14, 1 << 18
# Bytes between two places that count as near, and how many such are looked for one by one: of a few changed records
# among many unchanged ones each is far from the others.
_NEAR, _ALONE = 1 << 10, 4


class SignPlaces:
    """The places of one sign (bytes) in one buffer, asked for in rising order: linear whatever is in the buffer.

    ``bytes.find`` of a sign of several bytes looks at one byte after the other: four of them for each record took a
    fifth of a reading. Where one record after the other is asked about, the processor's wide instructions find where
    the sign's first and last byte stand, and only there is it looked for.
    """

    def __init__(self, buffer: bytes, sign: bytes) -> None:
        self.buffer = buffer
        self._sign = sign
        # All places from ``begin`` to ``end`` are known.
        self._begin = self._end = 0
        self._places: list[int] = []
        # How many were looked for near to each other, one by one.
        self._near = 0
        self._window = _FIRST

    def next(self, at: int, before: int | None = None) -> int:
        """The first place from ``at`` on; -1 where none is before ``before``, the buffer's end if that is None."""
        limit = len(self.buffer) if before is None else before
        near = self._begin <= at <= self._end + _NEAR
        if near and (nth := bisect_left(self._places, at)) < len(self._places):
            return self._places[nth]
        self._near = self._near + 1 if near else 0
        if self._near < _ALONE:
            return self._alone(at, limit)
        self._begin, self._end, self._places = at, max(self._end, at), []
        while not self._places and self._end < limit:
            self._look()
        return self._places[0] if self._places else -1

    def _alone(self, at: int, limit: int) -> int:
        found = self.buffer.find(self._sign, at, limit)
        self._begin, self._end, self._window = at, limit if found < 0 else found + 1, _FIRST
        self._places = [found] if found >= 0 else []
        return found

    def _look(self) -> None:
        begin, self._end = self._end, self._end + self._window
        sign, last = self._sign, len(self._sign) - 1
        signs = np.frombuffer(self.buffer, np.uint8)[begin : self._end + last]
        there = np.flatnonzero((signs[: max(len(signs) - last, 0)] == sign[0]) & (signs[last:] == sign[last]))
        self._places = [at for at in (there + begin).tolist() if self.buffer.startswith(sign, at)]
        self._window = min(self._window * 2, _LARGEST)
