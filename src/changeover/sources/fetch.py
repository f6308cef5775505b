"""The one HTTP client: polite, guarded against private addresses, bombs and slow bytes."""

from __future__ import annotations

import asyncio
import random
import ssl
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from typing import Any, Self, TypeVar
from urllib.parse import urlsplit

import httpcore2
import httpx2
import orjson

from changeover.sources.address import (
    PRIVATE_NETWORKS,
    CheckedBackend,
    Network,
    Refused,
    Resolver,
    own_machine,
    shown,
    system_resolver,
    url_flaw,
)
from changeover.sources.answer import (
    NOT_KEPT,
    Answer,
    Fetched,
    FetchFailed,
    KeptAnswer,
    failure_of,
    retry_after,
    status_failure,
)
from changeover.sources.raw import Raw, ask_of

AGENT = "changeover"
"""The product token that robots.txt rules are matched with."""

_REDIRECTS = frozenset((301, 302, 303, 307, 308))
_WORTH_RETRYING = frozenset(
    ("HTTP_429", "HTTP_500", "HTTP_502", "HTTP_503", "HTTP_504", "CONNECTION_FAILED", "CUT_OFF", "TOO_SLOW")
)
_OFTEN_ONCE = frozenset(("HTTP_403", "HTTP_406"))
"""What some sites answer to the first request of a visitor, and to no later one."""
_MOST_COOKIES = 100
"""Some sites answer only who brings back their cookie; one that sets others with every page would fill the memory."""
_Outcome = TypeVar("_Outcome")


@dataclass(frozen=True, slots=True)
class FetchRules:
    """What a reading may cost and reach. Times in seconds, sizes in bytes after decompression (and on the wire).

    ``allow_private`` opens loopback and private networks, ``networks`` further ones; link-local stays closed.
    ``user_agent`` should name an address by which the sites that are read can reach the operator.
    """

    allow_private: bool = False
    networks: tuple[Network, ...] = ()
    user_agent: str = f"Changeover/{version('changeover')} (reads job postings for their employer)"
    page_bytes: int = 20_000_000
    feed_bytes: int = 8_000_000_000
    page_seconds: float = 60.0
    feed_seconds: float = 1800.0
    reading_seconds: float = 43_200.0
    connect_seconds: float = 10.0
    silence_seconds: float = 20.0
    slow_after_seconds: float = 15.0
    slow_bytes_a_second: int = 500
    host_delay: float = 0.2
    attempts: int = 3
    first_wait: float = 0.5
    longest_wait: float = 30.0
    redirects: int = 5
    parallel: int = 4

    @property
    def open_networks(self) -> tuple[Network, ...]:
        """Every network that may be connected to although it is not public."""
        return (*PRIVATE_NETWORKS, *self.networks) if self.allow_private else self.networks


@cache
def _trusted() -> ssl.SSLContext:
    """What the system trusts, loaded once in a process: that took longer than all else of reading a small feed."""
    return httpx2.create_ssl_context()


class _Transport(httpx2.AsyncHTTPTransport):
    """httpx2's transport over a pool that connects through the checking backend (it takes no backend itself)."""

    def __init__(self, backend: httpcore2.AsyncNetworkBackend, parallel: int) -> None:
        self._pool = httpcore2.AsyncConnectionPool(
            ssl_context=_trusted(),
            max_connections=4 * parallel,
            max_keepalive_connections=2 * parallel,
            keepalive_expiry=15,
            network_backend=backend,
        )


