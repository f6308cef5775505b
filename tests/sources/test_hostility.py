"""What a hostile source tries beside feeds: mapped feeds, sitemaps, and addresses with a password."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from changeover import adding
from changeover.sources import mapped_feed
from changeover.sources.mapping import FieldMapping, Sample
from changeover.sources.sitemap import MAX_BYTES, read_sitemap
from changeover.sources.source import Completeness

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


def test_a_sitemap_that_opens_to_far_too_much_is_none() -> None:
    assert read_sitemap(gzip.compress(b"<urlset>" + bytes(MAX_BYTES + 1), 9)) is None


@pytest.mark.parametrize("kind", [None, "xml_feed"])
def test_an_address_with_a_password_is_not_kept(kind: str | None) -> None:
    refusal = adding.unfit("https://jobs:s3cret@feeds.example/jobs.xml?key=s3cret", kind, None)
    assert refusal is not None
    assert refusal.code == "CREDENTIALS_IN_URL"
    assert "s3cret" not in str(refusal)
