"""A large feed taken in through its memory: nothing reopened, lost, shown twice or believed against the rules."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from changeover import acts
from changeover import flow as runs
from changeover.app import source_reader
from changeover.database.revise import create_company, revise
from changeover.job import Lane
from changeover.postings import store as postings
from changeover.postings.history import verify
from changeover.postings.writing import Rows
from changeover.readings import Taken
from changeover.settings import Settings
from changeover.snapshot import first
from changeover.snapshot import store as snapshots
from changeover.source_memory import SourceMemory
from changeover.sources.mapping import FieldMapping
from changeover.sources.source import Reading
from changeover.sources.xml_feed import read_feed
from large_feeds import ALL, feed, small
from program import World
from promises import broken


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

    async def dies_writing(self, source: int, name: str, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
        """Read it for the first time, and end before any of its jobs is written."""

        async def dies(*_: object) -> Mapping[str, int]:
            raise RuntimeError("the process ends here")

        with monkeypatch.context() as patch:
            patch.setattr(SourceMemory, "_write", dies)
            with pytest.raises(RuntimeError, match="ends here"):
                await self.read(source, name, said)

    async def kept(self) -> int:
        """How many parts of first snapshots are kept."""
        async with self.world.db.company(self.world.company) as conn:
            row = await (await conn.execute("select count(*) as parts from first_part")).fetchone()
            return int(row["parts"]) if row else 0

    async def whole(self) -> None:
        assert broken(self.world.db.address.owner) == []
        assert (await verify(self.world.db, self.world.company)).broken == []


@pytest.fixture
async def large(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Large:
    small(monkeypatch.setattr)
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


async def test_what_is_kept_of_a_first_reading_is_what_reading_it_plainly_tells(
    large: Large, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = await large.add("a")
    # Ids that stand twice, in one batch and in several, on one opening and on two; and a record without one.
    said = feed([*ALL, 3, 30, 39, 39, 50]).replace("Digger of ditch 30<", "Cook of dish 30<", 1)
    said = said.replace("<referencenumber>L50</referencenumber>", "")
    await large.dies_writing(source, "a", said, monkeypatch)
    plain = read_feed([said.encode()], "indeed")
    async with large.world.db.company(large.world.company) as conn:
        (row,) = [each for each in await snapshots.sources(conn, large.world.company) if each.source_id == source]
        left = await first.left_to_write(conn, row, large.world.db.now() - timedelta(hours=1))
        assert left is not None
        kept = await first.reading_of(conn, row, left)
        assert kept is not None
    assert sorted(kept.jobs, key=lambda each: each.id) == sorted(plain.jobs, key=lambda each: each.id)
    assert (kept.completeness, kept.unreadable, kept.count) == (plain.completeness, plain.unreadable, len(plain.jobs))
    assert (kept.claimed, kept.origins) == (plain.claimed, plain.origins)
    assert {each.code for each in kept.problems} == {each.code for each in plain.problems}
    assert await large.world.live() == {}

    # Read again it is written from what was kept, and then it has not changed.
    assert told(await large.read(source, "a", said)) == (0, 0, 0, len(plain.jobs))
    assert len(await large.world.live()) == len(plain.jobs)
    assert await large.kept() == 0
    await large.whole()


async def test_a_source_revoked_while_its_first_jobs_are_written_tells_no_more_and_nothing_is_kept(
    large: Large, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, write = await large.add("a"), SourceMemory._write

    async def revoked(memory: SourceMemory, jobs: Rows) -> Mapping[str, int]:
        if memory.written:
            await acts.revoke_source(large.world.flow, large.world.company, source, who="operator")
        return await write(memory, jobs)

    monkeypatch.setattr(SourceMemory, "_write", revoked)
    (large.folder / "a").write_text(feed(ALL))
    flow = replace(large.world.flow, read=source_reader(Settings()))
    dropped = await runs.read_source(flow, large.world.company, source)
    assert getattr(dropped, "code", "") == "READING_DROPPED"
    await runs.run(flow, large.world.company)
    assert 0 < len(await large.world.live()) < 40
    assert await large.kept() == 0
    await large.whole()


async def test_a_snapshot_that_was_left_for_more_than_a_day_is_not_believed(
    large: Large, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = await large.add("a")
    await large.dies_writing(source, "a", feed(ALL), monkeypatch)
    large.world.later(hours=25)
    assert told(await large.read(source, "a", feed(ALL[:30]))) == (30, 0, 0, 0)
    assert len(await large.world.live()) == 30
    assert await large.kept() == 0
    await large.whole()


async def test_one_that_was_taken_for_dead_and_goes_on_writes_beside_the_one_that_took_over(
    large: Large, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, write, others = await large.add("a"), SourceMemory._write, list[object]()

    async def meanwhile(memory: SourceMemory, jobs: Rows) -> Mapping[str, int]:
        written = await write(memory, jobs)
        if not others:
            others.append(None)
            others.append(await large.read(source, "a", feed(ALL)))
        return written

    monkeypatch.setattr(SourceMemory, "_write", meanwhile)
    (large.folder / "a").write_text(feed(ALL))
    flow = replace(large.world.flow, read=source_reader(Settings()))
    dropped = await runs.read_source(flow, large.world.company, source)
    assert isinstance(others[1], Taken)
    assert getattr(dropped, "code", "") == "READING_DROPPED"
    assert len(await large.world.live()) == 40
    assert await large.kept() == 0
    await large.whole()


async def test_a_snapshot_forgotten_by_who_wrote_it_all_is_not_taken_for_an_empty_one(
    large: Large, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, reading_of = await large.add("a"), first.reading_of
    await large.dies_writing(source, "a", feed(ALL), monkeypatch)

    async def late(*asked: Any) -> Any:
        async with large.world.db.company(large.world.company) as conn:
            await conn.execute("delete from first_part where source_id = %s", (source,))
        return await reading_of(*asked)

    monkeypatch.setattr(first, "reading_of", late)
    assert told(await large.read(source, "a", feed(ALL))) == (40, 0, 0, 0)
    assert len(await large.world.live()) == 40
    await large.whole()


async def test_two_that_read_a_source_for_the_first_time_at_once_close_nothing_of_each_other(
    large: Large, monkeypatch: pytest.MonkeyPatch
) -> None:
    large.world.company = await create_company(large.world.db, "One feed alone", who="test")
    source, keep, write = await large.add("a"), SourceMemory.keep_whole, SourceMemory.write_first
    first_read, first_may, second_wrote, second_may = (asyncio.Event() for _ in range(4))

    async def waits(memory: SourceMemory, reading: Reading) -> None:
        if not first_read.is_set():
            first_read.set()
            await first_may.wait()
        await keep(memory, reading)

    async def holds(memory: SourceMemory, *told: Any) -> Reading:
        reading = await write(memory, *told)
        if not second_wrote.is_set():
            second_wrote.set()
            await second_may.wait()
        return reading

    monkeypatch.setattr(SourceMemory, "keep_whole", waits)
    monkeypatch.setattr(SourceMemory, "write_first", holds)
    flow, at = replace(large.world.flow, read=source_reader(Settings())), large.folder / "a"
    at.write_text(feed(ALL))
    first_one = asyncio.create_task(runs.read_source(flow, large.world.company, source))
    await first_read.wait()
    at.write_text(feed([*ALL, 41]))
    second_one = asyncio.create_task(runs.read_source(flow, large.world.company, source))
    await second_wrote.wait()
    first_may.set()
    assert isinstance(await first_one, Taken)
    second_may.set()
    assert isinstance(await second_one, Taken)
    await runs.run(flow, large.world.company)
    assert len(await large.world.live()) == 41
    assert told(await large.read(source, "a", feed([*ALL, 41]))) == (0, 0, 0, 41)
    await large.whole()


async def test_a_snapshot_read_by_a_mapping_that_is_another_by_now_is_not_written(
    large: Large, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = await large.add("a")
    await large.dies_writing(source, "a", feed(ALL), monkeypatch)
    by = FieldMapping(record="job", fields={"id": ("requisitionid",), "title": ("title",)}).as_record()
    async with revise(large.world.db, large.world.company, kind="source_mapped", who="test", why="So.") as change:
        await snapshots.set_mapping(change, source, by)
    assert told(await large.read(source, "a", feed(ALL))) == (40, 0, 0, 0)
    assert {key for key, row in (await large.rows(source)).items() if row[2]} == {f"R-{n}" for n in ALL}
    assert await large.kept() == 0
    await large.whole()
