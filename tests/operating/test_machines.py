"""Three web and three worker processes on hosts of their own: one is cut off, one is frozen, and work goes on."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psycopg
import pytest

import promises
from changeover.database import folders
from changeover.database.embedded import Server, discard, ensure_running, stop
from changeover.database.upgrade import make_database
from operating.hosts import HERE, NET, address, bring_back, cut_off, hosts, on, possible
from operating.processes import ROOT, Process, Program, wait_for

WITHIN = 30.0
COMPANIES, PORT = 6, 5432

pytestmark = pytest.mark.skipif(
    not possible(), reason="needs root and network namespaces, which are not to be had here"
)


@contextmanager
def shared_server(place: Path) -> Iterator[tuple[str, Server]]:
    """A PostgreSQL that the hosts reach at HERE; the owner's URL of an empty database."""
    data = place / "data"
    server = ensure_running(data, None)
    try:
        home = folders.settled(data)
        assert home is not None
        with psycopg.connect(server.conninfo("postgres", "postgres"), autocommit=True) as conn:
            conn.execute(f"alter system set listen_addresses = '{HERE}'".encode())
        with (home.cluster / "pg_hba.conf").open("a") as file:
            file.write(f"host all all {NET}.0/24 trust\n")
        stop(data)
        server = ensure_running(data, None)
        url = f"postgresql://postgres@{HERE}:{PORT}/changeover"
        make_database(url)
        yield url, server
    finally:
        discard(data)


def ask(server: Server, query: str) -> list[tuple[object, ...]]:
    options = "-c search_path=changeover,background"
    with psycopg.connect(server.conninfo("changeover", "postgres"), options=options) as conn:
        return conn.execute(query.encode()).fetchall()


def behind(server: Server) -> list[tuple[object, ...]]:
    return ask(server, "select company_id from company where revision > flowed_revision")


def moves_on(server: Server) -> float:
    """Seconds until every company has been written to and run past where it stands now."""
    stood = ask(server, "select company_id, revision from company")
    begun = time.monotonic()

    def run_past() -> bool:
        now = {row[0]: int(str(row[1])) for row in ask(server, "select company_id, flowed_revision from company")}
        return all(now[company] > int(str(revision)) for company, revision in stood)

    wait_for(run_past, f"past {stood}", seconds=90)
    return time.monotonic() - begun


def frozen_with_work_in_hand(workers: dict[str, Process], server: Server) -> Process:
    """One frozen while it waits for a company's row, which then comes to one that can no longer use it."""
    for _ in range(30):
        with psycopg.connect(server.conninfo("changeover", "postgres"), options="-c search_path=changeover") as conn:
            conn.execute("select from company for update")
            if (worker := one_that_waits(workers, server)) is not None:
                worker.process.send_signal(signal.SIGSTOP)
                return worker
    raise AssertionError("no worker ever had work in hand")


def one_that_waits(workers: dict[str, Process], server: Server) -> Process | None:
    """A worker that waits for a row within some seconds; where all was done before the rows were locked, none does."""
    waits = "select host(client_addr) from pg_stat_activity where wait_event_type = 'Lock'"
    for _ in range(60):
        at = {row[0] for row in ask(server, waits)}
        if found := [worker for name, worker in workers.items() if address(name) in at]:
            return found[0]
        time.sleep(0.05)
    return None


def taken(answers: list[Path]) -> set[tuple[str, str]]:
    """(company, job) of what was acknowledged."""
    lines = [json.loads(line) for path in answers for line in path.read_text().splitlines() if line.endswith("]")]
    return {(company, name) for company, name, _, taken, _ in lines if taken}


class Pushing:
    """One client on each web host, pushing to the board there."""

    def __init__(self, place: Path, boards: list[Process], names: list[str], companies: list[str]) -> None:
        self.answers = [place / f"{name}.jsonl" for name in names]
        env = os.environ | {"PYTHONPATH": f"{ROOT / 'src'}:{ROOT / 'tests'}", "no_proxy": "*"}
        self.clients = [
            subprocess.Popen(
                [*on(name), sys.executable, "-m", "operating.pushing", board.url, str(path), "300", *companies],
                env=env,
                cwd=ROOT / "tests",
            )
            for board, name, path in zip(boards, names, self.answers, strict=True)
        ]

    def end(self) -> None:
        for path, client in zip(self.answers, self.clients, strict=True):
            Path(f"{path}.stop").touch()
            client.wait(120)

    def kill(self) -> None:
        for client in self.clients:
            client.kill()
            client.wait()


def employed(program: Program) -> list[str]:
    """Companies whose ATS pushes: id and token, one after another."""
    said: list[str] = []
    for n in range(COMPANIES):
        company = program.run("company", "add", f"Employer {n}")
        program.run("source", "add", company, "push")
        said += [company, json.loads(program.run("client", "add", company, "--json"))["token"]]
    return said


def test_one_is_cut_off_and_one_is_frozen_and_work_moves_on() -> None:
    place = Path(tempfile.mkdtemp(prefix="changeover-machines-"))
    place.chmod(0o711)
    with ExitStack() as stack:
        stack.callback(shutil.rmtree, place)
        names = stack.enter_context(hosts(6))
        url, server = stack.enter_context(shared_server(place))
        programs = []
        for name in names:
            (place / name).mkdir()
            programs.append(Program(place / name, url, within=on(name)))
        companies = employed(programs[0])
        serve = ("serve", "--no-worker", "--port", "0")
        boards = [stack.enter_context(each.begun(*serve, until="Ctrl-C")) for each in programs[:3]]
        workers = [stack.enter_context(each.begun("work", until="Working")) for each in programs[3:]]
        pushing = Pushing(place, boards, names[:3], companies)
        stack.callback(pushing.kill)
        wait_for(lambda: all(path.exists() and path.read_text().count("\n") > 6 for path in pushing.answers))
        took: dict[str, float] = {"all well": moves_on(server)}

        cut_off(names[0])
        cut_off(names[3])
        took["a web and a worker cut off"] = moves_on(server)
        bring_back(names[0])
        bring_back(names[3])
        took["brought back"] = moves_on(server)

        boards[1].process.send_signal(signal.SIGSTOP)
        frozen = frozen_with_work_in_hand(dict(zip(names[3:], workers, strict=True)), server)
        took["a web and a worker frozen"] = moves_on(server)
        for process in (boards[1], frozen):
            process.process.send_signal(signal.SIGCONT)
        took["thawed"] = moves_on(server)

        pushing.end()
        wait_for(lambda: not behind(server))
        stood = {
            (str(company), str(job))
            for company, job in ask(server, "select company_id, source_job_id from job where open")
        }
        assert taken(pushing.answers) <= stood
        assert all(process.process.poll() is None for process in (*boards, *workers))
        assert promises.broken(server.conninfo("changeover", "postgres")) == []
        print({what: round(seconds, 1) for what, seconds in took.items()}, len(stood), "jobs")
        assert max(took.values()) <= WITHIN, took
