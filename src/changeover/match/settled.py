"""Pairs that rest on nothing but themselves, so that a later match of the company can leave them out.

A pair that a person confirmed, or whose employer job id no other job of either side has, is found whatever the other
jobs say: by tiers that look at one id at a time, before any text is compared with the company's others. Nor does it
count for the jobs that are left, but for how many jobs the company has. So to match again after some jobs changed it is
enough to match the jobs that are in no such pair, those that changed, and the pairs that share an id with them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import polars as pl
import pyarrow as pa

from changeover.match.normalise import loose_ids

# The key of a pair that stands by a person's word, whatever its ids.
BY_WORD = ""
_WORDS = ("confirmed", "kept")


def id_keys(employer_job_ids: Iterable[str | None]) -> list[str | None]:
    """Employer job ids as the matcher compares them; None where there is none."""
    texts = pl.Series("id", [text if text and text.strip() else None for text in employer_job_ids], dtype=pl.String)
    return loose_ids(texts).to_list()


def settled_keys(legacy: pa.Table, ats: pa.Table, pairs: Sequence[tuple[str, str, str]]) -> dict[tuple[str, str], str]:
    """Of the pairs (legacy id, ATS id, rule) of one company, those that are settled, each with its key.

    The key is the employer job id that the two have to themselves, or :data:`BY_WORD`. Tables as for pairing.pair.
    """
    keys: dict[str, str | None] = {}
    counts: list[dict[str, int]] = []
    for table in (legacy, ats):
        found = id_keys(table.column("employer_job_id").to_pylist())
        count: dict[str, int] = {}
        for key in found:
            if key is not None:
                count[key] = count.get(key, 0) + 1
        counts.append(count)
        if table is legacy:
            keys = dict(zip(table.column("id").to_pylist(), found, strict=True))
    settled = {}
    for one, other, rule in pairs:
        key = keys.get(one)
        if rule in _WORDS:
            settled[one, other] = BY_WORD
        elif rule == "employer_job_id" and key is not None and counts[0][key] == counts[1].get(key) == 1:
            settled[one, other] = key
    return settled
