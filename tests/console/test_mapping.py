"""The page on which a person says which field of a feed is which."""

from __future__ import annotations

from pathlib import Path

import pytest

from changeover.database.revise import revise
from changeover.job import Lane
from changeover.snapshot import store as snapshots
from face import Face, text
from program import World
from sources.unknown_feeds import chances


@pytest.fixture
async def at(world: World, tmp_path: Path) -> str:
    """The page's path, of a company with such a feed."""
    await world.employ()
    (tmp_path / "export.xml").write_bytes(chances())
    async with revise(world.db, world.company, kind="source_added", who="test", why="A feed.") as change:
        location = str(tmp_path / "export.xml")
        world.legacy = await snapshots.add_source(change, lane=Lane.LEGACY, kind="xml_feed", location=location)
    return f"/companies/{world.company}/sources/{world.legacy}/mapping"


async def kept(world: World) -> object:
    async with world.db.company(world.company) as conn:
        row = await snapshots.source(conn, world.company, world.legacy)
    assert row is not None
    return row.mapping


def chosen(page: object, name: str) -> list[str]:
    return [str(node.attributes["value"]) for node in page.css(f"select[name={name}] option[selected]")]  # type: ignore[attr-defined]


async def test_shows_records_beside_jobs_and_the_guess(world: World, face: Face, at: str) -> None:
    page = await face.page(at)
    assert chosen(page, "title") == ["kopf"]
    assert chosen(page, "city") == ["wo/stadt"]
    assert "Night Baker" in text(page, ".becomes .job")
    assert "Kiel, DE" in text(page, ".becomes .job")
    assert f'href="{at}"' in (await face.page(face.at)).html  # type: ignore[operator]


async def test_previews_without_keeping_and_keeps_when_told(world: World, face: Face, at: str) -> None:
    fields = {
        "record": "chance",
        "looked_at": "chance",
        "id": "@nr",
        "title": "mehr",
        "dates": "day_first",
        "full": "true",
    }
    answer = await face.press(at, {**fields, "act": "preview"})
    assert answer.status_code == 200
    assert await kept(world) is None
    told = await face.told(at, {**fields, "title": "kopf", "act": "save"})
    assert "The mapping is kept" in told
    assert await kept(world) == {
        "record": "chance", "fields": {"id": ["@nr"], "title": ["kopf"]}, "dates": "day_first", "full": True,
    }  # fmt: skip
    assert chosen(await face.page(at), "title") == ["kopf"]
    assert "Source mapped" in text(await face.page(face.at), "#timeline")


async def test_refuses_what_cannot_be_used(world: World, face: Face, at: str) -> None:
    fields = {"record": "chance", "looked_at": "chance", "act": "save", "id": "@nr", "title": "kopf"}
    for wrong, code in (({"title": ""}, "NO_TITLE"), ({"id": ""}, "NO_ID"), ({"title": "<b>nope"}, "NAME_NOT_THERE")):
        answer = await face.press(at, {**fields, **wrong})
        assert answer.status_code == 422
        assert code in answer.text
        assert "<b>nope" not in answer.text
    assert (await face.person.post(at, data={**fields, "csrf": "wrong"})).status_code == 403
    assert (await face.stranger.get(at)).status_code == 401
    assert await kept(world) is None


async def test_a_feed_that_cannot_be_looked_at_is_said(world: World, face: Face, at: str, tmp_path: Path) -> None:
    (tmp_path / "export.xml").unlink()
    page = await face.page(at)
    assert "cannot be read" in text(page, "#note")


async def test_other_records_are_guessed_anew(world: World, face: Face, at: str) -> None:
    answer = await face.press(at, {"record": "wo", "looked_at": "chance", "title": "kopf", "act": "preview"})
    assert answer.status_code == 200
    assert '<option value="stadt" selected>' in answer.text
