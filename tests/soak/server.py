"""A PostgreSQL server of a run's own."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterator
from pathlib import Path

from changeover.database.embedded import Server, discard, ensure_running
from program import template


@contextlib.contextmanager
def own_server(*, durable: bool) -> Iterator[tuple[Path, Server]]:
    """A server with the template database, and its folder; deleted at the end."""
    data = Path(tempfile.mkdtemp(prefix="changeover-soak-"))
    data.chmod(0o711)
    try:
        server = ensure_running(data, None, durable=durable)
        template(server)
        yield data, server
    finally:
        discard(data)
        (data / ".lock").unlink(missing_ok=True)
        data.rmdir()
