"""Carries events out of the house: no redirect, public addresses only, an answer of bounded size."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Mapping
from types import TracebackType
from typing import Self

import httpcore2
import httpx2

from changeover.sources.address import PRIVATE_NETWORKS, CheckedBackend, Refused, Resolver, system_resolver, url_flaw
from changeover.webhooks.outbox import Reply

_LARGEST = 65_536
_CHALLENGE_SECONDS, _SECONDS = 3.0, 15.0
# One that sends a byte every ten seconds would hold up everybody's deliveries for days.
_IN_ALL_SECONDS = 30.0


class _Transport(httpx2.AsyncHTTPTransport):
    """httpx2's transport over a pool that connects through the checking backend."""

    def __init__(self, backend: httpcore2.AsyncNetworkBackend, context: ssl.SSLContext) -> None:
        self._pool = httpcore2.AsyncConnectionPool(
            ssl_context=context, max_connections=32, keepalive_expiry=15, network_backend=backend
        )


class PublicCourier:
    """Sends to addresses on the public internet; with ``allow_private`` to loopback and private networks too.

    Only https, unless ``allow_private``: then a receiver on one's own machine may do without. ``trusted`` is a file
    of certificates that are trusted beside the system's.
    """

    def __init__(
        self, *, allow_private: bool = False, trusted: str = "", user_agent: str, resolver: Resolver = system_resolver
    ) -> None:
        self._private = allow_private
        context = httpx2.create_ssl_context()
        if trusted:
            context.load_verify_locations(trusted)
        backend = CheckedBackend(PRIVATE_NETWORKS if allow_private else (), resolver)
        self._client = httpx2.AsyncClient(
            transport=_Transport(backend, context),
            headers={"User-Agent": user_agent, "Accept-Encoding": "identity"},
            timeout=httpx2.Timeout(_SECONDS, pool=None),
            follow_redirects=False,
            trust_env=False,
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        await self._client.aclose()

    async def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Reply:
        """Send a JSON body; what came back, or why nothing did."""
        sent = {"Content-Type": "application/json", **headers}
        return await self._carried(self._client.build_request("POST", url, content=body, headers=sent))

    async def get(self, url: str) -> Reply:
        """Ask once, for three seconds at most: how a challenge is put."""
        if flaw := self._flaw(url):
            return flaw
        return await self._carried(self._client.build_request("GET", url, timeout=_CHALLENGE_SECONDS))

    def _flaw(self, url: str) -> Reply | None:
        if found := url_flaw(url):
            return Reply(0, problem=found.sentence)
        if not url.lower().startswith("https://") and not self._private:
            return Reply(0, problem="The address is not https.")
        return None

    async def _carried(self, request: httpx2.Request) -> Reply:
        if flaw := self._flaw(str(request.url)):
            return flaw
        try:
            async with asyncio.timeout(_IN_ALL_SECONDS):
                response = await self._client.send(request, stream=True)
                try:
                    body = b""
                    async for chunk in response.aiter_raw():
                        body += chunk
                        if len(body) > _LARGEST:
                            break
                finally:
                    await response.aclose()
        except Refused as refused:
            return Reply(0, problem=refused.sentence)
        except TimeoutError:
            return Reply(0, problem=f"Its answer took over {_IN_ALL_SECONDS:.0f} seconds.")
        except (httpx2.HTTPError, httpx2.InvalidURL) as problem:
            return Reply(0, problem=f"{type(problem).__name__}: {str(problem)[:200] or 'no answer in time'}")
        return Reply(response.status_code, body[:_LARGEST])
