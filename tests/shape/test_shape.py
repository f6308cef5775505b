"""The project keeps the shape that it promises its contributors."""

from __future__ import annotations

import ast
import importlib
import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from typer.main import get_command

from changeover.settings import descriptions
from shape.measure import ROOT, SOURCE, modules, tracked

VAGUE = {"util", "utils", "helper", "helpers", "service", "services", "manager", "managers", "common", "base", "misc"}
SOURCES = modules("src")
PYTHON = modules("src", "tests", "bench")
CORE = (
    "job.py",
    "refusal.py",
    "wording.py",
    "sources/mapping.py",
    "sources/source.py",
    "snapshot/delisting.py",
    "snapshot/difference.py",
    "snapshot/drift.py",
    "match/*.py",
    "migration/state.py",
    "migration/readiness.py",
    "postings/posting.py",
    "postings/promise.py",
    "apply/questions.py",
    "apply/application.py",
    "contracts/wrapping.py",
    "widgets/evidence.py",
    "widgets/profile.py",
    "widgets/requirements.py",
    "widgets/vocabulary.py",
)
CLOCKS = {"now", "utcnow", "today", "monotonic", "perf_counter", "time_ns"}

# Written in parts, or this file would hold what it forbids.
FORBIDDEN = {
    "a package registry's host": r"pypi\." + "org|python" + r"hosted\.org|registry\.npm" + r"js|deb\.deb" + r"ian\.org",
    "a path of one machine": "/" + r"work/(main|shared)\b|/" + r"root/\w|/" + r"home/\w+/\w",
    "work that is left open": r"\b(TO" + r"DO|FIX" + r"ME|XX" + r"X)\b",
}
# Lists of cities, words and openings, and pages of sample sites: no text of ours.
DATA = {".csv", ".json", ".jsonl", ".xml", ".html", ".gz", ".parquet", ".png", ".ico"}


def core() -> set[str]:
    found = {path for pattern in CORE for path in SOURCE.glob(pattern) if path.name not in ("store.py", "__init__.py")}
    return {".".join(path.relative_to(SOURCE.parent).with_suffix("").parts) for path in found}


def contract(which: str) -> dict[str, Any]:
    """A contract of import-linter's, by its id."""
    with (ROOT / "pyproject.toml").open("rb") as file:
        contracts = tomllib.load(file)["tool"]["importlinter"]["contracts"]
    found: dict[str, Any] = next(each for each in contracts if each["id"] == which)
    return found


def commands(command: object, path: tuple[str, ...] = ()) -> Iterator[tuple[str, object]]:
    inner = getattr(command, "commands", None)
    if inner is None:
        yield " ".join(path), command
        return
    for name, each in inner.items():
        yield from commands(each, (*path, name))


def all_commands() -> dict[str, object]:
    app = getattr(importlib.import_module("changeover.cli"), "app", None)
    assert app is not None, "changeover.cli has no typer application called app"
    return dict(commands(get_command(app)))


class TestEveryModule:
    def test_says_in_one_line_what_it_is(self) -> None:
        assert [m.path for m in SOURCES if not 0 < len(m.caption) <= 100] == []

    def test_says_something_that_no_other_says(self) -> None:
        captions = Counter(module.caption for module in SOURCES)
        assert [caption for caption, times in captions.items() if times > 1] == []

    def test_is_named_for_what_it_does(self) -> None:
        assert [m.path for m in PYTHON if VAGUE & {part.removesuffix(".py") for part in m.path.parts}] == []

    def test_has_at_most_400_lines(self) -> None:
        assert {str(m.path): m.lines for m in PYTHON if m.lines > 400} == {}

    def test_has_no_function_over_60_lines(self) -> None:
        assert {name: lines for m in PYTHON for name, lines in m.functions.items() if lines > 60} == {}

    def test_of_the_core_is_held_to_the_cores_contract(self) -> None:
        assert sorted(core() ^ set(contract("core")["source_modules"])) == []

    def test_stands_where_contributors_are_told_that_it_does(self) -> None:
        layers = " \N{SINGLE RIGHT-POINTING ANGLE QUOTATION MARK} ".join(
            re.sub("[()]", "", layer) for layer in contract("downwards")["layers"]
        )
        assert f"`{layers}`" in (ROOT / "CONTRIBUTING.md").read_text()

    def test_of_the_core_is_told_the_time(self) -> None:
        asked = [
            f"{module.path}:{node.lineno}"
            for module in SOURCES
            if ".".join(module.path.with_suffix("").parts[1:]) in core()
            for node in ast.walk(module.tree)
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in CLOCKS
        ]
        assert asked == []

    def test_leaves_the_environment_to_the_settings(self) -> None:
        readers = [m.path.name for m in SOURCES if re.search(r"\bos\.environ\b|\bgetenv\b", m.text)]
        assert readers == ["settings.py"]


