"""A board matched by several workers of Sail over Spark Connect is matched as in one process."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from typer.testing import CliRunner

from changeover.cli import app
from changeover.cli.session import Stop
from changeover.match.board import match_spark
from changeover.match.outcome import COLUMNS
from changeover.match.pairing import pair
from match.openings import company, table

# In a process of its own: Sail runs Python code in its own threads, and writes its log as it likes.
_SAIL = """
import sys
from pysail.spark import SparkConnectServer
server = SparkConnectServer("127.0.0.1", 0)
server.start(background=True)
print(*server.listening_address, flush=True)
sys.stdin.read()
server.stop()
"""
_COMMAND = """
import sys
from changeover.cli import main
sys.argv[1:] = ["match", *sys.argv[1:], "--format", "csv"]
main()
"""
WORKERS = 3


@dataclass(frozen=True)
class Sail:
    """A running cluster: its address for Spark Connect, and what it has written."""

    remote: str
    log: Path

    def workers(self) -> set[str]:
        """The workers that have offered themselves."""
        lines = (line for line in self.log.read_text().splitlines() if " is available at " in line)
        return {line.split(" worker ")[1].split()[0] for line in lines}


@pytest.fixture(scope="module")
def sail(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sail]:
    log = tmp_path_factory.mktemp("sail") / "log"
    settings = {
        "SAIL_MODE": "local-cluster",
        "SAIL_CLUSTER__WORKER_INITIAL_COUNT": str(WORKERS),
        "SAIL_CLUSTER__WORKER_TASK_SLOTS": "1",
        "SAIL_EXECUTION__DEFAULT_PARALLELISM": str(WORKERS),
        "PYSPARK_PYTHON": sys.executable,
        "SPARK_LOCAL_IP": "127.0.0.1",
        # What this process can import, the workers can.
        "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
    }
    with log.open("w") as said, subprocess.Popen(
        [sys.executable, "-c", _SAIL], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=said, text=True,
        env={**os.environ, **settings},
    ) as server:  # fmt: skip
        assert server.stdin is not None
        assert server.stdout is not None
        address = server.stdout.readline().split()
        assert address, log.read_text()
        yield Sail(f"sc://{address[0]}:{address[1]}", log)
        server.stdin.close()
        try:
            server.wait(10)
        except subprocess.TimeoutExpired:
            server.kill()


@pytest.fixture(scope="module")
def spark(sail: Sail) -> Iterator[Any]:
    # Of a main module without a file, as a test runner's worker has, pyspark believes that doctests are run.
    main = sys.modules["__main__"]
    if not hasattr(main, "__file__"):
        main.__file__ = __file__
    from pyspark.sql import SparkSession

    session = SparkSession.builder.remote(sail.remote).getOrCreate()
    yield session
    session.stop()


@pytest.fixture(scope="module")
def board() -> tuple[pa.Table, pa.Table]:
    sides = [company(count, seed, f"company {seed}") for seed, count in enumerate((1, 5, 40, 200, 12, 600))]
    return table([job for legacy, _ in sides for job in legacy]), table([job for _, ats in sides for job in ats])


def digest(found: pa.Table) -> str:
    """The same for the same rows in whatever order."""
    rows = sorted(repr(row) for row in found.select(["group", *COLUMNS]).to_pylist())
    return hashlib.sha256("\n".join(rows).encode()).hexdigest()


def one_to_one(found: pa.Table) -> bool:
    pairs = [row for row in found.to_pylist() if row["decision"] == "paired"]
    return all(len({(row["group"], row[side]) for row in pairs}) == len(pairs) for side in ("legacy_id", "ats_id"))


class TestABoardOnSeveralWorkers:
    def test_is_matched_as_in_one_process(self, sail: Sail, spark: Any, board: tuple[pa.Table, pa.Table]) -> None:
        found = match_spark(spark, *board, task=200).toArrow()
        assert digest(found) == digest(pair(*board))
        assert len(sail.workers()) >= WORKERS

    def test_keeps_to_a_persons_word(self, spark: Any, board: tuple[pa.Table, pa.Table]) -> None:
        said = pa.table(
            {
                "group": ["company 5"] * 3,
                "legacy_id": ["l5-1", "l5-2", "l5-3"],
                "ats_id": ["a5-7", "a5-2", "a5-3"],
                "verdict": ["confirmed", "rejected", "confirmed"],
            }
        )
        whole = digest(pair(*board, said))
        assert digest(match_spark(spark, *board, said, task=400).toArrow()) == whole
        assert digest(match_spark(spark, *board, said, task=400, large=800).toArrow()) == whole

    def test_takes_data_frames_that_are_there_already(self, spark: Any, board: tuple[pa.Table, pa.Table]) -> None:
        frames = [spark.createDataFrame(side) for side in board]
        assert digest(match_spark(spark, *frames, task=1_000).toArrow()) == digest(pair(*board))


class TestAVeryLargeCompany:
    def test_in_blocks_is_matched_one_to_one_and_as_the_whole(
        self, spark: Any, board: tuple[pa.Table, pa.Table]
    ) -> None:
        found = match_spark(spark, *board, task=300, large=1_000).toArrow()
        assert one_to_one(found)
        assert digest(found) == digest(pair(*board))


class TestTheCommand:
    def test_says_on_spark_what_it_says_here(self, sail: Sail, tmp_path: Path) -> None:
        legacy, ats = (_csv(tmp_path / f"{name}.csv", rows) for name, rows in zip("la", company(30, 1), strict=True))
        # In a process of its own, since Spark's client has one active session a process; and from a file, since it
        # takes a program without one for its own tests.
        program = tmp_path / "program.py"
        program.write_text(_COMMAND)
        here = CliRunner().invoke(app, ["match", legacy, ats, "--format", "csv"])
        command = [sys.executable, str(program), legacy, ats, "--engine", "spark", "--remote", sail.remote]
        there = subprocess.run(command, capture_output=True, text=True, timeout=100)
        assert there.returncode == here.exit_code, there.stderr
        assert sorted(there.stdout.splitlines()) == sorted(here.stdout.splitlines())

    @pytest.mark.parametrize(
        ("remote", "sentence"),
        [
            (["--engine", "spark"], "Name the Spark"),
            (["--engine", "spark", "--remote", "sc://127.0.0.1:9"], "does not answer"),
            (["--remote", "sc://127.0.0.1:9"], "add --engine spark"),
        ],
    )
    def test_refuses_what_cannot_be_meant(self, tmp_path: Path, remote: list[str], sentence: str) -> None:
        side = _csv(tmp_path / "side.csv", company(2, 1)[0])
        result = CliRunner().invoke(app, ["match", side, side, *remote])
        assert isinstance(result.exception, Stop)
        assert result.exception.status == 2
        assert sentence in str(result.exception)

    def test_says_what_to_install(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        for name in ("pyspark", "pyspark.sql"):
            monkeypatch.setitem(sys.modules, name, None)
        side = _csv(tmp_path / "side.csv", company(2, 1)[0])
        result = CliRunner().invoke(app, ["match", side, side, "--engine", "spark", "--remote", "sc://127.0.0.1:9"])
        assert isinstance(result.exception, Stop)
        assert result.exception.status == 2
        assert "pip install 'changeover[spark]'" in str(result.exception)


def _csv(path: Path, rows: list[dict[str, str]]) -> str:
    columns = ("id", "title", "location", "employer_job_id")
    lines = [",".join(f'"{row[name]}"' for name in columns) for row in rows]
    path.write_text("\n".join([",".join(columns), *lines]))
    return str(path)
