"""Resolve and revert do exactly what their page showed, or nothing."""

from __future__ import annotations

import asyncio

import pytest

from changeover import flow as runs
from changeover.job import Lane
from changeover.migration import store as migrations
from changeover.migration.state import State
from face import ATS, LEGACY, Face, job, migrate, text
from program import World


@pytest.fixture
async def migrating(world: World) -> World:
    await migrate(world)
    return world


async def state(world: World) -> State:
    async with world.db.company(world.company) as conn:
        return (await migrations.company(conn, world.company)).state


async def seen(face: Face, move: str) -> dict[str, str]:
    field = (await face.page(f"{face.at}/{move}")).css_first("input[name=seen]")
    assert field is not None
    return {"seen": str(field.attributes["value"])}


class TestResolve:
    async def test_shows_every_posting_that_closes_and_opens(self, migrating: World, face: Face) -> None:
        page = await face.page(f"{face.at}/resolve")
        assert text(page, ".sums") == "2 close 2 open 3 stay, same address"
        assert {"Crane Operator", "Lighthouse Keeper"} == {node.text() for node in page.css(".lines.closing strong")}
        assert {"Crane Technician", "Accountant"} == {node.text() for node in page.css(".lines.opening strong")}

    async def test_does_it_and_tells(self, migrating: World, face: Face) -> None:
        before = await migrating.live()
        told = await face.told(f"{face.at}/resolve", await seen(face, "resolve"))
        assert "2 postings closed, 2 postings opened, 3 postings stayed" in told
        after = await migrating.live()
        assert len(before.keys() & after.keys()) == 3
        assert await state(migrating) is State.CUT_OVER
        assert "kept for the way back until 16 March 2026" in text(await face.page(face.at), "#head")

    async def test_after_the_preview_changed_does_nothing_and_shows_the_new_one(
        self, migrating: World, face: Face
    ) -> None:
        old = await seen(face, "resolve")
        migrating.tell(Lane.LEGACY, *LEGACY, job("L8", "Beekeeper"))
        answer = await face.press(f"{face.at}/resolve", old)
        assert answer.status_code == 409
        assert "changed since you looked" in answer.text
        assert "Beekeeper" in answer.text
        assert await state(migrating) is State.MATCHING
        new = await seen(face, "resolve")
        assert new != old
        assert f'value="{new["seen"]}"' in answer.text

    async def test_pressed_twice_at_once_moves_once(self, migrating: World, face: Face) -> None:
        fields = await seen(face, "resolve")
        answers = await asyncio.gather(*(face.press(f"{face.at}/resolve", fields) for _ in range(2)))
        assert [answer.status_code for answer in answers] == [303, 303]
        assert await state(migrating) is State.CUT_OVER
        async with migrating.db.company(migrating.company) as conn:
            events = await migrations.events(conn, migrating.company)
        assert [event["kind"] for event in events].count("resolved") == 1
        assert "already active" in await face.told(f"{face.at}/resolve", fields)

    async def test_of_a_company_that_is_not_in_migration_is_refused_with_a_reason(
        self, world: World, face: Face
    ) -> None:
        await world.employ()
        page = await face.page(f"{face.at}/resolve")
        assert "not activated" in text(page, "#note")
        assert page.css_first("form.decide") is None
        assert "not activated" in await face.told(f"{face.at}/resolve", {"seen": "0" * 32})

    async def test_needs_the_preview_that_was_seen(self, migrating: World, face: Face) -> None:
        for fields in ({}, {"seen": ""}, {"seen": "everything"}):
            assert (await face.press(f"{face.at}/resolve", fields)).status_code == 422
        assert await state(migrating) is State.MATCHING


class TestRevert:
    @pytest.fixture
    async def moved(self, migrating: World, face: Face) -> World:
        await face.press(f"{face.at}/resolve", await seen(face, "resolve"))
        return migrating

    async def test_shows_and_does_the_way_back(self, moved: World, face: Face) -> None:
        page = await face.page(f"{face.at}/revert")
        assert text(page, ".sums") == "2 close 2 open 3 stay, same address"
        told = await face.told(f"{face.at}/revert", await seen(face, "revert"))
        assert "The old source feeds the board again" in told
        assert sorted((await moved.live()).values()) == sorted(each.title for each in LEGACY)
        await runs.run(moved.flow, moved.company)
        assert await state(moved) is State.MATCHING
        assert "Held by operator" in text(await face.page(face.at), "#head")

    async def test_after_the_way_back_closed_is_refused(self, moved: World, face: Face) -> None:
        fields = await seen(face, "revert")
        moved.later(days=15)
        assert "the way back is closed" in await face.told(f"{face.at}/revert", fields)

    async def test_shows_what_has_drifted_apart_since(self, moved: World, face: Face) -> None:
        moved.tell(Lane.LEGACY, *LEGACY, job("L8", "Beekeeper"))
        moved.tell(Lane.ATS, *ATS)
        await moved.read()
        await moved.read()
        page = await face.page(f"{face.at}/review")
        assert "The old source still shows these; the ATS does not have them" in text(page, "#no-twin")
        assert "Beekeeper" in text(page, "#no-twin")
