"""What a fetch answers: a page, a body to stream, or why not, in one sentence."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Protocol
from urllib.parse import urlsplit

import httpx2

from changeover.sources.address import shown
from changeover.sources.inflate import InflateError, Inflater
from changeover.sources.raw import Copy, Head

NOT_KEPT = "NOT_KEPT"
"""Of a source that is read again from what is kept: this was not asked for then, and is as if not asked for now."""


class Pace(Protocol):
    """How slow a body may be: average bytes a second asked for once some seconds have been waited."""

    @property
    def slow_after_seconds(self) -> float:
        """So long no body is called slow."""
        ...

    @property
    def slow_bytes_a_second(self) -> int:
        """Less than this, on average, is."""
        ...


@dataclass(frozen=True, slots=True)
class FetchFailed:
    """Nothing usable came: a stable code, one sentence with what to do, and the address that failed.

    ``status`` is the HTTP status where there was one, ``retry_after`` the seconds that the server asked for.
    """

    code: str
    sentence: str
    url: str
    status: int | None = None
    retry_after: float | None = None


@dataclass(frozen=True, slots=True)
class Fetched:
    """A page: its final address, headers in lower case and whole body. ``not_modified``: a 304, body empty."""

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def not_modified(self) -> bool:
        """True if the page is as it was at the validators that were sent."""
        return self.status == 304


class Answer:
    """A response whose body is still to come. Read ``chunks`` to the end, then look at ``failure``."""

    def __init__(self, response: httpx2.Response, limit: int, seconds: float, pace: Pace) -> None:
        self.url = str(response.url)
        self.status = response.status_code
        self.headers = {name.lower(): value for name, value in response.headers.items()}
        self.failure: FetchFailed | None = None
        self.copy: Copy | None = None
        self._response, self._limit, self._seconds, self._pace = response, limit, seconds, pace

    @property
    def not_modified(self) -> bool:
        """True if the source is as it was at the validators that were sent."""
        return self.status == 304

    @property
    def length(self) -> int | None:
        """The bytes that the body will have, where it is told and means what is read."""
        told = self.headers.get("content-length", "")
        return int(told) if told.isascii() and told.isdigit() and "content-encoding" not in self.headers else None

    def fetched(self, body: bytes) -> Fetched:
        """The answer as a page with this body."""
        return Fetched(self.url, self.status, self.headers, body)

    async def close(self) -> None:
        """Let go of the connection."""
        self._copied()
        await self._response.aclose()

    def _copied(self) -> None:
        if self.copy:
            self.copy.close((self.failure.code, self.failure.sentence, None) if self.failure else None)

    async def chunks(self) -> AsyncIterator[bytes]:
        """The body, decompressed, in bounded pieces. Stops early where it fails and sets ``failure``.

        Only time spent waiting for the network counts, not the time that the reader takes between pieces.
        """
        encoding = self.headers.get("content-encoding", "").strip().lower()
        inflater = _inflater(encoding, self._limit)
        out = 0
        try:
            async for raw in self._raw():
                for piece in inflater.feed(raw) if inflater else (raw,):
                    out += len(piece)
                    if self.copy:
                        self.copy.write(piece)
                    yield piece
            if inflater:
                inflater.finish()
        except InflateError as error:
            self.failure = FetchFailed(error.code, f"{_where(self.url)} {error.what}; {_REPAIR}", self.url)
        except _TooMuch as error:
            self.failure = FetchFailed(error.code, error.sentence, self.url)
        except (httpx2.HTTPError, TimeoutError) as error:
            self.failure = failure_of(error, self.url, got=out)
        self._copied()

    async def _raw(self) -> AsyncIterator[bytes]:
        clock = asyncio.get_running_loop().time
        pieces = self._response.aiter_raw().__aiter__()
        waited, received = 0.0, 0
        while True:
            begun = clock()
            async with asyncio.timeout(max(0.0, self._seconds - waited)):
                piece = await anext(pieces, None)
            waited += clock() - begun
            if piece is None:
                return
            received += len(piece)
            if received > self._limit:
                raise _TooMuch("TOO_LARGE", f"{_where(self.url)} sends more than {self._limit:,} bytes; {_REPAIR}")
            if waited > self._pace.slow_after_seconds and received < waited * self._pace.slow_bytes_a_second:
                raise _TooMuch("TOO_SLOW", f"{_where(self.url)} sends its answer too slowly to be read; {_LATER}")
            yield piece


class KeptAnswer(Answer):
    """An answer that was kept, told again as it was told then."""

    def __init__(self, head: Head, body: AsyncIterator[bytes]) -> None:
        self.url, self.status, self.headers = head.url, head.status, dict(head.headers)
        self.failure, self.copy = None, None
        self._head, self._body = head, body

    async def close(self) -> None:
        """Nothing is open."""

    async def chunks(self) -> AsyncIterator[bytes]:
        """The body as it came, then why it broke off, if it did."""
        async for piece in self._body:
            yield piece
        if self._head.failure:
            self.failure = FetchFailed(*self._head.failure[:2], self.url)


@dataclass(eq=False)
class _TooMuch(Exception):
    code: str
    sentence: str


_LATER = "nothing was changed, and it can be tried again later."
_REPAIR = "ask whoever runs the site to correct it."


def _inflater(encoding: str, limit: int) -> Inflater | None:
    if encoding in ("gzip", "x-gzip"):
        return Inflater(limit)
    return Inflater(limit, form="deflate") if encoding == "deflate" else None


def _where(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.netloc}{parts.path}"[:200]


def failure_of(error: Exception, url: str, got: int | None = None) -> FetchFailed:
    """A transport error as a value. ``got`` is how many bytes had been read, where the body had begun."""
    host = urlsplit(url).hostname or url
    if isinstance(error, httpx2.InvalidURL | httpx2.UnsupportedProtocol):
        return FetchFailed("BAD_URL", f"{shown(url)!r} is not a web address; check it for typing errors.", url)
    if isinstance(error, TimeoutError | httpx2.TimeoutException):
        return FetchFailed("TOO_SLOW", f"{host} did not answer in time; {_LATER}", url)
    if got is not None:
        return FetchFailed("CUT_OFF", f"{_where(url)} stopped in the middle, after {got:,} bytes; {_LATER}", url)
    if certificate := _tls_error(error):
        return FetchFailed("TLS_FAILED", f"No safe connection to {host} could be made ({certificate}); {_REPAIR}", url)
    if isinstance(error, httpx2.ConnectError):
        return FetchFailed("CONNECTION_FAILED", f"{host} refuses the connection or cannot be reached; {_LATER}", url)
    return FetchFailed("CONNECTION_FAILED", f"{host} broke off before it answered; {_LATER}", url)


def _tls_error(error: BaseException | None) -> str:
    while error is not None:
        if isinstance(error, ssl.SSLError):
            return str(getattr(error, "verify_message", "") or error.reason or "TLS error").lower()
        error = error.__cause__ or error.__context__
    return ""


def status_failure(url: str, status: int, wait: float | None) -> FetchFailed:
    """An HTTP status that is no success, as a value."""
    where = _where(url)
    if status in (404, 410):
        sentence = f"{where} answered {status}: there is nothing at this address (any more); check it."
    elif status in (401, 403, 406):
        sentence = f"{where} answered {status}: it refuses to be read; ask whoever runs the site to allow it."
    elif status == 429:
        asked = f" and asks to wait {wait:.0f} seconds" if wait else ""
        sentence = f"{where} answered 429: too many requests{asked}; {_LATER}"
    elif status >= 500:
        sentence = f"{where} answered {status}: its server has a fault; {_LATER}"
    else:
        sentence = f"{where} answered {status}, which is no job data; check the address."
    return FetchFailed(f"HTTP_{status}", sentence, url, status, wait)


def retry_after(value: str) -> float | None:
    """Seconds to wait by a Retry-After header, a number or a date; None if there is none."""
    value = value.strip()
    if value.isascii() and value.isdigit():
        return float(value[:9])
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, TypeError, IndexError):
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())
