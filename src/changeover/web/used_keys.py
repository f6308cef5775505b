"""The one-time keys that were used, remembered until they would have run out by themselves."""

from __future__ import annotations

import os
import time
from pathlib import Path


class UsedKeys:
    """A file for each used key in ``folder``, so that a link is used once by all processes, also after a restart.

    Without a folder the keys are remembered by this process alone.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder
        self._here: dict[str, float] = {}

    def first(self, nonce: str, until: float) -> bool:
        """True the first time that ``nonce`` is used; it is remembered until ``until``, in seconds since 1970."""
        if self._folder is None:
            self._here = {key: end for key, end in self._here.items() if end > time.time()}
            return nonce not in self._here and self._here.setdefault(nonce, until) == until
        self._folder.mkdir(mode=0o700, exist_ok=True)
        self._forget(self._folder)
        file = self._folder / f"key-{nonce}"
        try:
            os.close(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        except FileExistsError:
            return False
        os.utime(file, (until, until))
        return True

    @staticmethod
    def _forget(folder: Path) -> None:
        for file in folder.iterdir():
            # A minute more, for a file that another process has made and not yet dated.
            if file.stat().st_mtime + 60 < time.time():
                file.unlink(missing_ok=True)
