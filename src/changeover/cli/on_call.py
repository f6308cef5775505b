"""Commands whose modules are imported when they are called, so that help comes at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperGroup
from typer.main import get_command


@dataclass(frozen=True, slots=True)
class OnCall:
    """A command in a module of this package that has ``register``; ``caption`` is what the list of commands says."""

    module: str
    caption: str


class OnCallCommands(Mapping[str, Any]):
    """The commands by name; asking for one imports its module."""

    def __init__(self, known: Mapping[str, OnCall]) -> None:
        self.known = known

    def __getitem__(self, name: str) -> Any:
        return registered(self.known[name].module)[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.known)

    def __len__(self) -> int:
        return len(self.known)


def registered(module: str) -> Mapping[str, Any]:
    """The commands that a module of this package registers, by name."""
    app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)
    # With a callback it is a group of commands, even of one.
    app.callback()(lambda: None)
    import_module(f"changeover.cli.{module}").register(app)
    commands: Mapping[str, Any] = getattr(get_command(app), "commands", {})
    return commands


def group_of(known: Mapping[str, OnCall]) -> type[TyperGroup]:
    """The class of a group that has these commands."""

    class Group(TyperGroup):
        """Lists the captions, and imports only what is called."""

        def __init__(self, **said: Any) -> None:
            super().__init__(**said)
            self.commands: Any = OnCallCommands(known)

        def format_commands(self, ctx: Any, formatter: Any) -> None:
            """The list of commands in the help, without importing any."""
            del ctx
            with formatter.section("Commands"):
                formatter.write_dl([(name, each.caption) for name, each in known.items()])

    return Group
