"""Which of the jobs that a reading lacks are closed: gone by their own page, or missed often enough."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from changeover.snapshot.difference import BY_PAGES, Action, Difference, Known, Verdict
from changeover.sources.source import Reading


@dataclass(frozen=True, slots=True)
class Delisting:
    """Ids of the jobs to close now, and of those that are missed, not yet often or long enough, and stay open."""

    closed: Sequence[int] = ()
    missed: Sequence[int] = ()


def delist(
    reading: Reading,
    diff: Difference,
    verdict: Verdict,
    known: Mapping[str, Known],
    missed_before: Collection[int],
    *,
    misses: int,
    missed_long: Collection[int],
) -> Delisting:
    """What becomes of the vanished jobs of a reading.

    Only a reading that is taken whole closes any, but for what a feed of changes names as over; of one that is held
    those are ``missed``, and close once a person has accepted it. Of a site that is
    read page by page a job is closed once its own page said that it is over (``reading.gone``), or after ``misses`` (1
    or 2) whole readings in a row without it; ``missed_before`` are those that the one before lacked, ``missed_long``
    those that one lacked which began a good while ago: two readings within minutes have seen one moment of the site,
    and count once. A reading that is not whole adds no miss and takes back those that it tells.
    """
    vanished = set(diff.vanished)
    if not reading.complete and reading.kind not in BY_PAGES:
        # A feed of changes says by name what is over; a page's own word waits until the site is read whole.
        over = [known[key].job_id for key in reading.gone if key in known and known[key].job_id in vanished]
        return Delisting((), over) if verdict.action is Action.HOLD else Delisting(tuple(over))
    if verdict.action is Action.TAKE_WITHOUT_CLOSING:
        return Delisting((), [job for job in missed_before if job in vanished])
    if verdict.action is not Action.TAKE:
        return Delisting((), list(missed_before))
    if reading.kind not in BY_PAGES or misses < 2 or verdict.code == "REPEATED":
        return Delisting(diff.vanished)
    gone = {known[key].job_id for key in reading.gone if key in known}
    sure = gone | (set(missed_before) & set(missed_long))
    return Delisting([job for job in diff.vanished if job in sure], [job for job in diff.vanished if job not in sure])