class Fetcher:
    """Fetches pages and streams feeds. Use as ``async with Fetcher(rules) as fetcher``, one for a reading.

    ``resolver`` answers which addresses a host has; tests give their own. ``raw`` keeps what is answered; from it
    comes what a server says has not changed, or everything.
    """

    def __init__(
        self, rules: FetchRules | None = None, *, resolver: Resolver = system_resolver, raw: Raw | None = None
    ) -> None:
        self.rules = rules or FetchRules()
        self._raw = raw
        self._backend = CheckedBackend(self.rules.open_networks, resolver)
        self._client = httpx2.AsyncClient(
            transport=_Transport(self._backend, self.rules.parallel),
            headers={"User-Agent": self.rules.user_agent, "Accept-Encoding": "gzip, deflate"},
            timeout=httpx2.Timeout(self.rules.silence_seconds, connect=self.rules.connect_seconds, pool=None),
            follow_redirects=False,
            trust_env=False,
        )
        self._began: float | None = None
        self._turns: dict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._next: dict[str, float] = {}
        self._delays: dict[str, float] = {}

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._client.aclose()

    def be_slower(self, host: str, seconds: float) -> None:
        """Keep at least so many seconds between requests to the host, as its robots.txt asks."""
        self._delays[host] = max(self.rules.host_delay, seconds)

    async def get(
        self, url: str, *, etag: str = "", last_modified: str = "", headers: Mapping[str, str] | None = None
    ) -> Fetched | FetchFailed:
        """The whole page, or why not. With a validator an unchanged page answers ``not_modified``."""
        sent = _headers(etag, last_modified, headers)
        return await self._retried(lambda: self._page(url, sent))

    async def post(self, url: str, body: Any) -> Fetched | FetchFailed:
        """The whole answer to ``body`` sent as JSON, or why not; for lists that are only told when asked so.

        It is tried again like any other: what is asked by it must change nothing at the other end.
        """
        sent = {"Accept": "application/json", "Content-Type": "application/json"}
        return await self._retried(lambda: self._page(url, sent, orjson.dumps(body)))

    def stream(
        self, url: str, *, etag: str = "", last_modified: str = ""
    ) -> AbstractAsyncContextManager[Answer | FetchFailed]:
        """The answer with its body still to be read by ``Answer.chunks``; for feeds of any size."""
        return self._streaming(url, _headers(etag, last_modified, None))

    @asynccontextmanager
    async def _streaming(self, url: str, sent: Mapping[str, str]) -> AsyncIterator[Answer | FetchFailed]:
        limit, seconds = self.rules.feed_bytes, self.rules.feed_seconds
        answer = await self._retried(lambda: self._open(url, sent, limit, seconds))
        try:
            yield answer
        finally:
            if isinstance(answer, Answer):
                await answer.close()

    async def _page(self, url: str, sent: Mapping[str, str], body: bytes | None = None) -> Fetched | FetchFailed:
        if self._raw and body is None:
            sent = {**self._raw.validators(ask_of(url)), **sent}
        answer = await self._open(url, sent, self.rules.page_bytes, self.rules.page_seconds, body)
        if isinstance(answer, FetchFailed):
            return answer
        if answer.not_modified and self._raw and (kept := self._raw.kept(ask_of(url))):
            await answer.close()
            self._raw.said_again(ask_of(url))
            answer = KeptAnswer(kept, self._raw.again(ask_of(url)))
        try:
            page = b"".join([chunk async for chunk in answer.chunks()])
        finally:
            await answer.close()
        return answer.failure or answer.fetched(page)

    async def _retried(self, once: Callable[[], Awaitable[_Outcome]]) -> _Outcome:
        for attempt in range(1, self.rules.attempts + 1):
            outcome = await once()
            if not isinstance(outcome, FetchFailed) or self.replayed:
                break
            if outcome.code not in _WORTH_RETRYING and (outcome.code not in _OFTEN_ONCE or attempt > 1):
                break
            wait = outcome.retry_after
            if wait is None:
                wait = self.rules.first_wait * 2 ** (attempt - 1) * random.uniform(0.75, 1.25)  # noqa: S311  no secret
            if attempt == self.rules.attempts or wait > self.rules.longest_wait:
                break
            await asyncio.sleep(wait)
        return outcome

    @property
    def replayed(self) -> bool:
        """True if nobody is asked: what is told was kept."""
        return self._raw is not None and self._raw.replay

    async def _open(
        self, url: str, sent: Mapping[str, str], limit: int, seconds: float, body: bytes | None = None
    ) -> Answer | FetchFailed:
        if self._raw is None:
            return await self._asked(url, sent, limit, seconds, body)
        ask = ask_of(url, body)
        if self._raw.replay:
            return _kept_answer(self._raw, ask, url)
        answer = await self._asked(url, sent, limit, seconds, body)
        if isinstance(answer, FetchFailed):
            self._raw.failed(ask, url, answer.status, answer.code, answer.sentence, answer.retry_after)
        elif not answer.not_modified:
            answer.copy = self._raw.copy(ask, answer.url, answer.status, answer.headers, answer.length or 0)
        return answer

    async def _asked(
        self, url: str, sent: Mapping[str, str], limit: int, seconds: float, body: bytes | None
    ) -> Answer | FetchFailed:
        now = asyncio.get_running_loop().time()
        self._began = now if self._began is None else self._began
        if now - self._began > self.rules.reading_seconds:
            return _takes_too_long(url, self.rules.reading_seconds)
        try:
            return await self._followed(url, sent, limit, seconds, body)
        except Refused as refused:
            return FetchFailed(refused.code, refused.sentence, url)
        except (httpx2.HTTPError, httpx2.InvalidURL, TimeoutError) as error:
            return failure_of(error, url)

    async def _followed(
        self, url: str, sent: Mapping[str, str], limit: int, seconds: float, body: bytes | None
    ) -> Answer | FetchFailed:
        given = url
        for _ in range(self.rules.redirects + 1):
            if flaw := url_flaw(url) or _unsafe(given, url):
                return FetchFailed(flaw.code, flaw.sentence, url)
            await self._turn(urlsplit(url).hostname or "")
            method = "GET" if body is None else "POST"
            request = self._client.build_request(method, url, headers=dict(sent), content=body)
            # The body of a feed may take long; until it begins it is as any page.
            async with asyncio.timeout(min(seconds, self.rules.page_seconds)):
                response = await self._client.send(request, stream=True)
            if len(self._client.cookies.jar) > _MOST_COOKIES:
                self._client.cookies.clear()
            status = response.status_code
            if status in _REDIRECTS and "location" in response.headers:
                await response.aclose()
                url = str(response.url.join(response.headers["location"]))
                body = body if status in (307, 308) else None
                continue
            if 200 <= status < 300 or (status == 304 and len(sent) > 0):
                return Answer(response, limit, seconds, self.rules)
            await response.aclose()
            return status_failure(url, status, retry_after(response.headers.get("retry-after", "")))
        return FetchFailed(
            "TOO_MANY_REDIRECTS",
            f"The address leads on more than {self.rules.redirects} times (last to {shown(url)}); give the final one.",
            url,
        )

    async def _turn(self, host: str) -> None:
        delay = self._delays.get(host, self.rules.host_delay)
        if delay <= 0 or own_machine(host):
            return
        async with self._turns[host]:
            now = asyncio.get_running_loop().time()
            wait = self._next.get(host, 0.0) - now
            if wait > 0:
                await asyncio.sleep(wait)
            self._next[host] = max(now, self._next.get(host, 0.0)) + delay


