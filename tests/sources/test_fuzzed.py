"""What fuzzing found, cut down to what matters: whatever the bytes, a reading of our form and no surprise."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from changeover.sources.xml_feed import read_feed

from .fuzz_parsers import TARGETS

FOUND = [
    ("feed", b"<jobs><job><title>Baker</title><id>1</id><x::-y>z</x::-y></job></jobs>"),
    ("feed", b"<jobs><job><id>1</id><title>A</title><a:1>z</a:1></job></jobs>"),
    # A space that does not break was told as itself once and as an entity the next time.
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


@pytest.mark.parametrize(
    "body",
    [
        b"<jobs>" + b"<job>" * 100_000,
        b"<jobs>" + b"<job>" * 100_000 + b"</job></jobs>",
        b"<jobs>" + b"<job><id>1</id><title><![CDATA[x</title></job>" * 10_000 + b"</jobs>",
        b"<jobs>" + b"<job><?x <id>1</id></job>" * 10_000 + b"</jobs>",
    ],
    ids=["records without an end", "one end for all", "sections without an end", "instructions without an end"],
)
def test_a_storm_of_what_never_ends_costs_no_look_to_the_far_end_for_each(body: bytes) -> None:
    # It took minutes a megabyte. What is asked of it here is only that it ends.
    assert read_feed([body]).completeness is not None
