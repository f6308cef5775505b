"""One read for every source: files, folders, addresses and standard input, by shape."""

from __future__ import annotations

import dataclasses
import gzip
import io
import json
from pathlib import Path

import pytest

from changeover.sources import registry
from changeover.sources.source import Completeness, Reading

from .conftest import NOW, QUICK
from .local_server import LocalServer, Told
from .test_career_site import job_page, sitemap, with_jobs
from .test_xml_feed import feed, job


async def read(location: str | Path, kind: str | None = None, **more: object) -> Reading:
    return await registry.read(str(location), kind, QUICK, now=NOW, **more)  # type: ignore[arg-type]


def codes(of: Reading) -> list[str]:
    assert all(problem.sentence.endswith(".") and len(problem.sentence) < 600 for problem in of.problems)
    return [problem.code for problem in of.problems]


class TestFiles:
    async def test_a_feed_plain_or_compressed(self, tmp_path: Path) -> None:
        (tmp_path / "a.xml").write_bytes(feed(job(1)))
        (tmp_path / "a.bin").write_bytes(gzip.compress(feed(job(1))))
        for name in ("a.xml", "a.bin"):
            found = await read(tmp_path / name)
            assert (found.kind, found.complete, len(found.jobs)) == ("indeed", True, 1)

    async def test_a_compressed_file_that_is_cut_off(self, tmp_path: Path) -> None:
        body = gzip.compress(feed(*(job(n, description=str(n * 7919) * 400) for n in range(200))))
        (tmp_path / "a.xml.gz").write_bytes(body[: len(body) // 2])
        found = await read(tmp_path / "a.xml.gz")
        assert found.completeness is Completeness.PARTIAL
        assert codes(found)[0] == "CUT_OFF"
        assert 0 < len(found.jobs) < 200

    async def test_a_folder_of_pages(self, tmp_path: Path) -> None:
        (tmp_path / "in").mkdir()
        (tmp_path / "1.html").write_text(job_page("Nurse", 1))
        (tmp_path / "in" / "2.htm").write_text(job_page("Cook", 2))
        found = await read(tmp_path)
        assert ([one.id for one in found.jobs], found.complete) == (["1", "2"], True)
        (tmp_path / "3.html").write_text("<html>List of jobs</html>")
        found = await read(tmp_path)
        assert (len(found.jobs), found.completeness, codes(found)) == (2, Completeness.PARTIAL, ["NO_JOB_POSTING"])

    async def test_standard_input(self) -> None:
        found = await read("-", stdin=io.BytesIO(feed(job(1))))
        assert len(found.jobs) == 1

    @pytest.mark.parametrize(
        ("make", "code"),
        [
            (lambda folder: folder / "nothing.xml", "NO_SUCH_FILE"),
            (lambda folder: folder, "NO_PAGES"),
            (lambda folder: "www.example.com/jobs.xml", "NO_SUCH_FILE"),
            (lambda folder: "x\0y", "UNREADABLE_FILE"),
            (lambda folder: "a" * 5000, "UNREADABLE_FILE"),
        ],
    )
    async def test_what_is_not_there_is_failed_with_one_sentence(self, tmp_path: Path, make: object, code: str) -> None:
        found = await read(make(tmp_path))  # type: ignore[operator]
        assert (found.completeness, codes(found)) == (Completeness.FAILED, [code])

    async def test_an_unknown_kind(self) -> None:
        assert codes(await read("x", "nonsense")) == ["UNKNOWN_KIND"]

    async def test_a_kind_that_the_content_is_not(self, tmp_path: Path) -> None:
        (tmp_path / "a.json").write_text('{"jobs": [{"id": 1, "title": "x"}]}')
        assert codes(await read(tmp_path / "a.json", "lever")) == ["NOT_THIS_KIND"]

    async def test_a_list_of_jobs_one_level_down(self, tmp_path: Path) -> None:
        (tmp_path / "a.json").write_text('{"data": [{"id": "1", "type": "jobs", "attributes": {"title": "Chef"}}]}')
        assert [(one.id, one.title) for one in (await read(tmp_path / "a.json")).jobs] == [("1", "Chef")]

    async def test_progress_counts_bytes(self, tmp_path: Path) -> None:
        (tmp_path / "a.xml").write_bytes(feed(*(job(n, description="x" * 3000) for n in range(1000))))
        told: list[tuple[int, int | None]] = []
        await read(tmp_path / "a.xml", progress=lambda done, of: told.append((done, of)))
        assert len(told) > 2
        assert told[-1][0] == told[-1][1]


class TestAddresses:
    async def test_a_feed(self, site: LocalServer) -> None:
        site.pages["/feed"] = Told(feed(job(1)), headers={"Content-Type": "text/html"})
        found = await read(site.url + "/feed")
        assert (found.kind, len(found.jobs), found.complete) == ("indeed", 1, True)

    async def test_a_compressed_feed_sent_compressed_again(self, site: LocalServer) -> None:
        body = gzip.compress(gzip.compress(feed(job(1))))
        site.pages["/feed.xml.gz"] = Told(body, headers={"Content-Encoding": "gzip"})
        assert len((await read(site.url + "/feed.xml.gz")).jobs) == 1

    async def test_the_charset_of_http_helps_where_the_feed_says_nothing(self, site: LocalServer) -> None:
        body = feed(job(1, title="Köchin")).replace(b' encoding="utf-8"', b"").decode().encode("cp1252")
        site.pages["/feed"] = Told(body, headers={"Content-Type": "text/xml; charset=windows-1252"})
        assert (await read(site.url + "/feed")).jobs[0].title == "Köchin"

    async def test_a_feed_whose_connection_breaks_is_partial(self, site: LocalServer) -> None:
        whole = feed(*(job(n, description="x" * 5000) for n in range(100)))
        site.pages["/feed"] = Told(whole[: len(whole) // 2], length=len(whole))
        found = await read(site.url + "/feed")
        assert found.completeness is Completeness.PARTIAL
        assert "CUT_OFF" in codes(found)
        assert 30 < len(found.jobs) < 60

    async def test_json_whose_connection_breaks_is_partial(self, site: LocalServer) -> None:
        whole = json.dumps([{"id": str(n), "title": "A"} for n in range(50)]).encode()
        site.pages["/jobs.json"] = Told(whole[:600], length=len(whole))
        found = await read(site.url + "/jobs.json")
        assert found.completeness is Completeness.PARTIAL
        assert 0 < len(found.jobs) < 50

    async def test_a_page_or_a_sitemap_is_read_as_a_career_site(self, site: LocalServer) -> None:
        site.pages["/sitemap.xml"] = sitemap(*with_jobs(site, 1, 2))
        for path in ("/", "/sitemap.xml"):
            found = await read(site.url + path)
            assert (found.kind, len(found.jobs)) == ("career_site", 2)

    async def test_what_cannot_be_reached_is_failed_with_one_sentence(self, site: LocalServer) -> None:
        for url, code in [
            ("http://no-such-host.invalid/x", "HOST_NOT_FOUND"),
            ("http://127.0.0.1:1/x", "CONNECTION_FAILED"),
            ("http://169.254.169.254/", "PRIVATE_ADDRESS"),
            ("http://u:p@127.0.0.1/", "CREDENTIALS_IN_URL"),
            ("ftp://127.0.0.1/x", "BAD_URL"),
            (site.url + "/nothing", "HTTP_404"),
        ]:
            for kind in (None, "career_site", "xml_feed", "greenhouse"):
                found = await read(url, kind)
                assert (found.completeness, codes(found)) == (Completeness.FAILED, [code]), (url, kind)

    async def test_private_addresses_are_refused_unless_allowed(self, site: LocalServer) -> None:
        rules = dataclasses.replace(QUICK, allow_private=False)
        found = await registry.read(site.url + "/feed", None, rules, now=NOW)
        assert codes(found) == ["PRIVATE_ADDRESS"]
        assert site.asked == []
