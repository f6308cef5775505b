"""A process that is told to end under load loses nothing it has acknowledged and shows nobody an error."""

from __future__ import annotations

import json
import os
import shutil
import signal
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

import promises
from changeover.database import folders
from changeover.database.connection import Address
from changeover.database.embedded import Server, discard, ensure_running
from operating.processes import Process, Program, ask, wait_for
from program import fresh_database


@pytest.fixture
def address(server: Server, _template: None) -> Iterator[Address]:
    with fresh_database(server) as address:
        yield address


class Load:
    """Pushes and reads without pause, until told; ``answers`` are (status, retry-after), ``taken`` the ids told of."""

    def __init__(self, url: str, company: str, token: str) -> None:
        self.url, self.company, self.token = url, company, token
        self.answers: list[tuple[int, str | None]] = []
        self.taken: list[str] = []
        self.over = threading.Event()
        self._threads = [threading.Thread(target=self._push, args=(n,)) for n in range(4)]
        self._threads += [threading.Thread(target=self._read) for _ in range(4)]

    def __enter__(self) -> Load:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.over.set()
        for thread in self._threads:
            thread.join()

    def _push(self, nth: int) -> None:
        number = 0
        while not self.over.is_set():
            number += 1
            name = f"{nth}-{number}"
            jobs = {"jobs": [{"id": name, "title": f"Welder {name}", "location": "Oslo, Norway"}]}
            status, said, heads = ask(f"{self.url}/api/v1/companies/{self.company}/jobs", jobs, token=self.token)
            self.answers.append((status, heads.get("retry-after")))
            if status == 200 and said["taken"] == 1:
                self.taken.append(name)

    def _read(self) -> None:
        while not self.over.is_set():
            status, _, heads = ask(f"{self.url}/jobs")
            self.answers.append((status, heads.get("retry-after")))


def employ(program: Program) -> tuple[str, str]:
    company = program.run("company", "add", "Ferrous & Sons")
    program.run("source", "add", company, "push")
    return company, json.loads(program.run("client", "add", company, "--json"))["token"]


def told_to_end(process: Process) -> None:
    process.process.send_signal(signal.SIGTERM)
    assert process.process.wait(90) == 0, process.said


def test_serve_and_work_end_under_load_and_nothing_is_lost(address: Address, tmp_path: Path) -> None:
    program = Program(tmp_path, address.owner)
    company, token = employ(program)
    with (
        program.begun("work", until="Working") as worker,
        program.begun("serve", "--port", "0", until="Ctrl-C") as board,
        Load(board.url, company, token) as load,
    ):
        wait_for(lambda: len(load.taken) > 20)
        told_to_end(worker)
        told_to_end(board)
        wait_for(lambda: load.answers[-1][0] == 0)
    assert [each for each in load.answers if each[0] not in (0, 200) and not (each[0] == 503 and each[1])] == []
    with psycopg.connect(address.owner) as conn:
        stood = {row[0] for row in conn.execute("select source_job_id from changeover.job where open").fetchall()}
        left = conn.execute("select count(*) from background.procrastinate_jobs where status = 'doing'").fetchone()
    assert set(load.taken) <= stood
    assert left == (0,)
    assert promises.broken(address.owner) == []


def test_the_embedded_database_that_dies_under_serve_is_started_again() -> None:
    place = Path(tempfile.mkdtemp(prefix="changeover-keeping-"))
    place.chmod(0o711)
    data = place / "data"
    program = Program(place, "")
    try:
        company, token = employ(program)
        with program.begun("serve", "--port", "0", until="Ctrl-C") as board:
            with Load(board.url, company, token) as load:
                wait_for(lambda: len(load.taken) > 5)
                home = folders.settled(data)
                assert home is not None
                os.kill(int((home.cluster / "postmaster.pid").read_text().split("\n", 1)[0]), signal.SIGKILL)
                count = len(load.taken)
                wait_for(lambda: any(status == 503 for status, _ in load.answers))
                wait_for(lambda: len(load.taken) > count + 5)
            assert {status for status, _ in load.answers} <= {200, 503}
            assert all(after for status, after in load.answers if status == 503)
            assert any("was started again" in event["event"] for event in board.events())

            program.run("db", "stop")
            wait_for(lambda: ask(f"{board.url}/readyz")[1]["reasons"] == ["DATABASE_DOWN"])
            assert ask(f"{board.url}/healthz")[0] == 200
            assert "changeover_database_up 0.0" in ask(f"{board.url}/metrics")[1]
            told_to_end(board)
        with psycopg.connect(ensure_running(data, None).conninfo("changeover", "postgres")) as conn:
            stood = {row[0] for row in conn.execute("select source_job_id from changeover.job where open").fetchall()}
        assert set(load.taken) <= stood
    finally:
        discard(data)
        shutil.rmtree(place)
