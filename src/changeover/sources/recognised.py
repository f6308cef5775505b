"""Records that a source told before, recognised by their bytes alone, before they are parsed."""

from __future__ import annotations

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


class Follower:
    """Finds the kept record that stands at a place of the buffer.

    It expects the records in the order of the last reading, so that an unchanged one is found by hashing as many bytes
    as it had; where that fails the caller finds the record's end and asks by its bytes (``met``). A record begins
    outside of comments and sections, since all before it were whole records: equal bytes are the same record.
    """

    def __init__(self, kept: Kept) -> None:
        self.kept = kept
        self.hits: list[Numbers] = []
        self.ordinals: list[Numbers] = []
        self._hit: list[int] = []
        self._ordinal: list[int] = []
        self._hashes, self._lengths = kept.rows["hash"].tobytes(), kept.rows["length"].tobytes()
        self._by_hash = memoryview(self._hashes).cast("Q")
        self._long = memoryview(self._lengths).cast("I")
        order = np.argsort(kept.rows["hash"], kind="stable").astype("<u4")
        self._sorted: Numbers = np.ascontiguousarray(kept.rows["hash"][order])
        self._order: Numbers = order
        self._used = bytearray(len(kept.rows))
        self._next, self._size = 0, len(kept.rows)

    def follow(self, buffer: bytes, at: int, ordinal: int) -> tuple[int, int]:
        """Past all the records that come as expected from ``at`` on: where they end, and how many they were."""
        find, digest, seed = buffer.find, xxhash.xxh3_64_intdigest, self.kept.seed
        hashes, lengths, used, size = self._by_hash, self._long, self._used, self._size
        view, expected, ends, count = memoryview(buffer), self._next, len(buffer), 0
        hit, told = self._hit, self._ordinal
        while True:
            begin = find(b"<", at)
            if begin < 0 or (begin > at and buffer[at:begin].strip()):
                break
            for guess in (expected, expected + 1):
                if guess < size and not used[guess]:
                    end = begin + lengths[guess]
                    if end <= ends and digest(view[begin:end], seed) == hashes[guess]:
                        break
            else:
                break
            used[guess] = 1
            hit.append(guess)
            told.append(ordinal + count)
            expected, at, count = guess + 1, end, count + 1
        self._next = expected
        if len(hit) > 100_000:
            self._pack()
        return at, count

    def met(self, raw: bytes, ordinal: int) -> bool:
        """Whether this record is a kept one that has not been met yet; the next is then expected to follow it."""
        wanted = xxhash.xxh3_64_intdigest(raw, self.kept.seed)
        at = int(np.searchsorted(self._sorted, np.uint64(wanted)))
        while at < self._size and int(self._sorted[at]) == wanted:
            found = int(self._order[at])
            if not self._used[found] and self._long[found] == len(raw):
                self._used[found] = 1
                self._hit.append(found)
                self._ordinal.append(ordinal)
                self._next = found + 1
                return True
            at += 1
        return False

    def _pack(self) -> None:
        self.hits.append(np.array(self._hit, dtype="<u4"))
        self.ordinals.append(np.array(self._ordinal, dtype="<u4"))
        self._hit.clear()
        self._ordinal.clear()

    def found(self) -> tuple[Numbers, Numbers]:
        """The kept records that were met (``ROW``), and which records of the feed they were."""
        self._pack()
        hits, numbers = np.concatenate(self.hits), np.concatenate(self.ordinals)
        self.hits, self.ordinals = [hits], [numbers]
        every = len(hits) == self._size and bool((hits == np.arange(self._size)).all())
        return self.kept.rows if every else self.kept.rows[hits], numbers
