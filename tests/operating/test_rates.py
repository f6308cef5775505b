"""Web processes of one board count a credential's minute together, and each says what is left of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from changeover.database.connection import Address
from changeover.database.embedded import Server
from operating.processes import Program, ask
from program import fresh_database

LIMIT = 40
TOKEN = "t0ken-" + "o" * 40


@pytest.fixture
def address(server: Server, _template: None) -> Iterator[Address]:
    with fresh_database(server) as address:
        yield address


def test_what_is_left_is_true_whichever_process_answers(address: Address, tmp_path: Path) -> None:
    settings = {"CHANGEOVER_API_REQUESTS_PER_MINUTE": str(LIMIT), "CHANGEOVER_OPERATOR_TOKENS": TOKEN}
    program = Program(tmp_path, address.owner, settings=settings)
    with ExitStack() as stack:
        serve = ("serve", "--port", "0", "--no-worker")
        boards = [stack.enter_context(program.begun(*serve, until="Ctrl-C")) for _ in range(2)]
        left, taken = [], 0
        for nth in range(LIMIT + 4):
            status, _, heads = ask(f"{boards[nth % 2].url}/api/v1/session", token=TOKEN)
            taken += status != 429
            left.append(int(re.findall(r"r=(\d+)", heads["ratelimit"])[0]))
    # A minute ends while they ask, where the machine is busy: then what is left is more than it was.
    again = next((n for n in range(1, len(left)) if left[n] > left[n - 1]), None)
    if again is None:
        assert taken == LIMIT
        assert left == [max(LIMIT - 1 - n, 0) for n in range(LIMIT + 4)]
    else:
        assert left[:again] == [max(LIMIT - 1 - n, 0) for n in range(again)]
