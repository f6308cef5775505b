"""The reference pages of the site, written from the code each time the site is built, so that they cannot be stale."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fastapi import FastAPI
from typer.main import get_command
from typer.testing import CliRunner

import changeover
from changeover.api.description import TAGS, describe
from changeover.cli import app as command_line
from changeover.console.causes import CAUSES
from changeover.faces import API
from changeover.match import evidence
from changeover.settings import PREFIX, Settings, descriptions
from changeover.web.metrics import Metrics

if TYPE_CHECKING:
    from sphinx.application import Sphinx

Lines = Iterator[str]


def setup(sphinx: Sphinx) -> dict[str, bool]:
    """Called by Sphinx."""
    sphinx.connect("builder-inited", lambda builder: write_pages(Path(builder.srcdir) / "reference"))
    return {"parallel_read_safe": True}


def write_pages(folder: Path) -> None:
    """One page a subject."""
    folder.mkdir(exist_ok=True)
    for page in folder.glob("*.md"):
        page.unlink()
    for name, lines in PAGES.items():
        (folder / f"{name}.md").write_text("\n".join(lines()) + "\n")


def _commands() -> Lines:
    yield from ("# Every command, in full", "", "What `changeover COMMAND --help` prints. [Commands](../commands.md)")
    yield from ("tells which to use when.", "")
    shell = CliRunner(env={"COLUMNS": "110", "NO_COLOR": "1"})
    for path in _under(get_command(command_line)):
        told = shell.invoke(command_line, [*path, "--help"], prog_name="changeover").output
        yield from (f"## changeover {' '.join(path)}", "", "```text", told.strip(), "```", "")


def _under(command: object, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    inner = getattr(command, "commands", None)
    if inner is None:
        yield path
    else:
        for name, each in sorted(inner.items()):
            yield from _under(each, (*path, name))


def _settings() -> Lines:
    yield from ("# Every setting, in a table", "", "[Settings](../settings.md) tells them by subject.", "")
    yield from _table(
        ("setting", "in the environment", "default", "means"),
        (
            (f"`{name}`", f"`{PREFIX}{name.upper()}`", _default(name), what)
            for name, what in sorted(descriptions().items())
        ),
    )


def _default(name: str) -> str:
    field = Settings.model_fields[name]
    if field.default_factory is not None:
        return "made at the start"
    return "none" if field.default in (None, "", ()) else f"`{field.default}`"


def _codes() -> Lines:
    yield from ("# Why a job is unmatched", "", "The groups of the review page, with the code on the wire.", "")
    for cause in CAUSES:
        yield from (f"## {cause.heading}", "", f"`{cause.code}`", "", cause.means, "", f"*What to do:* {cause.fix}", "")


def _evidence() -> Lines:
    yield from ("# The levels of evidence", "", "What the match can see in each field of two jobs, from which it")
    yield from ("weighs them. [How jobs are matched](../matching.md) tells what becomes of it.", "")
    yield from _table(
        ("field", "levels"),
        ((f"`{field}`", " · ".join(f"`{level}`" for level in ladder)) for field, ladder in evidence.LADDERS.items()),
    )


def _operations() -> Lines:
    web = FastAPI(title="Changeover", version=version("changeover"))
    for face in API:
        web.include_router(face.router)
    said = describe(web, "https://board.example")()
    yield from ("# Every operation of the API", "", said["info"]["description"], "")
    yield from ("A running board shows each with examples at `/api/`, and the document at `/api/openapi.json`.", "")
    for tag, what in TAGS.items():
        rows = list(_of_tag(said["paths"], tag))
        if rows:
            yield from (f"## {tag}", "", what, "")
            yield from _table(("operation", "does", "who"), rows)


def _of_tag(paths: dict[str, Any], tag: str) -> Iterator[tuple[str, str, str]]:
    for path, methods in paths.items():
        for method, operation in methods.items():
            if tag in operation["tags"]:
                who = " or ".join(sorted({name for each in operation["security"] for name in each})) or "anyone"
                yield f"`{method.upper()} {path}`", operation["summary"], who


def _metrics() -> Lines:
    yield from ("# Every metric", "", "What `/metrics` tells to Prometheus.", "")
    told = {}
    for line in Metrics().text().decode().splitlines():
        if line.startswith("# HELP "):
            name, what = line.removeprefix("# HELP ").split(" ", 1)
            told[name] = what
    yield from _table(("metric", "means"), ((f"`{name}`", what) for name, what in told.items()))


def _modules() -> Lines:
    yield from ("# Every module", "", "The tree of `src/changeover`: what each module says of itself.", "")
    source = Path(changeover.__file__).parent
    for folder in sorted({path.parent for path in source.rglob("*.py") if "revisions" not in path.parts}):
        told = {path.name: caption(path) for path in sorted(folder.glob("*.py"))}
        yield from (f"## {folder.relative_to(source.parent)}", "", told.pop("__init__.py", ""), "")
        yield from _table(("module", "what it is"), ((f"`{name}`", what) for name, what in told.items()))


def caption(path: Path) -> str:
    """What a module says of itself, in a line."""
    return (ast.get_docstring(ast.parse(path.read_text())) or "").partition("\n")[0]


def _table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> Lines:
    heads = tuple(heads)
    yield f"| {' | '.join(heads)} |"
    yield f"|{'---|' * len(heads)}"
    for row in rows:
        yield f"| {' | '.join(map(_cell, row))} |"
    yield ""


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


PAGES: dict[str, Callable[[], Lines]] = {
    "commands": _commands,
    "settings": _settings,
    "codes": _codes,
    "evidence": _evidence,
    "operations": _operations,
    "metrics": _metrics,
    "modules": _modules,
}
