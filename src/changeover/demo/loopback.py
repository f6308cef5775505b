"""An ASGI application answering on loopback from a thread of its own."""

from __future__ import annotations

import socket
import threading
import time
from types import TracebackType
from typing import Any, Self

import uvicorn

LOOPBACK = "127.0.0.1"
START_SECONDS = 10.0
STOP_SECONDS = 10.0
DRAIN_SECONDS = 2


class Loopback:
    """Serves an application while its block is open; ``url`` has no trailing slash.

    It has its own thread and event loop, so that it never waits for who reads it in the same process.
    ``port`` 0 takes any free port; OSError where the port is taken.
    """

    def __init__(self, application: Any, port: int = 0) -> None:
        # Naming the protocol makes asyncio send small answers at once (TCP_NODELAY); without it each waits 40 ms.
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        try:
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            self._socket.bind((LOOPBACK, port))
        except OSError:
            self._socket.close()
            raise
        self.url = f"http://{LOOPBACK}:{self._socket.getsockname()[1]}"
        config = uvicorn.Config(
            application,
            log_level="warning",
            access_log=False,
            lifespan="off",
            ws="none",
            timeout_graceful_shutdown=DRAIN_SECONDS,
        )
        self._server = uvicorn.Server(config)
        serving = {"sockets": [self._socket]}
        self._thread = threading.Thread(target=self._server.run, kwargs=serving, name="demo sites", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        deadline = time.monotonic() + START_SECONDS
        while not self._server.started:
            if not self._thread.is_alive() or time.monotonic() > deadline:
                raise RuntimeError(f"nothing answered at {self.url} within {START_SECONDS:.0f} s")
            time.sleep(0.01)
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._server.should_exit = True
        self._thread.join(STOP_SECONDS)
        self._socket.close()
