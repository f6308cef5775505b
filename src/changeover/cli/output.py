"""Where a command's result goes: stdout, or a file that is there only once it is whole."""

from __future__ import annotations

import codecs
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from changeover.cli.session import Stop


class Out(Protocol):
    """What a result is written to, as UTF-8."""

    def write(self, text: str, /) -> object:
        """Write some of it."""


def check_writable(path: Path | None) -> None:
    """End the command before its work if its result could not be kept."""
    if path is None:
        return
    if path.is_dir():
        raise Stop(f"{path} is a folder; name a file in it.")
    if not path.parent.is_dir():
        raise Stop(f"There is no folder {path.parent}; make it, or name a file elsewhere.")
    if not os.access(path if path.exists() else path.parent, os.W_OK):
        raise Stop(f"{path} may not be written; name another file or change the rights.")


@contextmanager
def written(path: Path | None) -> Iterator[Out]:
    """Write to ``path``, or to stdout if that is None; where writing fails an older file stays as it was."""
    if path is None:
        sys.stdout.flush()
        yield codecs.getwriter("utf-8")(sys.stdout.buffer)
        sys.stdout.buffer.flush()
    elif path.exists() and not path.is_file():
        with path.open("w", encoding="utf-8", newline="") as device:
            yield device
    else:
        yield from _replaced(path)


def _replaced(path: Path) -> Iterator[Out]:
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:100]}.")
    except OSError as problem:
        raise Stop(f"{path} cannot be written ({problem.strerror}); name another file.") from None
    part = Path(name)
    try:
        with open(handle, "w", encoding="utf-8", newline="") as file:  # noqa: PTH123 - an open file, not a path
            yield file
        part.chmod(path.stat().st_mode & 0o777 if path.exists() else 0o666 & ~_umask())
        part.replace(path)
    except OSError as problem:
        raise Stop(f"{path} could not be written ({problem.strerror}); nothing was changed.") from None
    finally:
        part.unlink(missing_ok=True)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
