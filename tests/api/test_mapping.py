"""A program maps a feed that nobody knows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx2
import pytest

from changeover.database.revise import revise
from changeover.job import Job, Lane
from changeover.snapshot import store as snapshots
from face import Face
from program import World
from sources.unknown_feeds import chances

FIELDS = {"id": ["@nr"], "title": ["kopf"]}


@pytest.fixture
async def at(world: World, tmp_path: Path) -> str:
    """The address of the mapping of such a feed."""
    await world.employ()
    (tmp_path / "export.xml").write_bytes(chances())
    async with revise(world.db, world.company, kind="source_added", who="test", why="A feed.") as change:
        location = str(tmp_path / "export.xml")
        world.legacy = await snapshots.add_source(change, lane=Lane.LEGACY, kind="xml_feed", location=location)
    return f"/api/v1/companies/{world.company}/sources/{world.legacy}/mapping"


async def put(face: Face, at: str, body: Any) -> httpx2.Response:
    return await face.person.put(at, json=body, headers={"x-csrf-token": await face.csrf()})


async def test_a_feed_is_guessed_mapped_and_its_mapping_forgotten(face: Face, at: str) -> None:
    assert (await face.person.get(at)).json() == {"mapping": None}
    guessed = (await face.ask(f"{at}/guess")).json()
    assert guessed["mapping"]["fields"]["title"] == ["kopf"]
    assert guessed["jobs"][0]["title"] == "Night Baker"
    assert (await face.person.get(at)).json() == {"mapping": None}
    assert (await put(face, at, guessed["mapping"])).status_code == 200
    assert (await face.person.get(at)).json()["mapping"] == guessed["mapping"]
    gone = await face.person.delete(at, headers={"x-csrf-token": await face.csrf()})
    assert gone.status_code == 200
    assert (await face.person.get(at)).json() == {"mapping": None}


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"id": ["@nr"]}, "NO_TITLE"),
        ({"title": ["kopf"]}, "NO_ID"),
        ({**FIELDS, "title": ["nope"]}, "NAME_NOT_THERE"),
    ],
)
async def test_what_the_records_cannot_be_read_by_is_not_kept(face: Face, at: str, fields: Any, code: str) -> None:
    answer = await put(face, at, {"record": "chance", "fields": fields})
    assert (answer.status_code, answer.json()["code"]) == (409, code)
    assert (await face.person.get(at)).json() == {"mapping": None}


async def test_a_source_is_said_to_tell_changes_only_and_to_have_told_everything(face: Face, world: World) -> None:
    await world.employ()
    world.tell(Lane.LEGACY, Job(id="L1", title="Baker"))
    await world.read(Lane.LEGACY)
    source = f"/api/v1/companies/{world.company}/sources/{world.legacy}"
    assert (await face.person.get(source)).json()["tells_changes"] is False
    assert (await face.ask(f"{source}/told")).json()["code"] == "TELLS_EVERYTHING"
    assert (await face.ask(f"{source}/tells", {"what": "changes"})).status_code == 200
    told = (await face.person.get(source)).json()
    assert (told["tells_changes"], told["whole_at"]) == (True, None)
    assert (await face.ask(f"{source}/tells", {"what": "changes"})).json()["code"] == "TOLD_ALREADY"
    assert (await face.ask(f"{source}/told")).status_code == 200
    assert (await face.person.get(source)).json()["whole_now"] is True
    assert (await face.ask(f"{source}/tells", {"what": "news"})).status_code == 422


async def test_where_a_source_of_changes_tells_every_open_job_is_said_on_the_api_and_on_its_card(
    face: Face, world: World
) -> None:
    await world.employ()
    sources, every = f"/api/v1/companies/{world.company}/sources", "https://jobs.example/all.xml"
    new = {"location": "https://jobs.example/news.xml", "kind": "xml_feed", "full_from": every}
    assert (await face.ask(sources, new)).json()["code"] == "TELLS_EVERYTHING"
    told = (await face.ask(sources, {**new, "tells_changes": True})).json()
    assert (told["tells_changes"], told["full_from"]) == (True, every)
    source = f"{sources}/{told['id']}"
    assert (await face.ask(f"{source}/tells", {"what": "changes", "full_from": ""})).status_code == 200
    assert (await face.person.get(source)).json()["full_from"] == ""
    form = {"what": "changes", "full_from": every}
    assert every in await face.told(f"{face.at}/sources/{told['id']}/tells", form)
    assert f"Every open job is read from {every}" in (await face.person.get(face.at)).text
