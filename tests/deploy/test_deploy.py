"""What a board is run with elsewhere names commands, flags and settings that exist, and agrees with itself."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from changeover.settings import PREFIX, descriptions
from shape.measure import ROOT
from shape.test_shape import all_commands

DEPLOY = ROOT / "deploy"
PAGE = (ROOT / "docs" / "running-it.md").read_text()
FILES = [path for path in sorted(DEPLOY.rglob("*")) if path.is_file() and path.suffix != ".json"]
UNITS = sorted(DEPLOY.glob("systemd/*"))


def kubernetes() -> list[dict[str, Any]]:
    return list(yaml.safe_load_all((DEPLOY / "kubernetes" / "changeover.yaml").read_text()))


def containers() -> Iterator[dict[str, Any]]:
    for each in kubernetes():
        if each["kind"] == "Deployment":
            yield from each["spec"]["template"]["spec"]["containers"]


def commands() -> dict[str, list[str]]:
    """Each command that a file of ``deploy`` starts, by where it does."""
    services = yaml.safe_load((DEPLOY / "compose.yml").read_text())["services"]
    found = {f"compose {name}": each["command"] for name, each in services.items() if "command" in each}
    found |= {f"kubernetes {each['name']}": each["args"] for each in containers()}
    for path in UNITS:
        for told in re.findall(r"^ExecStart=\S*/changeover (.*)$", path.read_text(), re.MULTILINE):
            found[path.name] = told.split()
    return found


@pytest.mark.parametrize("path", [*FILES, ROOT / "docs" / "running-it.md"], ids=lambda path: path.name)
def test_every_setting_exists(path: Path) -> None:
    named = set(re.findall(rf"\b{PREFIX}([A-Z_]+)", path.read_text()))
    assert {name for name in named if name.lower() not in descriptions()} == set()


@pytest.mark.parametrize("where", commands())
def test_every_command_and_flag_exists(where: str) -> None:
    name, *words = commands()[where]
    options: list[Any] = getattr(all_commands()[name], "params", [])
    known = {flag for option in options for flag in [*option.opts, *option.secondary_opts]}
    assert {word for word in words if word.startswith("--")} - known == set()


def test_every_one_is_given_the_time_to_end_that_it_may_need() -> None:
    """Thirty seconds for work in hand, thirty for requests, and some: docs/operations.md says 75 s."""
    services = yaml.safe_load((DEPLOY / "compose.yml").read_text())["services"]
    assert {services[name]["stop_grace_period"] for name in ("web", "worker")} == {"75s"}
    for path in DEPLOY.glob("systemd/changeover*.service"):
        assert "Type=oneshot" in path.read_text() or "TimeoutStopSec=75" in path.read_text(), path
    graces = {
        each["spec"]["template"]["spec"]["terminationGracePeriodSeconds"]
        for each in kubernetes()
        if each["kind"] == "Deployment"
    }
    assert min(graces) >= 75


def test_every_selector_of_the_manifests_finds_something() -> None:
    labels = [each["spec"]["template"]["metadata"]["labels"] for each in kubernetes() if each["kind"] == "Deployment"]
    for each in kubernetes():
        selector = each.get("spec", {}).get("selector")
        if selector:
            wanted = selector.get("matchLabels", selector)
            assert any(wanted.items() <= one.items() for one in labels), each["metadata"]["name"]


def test_the_probes_ask_addresses_that_exist() -> None:
    code = (ROOT / "src" / "changeover" / "api" / "operations.py").read_text()
    told = re.findall(r"/(?:healthz|readyz|metrics)\b", "".join(path.read_text() for path in FILES))
    assert set(told) <= set(re.findall(r'@router.get\("([^"]+)"\)', code))
    assert {"readinessProbe", "livenessProbe"} <= set(next(containers()))


def test_the_page_names_every_file() -> None:
    assert [path.name for path in FILES if path.name not in PAGE] == []


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="needs systemd-analyze")
def test_systemd_takes_the_units(tmp_path: Path) -> None:
    for path in UNITS:
        # The program stands elsewhere here.
        text = re.sub(r"/opt/changeover/bin/changeover", "/bin/true", path.read_text())
        (tmp_path / path.name).write_text(text)
    units = [str(path) for path in sorted(tmp_path.iterdir())]
    done = subprocess.run(["systemd-analyze", "verify", *units], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
