"""What the demo's employers do: open, close and rename jobs, mend their ATS, break their feed."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from changeover.demo.employers import Employer, Entry, Place, number_in, place_text, read_employers
from changeover.demo.mail import Mailbox
from changeover.job import Lane

DEFAULT_SEED = 7
SHRUNK_TO = 3
"""A shrunken feed says one job in this many, well under what the guard believes."""

NEW_JOB_ABOUT = (
    "A new opening in a team that has more work than hands. You will be shown the ropes in your first week, "
    "be trusted with something real in your second, and be asked what we should do better in your third."
)
NEW_JOB_ASKS = "Interest in the work, and a willingness to learn it well."


class UnknownEmployer(LookupError):
    """The world has no employer of that name."""


class SourceState(StrEnum):
    """How an employer's old source answers at the moment."""

    WHOLE = "whole"
    CUT_OFF = "cut off"
    SHRUNK = "shrunk"
    DOWN = "down"


class World:
    """All invented employers, and what their systems hold now.

    Safe to use from several threads: every change replaces a side as a whole, so that a page
    being written sees the moment before or after. ``now`` gives aware datetimes.
    """

    def __init__(self, seed: int = DEFAULT_SEED, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self.seed = seed
        self._now = now
        self._lock = threading.RLock()
        self.applications: list[dict[str, Any]] = []
        self.mailbox = Mailbox()
        self._listeners: list[Callable[[str, Lane], None]] = []
        beginnings = read_employers(seed, now())
        self._employers = {b.employer.slug: b.employer for b in beginnings}
        self._sides = {(b.employer.slug, lane): dict(b.sides[lane]) for b in beginnings for lane in Lane}
        self._states = dict.fromkeys(self._employers, SourceState.WHOLE)

    @property
    def employers(self) -> Sequence[Employer]:
        """All employers, in the order of the demo."""
        return tuple(self._employers.values())

    def employer(self, slug: str) -> Employer:
        """The employer; UnknownEmployer where there is none of that name."""
        if slug not in self._employers:
            raise UnknownEmployer(f"the demo has no employer {slug}; it has {', '.join(self._employers)}")
        return self._employers[slug]

    def jobs(self, slug: str, lane: Lane) -> Sequence[Entry]:
        """The open jobs in that system, whatever its feed makes of them."""
        return tuple(entry for entry in self._sides[slug, lane].values() if entry.open)

    def closed(self, slug: str, lane: Lane) -> Sequence[Entry]:
        """The jobs that were closed in that system."""
        return tuple(entry for entry in self._sides[slug, lane].values() if not entry.open)

    def job(self, slug: str, lane: Lane, key: str) -> Entry:
        """One job, open or closed; KeyError where the system never had it."""
        return self._sides[slug, lane][key]

    def numbered(self, slug: str, lane: Lane, number: str) -> Entry | None:
        """The job with the id that the system gave it, open or closed."""
        return next((entry for entry in self._sides[slug, lane].values() if entry.number == number), None)

    def state(self, slug: str) -> SourceState:
        """How the old source answers now."""
        return self._states[slug]

    def shown(self, slug: str) -> Sequence[Entry]:
        """What the old source lists now: every open job, or the few of a shrunken feed."""
        jobs = self.jobs(slug, Lane.LEGACY)
        return jobs[: len(jobs) // SHRUNK_TO] if self.state(slug) is SourceState.SHRUNK else jobs

    def listen(self, listener: Callable[[str, Lane], None]) -> None:
        """Call ``listener(slug, lane)`` after each change, in the thread that made it."""
        self._listeners.append(listener)

    def open_job(
        self,
        slug: str,
        title: str,
        place: tuple[str, str, str],
        *,
        employer_job_id: str = "",
        department: str = "New",
        lanes: Sequence[Lane] = tuple(Lane),
    ) -> str:
        """Open a job at ``(city, region, country code)`` in the systems of ``lanes``; returns its key."""
        with self._lock:
            key = self._free_key(slug, title)
            for lane in lanes:
                number = number_in(self.employer(slug), lane, key, self.seed)
                where = Place(*place, place_text(*place, lane))
                blank = Entry(key, number, title, where, department, employer_job_id, about=NEW_JOB_ABOUT)
                self._put(slug, lane, replace(blank, asks=NEW_JOB_ASKS, posted_at=self._now()))
        return key

    def add_to_ats(self, slug: str, key: str) -> Entry:
        """Open in the ATS a job that only the old source has, with the same words and employer job id."""
        employer, told = self.employer(slug), self.job(slug, Lane.LEGACY, key)
        place = told.place
        text = place_text(place.city, place.region, place.country, Lane.ATS)
        number = number_in(employer, Lane.ATS, key, self.seed)
        entry = replace(told, number=number, place=replace(place, text=text), posted_at=self._now())
        return self._put(slug, Lane.ATS, replace(entry, open=True))

    def close(self, slug: str, key: str, lanes: Sequence[Lane] = tuple(Lane)) -> None:
        """Close a job; with ``lanes=[Lane.ATS]`` for good in the ATS while the old source still shows it."""
        self._turn(slug, key, lanes, is_open=False)

    def reopen(self, slug: str, key: str, lanes: Sequence[Lane] = tuple(Lane)) -> None:
        """Open a closed job again under its old id."""
        self._turn(slug, key, lanes, is_open=True)

    def rename(self, slug: str, key: str, title: str, lane: Lane = Lane.ATS) -> Entry:
        """Give a job another title in one system."""
        return self._put(slug, lane, replace(self.job(slug, lane, key), title=title))

    def relocate(self, slug: str, key: str, text: str) -> Entry:
        """Write a job's place in other words in the ATS."""
        told = self.job(slug, Lane.ATS, key)
        return self._put(slug, Lane.ATS, replace(told, place=replace(told.place, text=text)))

    def set_employer_job_id(self, slug: str, key: str, employer_job_id: str, lane: Lane = Lane.ATS) -> Entry:
        """Give a job its employer job id in one system; the empty string takes it away."""
        return self._put(slug, lane, replace(self.job(slug, lane, key), employer_job_id=employer_job_id))

    def fix_in_ats(self, slug: str) -> list[str]:
        """What a careful employer does after reading the review: returns one sentence for each thing done.

        Missing employer job ids are filled in from the old source, and forgotten jobs are added.
        A job that will never be in the ATS stays where it is: that is what Resolve is for.
        """
        done: list[str] = []
        with self._lock:
            for entry in self.jobs(slug, Lane.ATS):
                twin = self._sides[slug, Lane.LEGACY].get(entry.key)
                if twin and twin.employer_job_id and not entry.employer_job_id:
                    self.set_employer_job_id(slug, entry.key, twin.employer_job_id)
                    done.append(f"Gave “{entry.title}” the employer job id {twin.employer_job_id}.")
            for key in sorted(self.employer(slug).forgotten - self._sides[slug, Lane.ATS].keys()):
                added = self.add_to_ats(slug, key)
                done.append(f"Added “{added.title}” ({added.employer_job_id}), which was missing.")
        return done

    def truncate(self, slug: str) -> None:
        """The feed breaks off in the middle of a job from now on."""
        self._set_state(slug, SourceState.CUT_OFF)

    def shrink(self, slug: str) -> None:
        """The old source is well formed but lists only a third of the jobs from now on."""
        self._set_state(slug, SourceState.SHRUNK)

    def take_down(self, slug: str) -> None:
        """The old source answers 503 from now on."""
        self._set_state(slug, SourceState.DOWN)

    def mend(self, slug: str) -> None:
        """The old source is whole again."""
        self._set_state(slug, SourceState.WHOLE)

    def _set_state(self, slug: str, state: SourceState) -> None:
        if state is SourceState.CUT_OFF and not self.employer(slug).has_feed:
            raise ValueError(f"{slug} has a career site; only an XML feed can be cut off")
        self._states[slug] = state
        self._tell(slug, Lane.LEGACY)

    def _turn(self, slug: str, key: str, lanes: Sequence[Lane], *, is_open: bool) -> None:
        with self._lock:
            held = [lane for lane in lanes if key in self._sides[slug, lane]]
            if not held:
                raise KeyError(key)
            for lane in held:
                self._put(slug, lane, replace(self.job(slug, lane, key), open=is_open))

    def _put(self, slug: str, lane: Lane, entry: Entry) -> Entry:
        entry = replace(entry, changed_at=self._now())
        with self._lock:
            self._sides[slug, lane] = {**self._sides[slug, lane], entry.key: entry}
        self._tell(slug, lane)
        return entry

    def _tell(self, slug: str, lane: Lane) -> None:
        for listener in tuple(self._listeners):
            listener(slug, lane)

    def _free_key(self, slug: str, title: str) -> str:
        stem = re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-") or "job"
        taken = self._sides[slug, Lane.LEGACY].keys() | self._sides[slug, Lane.ATS].keys()
        return next(key for n in range(1, len(taken) + 2) if (key := f"{stem}-{n}") not in taken)