class TestTheScriptsOfThePages:
    def test_have_at_most_200_lines_together(self) -> None:
        scripts = {path: len((ROOT / path).read_text().splitlines()) for path in tracked() if path.suffix == ".js"}
        embedded = {path: lines for path, lines in scripts.items() if "widgets" in path.parts}
        assert sum(embedded.values()) <= 220, embedded
        assert sum(scripts.values()) - sum(embedded.values()) <= 200, scripts


class TestEveryFile:
    @pytest.mark.parametrize("what", FORBIDDEN)
    def test_is_free_of(self, what: str) -> None:
        texts = {
            path: (ROOT / path).read_text(errors="replace")
            for path in tracked()
            if path.suffix not in DATA and path.name != "LICENSE"
        }
        found = [
            f"{path}:{text.count(chr(10), 0, match.start()) + 1}: {match[0]}"
            for path, text in texts.items()
            for match in re.finditer(FORBIDDEN[what], text)
        ]
        assert found == []

    def test_of_requirements_is_pinned(self) -> None:
        with (ROOT / "pyproject.toml").open("rb") as file:
            project = tomllib.load(file)
        asked = sum(project["project"]["optional-dependencies"].values(), project["project"]["dependencies"])
        asked += [each for each in project["dependency-groups"]["dev"] if not each.startswith("changeover")]
        pinned = {re.split(r"[=\s]", pin)[0] for pin in project["tool"]["uv"]["constraint-dependencies"]}
        assert sorted({re.split(r"[\[>=<\s]", each)[0] for each in asked} - pinned) == []


class TestTheDocs:
    def test_explain_every_setting(self) -> None:
        text = (ROOT / "docs" / "settings.md").read_text()
        missing = [name for name, what in descriptions().items() if f"| `{name}` |" not in text or what not in text]
        assert missing == []

    def test_name_no_setting_that_is_not_there(self) -> None:
        rows = re.findall(r"^\| `(\w+)` \|", (ROOT / "docs" / "settings.md").read_text(), re.MULTILINE)
        assert set(rows) - set(descriptions()) == set()

    def test_name_every_command(self) -> None:
        text = (ROOT / "docs" / "commands.md").read_text()
        assert [name for name in all_commands() if f"`changeover {name}" not in text] == []

    def test_name_no_command_that_is_not_there(self) -> None:
        known = all_commands()
        named = re.findall(r"^\| `changeover ([a-z][a-z -]*?)(?: [A-Z\[-].*?)?` \|", text_of_commands(), re.MULTILINE)
        assert [name for name in named if name not in known] == []

    def test_show_an_example_of_every_command(self) -> None:
        lacking = [name for name, each in all_commands().items() if "xample" not in (getattr(each, "help", "") or "")]
        assert lacking == []

    def test_link_to_files_that_are_there(self) -> None:
        pages = [path for path in tracked() if path.suffix == ".md"]
        broken = [
            f"{page}: {target}"
            for page in pages
            for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", (ROOT / page).read_text())
            if not (ROOT / page.parent / target).exists()
        ]
        assert broken == []


def text_of_commands() -> str:
    return (ROOT / "docs" / "commands.md").read_text()
