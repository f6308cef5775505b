"""What a source answered is kept: it is read again without asking it, and asked only for what has changed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import orjson
import pytest

from changeover import acts
from changeover.app import source_reader
from changeover.consolidated.handing import FEED, assign, with_parts
from changeover.database.revise import create_company, revise
from changeover.flow import read_source, reparse_source, run
from changeover.job import Lane
from changeover.readings import Asked as AskedOf
from changeover.readings import Flow, Taken
from changeover.refusal import Refusal
from changeover.settings import Settings
from changeover.snapshot import store as snapshots
from changeover.snapshot.store import SourceRow
from changeover.sources.mapping import FieldMapping
from changeover.sources.source import Reading
from program import World

from .local_server import Asked, LocalServer, Told
from .test_xml_feed import feed, job

PAGE = (
    '<html><script type="application/ld+json">{{"@type":"JobPosting","title":"{0}","description":"{1}",'
    '"jobLocation":{{"address":{{"addressLocality":"Oslo"}}}}}}</script></html>'
)


async def source_of(world: World, location: str, kind: str) -> tuple[Flow, int, list[Reading]]:
    """A source of the company, the flow that reads it, and what each reading of it said."""
    await world.employ()
    async with revise(world.db, world.company, kind="source_added", who="test", why="A source.") as change:
        source = await snapshots.add_source(change, lane=Lane.LEGACY, kind=kind, location=location)
    reader, said = source_reader(Settings(allow_private_addresses=True, fetch_pause_seconds=0)), list[Reading]()

    async def read(row: SourceRow, asked: AskedOf) -> Reading:
        said.append(await reader(row, asked))
        return said[-1]

    return replace(world.flow, read=read), source, said


def told(reading: Reading) -> object:
    """All that a reading says."""
    return (
        reading.kind, reading.completeness, [each.as_record() for each in reading.jobs], list(reading.problems),
        reading.unreadable, reading.claimed, list(reading.gone), reading.origins,
    )  # fmt: skip


def career_site(site: LocalServer, titles: dict[str, str], gone: set[str]) -> None:
    """A site with a sitemap and a page a job; each has an ETag and says so when it is asked for what it has told."""

    def with_etag(body: Callable[[], str], kind: str) -> Callable[[Asked], Told]:
        def answer(asked: Asked) -> Told:
            text = body()
            etag = f'"{hash(text)}"'
            if asked.headers.get("if-none-match") == etag:
                return Told(status=304, headers={"ETag": etag})
            return Told(text.encode(), headers={"ETag": etag, "Content-Type": kind})

        return answer

    def page(name: str) -> Callable[[Asked], Told]:
        whole = with_etag(lambda: PAGE.format(titles[name], "Bakes. " * 2000), "text/html")
        return lambda asked: Told(status=404) if name in gone else whole(asked)

    here = f"http://127.0.0.1:{site.port}"
    locations = "".join(f"<url><loc>{here}/jobs/{name}</loc></url>" for name in titles)
    site.pages["/robots.txt"] = lambda _: Told(status=404)
    site.pages["/sitemap.xml"] = with_etag(lambda: f"<urlset>{locations}</urlset>", "application/xml")
    site.pages["/jobs"] = with_etag(lambda: "<html>Jobs</html>", "text/html")
    for name in titles:
        site.pages[f"/jobs/{name}"] = page(name)


async def test_reparsed_a_career_site_says_exactly_what_it_said_and_is_not_asked(
    world: World, site: LocalServer
) -> None:
    career_site(site, {f"{n}-baker": f"Baker {n}" for n in range(5)}, {"3-baker"})
    site.pages["/jobs/4-baker"] = lambda _: Told(b"<html>broken", length=500)
    flow, source, said = await source_of(world, f"http://127.0.0.1:{site.port}/jobs", "career_site")
    await read_source(flow, world.company, source)
    asked = len(site.asked)
    again = await reparse_source(flow, world.company, source)
    assert isinstance(again, Taken)
    assert len(site.asked) == asked
    assert told(said[1]) == told(said[0])
    assert len(said[0].jobs) == 3
    assert said[0].gone


async def test_an_unchanged_career_site_is_read_whole_for_a_few_bytes_until_it_is_time_for_all(
    world: World, site: LocalServer
) -> None:
    titles = {f"{n}-baker": f"Baker {n}" for n in range(6)}
    career_site(site, titles, set())
    flow, source, said = await source_of(world, f"http://127.0.0.1:{site.port}/jobs", "career_site")
    await read_source(flow, world.company, source)
    titles["2-baker"] = "Cook"
    world.later(hours=1)
    before = len(site.asked)
    second = await read_source(flow, world.company, source)
    assert isinstance(second, Taken)
    assert second.reading.complete
    assert [each.title for each in second.reading.jobs] == list(titles.values())
    assert second.diff is not None
    assert len(second.diff.changed) == 1
    conditional = ["if-none-match" in each.headers for each in site.asked[before:] if each.path != "/robots.txt"]
    assert all(conditional)
    world.later(hours=24)
    before = len(site.asked)
    await read_source(flow, world.company, source)
    assert not any("if-none-match" in each.headers for each in site.asked[before:])
    assert told(said[2]) == told(said[1])


async def test_a_corrected_mapping_is_applied_to_what_was_read_and_makes_nothing_fresher(
    world: World, site: LocalServer
) -> None:
    rows = [{"no": n, "headline": f"Baker {n}", "where": "Oslo"} for n in range(3)]
    site.pages["/list.json"] = lambda _: Told(orjson.dumps({"rows": rows}))
    flow, source, said = await source_of(world, f"http://127.0.0.1:{site.port}/list.json", "xml_feed")
    wrong = FieldMapping("rows", {"id": ("no",), "title": ("where",)})
    assert await acts.map_source(flow, world.company, source, wrong, who="test") is None
    await read_source(flow, world.company, source)
    read_at = world.clock[0]
    right = FieldMapping("rows", {"id": ("no",), "title": ("headline",), "location": ("where",)})
    assert await acts.map_source(flow, world.company, source, right, who="test") is None
    world.later(hours=3)
    asked = len(site.asked)
    again = await reparse_source(flow, world.company, source)
    assert isinstance(again, Taken)
    assert len(site.asked) == asked
    assert [each.title for each in again.reading.jobs] == ["Baker 0", "Baker 1", "Baker 2"]
    async with world.db.company(world.company) as conn:
        row = await snapshots.source(conn, world.company, source)
    assert row is not None
    assert row.whole_at == read_at
    assert row.origins["title"] == {"headline": 3}
    del said


@pytest.mark.parametrize("size", [3, 4_000])
async def test_a_feed_and_a_file_are_read_again_from_what_is_kept(
    world: World, site: LocalServer, size: int, tmp_path: object
) -> None:
    del tmp_path
    body = feed(*(job(n, description="Bakes bread. " * 5) for n in range(size)))
    site.pages["/feed.xml"] = lambda _: Told(body, headers={"Content-Type": "application/xml"})
    flow, source, said = await source_of(world, f"http://127.0.0.1:{site.port}/feed.xml", "indeed")
    await read_source(flow, world.company, source)
    site.pages["/feed.xml"] = lambda _: Told(status=500)
    again = await reparse_source(flow, world.company, source)
    assert isinstance(again, Taken)
    assert again.reading.count == size
    assert told(said[1]) == told(said[0])
    # A reading that fails leaves what is kept.
    world.later(hours=1)
    await read_source(flow, world.company, source)
    assert isinstance(await reparse_source(flow, world.company, source), Taken)


async def test_a_consolidated_feed_is_handed_out_again_from_what_is_kept_by_the_names_as_they_are_now(
    world: World, site: LocalServer
) -> None:
    told_by = [*((n, "Ferrous & Sons") for n in range(3)), (3, "Crumb & Co")]
    body = feed(*(job(n, company=company) for n, company in told_by))
    site.pages["/feed.xml"] = lambda _: Told(body)
    flow, source, _ = await source_of(world, f"http://127.0.0.1:{site.port}/feed.xml", FEED)
    flow, holder = replace(flow, read=with_parts(world.db, flow.read)), world.company
    bakery = await create_company(world.db, "The Bakery", who="test")
    await read_source(flow, holder, source)
    assert await assign(flow, holder, source, "Crumb & Co", bakery, who="test") is None
    asked = len(site.asked)
    world.later(hours=1)
    assert isinstance(await reparse_source(flow, holder, source), Taken)
    assert len(site.asked) == asked
    async with world.db.company(bakery) as conn:
        (part,) = await snapshots.sources(conn, bakery)
        (row,) = await (await conn.execute("select title from job where company_id = %s", (bakery,))).fetchall()
    assert row["title"] == "Nurse"
    assert part.whole_at is not None
    assert part.whole_at < world.clock[0]
    refused = await reparse_source(flow, bakery, part.source_id)
    assert isinstance(refused, Refusal)
    assert refused.code == "PART_OF_FEED"


async def test_a_part_that_was_read_since_is_not_taken_back_to_what_was_kept_before(
    world: World, site: LocalServer
) -> None:
    titles = ["Baker", "Cook"]
    site.pages["/feed.xml"] = lambda _: Told(feed(job(1, company="The Bakery", title=titles[0])))
    flow, source, _ = await source_of(world, f"http://127.0.0.1:{site.port}/feed.xml", FEED)
    flow = replace(flow, read=with_parts(world.db, flow.read))
    bakery = await create_company(world.db, "The Bakery", who="test")
    await read_source(flow, world.company, source)
    async with world.db.company(bakery) as conn:
        (part,) = await snapshots.sources(conn, bakery)
    titles.pop(0)
    world.later(minutes=5)
    await read_source(flow, bakery, part.source_id)
    await reparse_source(flow, world.company, source)
    async with world.db.company(bakery) as conn:
        rows = await (await conn.execute("select title from job where company_id = %s", (bakery,))).fetchall()
    assert [row["title"] for row in rows] == ["Cook"]


async def test_what_is_larger_than_the_setting_is_not_kept_and_that_is_said(world: World, site: LocalServer) -> None:
    body = feed(*(job(n) for n in range(50)))
    site.pages["/feed.xml"] = lambda _: Told(body)
    flow, source, _ = await source_of(world, f"http://127.0.0.1:{site.port}/feed.xml", "indeed")
    small = replace(flow, raw_bytes=100)
    assert isinstance(await reparse_source(small, world.company, source), Refusal)
    await read_source(small, world.company, source)
    refused = await reparse_source(small, world.company, source)
    assert isinstance(refused, Refusal)
    assert refused.code == "NOT_KEPT"
    await read_source(flow, world.company, source)
    assert isinstance(await reparse_source(flow, world.company, source), Taken)


async def test_a_page_that_two_readings_within_minutes_lack_stays_open(world: World, site: LocalServer) -> None:
    titles = {f"{n}-baker": f"Baker {n}" for n in range(6)}
    career_site(site, titles, set())
    flow, source, _ = await source_of(world, f"http://127.0.0.1:{site.port}/jobs", "career_site")
    await read_source(flow, world.company, source)
    await run(flow, world.company)
    world.later(hours=1)
    career_site(site, {name: title for name, title in titles.items() if name != "3-baker"}, set())
    closed = []
    for minutes in (0, 5, 5, 30):
        world.later(minutes=minutes)
        await read_source(flow, world.company, source)
        # From what is kept it is the same moment again, whenever that is done.
        await reparse_source(flow, world.company, source)
        closed.append(6 - len(await world.live()))
    assert closed == [0, 0, 0, 1]
