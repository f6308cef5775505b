"""The embedded server's log, kept segment by segment in a folder of backups as it is written."""

from __future__ import annotations

from pathlib import Path

from changeover.database.folders import Home
from changeover.database.refused import DatabaseRefused

LOG = "log"
_RECORD = "archive-folder"
# A segment is handed over no later than this after its first word: what a lost disk can take with it.
_SECONDS = 60
# One that is there already is compared: PostgreSQL hands one over twice where it is killed just after the first time.
_KEEP = (
    'to="{folder}/%f.gz"; if test -e "$to"; then gzip -dc "$to" | cmp -s - "%p"; '
    'else gzip -1 < "%p" > "$to.part" && sync "$to.part" && mv "$to.part" "$to"; fi'
)
_FETCH = 'test -e "{folder}/%f.gz" && gzip -dc "{folder}/%f.gz" > "%p"'


def options(home: Home) -> dict[str, str]:
    """The server's options: every start can archive, though it throws away until a folder is told."""
    folder = folder_of(home)
    kept = _KEEP.format(folder=folder / LOG) if folder else "true"
    return {"archive_mode": "on", "archive_command": kept, "archive_timeout": str(_SECONDS if folder else 0)}


def recovery(folder: Path, to: str) -> dict[str, str]:
    """The options of a start that replays the log of a folder of backups, to its end or to a moment.

    Nobody is answered before it is done: the server would let readers in while it replays.
    """
    told = {"restore_command": _FETCH.format(folder=folder / LOG), "hot_standby": "off", "archive_mode": "off"}
    return told | ({"recovery_target_time": to, "recovery_target_action": "promote"} if to else {})


def folder_of(home: Home) -> Path | None:
    """The folder of backups that the log is kept in, or None."""
    record = home.path / _RECORD
    return Path(record.read_text().strip()) if record.is_file() else None


def keep_in(home: Home, folder: Path | None) -> None:
    """Keep the log in this folder from the next reading of the server's options on; None keeps it no more."""
    if folder is None:
        (home.path / _RECORD).unlink(missing_ok=True)
    else:
        home.write(_RECORD, f"{folder}\n")


def fit(folder: Path) -> Path:
    """The folder with its whole path. Raises DatabaseRefused for one that a shell or PostgreSQL would read."""
    whole = folder.expanduser().absolute()
    for character in "\"'$`\\\n%":
        if character in str(whole):
            raise DatabaseRefused(
                f"The folder {whole} has the character {character!r} in its path, which PostgreSQL's own tools cannot "
                "take. Name another folder."
            )
    return whole
