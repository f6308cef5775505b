"""What a hostile source tries beside feeds: mapped feeds, sitemaps, and addresses with a password."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import gzip
import json
import tracemalloc
from pathlib import Path

import pytest

from changeover import adding, courier
from changeover.courier import PublicCourier
from changeover.job import Job
from changeover.sources import mapped_feed, registry
from changeover.sources.career_site import read_site
from changeover.sources.content import MAX_PARTS, ContentReader
from changeover.sources.fetch import Fetcher
from changeover.sources.job_page import Says, read_page
from changeover.sources.listing import MOST_LINKS, read_listing
from changeover.sources.mapping import FieldMapping, Sample
from changeover.sources.sitemap import MAX_BYTES, MOST_ADDRESSES, read_sitemap
from changeover.sources.source import Completeness, Reading
from changeover.sources.text import description

from .conftest import NOW, QUICK
from .local_server import LocalServer, Told
from .test_career_site import job_page

MAPPING = FieldMapping("opening", {"id": ("ref",), "title": ("headline",)})
BODY = "<export>{0}<opening><ref>1</ref><headline>{1}Cook</headline></opening></export>"


@pytest.mark.parametrize(
    "definition", ['<!ENTITY x SYSTEM "file:///etc/passwd">', '<!ENTITY a "ha"><!ENTITY x "&a;&a;&a;&a;&a;&a;">']
)
async def test_a_mapped_feed_expands_no_entity(tmp_path: Path, definition: str) -> None:
    feed = tmp_path / "feed.xml"
    feed.write_text(f"<!DOCTYPE export [{definition}]>{BODY.format('', '&x;')}")
    reading = await mapped_feed.read(str(feed), MAPPING)
    assert (reading.completeness, reading.problems[0].code) == (Completeness.FAILED, "DOCTYPE_REFUSED")
    sample = await mapped_feed.look(str(feed), record="opening")
    assert not isinstance(sample, Sample) or "root:" not in str(sample.examples())


async def test_a_mapped_feed_of_compressed_zeros_is_left(tmp_path: Path) -> None:
    feed = tmp_path / "feed.xml.gz"
    feed.write_bytes(gzip.compress(b"<export>" + bytes(300_000_000), 9))
    reading = await mapped_feed.read(str(feed), MAPPING)
    assert (reading.completeness, reading.problems[0].code) == (Completeness.FAILED, "COMPRESSION_BOMB")


@pytest.mark.parametrize(
    "body",
    [
        gzip.compress(b"<urlset>" + bytes(MAX_BYTES + 1), 9),
        b"<urlset>" + b"".join(b"<loc>/%d</loc>" % n for n in range(MOST_ADDRESSES + 1)) + b"</urlset>",
        gzip.compress(b"<urlset><loc>/jobs/1</loc></urlset>")[:-9] + b"x" * 9,
    ],
    ids=["a bomb", "too many addresses", "bytes that cannot be opened"],
)
async def test_a_sitemap_that_is_too_much_is_not_whole(body: bytes, site: LocalServer, fetcher: Fetcher) -> None:
    found = read_sitemap(body)
    assert found is not None
    assert not found.whole
    assert len(found.addresses) <= MOST_ADDRESSES
    site.pages |= {"/robots.txt": f"Sitemap: {site.url}/a.xml", "/a.xml": body, "/": '<a href="/jobs/1">Cook</a>'}
    site.pages["/jobs/1"] = job_page()
    reading = await read_site(f"{site.url}/", fetcher, NOW)
    assert (reading.completeness, len(reading.jobs)) == (Completeness.PARTIAL, 1)


COSTLY = {
    "emphasis begun anew in every paragraph": "<p>"
    + "".join(f"<b title={n}>" for n in range(5_000))
    + "</p>"
    + "<p>x</p>" * 5_000,
    "the same, with an end of its own in quotes": "<p>"
    + "".join(f'<b title=\'"\' x=">{n}">' for n in range(5_000))
    + "</p>"
    + "<p>x</p>" * 5_000,
    "lists in lists": "<p>" + "<ul><li>" * 100_000,
}


@pytest.mark.parametrize("markup", COSTLY.values(), ids=COSTLY)
def test_a_page_that_a_parser_would_pay_for_dearly_is_read_by_its_links(markup: str) -> None:
    # Fifty kB of the first took a gigabyte, a megabyte of the last a minute.
    marked = f'<div itemscope itemtype="https://schema.org/JobPosting"><p itemprop="title">Cook</p>{markup}</div>'
    page = f'<html><a class="x" href="/jobs/1">Cook</a>{marked}'.encode()
    assert read_listing(page, "https://a.example/").jobs == ("https://a.example/jobs/1",)
    assert read_page(page, "https://a.example/jobs/1", NOW).says is Says.BROKEN


@pytest.mark.parametrize("markup", COSTLY.values(), ids=COSTLY)
def test_a_description_that_a_parser_would_pay_for_dearly_is_plain_text(markup: str) -> None:
    # Fifty kB of the first came out as a hundred MB, and each view of its page took as long again.
    told = description(f"<p>Bake at night.</p><script>alert(1)</script>{markup}")
    assert told.startswith("<p>Bake at night.")
    assert "alert" not in told
    assert len(told) < 400_000
    assert description(told) == told


@pytest.mark.parametrize("kind", ["known", "mapped"])
@pytest.mark.parametrize(
    "body",
    [
        b'{"jobs":[' + b"{}," * MAX_PARTS + b"{}]}",
        b'{"jobs":[' + b"1," * 4 * MAX_PARTS + b"{}]}",
        b"id,title\n" + b"1,Cook\n" * (MAX_PARTS // 2),
    ],
    ids=["objects", "numbers", "lines"],
)
async def test_what_would_take_gigabytes_of_memory_is_refused(
    body: bytes, kind: str, site: LocalServer, fetcher: Fetcher
) -> None:
    # A hundred MB of empty lists took three gigabytes.
    site.pages["/feed"] = body
    mapping = FieldMapping("", {"id": ("id",), "title": ("title",)})
    url, rules = f"{site.url}/feed", fetcher.rules
    known = kind == "known"
    reading = await (registry.read(url, rules=rules) if known else mapped_feed.read(url, mapping, rules))
    assert (reading.completeness, reading.problems[0].code) == (Completeness.FAILED, "TOO_LARGE")
    assert "only an XML feed" in reading.problems[0].sentence


@pytest.mark.parametrize("mapped", [False, True])
async def test_one_emoji_does_not_make_a_list_take_four_times_the_memory(mapped: bool, tmp_path: Path) -> None:
    mapping = FieldMapping("jobs", {"id": ("id",), "title": ("title",)})

    async def peak(title: str) -> int:
        jobs = [{"id": n, "title": title, "description": "x " * 4_000} for n in range(500)]
        file = tmp_path / "jobs.json"
        file.write_text(json.dumps({"jobs": jobs}, ensure_ascii=False), "utf-8")
        del jobs
        tracemalloc.start()
        try:
            reading = await (mapped_feed.read(str(file), mapping) if mapped else registry.read(str(file)))
            assert (len(reading.jobs), reading.complete) == (500, True)
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    await peak("Baker")  # what is loaded once is not the list's
    assert await peak("Baker \N{BREAD}") < 1.1 * await peak("Baker")


def test_a_reading_is_shown_without_its_jobs() -> None:
    # asyncio.run shows what its task answered, to itself: that took as much memory again as all the jobs.
    reading = Reading("json", [Job(id="1", title="Baker")], Completeness.COMPLETE)
    assert "json" in repr(reading)
    assert "Baker" not in repr(reading)


async def test_a_mapped_feed_of_more_jobs_than_memory_holds_is_refused(
    site: LocalServer, fetcher: Fetcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mapped_feed, "MOST_JOBS", 1_000)
    jobs = b"".join(b"<opening><ref>%d</ref><headline>Cook</headline></opening>" % n for n in range(200_000))
    site.pages["/feed"] = b"<export>" + jobs
    reading = await mapped_feed.read(f"{site.url}/feed", MAPPING, fetcher.rules)
    assert (reading.completeness, reading.problems[0].code) == (Completeness.FAILED, "TOO_LARGE")


@pytest.mark.parametrize("encoded", [True, False])
async def test_gzip_in_a_million_pieces_is_left(encoded: bool, site: LocalServer, fetcher: Fetcher) -> None:
    # Fifty MB of empty pieces took half a minute.
    pieces = gzip.compress(b"<jobs>", mtime=0) + gzip.compress(b"", mtime=0) * 100_000
    site.pages["/feed"] = Told(pieces, headers={"Content-Encoding": "gzip"} if encoded else {})
    reading = await registry.read(f"{site.url}/feed", rules=fetcher.rules)
    assert (reading.completeness, reading.problems[0].code) == (Completeness.FAILED, "BAD_COMPRESSION")


def test_a_number_of_more_digits_than_can_be_read_spoils_its_own_job_alone() -> None:
    told = b'{"jobs":[{"id":' + b"9" * 5_000 + b',"title":"Cook"},{"id":2,"title":"Baker","pay":1e999999}]}'
    for body in (told, told[:-2]):
        reader = ContentReader(NOW, name="it")
        reader.feed(body)
        assert "Baker" in [job.title for job in reader.finish().jobs]


@pytest.mark.parametrize("name", ["location", "address", "locations", "description", "salary", "job"])
def test_objects_in_objects_are_not_followed_without_end(name: str) -> None:
    # A thousand places in places ended the reading with an error of Python's.
    within = f'{{"{name}":' * 900 + '"x"' + "}" * 900
    reader = ContentReader(NOW, name="it")
    reader.feed(f'{{"jobs":[{{"id":1,"title":"Cook","{name}":{within}}}]}}'.encode())
    assert [job.title for job in reader.finish().jobs] == ["Cook"]


async def test_gzip_in_many_pieces_of_some_size_is_opened(site: LocalServer, fetcher: Fetcher) -> None:
    jobs = "".join(f"<job><id>{n}</id><title>Cook</title><x>{'x' * 5_000}</x></job>" for n in range(1_500))
    pieces = [f"<jobs>{jobs}</jobs>"[at : at + 4_000].encode() for at in range(0, len(jobs) + 13, 4_000)]
    site.pages["/feed"] = b"".join(gzip.compress(piece, mtime=0) for piece in pieces)
    reading = await registry.read(f"{site.url}/feed", rules=fetcher.rules)
    assert (reading.completeness, len(reading.jobs)) == (Completeness.COMPLETE, 1_500)


async def test_headers_that_drip_and_a_reading_without_an_end_are_left(site: LocalServer) -> None:
    async def dripping(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\n")
        with contextlib.suppress(ConnectionError):
            for _ in range(100):
                writer.write(b"X: y\r\n")
                await writer.drain()
                await asyncio.sleep(0.05)
        writer.close()

    server = await asyncio.start_server(dripping, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    brief = dataclasses.replace(QUICK, page_seconds=0.3, attempts=1)
    reading = await registry.read(f"http://127.0.0.1:{port}/feed.xml", rules=brief)
    server.close()
    assert (reading.completeness, reading.problems[0].code) == (Completeness.FAILED, "TOO_SLOW")
    site.pages |= {"/": "".join(f'<a href="/jobs/{n}">x</a>' for n in range(50)), "*": job_page()}
    brief = dataclasses.replace(QUICK, reading_seconds=0.2, host_delay=0.0, parallel=1)
    site.pages["/jobs/1"] = Told(job_page().encode(), drip=(50, 0.1))
    reading = await registry.read(f"{site.url}/", "career_site", rules=brief)
    assert (reading.completeness, reading.problems[0].code) == (Completeness.PARTIAL, "READING_TOO_LONG")


async def test_a_receiver_of_events_that_drips_its_answer_is_left(
    site: LocalServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(courier, "_IN_ALL_SECONDS", 0.3)
    site.pages["/hook"] = Told(b"x" * 100, drip=(1, 0.05))
    async with PublicCourier(allow_private=True, user_agent="test") as carrying:
        reply = await carrying.post(f"{site.url}/hook", b"{}", {})
        assert (reply.status, reply.problem) == (0, "Its answer took over 0 seconds.")
        site.pages["/hook"] = Told(gzip.compress(bytes(50_000_000)), headers={"Content-Encoding": "gzip"})
        assert len((await carrying.post(f"{site.url}/hook", b"{}", {})).body) <= 65_536


def test_a_page_of_more_links_than_are_looked_at_is_not_whole() -> None:
    page = "".join(f'<a href="/jobs/{n}">Cook</a>' for n in range(MOST_LINKS + 1))
    listed = read_listing(page.encode(), "https://a.example/")
    assert (len(listed.jobs), listed.whole) == (MOST_LINKS, False)


@pytest.mark.parametrize("kind", [None, "xml_feed"])
def test_an_address_with_a_password_is_not_kept(kind: str | None) -> None:
    refusal = adding.unfit("https://jobs:s3cret@feeds.example/jobs.xml?key=s3cret", kind, None)
    assert refusal is not None
    assert refusal.code == "CREDENTIALS_IN_URL"
    assert "s3cret" not in str(refusal)
