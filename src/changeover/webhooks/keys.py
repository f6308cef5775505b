"""The board's key, and the secrets derived from it: hashed where kept, and yet fit to sign with."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import hmac
import os
import secrets
import tempfile
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken

from changeover.settings import Settings

_FILE = "secret-key"


class Keys:
    """Derives each secret from the board's key and the secret's own id, so that none needs to be kept.

    A database alone, or a backup of it, holds only hashes: it verifies a secret and signs nothing.
    """

    def __init__(self, key: bytes) -> None:
        self._key = key

    def secret(self, *ids: int) -> str:
        """The secret with these ids: 256 bits as URL-safe text, the same each time it is asked for."""
        said = b"secret:" + b":".join(str(each).encode() for each in ids)
        return base64.urlsafe_b64encode(hmac.digest(self._key, said, hashlib.sha256)).rstrip(b"=").decode()

    def webhook_secret(self, *ids: int) -> str:
        """The secret with these ids in the form of Standard Webhooks: ``whsec_`` and 256 bits in base64."""
        return f"whsec_{base64.b64encode(base64.urlsafe_b64decode(self.secret(*ids) + '=')).decode()}"

    def mark(self, purpose: str, *ids: int) -> str:
        """What stands behind ids in an address, so that nobody can make one up: 128 bits in hex."""
        said = f"{purpose}:{':'.join(str(each) for each in ids)}"
        return hmac.digest(self._key, said.encode(), hashlib.sha256).hex()[:32]

    def sealed(self, purpose: str, text: str, now: datetime) -> str:
        """Text that only this key can make and read, fit for an address."""
        return self._box(purpose).encrypt_at_time(text.encode(), int(now.timestamp())).decode()

    def unsealed(self, purpose: str, sealed: str, now: datetime, life: timedelta) -> str | None:
        """What was sealed for this purpose within ``life``, or None."""
        try:
            seconds = int(life.total_seconds())
            return self._box(purpose).decrypt_at_time(sealed.encode(), seconds, int(now.timestamp())).decode()
        except (InvalidToken, UnicodeEncodeError):
            return None

    def _box(self, purpose: str) -> Fernet:
        return Fernet(base64.urlsafe_b64encode(hmac.digest(self._key, f"seal:{purpose}".encode(), hashlib.sha256)))


def digest(secret: str) -> bytes:
    """What is kept of a secret. SHA-256 is enough: it has 256 random bits, so there is nothing to guess."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()


def keys_of(settings: Settings) -> Keys:
    """The keys of this board: of the setting `secret_key`, else of a file in the data folder, made once."""
    if settings.secret_key is not None:
        return Keys(hashlib.sha256(settings.secret_key.get_secret_value().encode()).digest())
    return _kept(settings.data)


@cache
def _kept(folder: Path) -> Keys:
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
    return Keys(path.read_bytes())
