"""Serving: the web on its own socket, a worker beside it, both ended gracefully."""

from __future__ import annotations

import asyncio
import contextlib
import hmac
import os
import secrets
import signal
import socket
import tempfile
from collections.abc import AsyncIterator, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

import uvicorn
import uvloop
from fastapi import FastAPI

from changeover.app import Program
from changeover.database.keeping import kept_running
from changeover.database.silence import watched_for
from changeover.settings import KEY_FILE, Settings
from changeover.sources.address import own_machine

T = TypeVar("T")

# Requests and acts in hand are given so long.
_END_SECONDS = 30

# The file in the data folder that says where its board is served.
_NOTE = "served-at"
# The folder in it that remembers which links into the console were used.
USED_KEYS = "used-links"


class CannotServe(Exception):
    """The address cannot be listened on; the message says why and what to do."""


def listen(host: str, port: int, *, anyone_signs_in: bool = False) -> socket.socket:
    """A bound socket; port 0 picks a free one.

    Until someone can sign in only loopback is served: what is shown there by mistake, the whole network would see.
    """
    if not (anyone_signs_in or own_machine(host)):
        raise CannotServe(
            f"Changeover listens on this machine only until someone can sign in, so {host} is refused. "
            "Make an account (`changeover account add`) or set oidc_issuer; or use 127.0.0.1."
        )
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_STREAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    try:
        sock.bind((host, port))
    except OSError as problem:
        sock.close()
        raise CannotServe(
            f"Port {port} on {host} cannot be used: {problem.strerror}. Name another with --port, or 0 for any."
        ) from None
    sock.listen(1024)
    return sock


def base_url(sock: socket.socket) -> str:
    """The address of a bound socket as a URL without a path."""
    host, port = sock.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def signing_secrets(settings: Settings) -> list[bytes]:
    """What signs console links and sessions, and what signed them before, the newest first.

    Of the board's keys where they are settings, so that all processes agree.
    """
    return [
        console_secret(settings.data) if key == KEY_FILE else hmac.digest(key.encode(), b"console", "sha256")
        for key in settings.secret_keys
    ]


def console_secret(data: Path) -> bytes:
    """The secret that signs console links and sessions: 32 bytes, made once, readable by its owner alone."""
    path = data / "console-secret"
    data.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        descriptor, name = tempfile.mkstemp(dir=data, prefix=".console-secret-")
        with os.fdopen(descriptor, "wb") as file:
            file.write(secrets.token_bytes(32))
        # Linked, not renamed: of two processes that start at once the first one's stands, whole.
        with contextlib.suppress(FileExistsError):
            os.link(name, path)
        Path(name).unlink()
    return path.read_bytes()


@contextmanager
def served_at(data: Path, url: str) -> Iterator[None]:
    """Let `changeover link` find the board that is served at ``url`` for the length of the block."""
    note = data / _NOTE
    # With a secret key and a server by URL nothing else has made the folder.
    data.mkdir(parents=True, exist_ok=True)
    note.write_text(url)
    try:
        yield
    finally:
        if serving_at(data) == url:
            note.unlink(missing_ok=True)


def serving_at(data: Path) -> str | None:
    """Where the board of this data folder was last served and not ended, or None."""
    try:
        return (data / _NOTE).read_text()
    except FileNotFoundError:
        return None


def answers(url: str) -> bool:
    """True if something listens at the address of ``url``."""
    at = urlsplit(url)
    try:
        with socket.create_connection((at.hostname or "", at.port or 80), timeout=2):
            return True
    except OSError:
        return False


@asynccontextmanager
async def serving(web: FastAPI, sock: socket.socket, *, tls: tuple[Path, Path] | None = None) -> AsyncIterator[None]:
    """The web served on a bound socket for the length of the block; requests in hand are finished.

    ``tls``: the files of a certificate and its key.
    """
    config = uvicorn.Config(
        web,
        log_level="warning",
        access_log=False,
        lifespan="on",
        timeout_graceful_shutdown=_END_SECONDS,
        server_header=False,
        ssl_certfile=tls[0] if tls else None,
        ssl_keyfile=tls[1] if tls else None,
    )
    server = uvicorn.Server(config)
    # Not `serve`: that would take the signals, which end the whole program and not the web alone.
    task = asyncio.create_task(server._serve(sockets=[sock]))
    while not server.started and not task.done():  # noqa: ASYNC110  uvicorn tells nobody that it has started
        await asyncio.sleep(0.01)
    if task.done():
        task.result()
    try:
        yield
    finally:
        # Streams that are open would hold up the end.
        web.state.before_stop()
        server.should_exit = True
        if tls:
            _hang_up(server)
        await task
        # Acts that go on after their page has answered.
        if acting := web.state.served.acting:
            await asyncio.wait(acting, timeout=_END_SECONDS)


def _hang_up(server: uvicorn.Server) -> None:
    """Cut the connections that nothing is on.

    Closing TLS waits half a minute for the client's goodbye, and a client that keeps its connection says none.
    """
    for connection in list(server.server_state.connections):
        # Whichever library reads HTTP for uvicorn, this is its name for a request and the answer to it.
        cycle = getattr(connection, "cycle", None)
        if (cycle is None or cycle.response_complete) and not connection.transport.get_write_buffer_size():
            connection.transport.abort()


@contextmanager
def ready_until_the_end(web: FastAPI) -> Iterator[None]:
    """Say at the end of the block that this process ends, while it still answers: nothing new should come to it."""
    try:
        yield
    finally:
        web.state.stopping = True


@asynccontextmanager
async def kept(settings: Settings) -> AsyncIterator[None]:
    """The embedded database, where that is what runs, started again if it dies within the block."""
    if settings.database_url is not None:
        yield
        return
    async with kept_running(settings.data, settings.pg_bin):
        yield


@asynccontextmanager
async def working(program: Program, *, concurrency: int) -> AsyncIterator[None]:
    """A worker for the length of the block, none if ``concurrency`` is 0; work items in hand are finished.

    A worker that fails ends the block with its exception.
    """
    if not concurrency:
        yield
        return
    stop, block = asyncio.Event(), asyncio.current_task()
    task = asyncio.create_task(program.queue.work(concurrency=concurrency, stop=stop))

    def ended(_task: asyncio.Task[None]) -> None:
        if block and not stop.is_set():
            block.cancel()

    task.add_done_callback(ended)
    try:
        async with watched_for(program.db):
            yield
    finally:
        stop.set()
        await task


async def for_ever() -> None:
    """Stay until cancelled."""
    await asyncio.Event().wait()


def until_stopped(body: Coroutine[Any, Any, T]) -> T | None:
    """Run ``body``; None where SIGINT, SIGTERM or SIGHUP ended it before its time.

    It is cancelled where it stands, so each of its blocks ends as it should.
    """

    async def watched() -> T | None:
        task = asyncio.ensure_future(body)
        stopped = False

        def stop() -> None:
            nonlocal stopped
            stopped = True
            task.cancel()

        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            asyncio.get_running_loop().add_signal_handler(number, stop)
        try:
            return await task
        except asyncio.CancelledError:
            if not stopped:
                raise
            return None

    # libuv's loop takes a third less of the processor for each trip to the database than Python's own.
    return uvloop.run(watched())
