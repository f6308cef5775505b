"""What the docs tell a reader to type does what they say."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
from pathlib import Path

import pytest

from .conftest import COMMAND, Changeover
from .test_running import address, end, until

DOCS = Path(__file__).parents[2] / "docs"


@pytest.mark.skipif(shutil.which("curl") is None, reason="the docs' example needs curl, which is not here")
def test_an_ats_is_connected_as_the_docs_say(changeover: Changeover) -> None:
    script = "\n".join(re.findall(r"^```sh\n(.*?)^```", (DOCS / "connect-your-ats.md").read_text(), re.M | re.S))
    with changeover.begun("serve", "--port", "0") as served:
        board = address(until(served, "Ctrl-C"), "Board:").removesuffix("/jobs")
        env = changeover.env | {"BOARD": board, "PATH": f"{COMMAND.parent}:{os.environ['PATH']}", "no_proxy": "*"}
        done = subprocess.run(["bash", "-euc", script], env=env, cwd=changeover.folder, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr
        assert [re.findall(r'"(taken|closed)":(\d+)', line) for line in done.stdout.split("}")[:2]] == [
            [("taken", "2"), ("closed", "0")],
            [("taken", "0"), ("closed", "1")],
        ]
        end(served, signal.SIGTERM)
