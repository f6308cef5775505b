"""What every test may ask for: one PostgreSQL server of their own, shared by all workers of a run."""

from __future__ import annotations

import fcntl
import os
import socket
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from hypothesis import settings

from changeover.database.embedded import Server, discard, ensure_running
from face import Face, new_face, served_face
from mailing import Inbox
from program import World, new_world, template
from shape.measure import medians
from sources.local_server import LocalServer

# A busy machine is no broken promise: no example is failed for its time.
settings.register_profile("changeover", deadline=None)
settings.load_profile("changeover")


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Iterator[Server]:
    """A server without durability, empty but for what PostgreSQL makes; ``server.conninfo(dbname, user)`` reaches it.

    The first worker that asks makes it, the last one that ends deletes it: the workers of a run count themselves in
    a file that they share.
    """
    shared = tmp_path_factory.getbasetemp() if worker_id == "master" else tmp_path_factory.getbasetemp().parent
    data = _enter(shared / "server-users")
    try:
        yield ensure_running(data, None, durable=False)
    finally:
        _leave(shared / "server-users", data)


def _enter(users: Path) -> Path:
    with users.open("a+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.seek(0)
        line = file.readline().strip()
        # Not under pytest's own folder, which only root may pass through where root runs the tests.
        data = line or tempfile.mkdtemp(prefix="changeover-test-")
        if not line:
            Path(data).chmod(0o711)
            file.write(f"{data}\n")
        file.write(f"{os.getpid()}\n")
    return Path(data)


def _leave(users: Path, data: Path) -> None:
    with users.open("r+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        lines = [line for line in file.read().splitlines() if line != str(os.getpid())]
        last = len(lines) == 1
        if last:
            discard(data)
            (data / ".lock").unlink()
            data.rmdir()
            lines = []
        file.seek(0)
        file.truncate()
        file.write("".join(f"{line}\n" for line in lines))


def pytest_addoption(parser: pytest.Parser) -> None:
    """How long the random walks and the runs of the state machine are, and how much the API is asked at random."""
    group = parser.getgroup("changeover")
    group.addoption("--walk-steps", type=int, default=80, help="Steps of each random walk.")
    group.addoption("--machine-steps", type=int, default=350, help="Steps of each run of the state machine.")
    group.addoption("--walks", type=int, default=3, help="How many random walks, each from a seed of its own.")
    group.addoption("--api-examples", type=int, default=8, help="Random requests to each operation of the API.")
    group.addoption("--api-elements", type=int, default=2_000, help="Malformed elements that are pushed.")
    group.addoption("--walk-seed", type=int, default=1, help="The first walk's seed.")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """End a run with the project's measures, which are promises too."""
    terminalreporter.write_line(medians())


@pytest.fixture(scope="session")
def _template(server: Server) -> None:
    template(server)


@pytest.fixture
async def site() -> AsyncIterator[LocalServer]:
    server = LocalServer()
    await server.start()
    yield server
    await server.stop()


@pytest.fixture
async def world(server: Server, _template: None) -> AsyncIterator[World]:
    """A company's world: a program on a database of its own, and sources that say what they are told to."""
    async with new_world(server) as made:
        yield made


@pytest.fixture
async def face(world: World) -> AsyncIterator[Face]:
    """The web face of the world, with a person who has a session."""
    async with new_face(world) as made:
        yield made


@pytest.fixture
async def served(world: World) -> AsyncIterator[Face]:
    """The same on a real port of loopback."""
    async with served_face(world) as made:
        yield made


@pytest.fixture
def inbox() -> Inbox:
    """What the mail server of the test took."""
    return Inbox()


@pytest.fixture
def server_of_mail(inbox: Inbox) -> Iterator[Controller]:
    """A real mail server on loopback."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = Controller(inbox, hostname="127.0.0.1", port=port)
    controller.start()
    yield controller
    if controller.server is not None:
        controller.stop()
