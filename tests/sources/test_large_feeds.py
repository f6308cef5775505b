"""A large feed read in batches is the same reading as one held in memory, and records are recognised by their bytes."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from changeover.job import Job
from changeover.sources import content, encoding, feed_intake, spool, xml_records
from changeover.sources.content import ContentReader
from changeover.sources.flat_record import FlatRecords
from changeover.sources.recognised import Kept, Numbers, id_hash
from changeover.sources.sign_places import SignPlaces
from changeover.sources.source import Completeness, Reading
from changeover.sources.xml_feed import FeedReader, read_feed
from changeover.sources.xml_fields import RecordParser
from changeover.sources.xml_records import Splitter

from .conftest import NOW
from .test_xml_feed import feed, job


class Remembers:
    """A memory over a dictionary: ids by place, jobs as they were told."""

    def __init__(self) -> None:
        self.jobs: dict[str, tuple[int, Job]] = {}
        self.kept: Kept | None = None
        self.keeps = False
        self.asked = 0

    async def meet(self, keys: Sequence[str], ids: Numbers, told: Numbers) -> Numbers:
        self.asked += len(keys)
        assert [id_hash(key) for key in keys] == ids.tolist()
        return np.array([self._standing(key, int(short)) for key, short in zip(keys, told, strict=True)], dtype="<i8")

    def _standing(self, key: str, told: int) -> int:
        at, job = self.jobs.get(key, (0, None))
        return at if job and int.from_bytes(job.digest()[:8], "little") == told else 0

    async def keep(self, blocks: Sequence[tuple[int, bytes]]) -> None:
        pass

    async def keep_whole(self, reading: Reading) -> None:
        pass

    async def told(self, ids: Sequence[int]) -> Sequence[Job]:
        by_id = dict(self.jobs.values())
        return [by_id[each] for each in ids]

    def take(self, reading: Reading) -> None:
        """Keep what a whole reading told."""
        for told in reading.jobs:
            at = self.jobs[told.id][0] if told.id in self.jobs else len(self.jobs) + 1
            self.jobs[told.id] = (at, told)
        if isinstance(reading.records, Kept):
            rows: Numbers = reading.records.rows.copy()
            by_hash = {id_hash(key): at for key, (at, _) in self.jobs.items()}
            rows["job"] = [job or by_hash.get(int(key), 0) for job, key in zip(rows["job"], rows["id"], strict=True)]
            self.kept = Kept(reading.records.seed, rows[(rows["job"] != 0) & (rows["hash"] != 0)])

    def all_of(self, reading: Reading) -> list[Job]:
        """Every job that the reading told, those that it recognised too."""
        by_id = dict(self.jobs.values())
        return sorted([*reading.jobs, *(by_id[each] for each in reading.same)], key=lambda each: each.id)


@pytest.fixture(autouse=True)
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(content, "BATCH", 3)
    monkeypatch.setattr(feed_intake, "BATCH", 3)
    # And what is gathered before a feed is begun, so that small ones are read in many steps.
    monkeypatch.setattr(content, "SNIFFED", 100)
    monkeypatch.setattr(encoding, "_SAMPLE", 300)
    monkeypatch.setattr(xml_records, "HEAD", 3_000)
    monkeypatch.setattr(xml_records, "_AGAIN", 100)


def read(body: bytes, memory: Remembers, step: int = 700) -> Reading:
    async def whole() -> Reading:
        reader = ContentReader(NOW, "indeed", memory=memory)
        for at in range(0, len(body), step):
            reader.feed(body[at : at + step])
            await reader.take_in()
        return await reader.whole()

    return asyncio.run(whole())


def plainly(body: bytes) -> Reading:
    return read_feed([body], "indeed")


def jobs_of(reading: Reading) -> list[Job]:
    return sorted(reading.jobs, key=lambda each: each.id)


_numbers = st.lists(st.integers(0, 12), max_size=40)
_titles = st.sampled_from(["Nurse", "Nurse lead", "Driver"])
_records = st.lists(st.tuples(st.integers(0, 15), _titles, st.sampled_from(["", "<p>A &amp; b</p>"])), max_size=45)


class TestReadAgain:
    def test_the_unchanged_are_not_parsed(self) -> None:
        memory, body = Remembers(), feed(*(job(n) for n in range(90)))
        memory.take(read(body, memory))
        memory.asked = 0
        again = read(body, memory)
        assert (len(again.jobs), len(again.same), memory.asked) == (0, 90, 0)
        assert memory.all_of(again) == jobs_of(plainly(body))

    def test_one_changed_one_gone_one_new_and_another_order(self) -> None:
        memory = Remembers()
        memory.take(read(feed(*(job(n) for n in range(90))), memory))
        later = [job(n) for n in reversed(range(90)) if n != 40]
        body = feed(
            job(500),
            *later[:30],
            job(7, "Changed"),
            *(each for each in later[30:] if "[7]" not in each),
        )
        again = read(body, memory)
        assert sorted(told.id for told in again.jobs) == ["500", "7"]
        assert memory.all_of(again)[0].id == plainly(body).jobs[0].id or again.count == len(plainly(body).jobs)

    @given(_records, _records, st.integers(1, 900))
    def test_is_what_reading_it_plainly_is(
        self, first: list[tuple[int, str, str]], then: list[tuple[int, str, str]], step: int
    ) -> None:
        memory = Remembers()
        for records in (first, then, then):
            body = feed(*(job(n, title, description=text) for n, title, text in records))
            reading, plain = read(body, memory, step), plainly(body)
            known = dict(memory.jobs.values())
            told = [*reading.jobs, *(known[each] for each in reading.same)]
            assert sorted(told, key=lambda each: each.id) == jobs_of(plain)
            assert (reading.completeness, reading.unreadable) == (plain.completeness, plain.unreadable)
            assert reading.count == len(plain.jobs)
            memory.take(reading)

    def test_another_preset_recognises_nothing(self) -> None:
        memory, body = Remembers(), feed(*(job(n) for n in range(60)))
        memory.take(read(body, memory))
        assert memory.kept is not None
        memory.kept = replace(memory.kept, seed=memory.kept.seed ^ 1)
        assert read(body, memory).count == 60
        assert memory.asked == 120

    def test_a_cut_off_feed_is_partial_though_every_record_is_known(self) -> None:
        memory, body = Remembers(), feed(*(job(n) for n in range(60)))
        memory.take(read(body, memory))
        cut = read(body[:-300], memory)
        assert cut.completeness is Completeness.PARTIAL
        assert 50 < cut.count < 60

    def test_only_records_whose_jobs_stand_are_recognised(self) -> None:
        memory, body = Remembers(), feed(*(job(n) for n in range(60)))
        memory.take(read(body, memory))
        assert memory.kept is not None
        rows = memory.kept.rows
        standing = np.sort(rows["job"])[:50]
        digests = rows["digest"][np.argsort(rows["job"])][:50]
        assert len(memory.kept.whose_jobs_stand(standing, digests).rows) == 50


_NAME = st.sampled_from(["title", "description", "jobtype", "a:b", "x"])
_TEXT = st.text(st.sampled_from("ab ]>-!é\n\t'\""), max_size=12)


def _cdata(text: str) -> str:
    return f"<![CDATA[{text.replace(']]>', ']] >')}]]>"


def _element(name: str, inside: str) -> str:
    return f"<{name}>{inside}</{name}>"


_LEAF = st.one_of(
    _TEXT.map(lambda text: text.replace("]", "] ")),  # two texts that meet make no end of a section
    _TEXT.map(_cdata),
    st.sampled_from(["</job>", "<job>", "<job", "</job", "<![CDATA["]).map(_cdata),
    st.sampled_from(["<!-- </job> -->", "<!-- <job> x -->", "<?php </job> ?>", "&amp;", "&#233;", "<br/>"]),
)
_INSIDE = st.recursive(
    _LEAF, lambda inner: st.builds(_element, _NAME, st.lists(inner, max_size=3).map("".join)), max_leaves=6
)
_BETWEEN = st.sampled_from(["", "\n", "<!-- between -->", "<?pi x?>", "<!-- <job>no</job> -->"])
# A field of the record's own name, once: several are taken for records whose end tags are missing.
_NESTED = st.sampled_from(["", "", "<job>inner</job>"])
_RECORD = st.builds(
    lambda parts, nested: f"<job><title>t</title>{''.join(parts)}{nested}</job>", st.lists(_INSIDE, max_size=4), _NESTED
)


def _canonical(element: etree._Element) -> str:
    """The element without what follows it and without how its namespaces were declared."""
    return etree.canonicalize(etree.tostring(element, with_tail=False).decode(), with_comments=True)


class TestSignPlaces:
    @given(
        st.lists(st.sampled_from([b"<", b"!", b"-", b"<!--", b"</job", b"job", b" " * 5000]), max_size=40),
        st.sampled_from([b"<!--", b"</job", b"<"]),
        st.lists(st.tuples(st.integers(0, 30_000), st.none() | st.integers(0, 30_000)), max_size=12),
        st.booleans(),
    )
    def test_finds_what_find_finds(
        self, parts: list[bytes], sign: bytes, asked: list[tuple[int, int | None]], rising: bool
    ) -> None:
        buffer = b"".join(parts)
        places = SignPlaces(buffer, sign)
        for at, before in sorted(asked, key=lambda each: each[0]) if rising else asked:
            found, first = places.next(at, before), buffer.find(sign, at)
            assert found == first or (found == -1 and before is not None and first >= before)


class TestSplitter:
    @given(st.lists(st.tuples(_BETWEEN, _RECORD), min_size=1, max_size=8), st.integers(1, 400))
    def test_cuts_where_a_parser_does(self, parts: list[tuple[str, str]], step: int) -> None:
        body = f'<source xmlns:a="urn:a">{"".join(a + b for a, b in parts)}</source>'.encode()
        wanted = [_canonical(each) for each in etree.fromstring(body)
                  if each.tag == "job"]  # fmt: skip
        splitter = Splitter()
        pieces = [body[at : at + step] for at in range(0, len(body), step)]
        found = [*(r for piece in pieces for r in splitter.feed(piece)), *splitter.finish()]
        wrapped = [etree.fromstring(b'<_ xmlns:a="urn:a">' + record.raw + b"</_>")[0] for record in found]
        assert [_canonical(each) for each in wrapped] == wanted
        assert all(record.whole for record in found)

    @given(st.lists(_RECORD, min_size=1, max_size=3), st.integers(1, 4))
    def test_plain_fields_are_the_parsers(self, records: list[str], again: int) -> None:
        flat = FlatRecords()
        for record in records:
            for _ in range(again):  # of the second on it is known what shape to expect
                fields = flat.fields(record.encode())
                assert fields is None or fields == _by_parser(record.encode())

    @given(
        st.lists(st.sampled_from(["", "Baker", "<![CDATA[Baker]]>", "<![CDATA[]]>", "<![CDATA[ a ]b]] ]]>", "&amp;"]))
    )
    def test_a_record_of_the_shape_before_is_read_as_one_of_its_own(self, told: list[str]) -> None:
        flat = FlatRecords()
        for value in told:
            record = f"<job>\n<title>{value}</title><id>7</id>\n</job>".encode()
            fields = flat.fields(record)
            assert fields == (None if value == "&amp;" else _by_parser(record))


def _by_parser(raw: bytes) -> object:
    """By the parser itself: a comment before the record is more than the quick way takes, and says nothing."""
    return RecordParser().parse(b"<!-- -->" + raw).fields


def test_memory_does_not_grow_with_the_feed() -> None:
    def pieces() -> Iterator[bytes]:
        yield b"<source>"
        for n in range(3_000):
            yield job(n, description="x" * 3_000).encode()
        yield b"</source>"

    reader, most = FeedReader("indeed"), 0
    for piece in pieces():
        reader.feed(piece)
        most = max(most, reader.waiting)
        if reader.waiting >= 100:
            reader.drain()
    assert most <= 200


def test_any_damage_is_survived() -> None:
    import random

    dice, body = random.Random(5), feed(*(job(n, description="<p>Some &amp; text</p>") for n in range(40)))
    memory = Remembers()
    memory.take(read(body, memory))
    bits = [b"<job>", b"</job>", b"<![CDATA[", b"]]>", b"<!--", b"-->", b"<", b">", b"\0", b"<?", b"&", b"</source>"]
    for _ in range(150):
        broken = bytearray(body)
        for _ in range(dice.randint(1, 6)):
            at = dice.randrange(len(broken))
            broken[at : at + dice.randint(0, 40)] = dice.choice(bits)
        damaged = bytes(broken)
        reading, plain = read(damaged, memory, dice.randint(50, 5_000)), plainly(damaged)
        assert reading.completeness == plain.completeness
        if reading.completeness is not Completeness.FAILED:
            assert memory.all_of(reading) == jobs_of(plain)


@pytest.mark.parametrize("plain", [0, 2_000, 1 << 20])
def test_jobs_put_aside_come_back_as_they_were_compressed_or_not(monkeypatch: pytest.MonkeyPatch, plain: int) -> None:
    monkeypatch.setattr(spool, "_PLAIN", plain)
    monkeypatch.setattr(spool, "_BLOCK", 7)
    jobs = [
        Job(
            f"é{n}", "Baker", description="<p>Bakes.</p>" * n, posted_at=NOW if n % 3 else None, extra={"of": [n, None]}
        )
        for n in range(40)
    ]
    aside = spool.Spool()
    assert aside.add(jobs[:20]) == 0
    assert aside.put(spool.packed(jobs[20:30], small=True), 10) == 20
    assert aside.add(jobs[30:]) == 30
    assert list(aside.at(range(0, 40, 3))) == jobs[::3]
    assert [each.digest() for each in aside.at(range(40))] == [each.digest() for each in jobs]


@given(st.lists(st.integers(0, 29), unique=True).map(sorted))
def test_blocks_hold_the_jobs_that_were_asked_for_and_no_others(places: list[int]) -> None:
    jobs = [Job(str(n), "Baker") for n in range(30)]
    aside = spool.Spool()
    for start in range(0, 30, 7):
        aside.add(jobs[start : start + 7])
    at: Numbers = np.array(places, dtype="<i8")
    found = list(aside.blocks(at))
    assert [begin for begin, _ in found] == list(range(0, 30, 7))
    assert [job for _, block in found for job in spool.unpacked(block)] == [jobs[place] for place in places]
    amended = [begin for begin, _ in aside.blocks(at, {0, 7, 14, 21})]
    assert amended == [begin for begin, block in found if begin == 28 or len(spool.unpacked(block)) < 7]
