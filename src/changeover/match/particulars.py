"""What a source may tell beside the text: employer job id, workplace, date, description."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray
from rapidfuzz import fuzz, process

from changeover.match.evidence import COLUMN, KNOWN_LADDERS, Levels
from changeover.match.normalise import plain_text, strict_id

Rows = NDArray[np.int64]

_SAME = KNOWN_LADDERS["description"].index("same")
_DIFFERS = KNOWN_LADDERS["employer_job_id"].index("differs")
# So much of a description is compared: its beginning tells openings of one employer apart less than its middle.
_DESCRIPTION = slice(300, 1500)
_WORKPLACE = {
    "remote": 1, "telecommute": 1, "fullyremote": 1, "hybrid": 2, "onsite": 3, "office": 3, "inoffice": 3,
    "onsiteonly": 3,
}  # fmt: skip


def with_particulars(side: pl.DataFrame) -> pl.DataFrame:
    """The jobs with ``workplace`` (a number), ``day`` (days since 1970) and ``description_hash`` added."""
    if side.get_column("workplace_type").null_count() == side.height:
        workplace = pl.lit(None, pl.Int8)
    else:
        word = pl.col("workplace_type").str.to_lowercase().str.replace_all("[^a-z]+", "")
        workplace = word.replace_strict(_WORKPLACE, default=None, return_dtype=pl.Int8)
    day = pl.col("posted_at").str.slice(0, 10).str.to_date("%Y-%m-%d", strict=False).cast(pl.Int32)
    description = pl.col("description")
    hashed = pl.when(description.is_not_null()).then(description.hash(seed=2)).alias("description_hash")
    return side.with_columns(workplace.alias("workplace"), day.alias("day"), hashed)


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
