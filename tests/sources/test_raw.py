"""What a source answered says, read again, exactly what it said, whatever the source and whatever went wrong."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from changeover.sources import registry
from changeover.sources.raw import Head, Raw
from changeover.sources.source import Reading

from .board_plays import JOBS, PLAYS, Play
from .conftest import NOW
from .local_server import Asked, LocalServer, Told
from .test_boards_and_faults import MIDWAY, PASSING, RULES, Fault

FAULTS = [None, *(fault for fault in (*MIDWAY, *PASSING) if fault.name != "slow bytes")]


class Kept:
    """The answers of a reading, as the next one finds them."""

    def __init__(self, raw: Raw) -> None:
        self.heads: Mapping[bytes, Head] = raw.heads
        self._raw = raw

    async def packed(self, ask: bytes) -> bytes:
        return self._raw.body(ask) or b""


def told(reading: Reading) -> object:
    return (
        reading.kind, reading.completeness, [job.as_record() for job in reading.jobs], list(reading.problems),
        reading.unreadable, reading.claimed, list(reading.gone), reading.origins,
    )  # fmt: skip


async def read(site: LocalServer, play: Play, raw: Raw) -> Reading:
    return await registry.read(site.url + play.path, play.kind, RULES, now=NOW, raw=raw)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name if fault else "none")
@pytest.mark.parametrize("play", PLAYS, ids=lambda play: play.kind)
async def test_read_again_it_says_the_same_and_nobody_is_asked(
    site: LocalServer, play: Play, fault: Fault | None
) -> None:
    def answer(asked: Asked) -> Told:
        whole = play.answer(asked, JOBS)
        return fault.spoil(whole) if fault and fault.spoils(len(site.asked)) else whole

    site.pages["*"] = answer
    raw = Raw(50_000_000)
    first = await read(site, play, raw)
    asked = len(site.asked)
    again = await read(site, play, Raw(0, Kept(raw), replay=True))
    assert len(site.asked) == asked
    assert told(again) == told(first)


@pytest.mark.parametrize("play", PLAYS, ids=lambda play: play.kind)
async def test_a_board_whose_answers_have_not_changed_sends_none_again(site: LocalServer, play: Play) -> None:
    def answer(asked: Asked) -> Told:
        whole = play.answer(asked, JOBS)
        etag = f'"{hash(whole.body)}"'
        if asked.method == "GET" and asked.headers.get("if-none-match") == etag:
            return Told(status=304, headers={"ETag": etag})
        return Told(whole.body, whole.status, {**whole.headers, "ETag": etag})

    site.pages["*"] = answer
    raw = Raw(50_000_000)
    first = await read(site, play, raw)
    asked = len(site.asked)
    second = Raw(50_000_000, Kept(raw), believe=True)
    assert told(await read(site, play, second)) == told(first)
    gets = [each for each in site.asked[asked:] if each.method == "GET"]
    if play.kind not in ("personio", "teamtailor"):  # feeds are asked as a whole, by the flow
        assert all("if-none-match" in each.headers for each in gets)
        assert second.revalidated == bool(gets)
    # What is the same is not kept anew, and what was kept is still told of.
    assert second.heads.keys() == raw.heads.keys()
