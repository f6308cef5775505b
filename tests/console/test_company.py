"""A company's page tells where it stands and lets a person act; each form is done, told, and undone where it can be."""

from __future__ import annotations

import pytest

from changeover import adding, vouching
from changeover import flow as runs
from changeover.job import Lane
from changeover.migration import store as migrations
from changeover.migration.store import Company
from changeover.snapshot import store as snapshots
from face import LEGACY, Face, job, migrate, text
from program import World


async def company(world: World) -> Company:
    async with world.db.company(world.company) as conn:
        return await migrations.company(conn, world.company)


@pytest.fixture
async def migrating(world: World) -> World:
    await migrate(world)
    return world


class TestThePage:
    async def test_says_what_is_missing_before_it_can_be_activated(self, world: World, face: Face) -> None:
        await world.employ()
        async with world.db.company(world.company) as conn:
            await conn.execute("update source set state = 'off' where lane = 'ats'")
        assert "needs an ATS" in text(await face.page(face.at), "#head .acts")

    async def test_tells_what_it_waits_for_with_codes(self, migrating: World, face: Face) -> None:
        waits = text(await face.page(face.at), "#waits")
        assert "MIGRATION_MISSING_JOB_POSTING" in waits
        assert "MIGRATION_MISSING_SCRAPED_JOB" in waits
        assert "settled by Resolve" in waits

    async def test_draws_the_job_counts_of_each_source(self, migrating: World, face: Face) -> None:
        page = await face.page(face.at)
        labels = [str(node.attributes["aria-label"]) for node in page.css(".counts")]
        assert any(label.endswith("5, 5") for label in labels), labels
        assert text(page, ".source h3").startswith("Old source")

    async def test_pages_its_timeline(self, migrating: World, face: Face) -> None:
        for number in range(40):
            await face.press(f"{face.at}/{'hold' if number % 2 == 0 else 'unhold'}")
        page = await face.page(face.at)
        assert len(page.css(".event")) == 30
        following = page.css_first("#timeline a[rel=next]")
        assert following is not None
        older = await face.page(str(following.attributes["href"]))
        assert "Added" in text(older, ".timeline")

    async def test_leaves_out_readings_that_told_nothing_until_asked(self, migrating: World, face: Face) -> None:
        await migrating.read()
        assert "nothing has changed" not in text(await face.page(face.at), ".timeline")
        assert "nothing has changed" in text(await face.page(f"{face.at}?readings=all"), ".timeline")


class TestAForm:
    async def test_activates(self, world: World, face: Face) -> None:
        await world.employ()
        assert "Activated" in await face.told(f"{face.at}/activate")
        assert (await company(world)).state == "matching"
        assert "already in migration" in await face.told(f"{face.at}/activate")

    async def test_holds_with_a_reason_and_lets_go(self, migrating: World, face: Face) -> None:
        assert "Held" in await face.told(f"{face.at}/hold", {"why": "Until\0 Monday"})
        assert "Held by operator: Until Monday" in text(await face.page(face.at), "#head")
        assert "Let go" in await face.told(f"{face.at}/unhold")
        assert not (await company(migrating)).held

    async def test_cancels(self, migrating: World, face: Face) -> None:
        assert "Cancelled" in await face.told(f"{face.at}/cancel")
        assert (await company(migrating)).state == "legacy"

    async def test_keeps_the_rules(self, migrating: World, face: Face) -> None:
        assert "saved" in await face.told(f"{face.at}/options", {"none_live": "true"})
        it = await company(migrating)
        assert (it.ats_only_holds, it.none_live_confirmed) == (False, True)

    async def test_queues_a_reading(self, migrating: World, face: Face) -> None:
        assert "being read" in await face.told(f"{face.at}/sources/{migrating.legacy}/read")
        assert "no such source" in await face.told(f"{face.at}/sources/7/read")
        async with migrating.db.app_pool.connection() as conn:
            cursor = await conn.execute("select args from procrastinate_jobs where task_name = 'read_source'")
            assert [row["args"]["source_id"] for row in await cursor.fetchall()] == [migrating.legacy]

    async def test_revokes_a_source(self, migrating: World, face: Face) -> None:
        assert "read no more" in await face.told(f"{face.at}/sources/{migrating.legacy}/revoke")
        assert "no such active source" in await face.told(f"{face.at}/sources/{migrating.legacy}/revoke")
        assert "Revoked" in text(await face.page(face.at), ".source.off")

    async def test_is_told_once(self, migrating: World, face: Face) -> None:
        await face.press(f"{face.at}/hold")
        assert "Held" in text(await face.page(face.at), "#note")
        assert text(await face.page(face.at), "#note") == ""


