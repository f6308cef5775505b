"""A large feed read by two processes is the same reading as by one, whatever becomes of the second."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from threading import Semaphore

import pytest

import large_feeds
from changeover.sources import content, parse_process
from changeover.sources.content import ContentReader
from changeover.sources.parse_process import ParseProcess, made_apart
from changeover.sources.record_jobs import Maker, Recipe
from changeover.sources.source import Reading
from changeover.sources.spool import unpacked
from changeover.sources.xml_feed import read_feed
from changeover.sources.xml_records import Splitter

from .conftest import NOW
from .test_large_feeds import Remembers
from .test_xml_feed import feed, job

_ODD = (
    "<job><referencenumber>1</referencenumber><title>A</title></job>",
    "<job><title>Without an id</title></job>",
    "<job><referencenumber>1</referencenumber><title>A</title></job>",
    "<job><referencenumber>é2</referencenumber><title>B</title><status>closed</status></job>",
    "<job><referencenumber>3</referencenumber><title>C</b></title></job>",
    f"<job><referencenumber>{'4' * 400}</referencenumber><title>D</title></job>",
    "<job><referencenumber>5</referencenumber><title>\ufffd</title></job>",
)


class _Watched(ParseProcess):
    """A second process that is sent a signal when it has been asked some times."""

    made: list[_Watched] = []  # noqa: RUF012 - of all of them
    sends = 0

    def __init__(self) -> None:
        super().__init__()
        self.asked = 0
        self.made.append(self)

    def _ready(self) -> bool:
        if not super()._ready() and self._greeted:
            self._greeted.result()  # however small the feed, it is waited for
        return self._greeted is not None

    def promise(self, *asked: object) -> parse_process.Promised | None:
        promised = super().promise(*asked)  # type: ignore[arg-type]
        self.asked += promised is not None
        if self.asked == 3 and promised and self.process and self.sends:
            self.process.send_signal(self.sends)
        return promised


@pytest.fixture(autouse=True)
def soon_worth_it(monkeypatch: pytest.MonkeyPatch) -> None:
    large_feeds.small(monkeypatch.setattr)
    monkeypatch.setattr("changeover.sources.xml_feed._TOGETHER", 4_000)
    monkeypatch.setattr(parse_process, "WORTH", 1)
    monkeypatch.setattr(parse_process, "PATIENCE", 2.0)
    monkeypatch.setattr(parse_process, "_FREE", Semaphore(1))
    monkeypatch.setattr(content, "ParseProcess", _Watched)
    _Watched.made, _Watched.sends = [], 0


def read(body: bytes) -> Reading:
    async def whole() -> Reading:
        reader = ContentReader(NOW, "indeed", memory=Remembers())
        try:
            for at in range(0, len(body), 5_000):
                reader.feed(body[at : at + 5_000])
                await reader.take_in()
            return await reader.whole()
        finally:
            await reader.let_go()

    return asyncio.run(whole())


def same(reading: Reading, plain: Reading) -> bool:
    def told(one: Reading) -> object:
        by_id = sorted(one.jobs, key=lambda each: each.id)
        return (
            by_id,
            one.completeness,
            one.unreadable,
            list(one.gone),
            one.claimed,
            one.origins,
            {each.code for each in one.problems},
        )

    return told(reading) == told(plain)


def large() -> bytes:
    records = [job(n, f"Nurse {n}", description="<p>Some &amp; text.</p>" * 20) for n in range(400)]
    for at, odd in enumerate(_ODD):
        records[50 * at + 60] = odd
    return feed(*records)


def test_what_it_makes_is_what_is_made_here() -> None:
    splitter = Splitter()
    records = [*splitter.feed(large()), *splitter.finish()]
    recipe = Recipe("indeed", "", "https://jobs.example.com/feed", b"", 7)
    block, made = made_apart(recipe, [each.raw for each in records], [each.number for each in records])
    here = Maker(recipe).make(records)
    named = [told for told in here.told if told.job.id]
    assert len(block) == len(named) == 398
    assert max(len(key) for key in block.ids) < 300
    jobs = unpacked(block.packed)
    assert [each.id for each in jobs] == block.ids
    assert [replace(each, id="") for each in jobs] == [replace(told.job, id="") for told in named]
    assert [told.job.title for told in made.told] == ["Without an id"]
    assert (made.over, made.mended, made.unread) == (here.over, here.mended, here.unread)
    assert made.over == ["é2"]
    assert made.mended == 1


def test_two_read_what_one_reads() -> None:
    reading = read(large())
    assert same(reading, read_feed([large()], "indeed"))
    assert _Watched.made[0].asked > 2


def test_it_is_not_begun_for_few_records(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parse_process, "WORTH", 1_000)
    read(large())
    assert [each.process for each in _Watched.made] == [None]


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSTOP])
def test_killed_or_frozen_its_records_are_read_here(number: int) -> None:
    _Watched.sends = number
    reading = read(large())
    assert same(reading, read_feed([large()], "indeed"))
    assert _Watched.made[0].asked >= 3


def test_it_is_gone_when_the_reading_is_over_and_another_one_may_have_one() -> None:
    for _ in range(2):
        read(large())
    assert len(_Watched.made) == 2
    for each in _Watched.made:
        assert each.process is not None
        assert each.process.returncode is not None


def test_where_no_second_processor_is_free_all_is_read_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parse_process, "_FREE", Semaphore(0))
    assert same(read(large()), read_feed([large()], "indeed"))
    assert _Watched.made[0].process is None


_PARENT = """
import sys, time
from changeover.sources import parse_process
from changeover.sources.record_jobs import Recipe
from changeover.sources.xml_records import Record
parse_process.WORTH, parse_process._FREE = 0, parse_process.threading.Semaphore(1)
it = parse_process.ParseProcess()
asked = Recipe("indeed", "", "", b"", 7), [Record(b"<job><referencenumber>1</referencenumber></job>")]
while not (promised := it.promise(*asked)):
    time.sleep(0.01)
promised.answer()
print(it.process.pid, flush=True)
time.sleep(600)
"""


def test_it_does_not_outlive_the_process_that_began_it() -> None:
    with subprocess.Popen([sys.executable, "-c", _PARENT], stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        second = int(parent.stdout.readline())
        parent.kill()
    until = time.monotonic() + 30
    while _runs(second):
        assert time.monotonic() < until, "it still runs"
        time.sleep(0.05)


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
