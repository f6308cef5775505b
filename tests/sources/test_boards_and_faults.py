"""Every ATS met with every fault over real HTTP: whole, partial or failed with the true reason, never emptied."""

from __future__ import annotations

import dataclasses
import gzip
import ipaddress
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from changeover.sources import ats_boards, registry
from changeover.sources.source import Completeness, Reading

from .board_plays import JOBS, PLAYS, Play
from .conftest import QUICK
from .local_server import Asked, LocalServer, Told

RULES = dataclasses.replace(
    QUICK,
    allow_private=False,
    networks=(ipaddress.ip_network("127.0.0.1/32"),),
    page_bytes=1_000_000,
    feed_bytes=1_000_000,
    silence_seconds=30,
    attempts=2,
    first_wait=0,
    parallel=8,
)
# How long a server may be silent is cut short only where it is: a busy machine answers late too.
IMPATIENT = dataclasses.replace(RULES, silence_seconds=0.5, attempts=1)
ZEROS = gzip.compress(bytes(40_000_000), mtime=0)
Spoil = Callable[[Told], Told]


@dataclass(frozen=True)
class Fault:
    """What goes wrong, with which requests (by their number, from 1), and the codes that may be told of it."""

    name: str
    spoil: Spoil
    codes: frozenset[str]
    spoils: Callable[[int], bool] = lambda _number: True


def _status(status: int, **headers: str) -> Spoil:
    return lambda _told: Told(b"no", status, {name.replace("_", "-"): value for name, value in headers.items()})


def _body(body: bytes, **headers: str) -> Spoil:
    return lambda _told: Told(body, headers={name.replace("_", "-"): value for name, value in headers.items()})


