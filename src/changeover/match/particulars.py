"""What a source may tell beside the text: employer job id, workplace, terms, date, description."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import reduce
from operator import or_
from typing import Any, TypeVar

import numpy as np
import orjson
import polars as pl
from numpy.typing import NDArray
from rapidfuzz import fuzz, process

from changeover.match.evidence import COLUMN, KNOWN_LADDERS, Levels
from changeover.match.normalise import plain_text, strict_id

Rows = NDArray[np.int64]
T = TypeVar("T")

_SAME = KNOWN_LADDERS["description"].index("same")
_DIFFERS = KNOWN_LADDERS["employer_job_id"].index("differs")
# So much of a description is compared: its beginning tells openings of one employer apart less than its middle.
_DESCRIPTION = slice(300, 1500)
# schema.org's words for how a job is held.
_TYPES = ("FULL_TIME", "PART_TIME", "CONTRACTOR", "TEMPORARY", "INTERN", "VOLUNTEER", "PER_DIEM", "OTHER")
_WORKPLACE = {
    "remote": 1, "telecommute": 1, "fullyremote": 1, "hybrid": 2, "onsite": 3, "office": 3, "inoffice": 3,
    "onsiteonly": 3,
}  # fmt: skip


def with_particulars(side: pl.DataFrame) -> pl.DataFrame:
    """The jobs with ``workplace`` (a number), ``day`` (days since 1970) and ``description_hash`` added.

    And ``held``, a bit for each employment type, and ``pay``, what a salary says, spelled ``low high currency unit``;
    both null where a job says nothing that is known.
    """
    if side.get_column("workplace_type").null_count() == side.height:
        workplace = pl.lit(None, pl.Int8)
    else:
        word = pl.col("workplace_type").str.to_lowercase().str.replace_all("[^a-z]+", "")
        workplace = word.replace_strict(_WORKPLACE, default=None, return_dtype=pl.Int8)
    day = pl.col("posted_at").str.slice(0, 10).str.to_date("%Y-%m-%d", strict=False).cast(pl.Int32)
    description = pl.col("description")
    hashed = pl.when(description.is_not_null()).then(description.hash(seed=2)).alias("description_hash")
    terms = (
        _each_distinct(side.get_column(name), read, kind).alias(alias)
        for name, alias, read, kind in (
            ("employment_types", "held", _held, pl.Int16()), ("salary", "pay", _pay, pl.String()),
        )
    )  # fmt: skip
    return side.with_columns(workplace.alias("workplace"), day.alias("day"), hashed, *terms)


def _each_distinct(texts: pl.Series, read: Callable[[str], T | None], kind: pl.DataType) -> pl.Series:
    """What each text says; a text that many jobs have is read once."""
    if texts.null_count() == texts.len():
        return pl.Series([None], dtype=kind).new_from_index(0, texts.len())
    distinct = texts.drop_nulls().unique()
    told = pl.DataFrame({"text": distinct, "told": pl.Series([read(text) for text in distinct.to_list()], dtype=kind)})
    return texts.to_frame("text").join(told, on="text", how="left", maintain_order="left").get_column("told")


def _held(text: str) -> int | None:
    """A bit for each of schema.org's employment types in a JSON list; None where none is known."""
    told = _json(text)
    bits = [1 << _TYPES.index(word) for word in (told if isinstance(told, list) else [told]) if word in _TYPES]
    return reduce(or_, bits) if bits else None


def _pay(text: str) -> str | None:
    """``low high currency unit`` of a salary as JSON (min, max, currency, unit); None where it names no amount."""
    told = _json(text)
    if not isinstance(told, dict):
        return None
    amounts = [told[name] for name in ("min", "max") if type(told.get(name)) in (int, float)]
    if not amounts or not all(math.isfinite(amount) for amount in amounts):
        return None
    unit = " ".join(str(told.get(name) or "-").replace(" ", "")[:20] for name in ("currency", "unit"))
    return f"{float(min(amounts))!r} {float(max(amounts))!r} {unit}"


def _json(text: str) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return None


def without_boilerplate(side: pl.DataFrame) -> pl.DataFrame:
    """The jobs with the ``description_hash`` of what most of their company's jobs say taken away: it is no evidence.

    What it takes away depends on all jobs of ``side``, so it is for the tier that compares all that is left.
    """
    if side.get_column("description_hash").null_count() == side.height:
        return side
    shared = pl.len().over("company_number", "description_hash")
    telling = (shared <= 2) | (2 * shared <= pl.len().over("company_number"))
    return side.with_columns(pl.when(telling).then(pl.col("description_hash")).alias("description_hash"))


def particular_levels(legacy: pl.DataFrame, ats: pl.DataFrame, left: Rows, right: Rows, levels: Levels) -> None:
    """Fill the fields of KNOWN_LADDERS but ``decision``; ``left`` and ``right`` are positions in the frames."""
    _ids(legacy, ats, left, right, levels)
    _workplaces(legacy, ats, left, right, levels)
    _held_alike(legacy, ats, left, right, levels)
    _paid_alike(legacy, ats, left, right, levels)
    _days(legacy, ats, left, right, levels)
    if _both(legacy, ats, "description"):
        one, two = legacy.get_column("description_hash").gather(left), ats.get_column("description_hash").gather(right)
        levels[(one == two).fill_null(False).to_numpy(), COLUMN["description"]] = _SAME


