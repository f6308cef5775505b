"""The demo as its first user meets it: the story without a person, and the pages to open."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from http.cookiejar import CookieJar
from pathlib import Path

import pytest

COMMAND = Path(sys.executable).with_name("changeover")


@pytest.fixture
def surroundings(tmp_path: Path) -> dict[str, str]:
    """An environment that describes some other board, which the demo must leave alone."""
    (tmp_path / "tmp").mkdir(mode=0o711)
    tmp_path.chmod(0o711)
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "TMPDIR": str(tmp_path / "tmp"),
        "CHANGEOVER_DATABASE_URL": "postgresql://nobody@127.0.0.1:1/other",
        "CHANGEOVER_WAY_BACK_DAYS": "0",
        "CHANGEOVER_SHRINK_SHARE": "1",
    }


def test_the_story_passes_without_a_person_and_without_a_gap(surroundings: dict[str, str], tmp_path: Path) -> None:
    begun = time.monotonic()
    done = subprocess.run(
        [COMMAND, "demo", "--once"], env=surroundings, capture_output=True, text=True, timeout=180, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    *steps, last = done.stdout.splitlines()
    told = json.loads(last)
    assert (told["gaps"], told["duplicates"], told["applications_lost"]) == (0, 0, 0)
    assert told["companies"] >= 4
    assert told["applications"] >= 1
    assert told["postings"] >= 60
    assert told["cut_over"] > told["reverted"] >= 1
    assert told["polls"] > 0
    assert len(steps) >= 10
    assert all(line.startswith("  ") for line in steps)
    assert list((tmp_path / "tmp").iterdir()) == []
    # 60 s on a machine of its own; here other tests take their share of it.
    assert time.monotonic() - begun < 120


def test_its_pages_open_and_it_ends_without_a_trace(surroundings: dict[str, str], tmp_path: Path) -> None:
    with subprocess.Popen(
        [COMMAND, "demo"],
        env=surroundings,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    ) as demo:
        assert demo.stdout
        told = ""
        for line in demo.stdout:
            told += line
            if "Ctrl-C" in line:
                break
        pages = re.findall(r"http://\S+", told)
        assert len(pages) >= 6, told
        for page in pages:
            person = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
            with person.open(page) as answer:
                assert answer.status == 200
                assert b"<h1" in answer.read()
        os.killpg(demo.pid, signal.SIGINT)
        said, _ = demo.communicate(timeout=60)
    assert demo.returncode == 0, said
    assert "Stopped" in said
    assert list((tmp_path / "tmp").iterdir()) == []


def test_it_keeps_off_a_board_that_is_not_its_own(surroundings: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "board" / "database").mkdir(parents=True)
    done = subprocess.run(
        [COMMAND, "demo", "--once", "--data", tmp_path / "board"],
        env=surroundings,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert "holds a board that is no demo's" in done.stderr
