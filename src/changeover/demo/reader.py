"""A reader from outside that polls the board's public pages and counts gaps and duplicates."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from types import TracebackType

import httpx2

from changeover.demo.board_pages import Shown, Unread, doubled, parse_list, parse_posting

AT_ONCE = 4
PAUSE_SECONDS = 0.05
TIMEOUT_SECONDS = 10.0
PAGES_AT_MOST = 1_000
"""A list that never ends is the board's mistake; the poll stops here and says so."""


@dataclass(frozen=True, slots=True)
class Gap:
    """A posting that had been live and was not, without having been allowed to close."""

    company: str
    url: str
    poll: int
    sentence: str


@dataclass(frozen=True, slots=True)
class Duplicate:
    """Two postings of one opening, both live in one poll."""

    company: str
    urls: tuple[str, str]
    poll: int
    sentence: str


@dataclass(frozen=True, slots=True)
class Findings:
    """What a reader saw, over all its polls.

    ``slowest`` is in seconds; ``unread`` counts the lists that did not answer; ``live`` is by company.
    """

    polls: int
    unread: int
    reads: int
    postings: int
    gaps: Sequence[Gap]
    duplicates: Sequence[Duplicate]
    slowest: float
    slowest_url: str
    live: Mapping[str, int]

    @property
    def clean(self) -> bool:
        """True if every list was read, nothing was ever missing and nothing ever showed twice."""
        return self.polls > 0 and not (self.unread or self.gaps or self.duplicates)


@dataclass(slots=True)
class _Company:
    """What the reader knows of one company: postings that should be live, and those missing at the last poll."""

    expected: dict[str, Shown] = field(default_factory=dict)
    missing: set[str] = field(default_factory=set)
    doubled: set[tuple[str, str]] = field(default_factory=set)


