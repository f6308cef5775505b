"""The list of commands says what the commands say, and comes at once."""

from __future__ import annotations

import subprocess
import sys

import pytest
from typer.main import get_command
from typer.testing import CliRunner

from changeover.cli import COMMANDS, app, on_call

HEAVY = ("polars", "scipy", "pyarrow", "fastapi", "psycopg", "sqlalchemy", "lxml", "changeover.app")


@pytest.mark.parametrize("name", COMMANDS)
def test_each_is_listed_as_it_introduces_itself(name: str) -> None:
    command = on_call.OnCallCommands(COMMANDS)[name]
    assert command.help.split("\n\n")[0].replace("\n", " ") == COMMANDS[name].caption


def test_every_module_with_commands_is_listed_whole() -> None:
    listed = getattr(get_command(app), "commands", {})
    for module in {each.module for each in COMMANDS.values()}:
        assert set(on_call.registered(module)) == {name for name in listed if COMMANDS[name].module == module}


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import sys; from typer.testing import CliRunner; from changeover.cli import app\n"
        "assert 'match' in CliRunner().invoke(app, ['--help']).stdout\n"
        f"print([name for name in {HEAVY} if name in sys.modules])"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_without_a_command_the_help_is_shown() -> None:
    ended = CliRunner().invoke(app, [])
    assert ended.exit_code == 2
    assert "Commands:" in ended.output


def test_a_slip_is_answered_with_the_command_that_was_meant() -> None:
    ended = CliRunner().invoke(app, ["macth"])
    assert ended.exit_code == 2
    assert "Did you mean 'match'?" in ended.stderr
