"""What a board is made of is listed whole, and the pages about security tell the same."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

from shape.measure import ROOT


def bold(text: str) -> set[str]:
    return {name.rstrip(".") for name in re.findall(r"\*\*([^*]+)\*\*", text)}


def test_the_threat_model_and_the_page_on_security_name_the_same_defences_and_gaps() -> None:
    page, model = (ROOT / "docs" / "security.md").read_text(), (ROOT / "SECURITY.md").read_text()
    assert bold(page) == bold(model)
    gaps = page.partition("## Not defended yet")[2], model.partition("## What is not answered")[2]
    assert bold(gaps[0]) == bold(gaps[1])


def test_the_list_of_parts_has_every_dependency_with_its_version_and_licence(tmp_path: Path) -> None:
    file = tmp_path / "sbom.json"
    program = Path(sys.executable).with_name("cyclonedx-py")
    told = [program, "environment", sys.executable, "--pyproject", ROOT / "pyproject.toml", "--output-file", file]
    subprocess.run([*map(str, told), "--output-format", "JSON"], check=True, capture_output=True)
    said = json.loads(file.read_text())
    parts = {re.sub(r"[-_.]+", "-", each["name"]).lower(): each for each in said["components"]}
    with (ROOT / "pyproject.toml").open("rb") as toml:
        asked = tomllib.load(toml)["project"]["dependencies"]
    names = {re.split(r"[\[>=<\s]", each)[0].lower() for each in asked}
    assert said["bomFormat"] == "CycloneDX"
    assert names - set(parts) == set()
    assert [name for name in names if not parts[name].get("version")] == []
    assert [name for name in names if not parts[name].get("licenses")] == []
