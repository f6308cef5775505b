"""Faults between any two words to the database: an exception, or a connection that is lost before or after one.

One hook at the connection counts what a task says (BEGIN and COMMIT too) while a fault is armed for it. Where only one
task is at work it also waits for the answer at once: to come back to it by the event loop costs as much as the answer.
"""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import waiting

# Raised before the word goes out; its connection cut before it goes out; cut when it was done but not answered.
KINDS = ("raised", "cut before", "cut after")


@dataclass
class Fault:
    """Strikes once, at the task's word number ``at``; ``said`` counts them."""

    at: int
    kind: str
    said: int = 0

    @property
    def struck(self) -> bool:
        """Whether there were so many words."""
        return self.said >= self.at


_ARMED: ContextVar[Fault | None] = ContextVar("armed", default=None)
_ALONE: ContextVar[bool] = ContextVar("alone", default=False)
_in_turn = psycopg.AsyncConnection.wait


async def _wait(conn: psycopg.AsyncConnection[Any], gen: Any, *args: Any, **named: Any) -> Any:
    if _ALONE.get():
        return waiting.wait(gen, conn.pgconn.socket, interval=0.1)
    return await _in_turn(conn, gen, *args, **named)


async def _counted(conn: psycopg.AsyncConnection[Any], *args: Any, **named: Any) -> Any:
    fault = _ARMED.get()
    if fault is None or fault.struck or _checking():
        return await _wait(conn, *args, **named)
    fault.said += 1
    if not fault.struck:
        return await _wait(conn, *args, **named)
    # Within a pipeline nothing but the connection itself can fail.
    if fault.kind == "cut before" or conn._pipeline is not None:
        _cut(conn)
        return await _wait(conn, *args, **named)
    if fault.kind == "cut after":
        await _wait(conn, *args, **named)
        _cut(conn)
    raise psycopg.OperationalError("struck by a test")


def _checking() -> bool:
    """Whether the pool looks at a connection before it hands it out, which says nothing to the database."""
    frame = sys._getframe(2)
    while frame is not None:
        if frame.f_code.co_name == "check_connection":
            return True
        if frame.f_globals["__name__"].startswith("changeover"):
            return False
        frame = frame.f_back  # type: ignore[assignment]
    return False


def _cut(conn: psycopg.AsyncConnection[Any]) -> None:
    with socket.socket(fileno=os.dup(conn.pgconn.socket)) as line:
        line.shutdown(socket.SHUT_RDWR)


def listen() -> None:
    """Have every connection's words counted from now on, in this process."""
    psycopg.AsyncConnection.wait = _counted  # type: ignore[method-assign, assignment]


@contextmanager
def alone() -> Iterator[None]:
    """Say that within the block nothing else is at work in this process that the answer could wait for."""
    token = _ALONE.set(True)
    try:
        yield
    finally:
        _ALONE.reset(token)


@contextmanager
def armed(fault: Fault) -> Iterator[Fault]:
    """Have it strike what this task, and those that it begins, say within the block."""
    token = _ARMED.set(fault)
    try:
        yield fault
    finally:
        _ARMED.reset(token)
