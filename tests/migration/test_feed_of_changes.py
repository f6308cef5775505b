"""An employer whose ATS publishes changes only: it moves once everything was told, and closes by the feed's word."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from changeover import flow as runs
from changeover import vouching
from changeover.app import source_reader
from changeover.database.revise import revise
from changeover.job import Lane
from changeover.migration import store as migrations
from changeover.migration.state import State
from changeover.postings.history import verify
from changeover.readings import Flow, Taken
from changeover.refusal import Refusal
from changeover.settings import Settings
from changeover.snapshot import store as snapshots
from changeover.snapshot.store import SourceRow
from program import World
from promises import broken
from sources.local_server import LocalServer

TRADES = ["Baker", "Welder", "Nurse", "Tailor", "Cooper", "Joiner", "Pilot", "Glazier"]
ALL = range(len(TRADES))


def page(number: int) -> str:
    said = {
        "@type": "JobPosting",
        "title": TRADES[number],
        "identifier": f"R-{number}",
        "hiringOrganization": "Ferrous",
        "jobLocation": {"address": {"addressLocality": "Oslo"}},
    }
    return f'<script type="application/ld+json">{json.dumps(said)}</script>'


def career_site(site: LocalServer, numbers: Sequence[int]) -> None:
    site.pages = {path: told for path, told in site.pages.items() if not path.startswith(("/jobs", "/sitemap"))}
    site.pages |= {f"/jobs/{number}": page(number) for number in numbers}
    addresses = "".join(f"<url><loc>{site.url}/jobs/{number}</loc></url>" for number in numbers)
    site.pages["/sitemap.xml"] = f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{addresses}</urlset>'
    site.pages["/"] = "<html><body>Our jobs</body></html>"
    site.pages["/robots.txt"] = f"Sitemap: {site.url}/sitemap.xml"


def changes(site: LocalServer, posted: Sequence[int], over: Sequence[int] = (), *, full: str = "") -> None:
    """The ATS's feed: it says of each record what is to be done with it."""
    records = [(number, "add") for number in posted] + [(number, "delete") for number in over]
    told = "".join(
        f"<job><id>A{n}</id><requisitionid>R-{n}</requisitionid><title>{TRADES[n]}</title><city>Oslo</city>"
        f"<action>{act}</action></job>"
        for n, act in records
    )
    site.pages["/changes.xml"] = f"<jobs>{f'<isfullfeed>{full}</isfullfeed>' if full else ''}{told}</jobs>"


@dataclass
class Employer:
    """One whose old source is a scrape and whose ATS tells changes only, both over real HTTP."""

    world: World
    site: LocalServer
    flow: Flow
    legacy: int = 0
    ats: int = 0

    async def begin(self) -> None:
        await self.world.employ()
        company = self.world.company
        async with revise(self.world.db, company, kind="source_added", who="test", why="Sources.") as change:
            await change.conn.execute("update source set state = 'off' where company_id = %s", (company,))
            self.legacy = await snapshots.add_source(
                change, lane=Lane.LEGACY, kind="career_site", location=f"{self.site.url}/"
            )
            self.ats = await snapshots.add_source(
                change, lane=Lane.ATS, kind="xml_feed", location=f"{self.site.url}/changes.xml"
            )

    async def read(self, *sources: int, minutes: float = 50) -> Taken:
        self.world.later(minutes=minutes)
        taken = [await runs.read_source(self.flow, self.world.company, source) for source in sources]
        await runs.run(self.flow, self.world.company)
        newest = taken[-1]
        assert isinstance(newest, Taken), newest
        return newest

    async def row(self) -> SourceRow:
        async with self.world.db.company(self.world.company) as conn:
            row = await snapshots.source(conn, self.world.company, self.ats)
        assert row is not None
        return row

    async def stands(self) -> tuple[State, set[str]]:
        """Its state, and the codes of what it waits for."""
        async with self.world.db.company(self.world.company) as conn:
            it = await migrations.company(conn, self.world.company)
        return it.state, {str(blocker["code"]) for blocker in it.blockers}

    async def shown(self) -> list[str]:
        return sorted((await self.world.live()).values())

    async def sound(self) -> None:
        assert broken(self.world.db.address.owner) == []
        assert (await verify(self.world.db, self.world.company)).broken == []


@pytest.fixture
async def employer(world: World, site: LocalServer) -> Employer:
    settings = Settings(allow_private_addresses=True, fetch_pause_seconds=0, page_misses=1)
    made = Employer(world, site, replace(world.flow, read=source_reader(settings)))
    career_site(site, ALL)
    changes(site, [0, 1, 2])
    await made.begin()
    read = await made.read(made.legacy)
    assert read.reading.complete, read.reading.problems
    await world.activate()
    return made


