"""Real processes of the program: begun, asked over HTTP, and ended by their ids alone."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
_BEGIN = "from changeover.cli import main; main()"


@dataclass
class Program:
    """One version's program over one database; ``within``: a command to run it in, as a network namespace.

    ``settings``: environment variables beside those that every program here has.
    """

    folder: Path
    database: str
    source: Path = ROOT / "src"
    within: Sequence[str] = ()
    settings: Mapping[str, str] = field(default_factory=dict)

    def _command(self, words: Sequence[str]) -> list[str]:
        return [*self.within, sys.executable, "-c", _BEGIN, *words]

    def _env(self) -> dict[str, str]:
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(self.folder),
            "LC_ALL": "C.UTF-8",
            "PYTHONPATH": str(self.source),
            "CHANGEOVER_DATA": str(self.folder / "data"),
            "CHANGEOVER_DATABASE_URL": self.database,
            "CHANGEOVER_SECRET_KEY": "one key that all of the board's processes share",
            "CHANGEOVER_ALLOW_PRIVATE_ADDRESSES": "true",
            "CHANGEOVER_LOG_FORMAT": "json",
            **self.settings,
        }

    def run(self, *words: str) -> str:
        """A command to its end; what it printed."""
        done = subprocess.run(
            self._command(words),
            cwd=self.folder,
            env=self._env(),
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout.strip()

    @contextmanager
    def begun(self, *words: str, until: str) -> Iterator[Process]:
        """A command that runs on, from the moment that it says ``until``; killed if the test has not ended it."""
        log = self.folder / f"{words[0]}-{time.monotonic_ns()}.log"
        with log.open("w") as file:
            process = subprocess.Popen(
                self._command(words), cwd=self.folder, env=self._env(), stdout=file, stderr=subprocess.STDOUT
            )
        made = Process(process, log)
        try:
            wait_for(lambda: until in made.said or process.poll() is not None, made)
            assert process.poll() is None, made.said
            yield made
        finally:
            process.kill()
            process.wait()


@dataclass
class Process:
    """A process that runs, and what it says in ``log``."""

    process: subprocess.Popen[bytes]
    log: Path

    @property
    def said(self) -> str:
        """All that it has said until now."""
        return self.log.read_text()

    @property
    def url(self) -> str:
        """Where it serves."""
        return next(line.split()[1] for line in self.said.splitlines() if line.startswith("Board:")).removesuffix(
            "/jobs"
        )

    def events(self) -> list[dict[str, Any]]:
        """Its log, an event each."""
        return [json.loads(line) for line in self.said.splitlines() if line.startswith("{")]


def wait_for(happened: Callable[[], object], what: object = "it", seconds: float = 90) -> None:
    """Until it has happened; fails after ``seconds``."""
    deadline = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < deadline, f"never happened: {getattr(what, 'said', what)}"
        time.sleep(0.05)


def ask(url: str, body: object = None, *, token: str = "", timeout: float = 30, **headers: str) -> tuple[int, Any, Any]:
    """One request; its status, its body (JSON as a value) and its headers. Status 0 where nobody answers."""
    told = {"Content-Type": "application/json", **({"Authorization": f"Bearer {token}"} if token else {}), **headers}
    data = json.dumps(body).encode() if body is not None else None
    try:
        with urllib.request.urlopen(urllib.request.Request(url, data, told), timeout=timeout) as answer:
            status, content, heads = answer.status, answer.read(), answer.headers
    except urllib.error.HTTPError as refused:
        status, content, heads = refused.code, refused.read(), refused.headers
    except OSError:
        return 0, "", {}
    said = content.decode()
    return status, json.loads(said) if "json" in heads.get("content-type", "") else said, heads
