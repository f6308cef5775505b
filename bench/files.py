"""What a candidate's file costs as a row of the database, against a file of a folder, both until they are on the disk.

Run: .venv/bin/python bench/files.py [--files 200]
Each size in turn, the two ways file by file, so that both have the same machine. Prints a table.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import psycopg
from large_company import own_server

SIZES = (100_000, 300_000, 2_000_000)
_WRITE = """
insert into application_file (company_id, file_id, application_id, name, media_type, content, stored_at)
values (1, %s, 1, 'resume.pdf', 'application/pdf', %s, now())
"""


def in_folder(folder: Path, number: int, content: bytes) -> None:
    """Write a file, and that it is there, to the disk."""
    with (folder / str(number)).open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    there = os.open(folder, os.O_RDONLY)
    os.fsync(there)
    os.close(there)


def took(act: Callable[[], object]) -> float:
    """Milliseconds of one act."""
    began = time.perf_counter()
    act()
    return 1_000 * (time.perf_counter() - began)


def measure(conn: psycopg.Connection[tuple[int]], folder: Path, size: int, files: int) -> str:
    """One line: medians of writing and reading as a row and in a folder, and the table's size by the files'."""
    row, plain, read, read_plain = list[float](), list[float](), list[float](), list[float]()
    conn.execute("truncate application_file cascade")
    for number in range(files):
        content = os.urandom(size)
        row.append(took(lambda n=number, c=content: conn.execute(_WRITE, (n, c))))  # type: ignore[misc]
        plain.append(took(lambda n=number, c=content: in_folder(folder, n, c)))  # type: ignore[misc]
    for number in range(files):
        asked = "select content from application_file where company_id = 1 and file_id = %s"
        read.append(took(lambda n=number, a=asked: conn.execute(a, (n,), binary=True).fetchone()))  # type: ignore[misc]
        read_plain.append(took((folder / str(number)).read_bytes))
    held = conn.execute("select pg_total_relation_size('application_file')").fetchone()
    times = "".join(f"{statistics.median(each):>12.1f}" for each in (row, plain, read, read_plain))
    return f"{size:>10,}{times}{(held[0] if held else 0) / (size * files):>12.2f}"


def main() -> int:
    """Measure each size and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--files", type=int, default=200)
    files = parser.parse_args().files
    print(f"{'bytes':>10}{'write row':>12}{'folder':>12}{'read row':>12}{'folder':>12}{'disk':>12}   (ms, medians)")
    with own_server() as address, psycopg.connect(address.owner, autocommit=True) as conn:
        conn.execute("set search_path = changeover")
        # The application that a file belongs to is not weighed.
        conn.execute("set session_replication_role = replica")
        for size in SIZES:
            with tempfile.TemporaryDirectory(prefix="changeover-bench-") as folder:
                print(measure(conn, Path(folder), size, files), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
