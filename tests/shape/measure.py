"""How large the project's modules and functions are, and what each module says of itself."""

from __future__ import annotations

import ast
import subprocess
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from statistics import median

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "changeover"


@dataclass(frozen=True)
class Module:
    """One Python file; its path is relative to the project."""

    path: Path

    @cached_property
    def text(self) -> str:
        return (ROOT / self.path).read_text()

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    @property
    def lines(self) -> int:
        return len(self.text.splitlines())

    @property
    def caption(self) -> str:
        return (ast.get_docstring(self.tree) or "").partition("\n")[0]

    @property
    def functions(self) -> dict[str, int]:
        """The length in lines of each function, from its ``def`` to its end, by name and line."""
        return {
            f"{self.path}:{node.lineno} {node.name}": (node.end_lineno or node.lineno) - node.lineno + 1
            for node in ast.walk(self.tree)
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        }


def modules(*folders: str) -> list[Module]:
    """The Python files in these folders of the project."""
    found = (path for folder in folders for path in (ROOT / folder).rglob("*.py"))
    return [Module(path.relative_to(ROOT)) for path in sorted(found)]


def tracked() -> list[Path]:
    """Every file that is or will be committed, relative to the project."""
    command = ["git", "-c", "safe.directory=*", "ls-files", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [Path(line) for line in listed.splitlines() if (ROOT / line).is_file()]


def medians() -> str:
    """One line for the end of a test run."""
    source = [module for module in modules("src") if module.lines > 1]
    functions = [length for module in source for length in module.functions.values()]
    return (
        f"{len(source)} modules, median {median(module.lines for module in source):.0f} lines; "
        f"{len(functions)} functions, median {median(functions):.0f} lines"
    )
