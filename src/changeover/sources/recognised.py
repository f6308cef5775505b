"""Records that a source told before, recognised by their bytes alone, before they are parsed."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import xxhash

Numbers = np.ndarray[Any, np.dtype[Any]]

ROW = np.dtype([("hash", "<u8"), ("length", "<u4"), ("id", "<u8"), ("job", "<i8"), ("digest", "<u8")])
"""What is kept of a record: its bytes' hash and length, its id's hash, its job and the first 8 bytes of its digest."""


@cache
def program_stamp() -> int:
    """A number that changes with every change of the modules that turn bytes into jobs: then nothing is recognised."""
    whole = xxhash.xxh3_64()
    here = Path(__file__).parent
    for module in sorted([*here.glob("*.py"), here.parent / "job.py"]):
        whole.update(module.read_bytes())
    return whole.intdigest()


def stamp(*said: object) -> int:
    """The seed of a source's hashes: the program's stamp and what else decides how a record is read."""
    return xxhash.xxh3_64_intdigest("\0".join(map(str, (program_stamp(), *said))).encode())


def id_hash(identifier: str) -> int:
    """The 64 bits by which ids are compared while a feed is read."""
    return xxhash.xxh3_64_intdigest(identifier.encode("utf-8", "surrogatepass"))


def among(values: Numbers, rising: Numbers) -> Numbers:
    """Which of the values are among the rising ones: numpy.isin, without sorting both together again."""
    if not len(rising):
        return np.zeros(len(values), dtype=bool)
    return np.asarray(rising[np.minimum(np.searchsorted(rising, values), len(rising) - 1)] == values)


def firsts(rising: Numbers) -> Numbers:
    """Which of the values in order are not the one before: numpy.unique, which builds a table, takes several times."""
    new = np.ones(len(rising), dtype=bool)
    np.not_equal(rising[1:], rising[:-1], out=new[1:])
    return new


@dataclass(frozen=True, slots=True)
class Kept:
    """The records of a source's last whole reading in the feed's order (``ROW``), and the seed of their hashes."""

    seed: int
    rows: Numbers

    def whose_jobs_stand(self, jobs: Numbers, digests: Numbers) -> Kept:
        """Only the records whose job is among ``jobs`` (sorted) with the digest they were kept with."""
        if not len(jobs) or not len(self.rows):
            return Kept(self.seed, self.rows[:0])
        at = np.minimum(np.searchsorted(jobs, self.rows["job"]), len(jobs) - 1)
        stands = (jobs[at] == self.rows["job"]) & (digests[at] == self.rows["digest"])
        return self if stands.all() else Kept(self.seed, self.rows[stands])


@dataclass(frozen=True, slots=True)
class Met:
    """Kept records (``rows``: `ROW`) that were met again: ``places`` in the rows, rising ``numbers`` in the feed."""

    rows: Numbers
    places: Numbers
    numbers: Numbers

    def with_parsed(self, parsed: Numbers, numbers: Numbers) -> Numbers:
        """Their rows and those of the parsed records, whose ``numbers`` rise too, in the feed's order.

        Field by field into their places, and none is copied where all are of one kind: a million rows have 36 MB.
        """
        if not len(self.places):
            return parsed
        if not len(parsed) and np.array_equal(self.places, np.arange(len(self.rows), dtype="<u4")):
            return self.rows
        rows = np.empty(len(self.places) + len(parsed), dtype=ROW)
        anew = np.zeros(len(rows), dtype=bool)
        anew[np.searchsorted(self.numbers, numbers) + np.arange(len(parsed))] = True
        for name in ROW.names or ():
            rows[name][anew] = parsed[name]
            rows[name][~anew] = self.rows[name][self.places]
        return rows


NONE_MET = Met(np.empty(0, dtype=ROW), np.empty(0, dtype="<u4"), np.empty(0, dtype="<u4"))
"""Where no record is kept."""


class Follower:
    """Finds the kept record that stands at a place of the buffer.

    It expects the records in the order of the last reading, so that an unchanged one is found by hashing as many bytes
    as it had; where that fails the caller finds the record's end and asks by its bytes (``met``). A record begins
    outside of comments and sections, since all before it were whole records: equal bytes are the same record.
    """

    def __init__(self, kept: Kept) -> None:
        self.kept = kept
        self._hit, self._ordinal = array("I"), array("I")
        self._hashes, self._lengths = kept.rows["hash"].tobytes(), kept.rows["length"].tobytes()
        self._by_hash = memoryview(self._hashes).cast("Q")
        self._long = memoryview(self._lengths).cast("I")
        order = np.argsort(kept.rows["hash"], kind="stable").astype("<u4")
        self._rising = memoryview(kept.rows["hash"][order].tobytes()).cast("Q")
        self._order = memoryview(order.tobytes()).cast("I")
        self._used = bytearray(len(kept.rows))
        self._next, self._size = 0, len(kept.rows)

    def follow(self, buffer: bytes, at: int, ordinal: int) -> tuple[int, int]:
        """Past all the records that come as expected from ``at`` on: where they end, and how many they were."""
        count = 0
        while True:
            # Where one is missing that was there, the one after it is next.
            for expected in (self._next, self._next + 1):
                at, some = self._follow(buffer, at, expected, ordinal + count)
                if some:
                    break
            else:
                return at, count
            count += some

    def _follow(self, buffer: bytes, at: int, first: int, ordinal: int) -> tuple[int, int]:
        """Past the records that come one after the other as the kept ones do from the ``first`` on."""
        find, digest, seed = buffer.find, xxhash.xxh3_64_intdigest, self.kept.seed
        hashes, lengths, used, size = self._by_hash, self._long, self._used, self._size
        view, expected, ends = memoryview(buffer), first, len(buffer)
        while expected < size and not used[expected]:
            begin = find(b"<", at)
            if begin < 0 or (begin > at and not buffer[at:begin].isspace()):
                break
            end = begin + lengths[expected]
            if end > ends or digest(view[begin:end], seed) != hashes[expected]:
                break
            at, expected = end, expected + 1
        if count := expected - first:
            used[first:expected] = b"\1" * count
            self._hit.extend(range(first, expected))
            self._ordinal.extend(range(ordinal, ordinal + count))
            self._next = expected
        return at, count

    def met(self, raw: bytes, ordinal: int) -> bool:
        """Whether this record is a kept one that has not been met yet; the next is then expected to follow it."""
        wanted = xxhash.xxh3_64_intdigest(raw, self.kept.seed)
        at = bisect_left(self._rising, wanted)
        while at < self._size and self._rising[at] == wanted:
            found = self._order[at]
            if not self._used[found] and self._long[found] == len(raw):
                self._used[found] = 1
                self._hit.append(found)
                self._ordinal.append(ordinal)
                self._next = found + 1
                return True
            at += 1
        return False

    def found(self) -> Met:
        """The kept records that were met."""
        return Met(self.kept.rows, np.frombuffer(self._hit, "<u4"), np.frombuffer(self._ordinal, "<u4"))
