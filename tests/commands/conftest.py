"""The command on a database of its own, beside sources on loopback."""

from __future__ import annotations

import io
import json
import os
import secrets
import subprocess
import sys
from collections.abc import Iterator
from contextlib import chdir, contextmanager, redirect_stderr, redirect_stdout
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any, NamedTuple
from unittest.mock import patch

import psycopg
import pytest
from psycopg.sql import SQL, Identifier

from changeover.cli import main
from changeover.database.embedded import Server
from program import TEMPLATE

COMMAND = Path(sys.executable).with_name("changeover")
TITLES = ("Weld Inspector", "Forklift Driver", "Night Baker", "Payroll Clerk", "Hull Painter", "Crane Operator")
ABOUT = "We look for somebody who knows the trade and likes to work in a small team by the water. " * 2


class Ended(NamedTuple):
    """How a command ended, and what it printed."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """What it printed for a program."""
        return json.loads(self.out)


class Changeover:
    """Runs the command in ``folder`` under settings of its own."""

    def __init__(self, folder: Path, **settings: str) -> None:
        self.folder = folder
        self.env = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "LC_ALL": "C.UTF-8",
            "CHANGEOVER_FETCH_PAUSE_SECONDS": "0",
            "CHANGEOVER_ALLOW_PRIVATE_ADDRESSES": "true",
            **{f"CHANGEOVER_{name.upper()}": value for name, value in settings.items()},
        }

    def __call__(self, *words: str, status: int = 0, **settings: str) -> Ended:
        """Run it to its end, which must be ``status``; whatever happens, nobody is shown a traceback.

        It runs in this process, for most of a short command's time is what Python takes to begin.
        """
        out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True) for _ in range(2))
        with (
            patch.dict(os.environ, self.env | settings, clear=True),
            patch.object(sys, "argv", ["changeover", *words]),
            chdir(self.folder),
            redirect_stdout(out),
            redirect_stderr(err),
            pytest.raises(SystemExit) as ended,
        ):
            main()
        told = (stream.buffer.getvalue().decode() for stream in (out, err))
        return _checked(Ended(int(ended.value.code or 0), *told), status)

    def process(self, *words: str, status: int = 0, **settings: str) -> Ended:
        """Run the installed command as a process of its own."""
        done = subprocess.run(
            [COMMAND, *words],
            cwd=self.folder,
            env=self.env | settings,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        return _checked(Ended(done.returncode, done.stdout, done.stderr), status)

    @contextmanager
    def begun(self, *words: str) -> Iterator[subprocess.Popen[str]]:
        """Run it beside the test, in a session of its own as a terminal would; killed if the test does not end it."""
        process = subprocess.Popen(
            [COMMAND, *words],
            cwd=self.folder,
            env=self.env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        try:
            yield process
        finally:
            process.kill()
            process.wait()
            assert process.stdout
            process.stdout.close()


def _checked(ended: Ended, status: int) -> Ended:
    assert "Traceback" not in ended.out + ended.err
    assert ended.status == status, ended.out + ended.err
    return ended


class Outside:
    """What the world outside says: texts by path, over real HTTP on loopback."""

    def __init__(self) -> None:
        self.pages: dict[str, bytes] = {}
        outside = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                body = outside.pages.get(self.path.partition("?")[0])
                self.send_response(404 if body is None else 200)
                self.send_header("Content-Length", str(len(body or b"")))
                self.end_headers()
                self.wfile.write(body or b"")

            def log_message(self, *args: object) -> None:
                del args

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"

    def feed(self, path: str, jobs: range | list[int], *, cut: bool = False, head: str = "") -> str:
        """An XML feed of these jobs at ``path``; its address."""
        told = "".join(
            f"<job><title>{TITLES[n]}</title><referencenumber>L-{n}</referencenumber><requisitionid>R-{n}"
            f"</requisitionid><url>https://example.com/j/{n}</url><city>Kiel</city><country>DE</country>"
            f"<description>{TITLES[n]}: {ABOUT}</description></job>"
            for n in jobs
        )
        text = f'<?xml version="1.0" encoding="utf-8"?>{head}<source>{told}</source>'
        self.pages[path] = text.removesuffix("</job></source>" if cut else "").encode()
        return self.url + path

    def board(self, path: str, jobs: range | list[int]) -> str:
        """The public answer of an ATS with these jobs at ``path``; its address."""
        told = [
            {
                "id": 4000 + n,
                "internal_job_id": n,
                "title": TITLES[n],
                "requisition_id": f"R-{n}",
                "absolute_url": f"https://boards.greenhouse.io/f/jobs/{4000 + n}",
                "location": {"name": "Kiel, Germany"},
                "updated_at": "2026-11-01T10:00:00Z",
                "content": f"{TITLES[n]}: {ABOUT}",
            }
            for n in jobs
        ]
        self.pages[path] = json.dumps({"jobs": told, "meta": {"total": len(told)}}).encode()
        return self.url + path


@pytest.fixture
def outside() -> Iterator[Outside]:
    made = Outside()
    thread = Thread(target=made.server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield made
    made.server.shutdown()
    thread.join()
    made.server.server_close()


@pytest.fixture(scope="module")
def changeover(server: Server, _template: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Changeover]:
    """The command on a fresh database, one for all tests of a module."""
    with on_a_fresh_database(server, tmp_path_factory.mktemp("commands")) as made:
        yield made


@contextmanager
def on_a_fresh_database(server: Server, folder: Path) -> Iterator[Changeover]:
    """The command in ``folder``, on a database that is dropped after."""
    name = f"t_{secrets.token_hex(6)}"
    with psycopg.connect(server.conninfo("postgres", "postgres"), autocommit=True) as conn:
        conn.execute("select pg_advisory_lock(1)")
        conn.execute(SQL("create database {} template {}").format(Identifier(name), Identifier(TEMPLATE)))
        conn.execute("select pg_advisory_unlock(1)")
        yield Changeover(folder, database_url=server.conninfo(name, "postgres"), data=str(folder / "data"))
        conn.execute(SQL("drop database {} with (force)").format(Identifier(name)))