def _both(legacy: pl.DataFrame, ats: pl.DataFrame, name: str) -> bool:
    return all(side.get_column(name).null_count() < side.height for side in (legacy, ats))


def _ids(legacy: pl.DataFrame, ats: pl.DataFrame, left: Rows, right: Rows, levels: Levels) -> None:
    one, two = legacy.get_column("loose").gather(left), ats.get_column("loose").gather(right)
    known = one.is_not_null().to_numpy(), two.is_not_null().to_numpy()
    level = np.where(known[0] | known[1], 1, 0)
    both = np.flatnonzero(known[0] & known[1])
    if len(both):
        same = (one.gather(both) == two.gather(both)).to_numpy()
        alike = both[same]
        forms = (
            side.get_column("employer_job_id")
            .gather(at[alike])
            .to_frame("id")
            .select(strict_id(pl.col("id")))
            .to_series()
            for side, at in ((legacy, left), (ats, right))
        )
        level[both] = _DIFFERS
        level[alike] = np.where((next(forms) == next(forms)).to_numpy(), 2, 3)
    levels[:, COLUMN["employer_job_id"]] = level


def _workplaces(legacy: pl.DataFrame, ats: pl.DataFrame, left: Rows, right: Rows, levels: Levels) -> None:
    if not _both(legacy, ats, "workplace"):
        return
    one = legacy.get_column("workplace").fill_null(0).to_numpy()[left]
    two = ats.get_column("workplace").fill_null(0).to_numpy()[right]
    levels[:, COLUMN["workplace_type"]] = np.select([(one == 0) | (two == 0), one == two], [0, 1], default=2)


def _held_alike(legacy: pl.DataFrame, ats: pl.DataFrame, left: Rows, right: Rows, levels: Levels) -> None:
    if not _both(legacy, ats, "held"):
        return
    one = legacy.get_column("held").fill_null(0).to_numpy()[left]
    two = ats.get_column("held").fill_null(0).to_numpy()[right]
    levels[:, COLUMN["employment_type"]] = np.select([(one == 0) | (two == 0), (one & two) > 0], [0, 1], default=2)


def _paid_alike(legacy: pl.DataFrame, ats: pl.DataFrame, left: Rows, right: Rows, levels: Levels) -> None:
    """Pay of one currency and unit is compared; of two, nothing is said."""
    if not _both(legacy, ats, "pay"):
        return
    pays = pl.concat([legacy.get_column("pay"), ats.get_column("pay")]).drop_nulls().unique().sort()
    spelled = [text.split(" ", 2) for text in pays.to_list()]
    low, high = (np.array([float(pay[at]) for pay in spelled]) for at in (0, 1))
    of_unit = np.unique([pay[2] for pay in spelled], return_inverse=True)[1]
    one, two = (
        pays.search_sorted(side.get_column("pay").gather(at).fill_null(pays[0])).to_numpy()
        for side, at in ((legacy, left), (ats, right))
    )
    known = legacy.get_column("pay").gather(left).is_not_null() & ats.get_column("pay").gather(right).is_not_null()
    steps = [
        ~known.to_numpy() | (of_unit[one] != of_unit[two]), one == two,
        (low[one] <= high[two]) & (low[two] <= high[one]),
    ]  # fmt: skip
    levels[:, COLUMN["salary"]] = np.select(steps, [0, 1, 2], default=3)


def _days(legacy: pl.DataFrame, ats: pl.DataFrame, left: Rows, right: Rows, levels: Levels) -> None:
    if not _both(legacy, ats, "day"):
        return
    one = legacy.get_column("day").fill_null(-1).to_numpy()[left]
    two = ats.get_column("day").fill_null(-1).to_numpy()[right]
    apart = np.abs(one - two)
    steps = [(one < 0) | (two < 0), apart == 0, apart <= 7, apart <= 90]
    levels[:, COLUMN["posted_at"]] = np.select(steps, [0, 1, 2, 3], default=4)


def description_levels(legacy: pl.DataFrame, ats: pl.DataFrame, left: Rows, right: Rows, levels: Levels) -> None:
    """Fill ``description`` where both have one; about 50 microseconds a pair, so for the few that matter."""
    if not _both(legacy, ats, "description"):
        return
    one, two = legacy.get_column("description").gather(left), ats.get_column("description").gather(right)
    unread = levels[:, COLUMN["description"]] != _SAME
    both = np.flatnonzero((one.is_not_null() & two.is_not_null()).to_numpy() & unread)
    if not len(both):
        return
    texts = [_middle(side.gather(both)) for side in (one, two)]
    alike = process.cpdist(*(text.to_list() for text in texts), scorer=fuzz.ratio, workers=2)
    named = KNOWN_LADDERS["description"]
    found = np.select(
        [alike >= 95, alike >= 70], [named.index("same"), named.index("similar")], named.index("different")
    )
    levels[both, COLUMN["description"]] = found


def _middle(texts: pl.Series) -> pl.Series:
    bare = pl.col("t").str.slice(0, 4000).str.replace_all(r"<[^>]*>|&[a-z#0-9]+;", " ")
    plain = plain_text(bare).str.slice(_DESCRIPTION.start, _DESCRIPTION.stop - _DESCRIPTION.start)
    return (
        texts.alias("t")
        .to_frame()
        .select(pl.when(plain.str.len_chars() > 200).then(plain).otherwise(plain_text(bare)))
        .to_series()
    )
