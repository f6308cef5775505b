"""Serving: the web on its own socket, a worker beside it, both ended gracefully."""

from __future__ import annotations

import asyncio
import ipaddress
import os
import secrets
import signal
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import uvicorn
from fastapi import FastAPI

from changeover.app import Program


class CannotServe(Exception):
    """The address cannot be listened on; the message says why and what to do."""


def listen(host: str, port: int) -> socket.socket:
    """A bound socket; port 0 picks a free one.

    Until accounts exist only loopback is served: anyone who reaches the console may move companies.
    """
    try:
        loopback = host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        loopback = False
    if not loopback:
        raise CannotServe(
            f"Changeover listens on this machine only until sign-in is configured, so {host} is refused. "
            "Use 127.0.0.1 and reach it through a tunnel or a proxy of your own."
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


def console_secret(data: Path) -> bytes:
    """The secret that signs console links and sessions: 32 bytes, made once, readable by its owner alone."""
    path = data / "console-secret"
    data.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_bytes()
    with os.fdopen(descriptor, "wb") as file:
        file.write(secrets.token_bytes(32))
    return path.read_bytes()


@asynccontextmanager
async def serving(web: FastAPI, sock: socket.socket) -> AsyncIterator[uvicorn.Server]:
    """The web served on a bound socket for the length of the block; requests in hand are finished."""
    config = uvicorn.Config(
        web, log_level="warning", access_log=False, lifespan="on", timeout_graceful_shutdown=5, server_header=False
    )
    server = uvicorn.Server(config)
    server.install_signal_handlers = lambda: None  # type: ignore[attr-defined]
    task = asyncio.create_task(server._serve(sockets=[sock]))
    while not server.started and not task.done():  # noqa: ASYNC110  uvicorn tells nobody that it has started
        await asyncio.sleep(0.01)
    if task.done():
        task.result()
    try:
        yield server
    finally:
        # Streams that are open would hold up the end.
        web.state.before_stop()
        server.should_exit = True
        await task


@asynccontextmanager
async def working(program: Program, *, concurrency: int) -> AsyncIterator[None]:
    """A worker for the length of the block; work items in hand are finished."""
    stop = asyncio.Event()
    task = asyncio.create_task(program.queue.work(concurrency=concurrency, stop=stop))
    try:
        yield
    finally:
        stop.set()
        await task


async def until_signal() -> None:
    """Wait for SIGINT or SIGTERM."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    await stop.wait()
