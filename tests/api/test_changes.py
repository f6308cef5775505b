"""A board with its own site follows the live set over HTTP."""

from __future__ import annotations

from changeover.job import Lane
from face import LEGACY, Face, migrate


async def everything(face: Face, after: str = "", size: int = 2) -> tuple[list[dict[str, object]], str]:
    """The stream to its end, a page at a time."""
    told: list[dict[str, object]] = []
    more = True
    while more:
        held = await face.world.held_back()
        answer = await face.person.get("/api/v1/postings/changes", params={"after": after, "size": size})
        assert answer.status_code == 200, answer.text
        page = answer.json()
        told += page["changes"]
        after, more = page["next"], page["more"] or held
    return told, after


async def test_it_begins_with_all_that_is_live_and_goes_on_with_what_changes(face: Face) -> None:
    await migrate(face.world)
    told, cursor = await everything(face)
    assert {(entry["change"], entry["posting"]["title"]) for entry in told} == {  # type: ignore[index]
        ("opened", job.title) for job in LEGACY
    }
    face.world.tell(Lane.LEGACY, *LEGACY[1:])
    await face.world.read(Lane.LEGACY)
    told, _ = await everything(face, cursor)
    assert [(entry["change"], entry["posting"]) for entry in told] == [("closed", None)]
    gone = await face.stranger.get(f"/jobs/{told[0]['id']}")
    assert gone.status_code == 410


async def test_each_entry_leads_to_the_page_that_shows_it(face: Face) -> None:
    await migrate(face.world)
    told, _ = await everything(face, size=100)
    for entry in told:
        posting = entry["posting"]
        assert isinstance(posting, dict)
        page = await face.stranger.get(str(posting["url"]))
        assert page.status_code == 200
        assert str(posting["title"]) in page.text


async def test_a_cursor_that_it_never_gave_is_refused(face: Face) -> None:
    answer = await face.person.get("/api/v1/postings/changes", params={"after": "yesterday"})
    assert answer.status_code == 422
    assert answer.json()["code"] == "NOT_A_CURSOR"


async def test_strangers_are_told_nothing(face: Face) -> None:
    assert (await face.stranger.get("/api/v1/postings/changes")).status_code == 401
