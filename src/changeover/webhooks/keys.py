"""The board's key and those before it: secrets are derived and sealed with it, links are signed."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import hmac
import os
import secrets
import tempfile
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from changeover.settings import KEY_FILE, Settings

_FILE = "secret-key"


class Keys:
    """The generations of the board's key, the newest first: it makes what is made, and each is good to read with.

    A secret is derived from the newest and its own ids, and kept sealed (`webhooks.sealed`), so that it outlives the
    key that it was derived from. A database alone, or a dump of it, opens none.
    """

    def __init__(self, *keys: bytes) -> None:
        self._keys = keys

    @property
    def ids(self) -> list[str]:
        """What each generation is called where something is kept under it: 64 bits in hex that tell nothing of it."""
        return [hmac.digest(key, b"id", hashlib.sha256).hex()[:16] for key in self._keys]

    def secret(self, *ids: int) -> str:
        """The secret with these ids: 256 bits as URL-safe text, the same as long as the key is the newest."""
        return _secret(self._keys[0], ids)

    def secrets(self, *ids: int) -> list[str]:
        """What the secret with these ids is under each generation."""
        return [_secret(key, ids) for key in self._keys]

    def mark(self, purpose: str, *ids: int) -> str:
        """What stands behind ids in an address, so that nobody can make one up: 128 bits in hex."""
        return _mark(self._keys[0], purpose, ids)

    def marked(self, told: str, purpose: str, *ids: int) -> bool:
        """Whether this is the mark of these ids under any generation; all are compared, so the time tells nothing."""
        right = [hmac.compare_digest(_mark(key, purpose, ids).encode(), told.encode()) for key in self._keys]
        return any(right)

    def sealed(self, purpose: str, text: str, now: datetime) -> str:
        """Text that only this board can make and read, fit for an address."""
        return self._box(purpose).encrypt_at_time(text.encode(), int(now.timestamp())).decode()

    def unsealed(self, purpose: str, sealed: str, now: datetime, life: timedelta | None = None) -> str | None:
        """What was sealed for this purpose, within ``life`` where one is given, or None."""
        box = self._box(purpose)
        try:
            if life is None:
                return box.decrypt(sealed.encode()).decode()
            seconds = int(life.total_seconds())
            return box.decrypt_at_time(sealed.encode(), seconds, int(now.timestamp())).decode()
        except (InvalidToken, UnicodeEncodeError):
            return None

    def _box(self, purpose: str) -> MultiFernet:
        raw = [hmac.digest(key, f"seal:{purpose}".encode(), hashlib.sha256) for key in self._keys]
        return MultiFernet([Fernet(base64.urlsafe_b64encode(each)) for each in raw])


def _secret(key: bytes, ids: Sequence[int]) -> str:
    said = b"secret:" + b":".join(str(each).encode() for each in ids)
    return base64.urlsafe_b64encode(hmac.digest(key, said, hashlib.sha256)).rstrip(b"=").decode()


def _mark(key: bytes, purpose: str, ids: Sequence[int]) -> str:
    said = f"{purpose}:{':'.join(str(each) for each in ids)}"
    return hmac.digest(key, said.encode(), hashlib.sha256).hex()[:32]


def webhook_secret(secret: str) -> str:
    """A secret in the form of Standard Webhooks: ``whsec_`` and 256 bits in base64."""
    return f"whsec_{base64.b64encode(base64.urlsafe_b64decode(secret + '=')).decode()}"


def digest(secret: str) -> bytes:
    """What is kept of a secret. SHA-256 is enough: it has 256 random bits, so there is nothing to guess."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()


def keys_of(settings: Settings) -> Keys:
    """The keys of this board: the setting `secret_key`, else a file in the data folder, and those before it."""
    return Keys(*(_raw(each, settings.data) for each in settings.secret_keys))


def _raw(key: str, folder: Path) -> bytes:
    return _kept(folder) if key == KEY_FILE else hashlib.sha256(key.encode()).digest()


@cache
def _kept(folder: Path) -> bytes:
    path = folder / _FILE
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(dir=folder, prefix=f".{_FILE}-")
        with os.fdopen(descriptor, "wb") as file:
            file.write(secrets.token_bytes(32))
        # Linked, not renamed: of two processes that start at once the first one's stands, whole.
        with contextlib.suppress(FileExistsError):
            os.link(name, path)
        Path(name).unlink()
    return path.read_bytes()