async def test_it_moves_once_everything_was_told_and_a_job_closes_by_the_feeds_word_alone(employer: Employer) -> None:
    before = await employer.shown()
    assert len(before) == len(ALL)
    first = await employer.read(employer.legacy, employer.ats)
    assert (first.verdict.code, (await employer.row()).tells_changes) == ("CHANGES", True)
    changes(employer.site, [3, 4, 5, 6, 7])
    second = await employer.read(employer.ats)
    # What it leaves out stays, and as much news at once is what such a feed is for.
    assert (second.diff and second.diff.appeared_count, second.diff and list(second.diff.vanished)) == (5, [])
    assert await employer.stands() == (State.MATCHING, {"LANE_NOT_WHOLE"})

    assert await vouching.told_everything(employer.flow, employer.world.company, employer.ats, who="employer") is None
    await runs.run(employer.flow, employer.world.company)
    assert (await employer.stands())[0] is State.CUT_OVER
    assert await employer.shown() == before

    changes(employer.site, [], over=[2])
    third = await employer.read(employer.legacy, employer.ats)
    assert len(third.diff.vanished if third.diff else ()) == 1
    assert await employer.shown() == sorted(set(before) - {TRADES[2]})
    changes(employer.site, [])
    await employer.read(employer.ats)
    assert len(await employer.shown()) == len(ALL) - 1
    await employer.sound()


async def test_a_feed_that_tells_everything_once_needs_nobodys_word(employer: Employer) -> None:
    await employer.read(employer.ats)
    changes(employer.site, ALL, full="true")
    taken = await employer.read(employer.ats)
    assert (taken.reading.complete, (await employer.row()).whole_now) == (True, True)
    changes(employer.site, [1], full="false")
    await employer.read(employer.legacy, employer.ats)
    assert (await employer.row()).tells_changes
    assert (await employer.stands())[0] is State.CUT_OVER
    await employer.sound()


async def test_what_was_not_read_for_a_day_may_have_told_what_nobody_heard(employer: Employer) -> None:
    await employer.read(employer.ats)
    assert await vouching.told_everything(employer.flow, employer.world.company, employer.ats, who="employer") is None
    whole = (await employer.row()).whole_at
    await employer.read(employer.ats, minutes=23 * 60)
    later = (await employer.row()).whole_at
    assert whole is not None
    assert later is not None
    assert later - whole >= timedelta(hours=23)
    await employer.read(employer.ats, minutes=25 * 60)
    assert not (await employer.row()).whole_now
    assert (await employer.row()).whole_at == later


async def test_many_that_are_over_at_once_close_when_a_person_has_accepted_it(employer: Employer) -> None:
    changes(employer.site, ALL)
    await employer.read(employer.ats)
    changes(employer.site, [], over=range(6))
    held = await employer.read(employer.ats)
    assert held.verdict.code == "SHRANK"
    assert "LANE_NOT_WHOLE" not in (await employer.stands())[1]
    taken = await runs.accept(employer.flow, employer.world.company, employer.ats, who="employer")
    assert isinstance(taken, Taken)
    assert len(taken.diff.vanished if taken.diff else ()) == 6
    async with employer.world.db.company(employer.world.company) as conn:
        row = await (await conn.execute("select count(*) as jobs from job where lane = 'ats' and open")).fetchone()
    assert row == {"jobs": 2}
    await employer.sound()


def everything(site: LocalServer, numbers: Sequence[int], *, full: str = "") -> None:
    """The ATS's list of every open job, at an address of its own."""
    told = "".join(
        f"<job><id>A{n}</id><requisitionid>R-{n}</requisitionid><title>{TRADES[n]}</title><city>Oslo</city></job>"
        for n in numbers
    )
    site.pages["/all.xml"] = f"<jobs>{f'<isfullfeed>{full}</isfullfeed>' if full else ''}{told}</jobs>"


async def open_now(employer: Employer) -> int:
    async with employer.world.db.company(employer.world.company) as conn:
        row = await (await conn.execute("select count(*) as jobs from job where lane = 'ats' and open")).fetchone()
    assert row is not None
    return int(row["jobs"])


