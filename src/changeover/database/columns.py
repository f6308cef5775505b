"""Many rows as parameters, a column each: PostgreSQL's arrays in its binary form, for ``unnest``."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from struct import Struct
from typing import ClassVar

import psycopg
from psycopg.adapt import Dumper
from psycopg.pq import Format

_HEAD, _SIZE, _NUMBER = Struct("!iiIii"), Struct("!i"), Struct("!iq")
_NULL = _SIZE.pack(-1)
_TRUE, _FALSE = b"\0\0\0\1\1", b"\0\0\0\1\0"
_EPOCH, _TICK = datetime(2000, 1, 1, tzinfo=UTC), timedelta(microseconds=1)


class Column:
    """The values of one column. As lists they would cost the driver several times as much to write down."""

    # PostgreSQL's numbers of the types (pg_type.dat): of a value, and of an array of them.
    value: ClassVar[int]
    array: ClassVar[int]

    def __init__(self, cells: Sequence[bytes]) -> None:
        # One dimension, nulls allowed, and its first element is its number 1.
        self.packed = b"".join((_HEAD.pack(1, 1, self.value, len(cells), 1), *cells))


class Texts(Column):
    """text."""

    value, array = 25, 1009


class Numbers(Column):
    """bigint."""

    value, array = 20, 1016


class Truths(Column):
    """boolean."""

    value, array = 16, 1000


class Moments(Column):
    """timestamptz."""

    value, array = 1184, 1185


class Raws(Column):
    """bytea."""

    value, array = 17, 1001


class Documents(Column):
    """jsonb."""

    value, array = 3802, 3807


class _ColumnDumper(Dumper):
    format = Format.BINARY

    def dump(self, obj: Column) -> bytes:
        """As it is."""
        return obj.packed


for _kind in (Texts, Numbers, Truths, Moments, Raws, Documents):
    _dumper = type(f"_{_kind.__name__}Dumper", (_ColumnDumper,), {"oid": _kind.array})
    psycopg.adapters.register_dumper(_kind, _dumper)


def texts(values: Iterable[str]) -> Texts:
    """Text without zeros, which PostgreSQL does not take."""
    return Texts([_SIZE.pack(len(said)) + said for said in map(str.encode, values)])


def numbers(values: Iterable[int | None]) -> Numbers:
    """Numbers of 64 bits, or null."""
    return Numbers([_NULL if value is None else _NUMBER.pack(8, value) for value in values])


def truths(values: Iterable[bool]) -> Truths:
    """True and false."""
    return Truths([_TRUE if value else _FALSE for value in values])


def moments(values: Iterable[datetime | None]) -> Moments:
    """Moments with a time zone, or null."""
    return Moments([_NULL if value is None else _NUMBER.pack(8, (value - _EPOCH) // _TICK) for value in values])


def raws(values: Iterable[bytes]) -> Raws:
    """Bytes."""
    return Raws([_SIZE.pack(len(value)) + value for value in values])


def documents(values: Iterable[bytes]) -> Documents:
    """Values as JSON text."""
    return Documents([_SIZE.pack(len(value) + 1) + b"\1" + value for value in values])
