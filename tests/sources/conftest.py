"""What the tests of the sources share: a local site, rules that allow it, the real feeds."""

from __future__ import annotations

import shutil
import ssl
import subprocess
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from changeover.sources import fetch
from changeover.sources.fetch import Fetcher, FetchRules

from .local_server import LocalServer

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
FEEDS = Path(__file__).parents[3] / "shared" / "data" / "feeds"
QUICK = FetchRules(allow_private=True, host_delay=0, first_wait=0.01, silence_seconds=2, page_seconds=5)


@pytest.fixture
async def fetcher() -> AsyncIterator[Fetcher]:
    async with Fetcher(QUICK) as opened:
        yield opened


@pytest.fixture
def feeds() -> Path:
    if not FEEDS.is_dir():
        pytest.skip("the real feeds (shared/data/feeds beside the project) are not here")
    return FEEDS


@pytest.fixture
def certificate(tmp_path: Path) -> ssl.SSLContext:
    """A server's TLS with a certificate that nobody else signed."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("openssl, which makes the certificate, is not here")
    key, cert = tmp_path / "key.pem", tmp_path / "cert.pem"
    made = ("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=localhost")
    subprocess.run([openssl, *made, "-keyout", key, "-out", cert], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    return context


@pytest.fixture
async def secure(certificate: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[LocalServer]:
    """A site that speaks TLS and is trusted."""
    trusting = ssl.create_default_context()
    trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
    monkeypatch.setattr(fetch, "_trusted", lambda: trusting)
    server = LocalServer()
    await server.start(certificate)
    yield server
    await server.stop()