async def test_everything_is_read_at_its_own_address_first_and_once_a_day_and_what_is_missing_there_closes(
    employer: Employer,
) -> None:
    flow, company, site = employer.flow, employer.world.company, employer.site
    everything(site, ALL)
    changes(site, [0])
    where = f"{site.url}/all.xml"
    assert (
        await vouching.set_tells(flow, company, employer.ats, changes=True, full_from=where, who="employer")
    ) is None
    await employer.read(employer.ats)
    assert (site.times("/all.xml"), await open_now(employer), (await employer.row()).whole_now) == (1, 8, True)
    changes(site, [0], over=[3])
    await employer.read(employer.ats)
    assert (site.times("/all.xml"), await open_now(employer), (await employer.row()).whole_now) == (1, 7, True)
    # The list of the night knows nothing of what was over since; the changes, read right after it, do. That A5 is gone
    # was told while nobody read.
    everything(site, [n for n in ALL if n != 5])
    await employer.read(employer.ats, minutes=25 * 60)
    assert (site.times("/all.xml"), await open_now(employer), (await employer.row()).whole_now) == (2, 6, True)
    await employer.sound()


async def test_a_list_of_every_job_that_shrank_fails_or_calls_itself_changes_closes_nothing(employer: Employer) -> None:
    flow, company, site = employer.flow, employer.world.company, employer.site
    everything(site, ALL)
    changes(site, [0])
    where = f"{site.url}/all.xml"
    await vouching.set_tells(flow, company, employer.ats, changes=True, full_from=where, who="employer")
    await employer.read(employer.ats)
    site.pages["/all.xml"] = "<jobs><job><id>A1</id>"
    await employer.read(employer.ats, minutes=25 * 60)
    assert (await open_now(employer), (await employer.row()).whole_now) == (8, False)
    everything(site, [0, 1], full="false")
    await employer.read(employer.ats)
    assert (await open_now(employer), (await employer.row()).whole_now) == (8, False)
    everything(site, [0, 1])
    await employer.read(employer.ats)
    assert (await open_now(employer), (await employer.row()).held_reading_id is not None) == (8, True)
    await employer.read(employer.ats)
    assert site.times("/all.xml") == 4
    assert isinstance(await runs.accept(flow, company, employer.ats, who="employer"), Taken)
    assert (await open_now(employer), (await employer.row()).whole_now) == (2, True)
    await employer.sound()


@pytest.mark.parametrize(
    ("changing", "where", "code"),
    [
        (True, "/changes.xml", "SAME_ADDRESS"),
        (True, "https://me:s3cret@jobs.example/all.xml", "CREDENTIALS_IN_URL"),
        (False, "/all.xml", "TELLS_EVERYTHING"),
    ],
)
async def test_an_address_that_cannot_be_the_one_of_every_job_is_refused(
    employer: Employer, changing: bool, where: str, code: str
) -> None:
    flow, company = employer.flow, employer.world.company
    full = where if "://" in where else employer.site.url + where
    refusal = await vouching.set_tells(flow, company, employer.ats, changes=changing, full_from=full, who="employer")
    assert isinstance(refusal, Refusal)
    assert refusal.code == code
    assert "s3cret" not in str(refusal)


async def test_only_a_source_of_changes_takes_the_word_that_everything_was_told(employer: Employer) -> None:
    flow, company = employer.flow, employer.world.company
    refusal = await vouching.told_everything(flow, company, employer.ats, who="employer")
    assert isinstance(refusal, Refusal)
    assert refusal.code == "TELLS_EVERYTHING"
    assert await vouching.set_tells(flow, company, employer.ats, changes=True, who="employer") is None
    refusal = await vouching.told_everything(flow, company, employer.ats, who="employer")
    assert isinstance(refusal, Refusal)
    assert refusal.code == "NOT_TOLD"
    refusal = await vouching.set_tells(flow, company, employer.ats, changes=True, who="employer")
    assert isinstance(refusal, Refusal)
    assert refusal.code == "TOLD_ALREADY"


async def test_a_source_that_a_person_says_tells_changes_is_whole_no_more_and_closes_nothing(
    employer: Employer,
) -> None:
    flow, company, site = employer.flow, employer.world.company, employer.site
    plain = "".join(f"<job><id>A{n}</id><title>{TRADES[n]}</title><city>Oslo</city></job>" for n in ALL)
    site.pages["/changes.xml"] = f"<jobs>{plain}</jobs>"
    await employer.read(employer.ats)
    assert (await employer.row()).whole_now
    assert await vouching.set_tells(flow, company, employer.ats, changes=True, who="employer") is None
    assert (await employer.row()).whole_at is None
    site.pages["/changes.xml"] = "<jobs><job><id>A1</id><title>Senior welder</title><city>Oslo</city></job></jobs>"
    taken = await employer.read(employer.ats)
    assert taken.diff is not None
    assert (len(taken.diff.changed), list(taken.diff.vanished)) == (1, [])
    assert await vouching.set_tells(flow, company, employer.ats, changes=False, who="employer") is None
    assert (await employer.read(employer.ats)).verdict.code == "SHRANK"
