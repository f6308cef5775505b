"""A large feed taken in through its memory: nothing reopened, lost, shown twice or believed against the rules."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from changeover import flow as runs
from changeover import source_memory
from changeover.app import source_reader
from changeover.database.revise import revise
from changeover.job import Lane
from changeover.postings import store as postings
from changeover.postings.history import verify
from changeover.readings import Taken
from changeover.settings import Settings
from changeover.snapshot import store as snapshots
from changeover.sources import content, encoding, feed_intake, xml_records
from program import World
from promises import broken

ALL = range(40)


def feed(numbers: Sequence[int], title: str = "Digger of ditch {n}", place: str = "Boston", text: str = "Digs.") -> str:
    return (
        "<source><publisher>P</publisher>"
        + "".join(
            f"<job><referencenumber>L{n}</referencenumber><requisitionid>R-{n}</requisitionid>"
            f"<title>{title.format(n=n)}</title><city>{place}</city><description>{text}</description></job>"
            for n in numbers
        )
        + "</source>"
    )


@dataclass
class Large:
    """A company whose feeds are read as large ones, from files."""

    world: World
    folder: Path

    async def add(self, name: str, rank: int = 0) -> int:
        path = self.folder / name
        async with revise(self.world.db, self.world.company, kind="source_added", who="test", why="A feed.") as change:
            return await snapshots.add_source(change, lane=Lane.LEGACY, kind="indeed", location=str(path), rank=rank)

    async def read(self, source: int, name: str, said: str) -> Taken:
        (self.folder / name).write_text(said)
        self.world.later(minutes=61)
        flow = replace(self.world.flow, read=source_reader(Settings()))
        taken = await runs.read_source(flow, self.world.company, source)
        await runs.run(flow, self.world.company)
        assert isinstance(taken, Taken)
        return taken

    async def rows(self, source: int) -> dict[str, tuple[object, ...]]:
        """Of each job of a source: its id, posting, whether it stands, and the revisions that say when it was told."""
        async with self.world.db.company(self.world.company) as conn:
            cursor = await conn.execute(
                "select source_job_id, job_id, posting_id, open or shadow_of is not null as stands, opened_revision, "
                "told_revision from job where source_id = %s",
                (source,),
            )
            return {row.pop("source_job_id"): tuple(row.values()) for row in await cursor.fetchall()}

    async def like(self, source: int) -> object:
        async with self.world.db.company(self.world.company) as conn:
            return (await snapshots.last_believed(conn, self.world.company, source))[1]

    async def whole(self) -> None:
        assert broken(self.world.db.address.owner) == []
        assert (await verify(self.world.db, self.world.company)).broken == []


@pytest.fixture
async def large(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Large:
    for module in (content, feed_intake):
        monkeypatch.setattr(module, "BATCH", 5)
    monkeypatch.setattr(source_memory, "_COMPARED", 5)
    monkeypatch.setattr(content, "SNIFFED", 100)
    monkeypatch.setattr(encoding, "_SAMPLE", 300)
    monkeypatch.setattr(xml_records, "HEAD", 3_000)
    await world.employ()
    return Large(world, tmp_path)


def told(taken: Taken) -> tuple[int, ...]:
    diff = taken.diff
    return (diff.appeared_count, len(diff.changed), len(diff.vanished), diff.unchanged) if diff else ()


async def test_told_again_it_changes_nothing_and_keeps_what_it_is_judged_by(large: Large) -> None:
    source = await large.add("a")
    first = await large.read(source, "a", feed(ALL))
    assert told(first) == (40, 0, 0, 0)
    before, like = await large.rows(source), await large.like(source)
    again = await large.read(source, "a", feed(ALL))
    assert (told(again), len(again.reading.same), len(again.reading.jobs)) == ((0, 0, 0, 40), 40, 0)
    assert await large.rows(source) == before
    assert getattr(like, "jobs", 0) == getattr(like, "located", 0) == getattr(like, "described", 0) == 40
    assert await large.like(source) == like
    await large.whole()


async def test_one_gone_is_closed_and_one_changed_is_told_as_of_its_revision(large: Large) -> None:
    source = await large.add("a")
    await large.read(source, "a", feed(ALL))
    before = await large.rows(source)
    said = feed([n for n in ALL if n != 7]).replace("<title>Digger of ditch 9<", "<title>Digger of ditch nine<")
    assert told(await large.read(source, "a", said)) == (0, 1, 1, 38)
    after = await large.rows(source)
    assert {key for key in after if after[key] != before[key]} == {"L7", "L9"}
    assert after["L9"][-1] is not None
    assert after["L9"][-1] != before["L9"][-1]
    await large.whole()


async def test_one_closed_is_told_again_and_opens(large: Large) -> None:
    source = await large.add("a")
    await large.read(source, "a", feed(ALL))
    await large.read(source, "a", feed(ALL[1:]))
    assert told(await large.read(source, "a", feed(ALL))) == (1, 0, 0, 39)
    assert len(await large.world.live()) == 40
    await large.whole()


async def test_one_closed_by_something_else_than_its_feed_opens_when_that_is_read_again(large: Large) -> None:
    source, company = await large.add("a"), large.world.company
    await large.read(source, "a", feed(ALL))
    await large.read(source, "a", feed(ALL))
    async with postings.change_postings(large.world.db, company, kind="closed", who="test", why="By hand.") as change:
        await postings.close_jobs(change, [int(str((await large.rows(source))["L7"][0]))])
    assert told(await large.read(source, "a", feed(ALL))) == (1, 0, 0, 39)
    assert told(await large.read(source, "a", feed(ALL))) == (0, 0, 0, 40)
    assert len(await large.world.live()) == 40
    await large.whole()


@pytest.mark.parametrize(
    ("said", "code"),
    [
        (feed(ALL, title="Cook in kitchen {n}"), "TITLES_CHANGED"),
        (feed(ALL, place=""), "LOCATIONS_VANISHED"),
        (feed(ALL, text=""), "DESCRIPTIONS_VANISHED"),
        (feed(ALL[:20]), "SHRANK"),
    ],
)
async def test_drift_is_held_and_nothing_of_it_is_written(large: Large, said: str, code: str) -> None:
    source = await large.add("a")
    await large.read(source, "a", feed(ALL))
    before, like = await large.rows(source), await large.like(source)
    held = await large.read(source, "a", said)
    assert (held.verdict.action, held.verdict.code) == ("hold", code)
    assert await large.rows(source) == before
    assert await large.like(source) == like
    # A person says that it is right: then it is what was told, also of the jobs that it told as they were kept.
    accepted = await runs.accept(large.world.flow, large.world.company, source, who="operator")
    assert isinstance(accepted, Taken)
    assert len(await large.world.live()) == (20 if code == "SHRANK" else 40)
    assert told(await large.read(source, "a", said)) == (0, 0, 0, 20 if code == "SHRANK" else 40)
    await large.whole()


async def test_the_same_titles_with_other_texts_are_no_drift_however_old_the_last_outline_is(large: Large) -> None:
    source = await large.add("a")
    await large.read(source, "a", feed(ALL))
    like = await large.like(source)
    # Little by little every title becomes another one.
    bits = ["Digger of ditch {n}"] * 40
    for at in range(0, 40, 10):
        bits[at : at + 10] = ["Cook in kitchen {n}"] * 10
        said = "".join(feed([n], title=bits[n]).partition("</publisher>")[2].removesuffix("</source>") for n in ALL)
        assert (await large.read(source, "a", f"<source>{said}</source>")).verdict.action == "take"
    assert await large.like(source) == like
    taken = await large.read(source, "a", feed(ALL, title="Cook in kitchen {n}", text="Cooks."))
    assert (taken.verdict.action, told(taken)) == ("take", (0, 40, 0, 0))
    assert await large.like(source) != like
    await large.whole()


async def test_jobs_in_the_shadow_of_another_source_stand(large: Large) -> None:
    first, second = await large.add("a"), await large.add("b", rank=10)
    await large.read(first, "a", feed(ALL))
    live = await large.world.live()
    await large.read(second, "b", feed(ALL, text="Digs deep."))
    assert (await large.world.live()).keys() == live.keys()
    before = await large.rows(first), await large.rows(second)
    assert all(row[2] for row in (*before[0].values(), *before[1].values()))
    for source, name, text in ((first, "a", "Digs."), (second, "b", "Digs deep.")):
        taken = await large.read(source, name, feed(ALL, text=text))
        assert (told(taken), len(taken.reading.same)) == ((0, 0, 0, 40), 40)
    assert (await large.rows(first), await large.rows(second)) == before
    assert (await large.world.live()).keys() == live.keys()

    # What both drop is closed; what one drops stays, shown by the other.
    assert told(await large.read(first, "a", feed(ALL[2:]))) == (0, 0, 2, 38)
    assert (await large.world.live()).keys() == live.keys()
    assert told(await large.read(second, "b", feed(ALL[1:], text="Digs deep."))) == (0, 0, 1, 39)
    assert len(await large.world.live()) == 39
    await large.whole()
