"""Ids fit 63 bits, rise, and never repeat."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from changeover.ids import IdMaker, new_ids


def test_ids_are_positive_numbers_of_63_bits_in_rising_order() -> None:
    made = [*IdMaker().many(5_000)]
    assert made == sorted(set(made))
    assert made[0] > 0
    assert made[-1] < 2**63


def test_single_ids_and_many_share_one_order() -> None:
    maker = IdMaker()
    made = [maker(), *maker.many(3_000), maker(), *maker.many(1)]
    assert made == sorted(set(made))
    assert maker.many(0) == []


def test_threads_never_get_the_same_id() -> None:
    maker = IdMaker()
    with ThreadPoolExecutor(8) as pool:
        batches = list(pool.map(lambda _: maker.many(500), range(40)))
    made = [each for batch in batches for each in batch]
    assert len(set(made)) == 20_000


def test_a_clock_that_jumps_back_brings_no_id_back(monkeypatch: pytest.MonkeyPatch) -> None:
    maker = IdMaker()
    first = maker()
    now = time.time_ns()
    monkeypatch.setattr(time, "time_ns", lambda: now - 3_600_000_000_000)
    assert maker() > first


def test_two_processes_differ_in_the_same_millisecond(monkeypatch: pytest.MonkeyPatch) -> None:
    now = time.time_ns()
    monkeypatch.setattr(time, "time_ns", lambda: now)
    makers = [IdMaker() for _ in range(20)]
    # Twelve random bits name a process: twenty are not likely to share so few.
    assert len({maker() for maker in makers}) > 15


def test_ids_of_a_later_time_are_larger_whoever_made_them(monkeypatch: pytest.MonkeyPatch) -> None:
    early = new_ids()
    later = time.time_ns() + 60_000_000_000
    monkeypatch.setattr(time, "time_ns", lambda: later)
    assert IdMaker()() > early