def _takes_too_long(url: str, seconds: float) -> FetchFailed:
    hours = f"{seconds / 3600:.0f} hours"
    return FetchFailed(
        "READING_TOO_LONG",
        f"Reading {urlsplit(url).netloc} takes over {hours}, so the rest was not asked for; ask whoever runs the "
        "site to allow a faster pace, or give the employer's feed.",
        url,
    )


def _unsafe(given: str, url: str) -> Refused | None:
    """Why an address that another leads to is not asked: what was to be read safely would come in the open."""
    if urlsplit(given).scheme != "https" or urlsplit(url).scheme == "https":
        return None
    return Refused(
        "REDIRECT_TO_HTTP",
        f"{shown(given)} leads to {shown(url)}, where anybody on the way can read and change what is answered, so it "
        "was not followed; give the http address itself if it is meant, or ask whoever runs the site to correct it.",
    )


def _kept_answer(raw: Raw, ask: bytes, url: str) -> Answer | FetchFailed:
    head = raw.kept(ask)
    if head is None:
        return FetchFailed(NOT_KEPT, f"{shown(url)} was not asked for when the source was read last; read it.", url)
    if head.failure and not head.digest:
        code, sentence, wait = head.failure
        return FetchFailed(code, sentence, url, head.status or None, wait)
    return KeptAnswer(head, raw.again(ask))


def _headers(etag: str, last_modified: str, more: Mapping[str, str] | None) -> dict[str, str]:
    sent = dict(more or {})
    if etag:
        sent["If-None-Match"] = etag
    if last_modified:
        sent["If-Modified-Since"] = last_modified
    return sent
