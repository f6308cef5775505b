"""What fuzzing found, cut down to what matters: whatever the bytes, a reading of our form and no surprise."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from changeover.apply_connect.locations import location_flaw
from changeover.sources.ats_boards.workday import _job as _workday
from changeover.sources.content import ContentReader
from changeover.sources.json_text import tolerant
from changeover.sources.listing import looks_like_job
from changeover.sources.sitemap import read_sitemap
from changeover.widgets.requirements import requirements
from changeover.widgets.vocabulary import fragments

from .conftest import NOW
from .fuzz_parsers import TARGETS

FOUND = [
    ("feed", b"<jobs><job><title>Baker</title><id>1</id><x::-y>z</x::-y></job></jobs>"),
    ("feed", b"<jobs><job><id>1</id><title>A</title><a:1>z</a:1></job></jobs>"),
    # A space that does not break was told as itself once and as an entity the next time.
    # A quote that never ends, in the first line.
    ("content", b'id,title,"place\n1,Baker,Bern'),
    # A tag that was none until the control characters in it were gone.
    ("page", b'<div itemscope itemtype="https://schema.org/JobPosting"><p itemprop="title">x<\0\2/p></div>'),
    ("content", "id,title,description\n1,Baker,a\xa0b &lt;c".encode()),
]


@pytest.mark.parametrize(("target", "data"), FOUND)
def test_what_was_found_is_mended(target: str, data: bytes) -> None:
    TARGETS[target](data)


_PIECES = st.sampled_from(
    [
        b"<jobs>", b"</jobs>", b"<job>", b"</job>", b"<title>Baker</title>", b"<id>1</id>", b"<id>2</id>", b"<x:-y>",
        b"<![CDATA[", b"]]>", b"<!--", b"-->", b"&", b"&#0;", b"&lt;script&gt;", b"<script>alert(1)</script>", b"\0",
        b"\xff\xfe", b"\xc3", b"<?xml version='1.0' encoding='utf-16'?>", b"{", b"}", b"[", b"]", b'"title":"Baker",',
        b'"id":1', b"\n", b"<html>", b'<script type="application/ld+json">', b'{"@type":"JobPosting","title":"B"}',
        b"</script>", b"<urlset>", b"<loc>https://example.com/jobs/1</loc>", b"User-agent: *\n", b"Disallow: /%\n",
    ]
)  # fmt: skip


@pytest.mark.parametrize("target", TARGETS)
@settings(max_examples=150)
@given(st.lists(_PIECES | st.binary(max_size=5), max_size=30))
def test_pieces_of_markup_in_any_order_are_read_or_refused(target: str, pieces: list[bytes]) -> None:
    TARGETS[target](b"".join(pieces))


N = 100_000
STORMS = {
    "records without an end": b"<jobs>" + b"<job>" * N,
    "one end for all": b"<jobs>" + b"<job>" * N + b"</job></jobs>",
    "sections without an end": b"<jobs>" + b"<job><id>1</id><title><![CDATA[x</title></job>" * 10_000 + b"</jobs>",
    "instructions without an end": b"<jobs>" + b"<job><?x <id>1</id></job>" * 10_000 + b"</jobs>",
    "a head of sections without an end": b"<jobs>" + b"<![CDATA[" * N + b"</jobs>",
    "a head of spaces": b"<jobs><a>" + b" " * N + b"</jobs",
    "a name without an end": b"<jobs><" + b"a" * N + b"</jobs>",
    "tags without an end in a job": b"<jobs><job><id>1</id><title>x & y</title>" + b"<a x=" * N + b"</job></jobs>",
    "sections without an end in a job": b"<jobs><job><id>1</id><title>x & y"
    + b"<![CDATA[" * N
    + b"</title></job></jobs>",
    "sections without an end in a job before another": b"<jobs><job><id>1</id><title>x & y"
    + b"<![CDATA[" * N
    + b"</title></job><job><id>2</id><title>z</title></job></jobs>",
    "comments in a title": b"<jobs><job><id>1</id><title>" + b"&lt;!--" * N + b"</title></job></jobs>",
    "a zone behind many spaces": b"<jobs><job><id>1</id><title>x</title><date>2026-01-01"
    + b" " * N
    + b"x</date></job></jobs>",
    "lists that never end": b'{"jobs":' * N,
    "a value and many lines": b'[{"id":1,"title":"x"' + b"\n" * N + b"x",
    "markup in a page": b"<html>" + b"<div itemscope>" * 10_000,
    "comments in a page": b"<html>" + b"<!--" * N,
    "comments in JSON": b'{"jobs":[{"id":1,' + b"/*" * N,
    "strings in JSON": b'{"jobs":[/* */' + b'"\\' * N,
    "an archive in an archive": b"From: x\r\n"
    + b"".join(b'Content-Type: multipart/related; boundary="%d"\r\n\r\n--%d\r\n' % (n, n) for n in range(2_000)),
    "links that lead to no next page": b"<jobs>" + b"<link rel=" * N + b"</jobs>",
    "blocks of JSON-LD without an end of a comment": b"<html><!-- JobPosting"
    + b'<script type="application/ld+json">{</script>' * 50_000,
    "a posting and many lines": b'<html><script type="application/ld+json">{"@type":"JobPosting"'
    + b"\n" * N
    + b"x</script>",
}


@pytest.mark.parametrize("storm", STORMS)
def test_a_storm_of_what_never_ends_costs_no_look_to_the_far_end_for_each(storm: str) -> None:
    # It took minutes a megabyte. What is asked of it here is only that it ends.
    reader = ContentReader(NOW, name="storm")
    reader.feed(STORMS[storm])
    assert reader.finish().completeness is not None


TEXTS: dict[str, tuple[Callable[[str], object], str]] = {
    "folders called as lists of jobs": (looks_like_job, "https://a.example" + "/jobs" * N + "/-"),
    "a folder of signs": (looks_like_job, "https://a.example/stellen" + "_" * N + "x"),
    "a number that Workday might give": (
        lambda text: _workday({"externalPath": text}, None),
        "/job/x" + "_7" * N + "!",
    ),
    "comments without an end in JSON": (tolerant, '{"a":1}' + "/*x" * N),
    "a string without an end in JSON": (tolerant, '{"' + '\\"' * N + "/*"),
    "a post code": (lambda text: location_flaw(text, remote=False, blocked=frozenset()), "1" * N + " Oslo, Norway"),
    "blanks in what a candidate says": (lambda text: list(fragments(text)), "x" + " " * N + "x"),
    "lines of blanks there": (lambda text: list(fragments(text)), "x" + " \n" * N + "x"),
    "blanks in what a posting asks for": (requirements, "<h3>What you bring</h3><p>x" + "\t" * N + "x"),
}


@pytest.mark.parametrize("storm", TEXTS)
def test_a_storm_in_a_text_costs_no_look_to_its_end_for_each_sign(storm: str) -> None:
    read, text = TEXTS[storm]
    read(text)


@pytest.mark.parametrize("inner", [b"<!--", b"<loc>", b"<loc ", b"<loc>" + b" " * 100_000, b"<" + b"a" * 100_000])
def test_a_storm_in_a_sitemap_ends(inner: bytes) -> None:
    # With 25,000 spaces it ran for minutes: whoever runs a site could hold up a worker.
    found = read_sitemap(
        b"<urlset>" + (inner * N if len(inner) < 9 else inner) + b"<loc>https://a.example/</loc></urlset>"
    )
    assert found is not None
    assert not found.whole or found.addresses