class TestAHeldReading:
    @pytest.fixture
    async def shrunk(self, migrating: World) -> World:
        migrating.tell(Lane.LEGACY, *(job(f"L{n}", f"Role {n}") for n in range(10, 40)), *LEGACY)
        await migrating.read(Lane.LEGACY)
        migrating.tell(Lane.LEGACY, *LEGACY)
        await migrating.read(Lane.LEGACY)
        return migrating

    async def held(self, world: World) -> int:
        async with world.db.company(world.company) as conn:
            row = await snapshots.source(conn, world.company, world.legacy)
        assert row is not None
        assert row.held_reading_id is not None
        return row.held_reading_id

    async def test_is_shown_with_its_reason_and_accepted(self, shrunk: World, face: Face) -> None:
        page = await face.page(face.at)
        assert "30 of 35 jobs vanished at once" in text(page, ".source .note")
        fields = {"reading": await self.held(shrunk)}
        assert "30 jobs that it does not have closed" in await face.told(
            f"{face.at}/sources/{shrunk.legacy}/accept", fields
        )
        assert len(await shrunk.live()) == 5

    async def test_that_is_not_the_one_that_was_seen_is_not_accepted(self, shrunk: World, face: Face) -> None:
        seen = await self.held(shrunk)
        shrunk.tell(Lane.LEGACY)
        await shrunk.read(Lane.LEGACY)
        assert await self.held(shrunk) != seen
        told = await face.told(f"{face.at}/sources/{shrunk.legacy}/accept", {"reading": seen})
        assert "another reading is held now" in told
        assert len(await shrunk.live()) == 35
        refusal = await vouching.accept(shrunk.flow, shrunk.company, shrunk.ats, who="test")
        assert "No reading" in str(refusal)


class TestASource:
    async def test_tells_on_whose_word_it_is_read(self, migrating: World, face: Face) -> None:
        new = adding.NewSource(
            "https://jobs.example/", "career_site", Lane.LEGACY, consent="The head of hiring, by letter"
        )
        added = await adding.add_source(migrating.flow, migrating.company, new, who="test")
        card = text(await face.page(face.at), f"#source-{added}")
        assert "Read on the word of: The head of hiring, by letter (2 March 2026" in card


class TestASourceOfChanges:
    async def test_is_said_to_be_one_and_to_have_told_everything(self, migrating: World, face: Face) -> None:
        at = f"{face.at}/sources/{migrating.ats}"
        assert "tells changes only" not in text(await face.page(face.at), f"#source-{migrating.ats} p")
        assert "changes only" in await face.told(f"{at}/tells", {"what": "changes"})
        card = text(await face.page(face.at), f"#source-{migrating.ats}")
        assert "It is not known whether it has told every open job." in card
        assert "It has told everything" in card
        await runs.run(migrating.flow, migrating.company)
        assert "LANE_NOT_WHOLE" in text(await face.page(face.at), "#waits")
        assert "counts as whole" in await face.told(f"{at}/told")
        assert "It counts as whole, by" in text(await face.page(face.at), f"#source-{migrating.ats}")
        assert "every open job each time" in await face.told(f"{at}/tells", {"what": "everything"})
        assert "Nothing was done" in await face.told(f"{at}/told")