def _half(told: Told) -> Told:
    return dataclasses.replace(told, body=told.body[: len(told.body) // 2], length=len(told.body))


def _slow(told: Told) -> Told:
    return dataclasses.replace(told, drip=(max(1, len(told.body) // 3), 60))


SHAPES = frozenset(("NOT_THIS_KIND", "NOT_A_FEED", "NO_DETAIL", "EMPTY", "NO_JOBS", "NO_RECORDS", "NOT_XML",
                    "NOT_A_JOB_SOURCE"))  # fmt: skip
SPOILS: tuple[tuple[str, Spoil, frozenset[str]], ...] = (
    ("429 that asks for an hour", _status(429, Retry_After="3600"), frozenset(("HTTP_429",))),
    ("503", _status(503), frozenset(("HTTP_503",))),
    ("403", _status(403), frozenset(("HTTP_403",))),
    ("truncated", _half, frozenset(("CUT_OFF",))),
    ("slow bytes", _slow, frozenset(("TOO_SLOW",))),
    ("redirect to a metadata service", _status(302, Location="http://169.254.169.254/latest"),
     frozenset(("PRIVATE_ADDRESS",))),
    ("redirect to a private address", _status(307, Location="http://10.0.0.1/"), frozenset(("PRIVATE_ADDRESS",))),
    ("web page under 200", _body(b"<!doctype html><body>Sign in</body>", Content_Type="text/html"), SHAPES),
    ("other JSON under 200", _body(b'{"error": "unknown"}', Content_Type="application/json"), SHAPES),
    ("nothing under 200", _body(b""), SHAPES),
    ("bomb of zeros", _body(ZEROS, Content_Encoding="gzip"), frozenset(("TOO_LARGE", "COMPRESSION_BOMB"))),
)  # fmt: skip
FROM_THE_START = [Fault(name, spoil, codes) for name, spoil, codes in SPOILS]
MIDWAY = [Fault(name, spoil, codes, lambda number: number > 2) for name, spoil, codes in SPOILS]
PASSING = [
    Fault("429 once", _status(429, Retry_After="0"), frozenset(), lambda number: number == 1),
    Fault("500 once, midway", _status(500), frozenset(), lambda number: number == 2),
    Fault("truncated once", _half, frozenset(), lambda number: number == 1),
    Fault(
        "wrong content type",
        lambda told: dataclasses.replace(told, headers={"Content-Type": "image/png"}),
        frozenset(),
    ),
    Fault(
        "compressed",
        lambda told: Told(gzip.compress(told.body, mtime=0), headers={"Content-Encoding": "gzip"}),
        frozenset(),
    ),
]

each_board = pytest.mark.parametrize("play", PLAYS, ids=lambda play: play.kind)
STREAMED = ("personio", "teamtailor")
"""Feeds: they are read as they come, so what was cut off is not asked for again at once."""


def fault_name(fault: Fault) -> str:
    return fault.name


async def read(site: LocalServer, play: Play, fault: Fault | None = None, jobs: int = JOBS) -> Reading:
    number = 0

    def answer(asked: Asked) -> Told:
        nonlocal number
        number += 1
        told = play.answer(asked, jobs)
        return fault.spoil(told) if fault and fault.spoils(number) else told

    site.pages["*"] = answer
    rules = IMPATIENT if fault and fault.spoil is _slow else RULES
    reading = await registry.read(site.url + play.path, play.kind, rules)
    assert all(problem.sentence.endswith(".") for problem in reading.problems)
    return reading


def told_jobs(play: Play) -> int:
    return JOBS * 5 if play.kind == "lever" else JOBS


@each_board
async def test_a_board_that_answers_is_read_whole(site: LocalServer, play: Play) -> None:
    reading = await read(site, play)
    assert (reading.completeness, len(reading.jobs), reading.unreadable) == (Completeness.COMPLETE, told_jobs(play), 0)
    assert len(site.asked) == play.asks
    assert {job.title for job in reading.jobs} == {f"Job {n}" for n in range(told_jobs(play))}
    assert not [problem for problem in reading.problems if problem.code != "ID_REPEATED"]


@each_board
@pytest.mark.parametrize("fault", PASSING, ids=fault_name)
async def test_a_fault_that_passes_leaves_no_trace(site: LocalServer, play: Play, fault: Fault) -> None:
    if fault.name == "truncated once" and play.kind in STREAMED:
        fault = PASSING[0]
    reading = await read(site, play, fault)
    assert (reading.completeness, len(reading.jobs)) == (Completeness.COMPLETE, told_jobs(play))


@each_board
@pytest.mark.parametrize("fault", FROM_THE_START, ids=fault_name)
async def test_a_fault_from_the_start_fails_with_its_reason(site: LocalServer, play: Play, fault: Fault) -> None:
    reading = await read(site, play, fault)
    assert not reading.complete
    assert reading.problems[0].code in fault.codes, reading.problems
    if reading.completeness is Completeness.FAILED:
        assert len(reading.jobs) == 0


@pytest.mark.parametrize("play", [play for play in PLAYS if play.in_steps], ids=lambda play: play.kind)
@pytest.mark.parametrize("fault", MIDWAY, ids=fault_name)
async def test_a_fault_midway_leaves_it_partial_with_its_reason(site: LocalServer, play: Play, fault: Fault) -> None:
    reading = await read(site, play, fault)
    assert reading.completeness is Completeness.PARTIAL
    assert len(reading.jobs) < told_jobs(play)
    assert fault.codes & {problem.code for problem in reading.problems}, reading.problems


@each_board
async def test_an_empty_board_is_whole_or_said_to_be_unproven(site: LocalServer, play: Play) -> None:
    reading = await read(site, play, jobs=0)
    assert len(reading.jobs) == 0
    board = ats_boards.named(play.kind)
    if board and not board.knows_itself:
        assert (reading.completeness, reading.problems[0].code) == (Completeness.PARTIAL, "EMPTY_UNPROVEN")
    else:
        assert reading.completeness is Completeness.COMPLETE, reading.problems


PAGED = ("lever", "smartrecruiters", "workday", "oracle", "eightfold", "jibe")


@pytest.mark.parametrize("play", [play for play in PLAYS if play.kind in PAGED], ids=lambda play: play.kind)
async def test_pages_that_go_round_in_a_circle_are_seen(site: LocalServer, play: Play) -> None:
    first: list[Told] = []

    def answer(asked: Asked) -> Told:
        told = play.answer(asked, JOBS)
        if not first:
            first.append(told)
        is_list = asked.path == play.path
        return first[0] if is_list else told

    site.pages["*"] = answer
    reading = await registry.read(site.url + play.path, play.kind, RULES)
    assert reading.completeness is Completeness.PARTIAL
    assert "PAGES_REPEAT" in [problem.code for problem in reading.problems]


def _hostile(told: Told) -> Told:
    """A script in every title, place and description, in whatever form the answer has."""
    script, where = b"\\u003cscript\\u003ealert(1)\\u003c/script\\u003e", told.headers.get("Content-Type", "")
    if b"json" not in where.encode():
        script = b"&lt;script&gt;alert(1)&lt;/script&gt;"
    body = told.body
    for word in (b"Job ", b"Bern", b"Told"):
        body = body.replace(word, script + word)
    return dataclasses.replace(told, body=body)


@each_board
async def test_a_script_in_every_field_is_neutral(site: LocalServer, play: Play) -> None:
    reading = await read(site, play, Fault("script", _hostile, frozenset()))
    assert (reading.completeness, len(reading.jobs)) == (Completeness.COMPLETE, told_jobs(play))
    for job in reading.jobs:
        assert "<script" not in job.title + job.location + job.description + job.company
        assert "alert" not in job.title
        assert not job.description or job.description.startswith("<p>")


async def test_a_list_that_is_posted_for_follows_no_redirect_to_a_private_address(site: LocalServer) -> None:
    site.pages["*"] = Told(status=308, headers={"Location": "http://[::ffff:169.254.169.254]/latest"})
    reading = await registry.read(site.url + "/wday/cxs/acme/Careers/jobs", "workday", RULES)
    assert (reading.completeness, reading.problems[0].code) == (Completeness.FAILED, "PRIVATE_ADDRESS")
    assert len(site.asked) == 1
