"""Paid slots over the life of a company: filled, freed, refilled, and never moved by what moves the feed."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from selectolax.lexbor import LexborHTMLParser

from changeover import acts
from changeover import flow as runs
from changeover.contracts import slots, store
from changeover.contracts.slots import Stale, Wish
from changeover.contracts.wrapping import Candidate, Kind, Rule
from changeover.cutover import Moved
from changeover.job import Lane
from changeover.migration import store as migrations
from changeover.migration.state import State
from changeover.postings.changes import Cursor, Entry, follow, record
from changeover.refusal import Refusal
from contracts.slots_world import agree, contract, job, promoted, wrapped
from face import Face
from program import World
from promises import broken

TITLES = ["Baker", "Welder", "Nurse", "Tailor", "Joiner", "Glazier"]


@pytest.fixture
async def employed(world: World) -> World:
    await world.employ()
    world.tell(Lane.LEGACY, *(job(n, title) for n, title in enumerate(TITLES)))
    world.tell(Lane.ATS, *(job(n, title) for n, title in enumerate(TITLES)))
    await world.read(Lane.LEGACY)
    return world


async def state(world: World) -> State:
    async with world.db.company(world.company) as conn:
        return (await migrations.company(conn, world.company)).state


async def flip(world: World) -> None:
    """Revert, or let it cut over again."""
    if await state(world) is State.CUT_OVER:
        preview = (await acts.preview(world.flow, world.company)).preview
        assert isinstance(await acts.revert(world.flow, world.company, seen=preview.digest, who="test"), Moved)
    else:
        assert await acts.hold(world.flow, world.company, held=False, who="test", why="") is None
    await runs.run(world.flow, world.company)


async def test_a_cut_over_and_a_revert_keep_every_wrap_with_slots_full(employed: World) -> None:
    world = employed
    await contract(world, 3)
    before = await wrapped(world)
    assert len(before) == 3
    await world.activate()
    await world.read()
    assert await state(world) is State.CUT_OVER
    assert await wrapped(world) == before
    await flip(world)
    assert await state(world) is not State.CUT_OVER
    assert await wrapped(world) == before
    await flip(world)
    assert await state(world) is State.CUT_OVER
    assert await wrapped(world) == before
    assert broken(world.db.address.owner) == []


async def test_a_wrap_is_the_postings_though_the_ats_calls_the_job_otherwise(employed: World) -> None:
    """The rule looked at the old source's title; the ATS's content shows after the cut-over, and the slot stays."""
    world = employed
    await contract(world, 1, Rule(Kind.TITLE, "baker"))
    before = await wrapped(world)
    world.tell(Lane.ATS, job(0, "Bread Maker"), *(job(n, title) for n, title in enumerate(TITLES) if n))
    await world.activate()
    await world.read()
    assert await state(world) is State.CUT_OVER
    assert (await wrapped(world), await promoted(world)) == (before, {"Bread Maker"})


async def test_resolve_frees_the_slots_of_what_closes_and_others_follow(employed: World) -> None:
    world = employed
    await contract(world, 2)
    before = await wrapped(world)
    # The newest hold the slots; the ATS has neither.
    world.tell(Lane.ATS, *(job(n, title) for n, title in enumerate(TITLES[:4])))
    await world.activate()
    await world.read()
    preview = (await acts.preview(world.flow, world.company)).preview
    assert {line.posting_id for line in preview.closing} == set(before)
    assert isinstance(await acts.resolve(world.flow, world.company, seen=preview.digest, who="test"), Moved)
    assert await wrapped(world) == {}
    assert broken(world.db.address.owner) == []
    await runs.run(world.flow, world.company)
    assert await promoted(world) == {"Tailor", "Nurse"}
    assert broken(world.db.address.owner) == []


async def test_a_freed_slot_is_refilled_and_the_others_stay(employed: World) -> None:
    world = employed
    await contract(world, 2)
    assert await promoted(world) == {"Glazier", "Joiner"}
    world.tell(Lane.LEGACY, *(job(n, title) for n, title in enumerate(TITLES) if title != "Joiner"))
    await world.read(Lane.LEGACY)
    assert await promoted(world) == {"Glazier", "Tailor"}
    assert sorted((await wrapped(world)).values()) == [1, 2]
    assert broken(world.db.address.owner) == []


async def test_rules_are_rehearsed_and_done_only_as_seen(employed: World) -> None:
    world = employed
    made = await contract(world, 2)
    wish = Wish(add=Rule(Kind.TITLE, "Baker", 5))
    async with world.db.company(world.company) as conn:
        seen = await slots.preview(conn, world.company, made, wish)
        assert not isinstance(seen, Refusal)
    assert [it.candidate.title for it in seen.gains] == ["Baker"]
    assert [it.title for it in seen.loses] == ["Joiner"]
    assert await promoted(world) == {"Glazier", "Joiner"}
    stale = await slots.change_contract(world.db, world.company, made, wish, seen="0" * 32, who="test")
    assert isinstance(stale, Stale)
    assert await promoted(world) == {"Glazier", "Joiner"}
    await agree(world, made, wish)
    assert await promoted(world) == {"Glazier", "Baker"}
    assert broken(world.db.address.owner) == []


async def test_fewer_slots_take_from_the_last_in_rank_and_leave_no_number_above(employed: World) -> None:
    world = employed
    made = await contract(world, 4, Rule(Kind.ALL), Rule(Kind.TITLE, "Nurse", 9))
    await agree(world, made, Wish(slots=1))
    assert await promoted(world) == {"Nurse"}
    assert list((await wrapped(world)).values()) == [1]
    assert broken(world.db.address.owner) == []


async def test_two_contracts_never_wrap_one_posting_twice(employed: World) -> None:
    world = employed
    await contract(world, 2)
    await contract(world, 9)
    assert len(await wrapped(world)) == len(TITLES)
    assert broken(world.db.address.owner) == []


async def test_a_rule_of_department_and_of_tag_reads_what_the_source_said(world: World) -> None:
    await world.employ()
    world.tell(
        Lane.LEGACY,
        job(1, "Baker", description="<p>Bread. #LI-DN1</p>"),
        job(2, "Welder"),
    )
    await world.read(Lane.LEGACY)
    await contract(world, 5, Rule(Kind.TAG, "li-dn1"))
    assert await promoted(world) == {"Baker"}


async def test_seats_are_counted_and_freed(employed: World) -> None:
    world = employed
    made = await contract(world, 1, seats=1)
    at = (world.db, world.company, made)
    assert await slots.set_seat(*at, "Ada@Example.org", name="Ada", active=True, who="test") is None
    assert await slots.set_seat(*at, "ada@example.org", name="Ada L.", active=True, who="test") is None
    full = await slots.set_seat(*at, "bo@example.org", active=True, who="test")
    assert full is not None
    assert full.code == "NO_FREE_SEAT"
    assert await slots.set_seat(*at, "ada@example.org", active=False, who="test") is None
    assert await slots.set_seat(*at, "bo@example.org", active=True, who="test") is None
    wrong = await slots.set_seat(*at, "nobody", active=True, who="test")
    assert wrong is not None
    assert wrong.code == "NO_ADDRESS"


async def test_while_nobody_fits_only_what_changed_is_looked_at(
    employed: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world, looked = employed, []
    await contract(world, 2, Rule(Kind.TITLE, "Pilot"))
    await runs.run(world.flow, world.company)
    read = store.candidates

    async def counted(*args: Any, **more: Any) -> list[Candidate]:
        found = await read(*args, **more)
        looked.append(len(found))
        return found

    monkeypatch.setattr(store, "candidates", counted)
    await runs.run(world.flow, world.company)
    assert looked == [0]
    told = [*(job(n, title) for n, title in enumerate(TITLES)), job(7, "Pilot")]
    world.tell(Lane.LEGACY, *told)
    await world.read(Lane.LEGACY)
    # One to see that it fits, and all once more under the lock, where it is wrapped; then only what changed.
    assert looked[1:3] == [1, len(TITLES) + 1]
    assert await promoted(world) == {"Pilot"}
    # A slot that is freed is offered to everybody.
    world.tell(Lane.LEGACY, *told[1:-1])
    await world.read(Lane.LEGACY)
    made = await contract(world, 1, Rule(Kind.TITLE, "Nurse"))
    assert made
    assert await promoted(world) == {"Nurse"}


async def test_a_change_of_the_mark_is_told_by_the_stream_of_changes(employed: World) -> None:
    world = employed
    here = await _end_of_the_stream(world)
    made = await contract(world, 1, Rule(Kind.TITLE, "Baker"))
    entries = await _told(world, here)
    here = await _end_of_the_stream(world)
    assert [(entry.kind, entry.posting and entry.posting["title"]) for entry in entries] == [("changed", "Baker")]
    assert record(entries[0], "http://board.example")["posting"]["promoted"] is True
    await agree(world, made, Wish(slots=0))
    last = (await _told(world, here))[-1]
    assert record(last, "http://board.example")["posting"]["promoted"] is False


async def _end_of_the_stream(world: World) -> Cursor:
    """Its place behind all that was done so far."""
    page, held = await follow(world.db, None, 100), True
    while held or page.more:
        held = await world.held_back()
        page = await follow(world.db, page.next, 100)
        await asyncio.sleep(0.05 if held else 0)
    return page.next


async def _told(world: World, after: Cursor) -> list[Entry]:
    """What the stream tells behind a place, as soon as no other transaction of this server holds it back."""
    for _ in range(200):
        page = await follow(world.db, after, 100)
        if page.entries:
            return list(page.entries)
        await asyncio.sleep(0.1)
    raise AssertionError("the stream told nothing")


async def test_where_more_are_promoted_than_go_first_each_has_its_turn(employed: World, face: Face) -> None:
    await contract(employed, len(TITLES), Rule(Kind.ALL))
    went_first = set[str]()
    for _ in range(24):
        page = LexborHTMLParser((await face.stranger.get("/jobs?place=Oslo")).text)
        titles = [node.text() for node in page.css(".openings li a")]
        assert sorted(titles) == sorted(TITLES)
        assert titles[3:] == [title for title in reversed(TITLES) if title not in titles[:3]]
        went_first |= set(titles[:3])
        employed.later(hours=1)
    assert went_first == set(TITLES)


async def test_what_is_promoted_goes_first_on_the_first_page_and_says_so(employed: World, face: Face) -> None:
    await contract(employed, 1, Rule(Kind.TITLE, "Baker"))

    async def titles(query: str) -> list[str]:
        page = LexborHTMLParser((await face.stranger.get(f"/jobs{query}")).text)
        return [node.text() for node in page.css(".openings li a")]

    # The oldest of all, yet the first; and each posting once.
    assert await titles("") == ["Baker", *reversed(TITLES[1:])]
    page = LexborHTMLParser((await face.stranger.get("/jobs?place=Oslo")).text)
    first = page.css_first(".openings li")
    assert first is not None
    assert "Promoted" in first.text()
    assert (await titles("?place=Oslo"))[0] == "Baker"
    assert await titles("?q=Nurse") == ["Nurse"]
    # A list of one employer's jobs stays in the order of age.
    assert (await titles(f"?company={employed.company}"))[0] == TITLES[-1]
