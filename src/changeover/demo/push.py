"""An ATS that pushes: tells a board every open job once, and from then on what changed, over HTTP."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from http import HTTPStatus
from types import TracebackType
from typing import Any

import httpx2

from changeover.demo.boards import hosted_url
from changeover.demo.employers import Employer, Entry
from changeover.demo.world import World
from changeover.job import Lane

TIMEOUT_SECONDS = 30.0
ATTEMPTS = 3

# What this ATS asks of those who apply on the board.
_ASKED: Mapping[str, Any] = {
    "sections": {
        "contact": {"phone": "optional"},
        "resume": {"resume": "required"},
        "additional": [
            {
                "questions": [
                    {
                        "id": "swim",
                        "text": "Can you swim?",
                        "kind": "choice",
                        "required": True,
                        "choices": [{"value": "yes", "label": "Yes"}, {"value": "no", "label": "Not yet"}],
                    }
                ]
            }
        ],
    }
}


@dataclass(frozen=True, slots=True)
class Pushed:
    """What one push sent and what the board answered; ``status`` 0 where it did not answer."""

    jobs: int
    closed: int
    status: int
    answer: str

    @property
    def taken(self) -> bool:
        """True if the board answered with success."""
        return HTTPStatus.OK <= self.status < HTTPStatus.MULTIPLE_CHOICES


def payload(
    employer: Employer, jobs: Iterable[Entry], closed: Sequence[str], origin: str, *, complete: bool
) -> dict[str, Any]:
    """The body of one push: records in the one shape of a job, closed ones by id, and whether this is all."""
    gone = [{"id": number, "status": "closed"} for number in closed]
    return {"jobs": [_record(employer, job, origin) for job in jobs] + gone, "complete": complete}


class PushingAts:
    """One employer's ATS, pushing to ``url`` with a bearer token from a thread of its own, in order.

    ``origin`` is where the employer's job pages are. A context manager: while it is open, each change
    in the ATS is pushed by itself; what is still under way is finished at the end.
    """

    def __init__(self, world: World, slug: str, url: str, token: str, origin: str) -> None:
        self._world = world
        self._employer = world.employer(slug)
        self._origin = origin.rstrip("/")
        self._url = url
        headers = {"Authorization": f"Bearer {token}"}
        self._client = httpx2.Client(headers=headers, timeout=TIMEOUT_SECONDS, trust_env=False)
        self._sent: dict[str, Entry] = {}
        self._lane = ThreadPoolExecutor(max_workers=1, thread_name_prefix="demo ats")
        self._open = threading.Event()

    def push_all(self) -> Pushed:
        """Tell every open job and say that this is all; returns when the board has answered."""
        return self._lane.submit(self._push, complete=True).result()

    def fetch(self, url: str) -> dict[str, Any]:
        """An application that the board told of, with its files' first bytes; empty where it is not to be had."""
        answer = self._client.get(url)
        if answer.status_code != HTTPStatus.OK:
            return {}
        said: dict[str, Any] = answer.json()
        return {**said, "files": [self._client.get(file["url"]).content[:5] for file in said["files"]]}

    def look_at(self, url: str) -> bool:
        """A recruiter looks at an application, and the board is told; False where it would not hear it."""
        return self._client.post(f"{url}/actions", json={"action": "APPLICATION_VIEWED"}).status_code == HTTPStatus.OK

    def push_changes(self) -> Future[Pushed | None]:
        """Tell what changed since the last push that was taken; the future answers None if nothing did."""
        return self._lane.submit(self._push_changes)

    def _push_changes(self) -> Pushed | None:
        now = {job.number: job for job in self._world.jobs(self._employer.slug, Lane.ATS)}
        return None if now == self._sent else self._push(complete=False)

    def _push(self, *, complete: bool) -> Pushed:
        now = {job.number: job for job in self._world.jobs(self._employer.slug, Lane.ATS)}
        told = [job for number, job in now.items() if complete or self._sent.get(number) != job]
        closed = [number for number in self._sent if number not in now]
        body = payload(self._employer, told, closed, self._origin, complete=complete)
        status, answer = self._post(body)
        pushed = Pushed(len(told), len(closed), status, answer)
        if pushed.taken:
            self._sent = now
        return pushed

    def _post(self, body: Mapping[str, Any]) -> tuple[int, str]:
        """The board's answer; what fails by chance is tried again, as an ATS would."""
        status, answer = 0, ""
        for _ in range(ATTEMPTS):
            try:
                response = self._client.post(self._url, json=body)
            except httpx2.TransportError as problem:
                status, answer = 0, f"The board did not answer ({type(problem).__name__})."
                continue
            status, answer = response.status_code, response.text
            if status < HTTPStatus.INTERNAL_SERVER_ERROR:
                break
        return status, answer

    def _changed(self, slug: str, lane: Lane) -> None:
        if self._open.is_set() and (slug, lane) == (self._employer.slug, Lane.ATS):
            self.push_changes()

    def __enter__(self) -> PushingAts:
        self._open.set()
        self._world.listen(self._changed)
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._open.clear()
        self._lane.shutdown(wait=True)
        self._client.close()


def _record(employer: Employer, job: Entry, origin: str) -> dict[str, Any]:
    page = hosted_url(origin, employer, job)
    return {
        "id": job.number,
        "title": job.title,
        "location": job.place.text,
        "company": employer.name,
        "employer_job_id": job.employer_job_id,
        "description": employer.description(job),
        "url": page,
        "apply_url": page,
        "workplace_type": job.workplace,
        "posted_at": job.posted_at.isoformat(),
        "department": job.department,
        "apply_questions": {**_ASKED, "deliver_to": f"{origin.rstrip('/')}/push/{employer.slug}/applications"},
    }
