"""Records of one feed made into jobs: a step by itself, so that a second process can take it too."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import xxhash

from changeover.job import Job
from changeover.sources import presets
from changeover.sources.feed_job import job_of, link_id, native_id
from changeover.sources.identity import bounded
from changeover.sources.origins import Tally
from changeover.sources.recognised import ROW, id_hash
from changeover.sources.record_action import ended
from changeover.sources.spool import packed
from changeover.sources.xml_fields import Fields, RecordParser
from changeover.sources.xml_records import Record


@dataclass(frozen=True, slots=True)
class Told:
    """A job that was parsed, and its record: the number in the feed, the bytes' hash and length.

    ``hash`` is 0 where the same bytes should be looked at again next time, for what has to be said of them.
    """

    job: Job
    number: int
    hash: int
    length: int


@dataclass(frozen=True, slots=True)
class Recipe:
    """How the records of one feed become jobs.

    Its format's kind, the field of its links where it gives no ids, its address, the namespaces declared around its
    records, and the seed of their hashes.
    """

    kind: str
    by_link: str
    base: str
    namespaces: bytes
    seed: int


@dataclass(slots=True)
class Made:
    """What became of some records, in their order.

    The jobs, the ids of jobs that are said to be over, how many records had broken markup, and the numbers of those
    that were not read, since one of their fields is too large.
    """

    told: list[Told] = field(default_factory=list)
    over: list[str] = field(default_factory=list)
    mended: int = 0
    unread: list[int] = field(default_factory=list)


class Maker:
    """Makes jobs of the records of one feed. ``tally`` counts where the fields of the first of them stood."""

    def __init__(self, recipe: Recipe, tally: Tally | None = None) -> None:
        self.recipe = recipe
        self._preset = presets.named(recipe.kind) or presets.PRESETS[-1]
        self._tally = tally
        self._parser = RecordParser()

    def make(self, records: Iterable[Record]) -> Made:
        """What the records tell."""
        made = Made()
        for record in records:
            parsed = self._parser.parse(record.raw, self.recipe.namespaces)
            if parsed.fields is None:
                made.unread.append(record.number)
            else:
                self.add(made, parsed.fields, record, mended=parsed.mended)
        return made

    def add(self, made: Made, fields: Fields, record: Record, *, mended: bool) -> None:
        """What one record tells whose fields are known already."""
        recipe, preset = self.recipe, self._preset
        made.mended += mended
        identifier = native_id(fields, preset)
        if not identifier and recipe.by_link:
            identifier = link_id(fields, recipe.by_link)
        if ended(fields):
            made.over.append(identifier)
            return
        # What a replaced sign or mended markup says of a record is said in every reading.
        plain = not mended and (record.raw.isascii() or b"\xef\xbf\xbd" not in record.raw)
        seen = xxhash.xxh3_64_intdigest(record.raw, recipe.seed) if plain else 0
        job = job_of(fields, preset, identifier, recipe.base)
        job.digest()  # here, in the thread that parses, not while the database waits
        if self._tally:
            self._tally.look(fields, lambda it: job_of(it, preset, native_id(it, preset) or identifier, recipe.base))
        made.told.append(Told(job, record.number, seen, len(record.raw)))


@dataclass(frozen=True, slots=True)
class Block:
    """Jobs with an id, packed (`spool.packed`), in the order of the feed.

    ``ids`` are theirs; ``rows`` (`recognised.ROW`, whose ``job`` is 0) and ``numbers`` (4 bytes each) their records'.
    """

    ids: list[str]
    rows: bytes
    numbers: bytes
    packed: bytes

    def __len__(self) -> int:
        return len(self.ids)


def block_of(told: Sequence[Told], *, small: bool) -> Block:
    """The jobs as a block; ``small``: compressed."""
    jobs = [_bounded(each.job) for each in told]
    rows = [
        (each.hash, each.length, id_hash(job.id), 0, int.from_bytes(job.digest()[:8], "little"))
        for job, each in zip(jobs, told, strict=True)
    ]
    return Block(
        [job.id for job in jobs],
        np.array(rows, dtype=ROW).tobytes(),
        np.array([each.number for each in told], dtype="<u4").tobytes(),
        packed(jobs, small=small),
    )


def _bounded(job: Job) -> Job:
    key = bounded(job.id)
    return job if key == job.id else replace(job, id=key)