class Reader:
    """Polls the postings of some companies over HTTP, knowing nothing but what the pages say.

    A posting once seen live should be live in every later poll, until ``allow_close`` names it.
    One outage of one posting is one gap, however many polls it lasts.
    """

    def __init__(self, base_url: str, companies: Iterable[str], *, pause: float = PAUSE_SECONDS) -> None:
        self.base_url = base_url.rstrip("/")
        self.pause = pause
        self._companies = {company: _Company() for company in companies}
        self._allowed: set[str] = set()
        self._seen: set[str] = set()
        self._gaps: list[Gap] = []
        self._duplicates: list[Duplicate] = []
        self._polls = self._unread = self._reads = 0
        self._slowest = (0.0, "")

    def watch(self, company: str) -> None:
        """Poll this company too, from the next poll on."""
        self._companies = {**self._companies, company: self._companies.get(company, _Company())}

    def allow_close(self, url: str) -> None:
        """The posting at this address (absolute, or a path on the board) may close: a person agreed to it."""
        self._allowed.add(self._absolute(url))

    def findings(self) -> Findings:
        """What was seen so far."""
        live = {company: len(known.expected.keys() - known.missing) for company, known in self._companies.items()}
        return Findings(
            polls=self._polls,
            unread=self._unread,
            reads=self._reads,
            postings=len(self._seen),
            gaps=tuple(self._gaps),
            duplicates=tuple(self._duplicates),
            slowest=self._slowest[0],
            slowest_url=self._slowest[1],
            live=live,
        )

    async def run(self, stopped: Callable[[], bool]) -> Findings:
        """Poll until ``stopped()`` is true, finishing the poll that is under way."""
        async with self.client() as client:
            while not stopped():
                await self.poll(client)
                await asyncio.sleep(self.pause)
        return self.findings()

    def client(self) -> httpx2.AsyncClient:
        """A client that follows no redirect: a posting's address must answer by itself."""
        return httpx2.AsyncClient(timeout=TIMEOUT_SECONDS, follow_redirects=False, trust_env=False)

    async def poll(self, client: httpx2.AsyncClient) -> None:
        """One look at every company: its list, then each posting that is listed or should be live."""
        self._polls += 1
        for company, known in self._companies.items():
            listed = await self._list(client, company)
            if isinstance(listed, Unread):
                self._unread += 1
                self._find_missing(company, known, dict.fromkeys(known.expected, listed.reason))
                continue
            answers = await self._postings(client, listed | known.expected.keys())
            shown = {url: answer for url, answer in answers.items() if isinstance(answer, Shown)}
            self._find_missing(company, known, _reasons(known, listed, answers))
            live = {url: shown[url] for url in listed & shown.keys()}
            known.expected.update(live)
            self._seen.update(live)
            await self._find_duplicates(client, company, known, live)

    def _find_missing(self, company: str, known: _Company, reasons: Mapping[str, str]) -> None:
        allowed = self._allowed & reasons.keys()
        for url in allowed:
            known.expected.pop(url, None)
        # Used up: if a revert brings the posting back, its next closing has to be allowed again.
        self._allowed -= allowed
        for url in reasons.keys() - allowed - known.missing:
            sentence = f"{url} {reasons[url]} in poll {self._polls}, though nobody had agreed to close it."
            self._gaps.append(Gap(company, url, self._polls, sentence))
        known.missing = set(reasons) - allowed

    async def _find_duplicates(
        self, client: httpx2.AsyncClient, company: str, known: _Company, live: Mapping[str, Shown]
    ) -> None:
        pairs = doubled(live)
        for pair in sorted(pairs - known.doubled):
            if not await self._both_live(client, pair):
                pairs.discard(pair)
                continue
            sentence = f"“{live[pair[0]].title}” was live twice in poll {self._polls}: at {pair[0]} and at {pair[1]}."
            self._duplicates.append(Duplicate(company, pair, self._polls, sentence))
        known.doubled = pairs

    async def _both_live(self, client: httpx2.AsyncClient, pair: tuple[str, str]) -> bool:
        """True if there was one instant at which both answered: the first before and after the second.

        Without this, one that closes and one that opens while a poll passes would look like two at once.
        """
        answers = [await self._posting(client, url) for url in (pair[0], pair[1], pair[0])]
        return all(isinstance(answer, Shown) for answer in answers)

    async def _list(self, client: httpx2.AsyncClient, company: str) -> set[str] | Unread:
        """The addresses of the postings on all pages of the company's list."""
        listed: set[str] = set()
        at = f"{self.base_url}/jobs?company={company}"
        for _ in range(PAGES_AT_MOST):
            text = await self._get(client, at)
            if isinstance(text, Unread):
                return Unread(f"was not in the list, which {text.reason}")
            found, following = parse_list(text, at)
            listed.update(item.url for item in found)
            if following is None:
                return listed
            at = following
        return Unread(f"was not in the list, which has more than {PAGES_AT_MOST} pages")

    async def _postings(self, client: httpx2.AsyncClient, urls: Iterable[str]) -> dict[str, Shown | Unread]:
        """Each posting's page as it was shown, or why it was not."""
        gate = asyncio.Semaphore(AT_ONCE)

        async def read(url: str) -> tuple[str, Shown | Unread]:
            async with gate:
                return url, await self._posting(client, url)

        return dict(await asyncio.gather(*(read(url) for url in sorted(urls))))

    async def _posting(self, client: httpx2.AsyncClient, url: str) -> Shown | Unread:
        text = await self._get(client, url)
        return text if isinstance(text, Unread) else parse_posting(text)

    async def _get(self, client: httpx2.AsyncClient, url: str) -> str | Unread:
        """The page's text if it answered 200; the time it took is kept if it was the slowest."""
        begun = time.perf_counter()
        self._reads += 1
        try:
            answer = await client.get(url)
        except httpx2.HTTPError as problem:
            return Unread(f"did not answer ({type(problem).__name__})")
        finally:
            self._slowest = max(self._slowest, (time.perf_counter() - begun, url))
        return answer.text if answer.status_code == HTTPStatus.OK else Unread(f"answered {answer.status_code}")

    def _absolute(self, url: str) -> str:
        return url if "://" in url else f"{self.base_url}/{url.lstrip('/')}"


def _reasons(known: _Company, listed: set[str], answers: Mapping[str, Shown | Unread]) -> dict[str, str]:
    """Why each posting that is expected or listed was not live, if it was not."""
    unread = {url: answer.reason for url, answer in answers.items() if isinstance(answer, Unread)}
    unlisted = {url: "was not in the list" for url in known.expected if url not in listed}
    return unread | unlisted


class Watch:
    """A reader at work in a thread of its own, so that what it watches cannot hold it up.

    A context manager; after it, ``findings`` is what was seen. At least one poll is always finished.
    """

    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._work, name="demo reader", daemon=True)
        self._failure: BaseException | None = None

    @property
    def findings(self) -> Findings:
        """What was seen so far; raises what the reader raised, if it died."""
        if self._failure is not None:
            raise self._failure
        return self.reader.findings()

    def _work(self) -> None:
        begun = iter([False])
        try:
            asyncio.run(self.reader.run(lambda: next(begun, self._stop.is_set())))
        except BaseException as failure:
            # Carried to the thread that asks: a reader that died must not look like one that saw nothing wrong.
            self._failure = failure

    def __enter__(self) -> Watch:
        self._thread.start()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._stop.set()
        self._thread.join()
