"""A job is found by what a person would type of it, on pages whose addresses stay."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from selectolax.lexbor import LexborHTMLParser

from changeover import acts
from changeover.demo.board_pages import parse_list
from changeover.job import Job, Lane
from changeover.postings import search as searching
from changeover.postings.search import Search
from face import Face, job, migrate
from program import World

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
JOBS = [
    Job("L1", "Head of IT", "Oslo, Norway", employer_job_id="CB-801", posted_at=NOW - timedelta(days=2)),
    Job("L2", "Nurses (nights)", "Leith, Scotland", workplace_type="onsite", posted_at=NOW - timedelta(days=20)),
    Job("L3", "Software Engineer", "Remote, Norway", workplace_type="remote", posted_at=NOW - timedelta(days=6)),
    Job("L4", "Pâtissière", "Besançon, France", workplace_type="hybrid", posted_at=NOW - timedelta(days=200)),
    Job("L5", "Oslo correspondent", "York, England"),
]


@pytest.fixture
async def told(world: World) -> World:
    await world.employ()
    world.tell(Lane.LEGACY, *JOBS)
    await world.read(Lane.LEGACY)
    return world


async def found(face: Face, query: str) -> list[str]:
    answer = await face.stranger.get(f"/jobs?{query}")
    assert answer.status_code == 200, answer.text
    items, _ = parse_list(answer.text, str(answer.url))
    return [item.title for item in items]


FOUND = {
    "q=nurse": ["Nurses (nights)"],
    "q=NURSE+night": ["Nurses (nights)"],
    "q=it": ["Head of IT"],
    "q=head+of": ["Head of IT"],
    "q=patissiere": ["Pâtissière"],
    "q=p%C3%A2tissi%C3%A8re": ["Pâtissière"],
    "q=cb-801": ["Head of IT"],
    "q=software+-engineer": [],
    "q=%22head+of+it%22": ["Head of IT"],
    "q=nurse+or+engineer": ["Software Engineer", "Nurses (nights)"],
    "q=oslo": ["Oslo correspondent", "Head of IT"],
    "place=oslo": ["Head of IT"],
    "place=norway": ["Software Engineer", "Head of IT"],
    "place=besancon": ["Pâtissière"],
    "q=ferrous&place=york": ["Oslo correspondent"],
    "workplace=remote": ["Software Engineer"],
    "workplace=hybrid&place=oslo": [],
    "since=3": ["Head of IT"],
    "since=7&q=engineer": ["Software Engineer"],
    "since=30": ["Software Engineer", "Nurses (nights)", "Head of IT"],
}
NONSENSE = ("!!!", "%26", "%27", "a:*b", "(", "%F0%9F%92%A9", "'workplace:remote'", "-", "x%00y")


async def test_jobs_are_found_by_what_people_type(told: World, face: Face) -> None:
    assert {query: sorted(await found(face, query)) for query in FOUND} == {
        query: sorted(titles) for query, titles in FOUND.items()
    }


async def test_what_means_nothing_finds_nothing_and_breaks_nothing(told: World, face: Face) -> None:
    assert {words: await found(face, f"q={words}") for words in NONSENSE} == {words: [] for words in NONSENSE}
    assert {words: await found(face, f"place={words}") for words in NONSENSE} == {words: [] for words in NONSENSE}


async def test_an_address_that_cannot_be_is_not_there(face: Face) -> None:
    for query in ("since=5", "since=x", "workplace=moon", "company=-1", "q=a&after=x"):
        assert (await face.stranger.get(f"/jobs?{query}")).status_code == 404


async def test_an_empty_answer_says_what_to_do(told: World, face: Face) -> None:
    answer = await face.stranger.get("/jobs?q=astronaut&place=oslo")
    assert "No open job matches" in answer.text
    assert 'href="/jobs?q=astronaut"' in answer.text


async def test_what_is_not_live_is_not_found(world: World, face: Face) -> None:
    await migrate(world)
    assert await found(face, "q=accountant") == []
    seen = (await acts.preview(world.flow, world.company)).preview.digest
    await acts.resolve(world.flow, world.company, seen=seen, who="test")
    assert await found(face, "q=accountant") == ["Accountant"]
    assert await found(face, "q=lighthouse") == []


async def test_a_job_told_differently_is_found_by_its_new_words_alone(told: World, face: Face) -> None:
    told.tell(Lane.LEGACY, job("L1", "Chief of Lanterns"), *JOBS[1:])
    await told.read(Lane.LEGACY)
    assert await found(face, "q=lantern") == ["Chief of Lanterns"]
    assert await found(face, "q=it") == []


async def test_pages_show_every_match_once(world: World, face: Face, monkeypatch: pytest.MonkeyPatch) -> None:
    await world.employ()
    world.tell(Lane.LEGACY, *(job(f"L{n}", f"{'Rare ' if n % 3 else ''}Role {n}") for n in range(160)))
    await world.read(Lane.LEGACY)
    for few, near, most in ((4_000, 30_000, 10_000), (0, 30_000, 10_000), (0, 60, 10_000), (0, 1, 10), (4_000, 1, 10)):
        monkeypatch.setattr(searching, "_FEW", few)
        monkeypatch.setattr(searching, "_NEAR", near)
        monkeypatch.setattr(searching, "_MOST", most)
        following: str | None = "/jobs?q=rare&place=oslo"
        titles: list[str] = []
        while following:
            answer = await face.stranger.get(following)
            items, following = parse_list(answer.text, str(answer.url))
            titles += [item.title for item in items]
        assert sorted(titles) == sorted(f"Rare Role {n}" for n in range(160) if n % 3)


async def test_a_search_within_a_company_stays_there(told: World, face: Face) -> None:
    first = told.company
    await told.employ()
    told.tell(Lane.LEGACY, job("X1", "Nurse"))
    await told.read(Lane.LEGACY)
    assert await found(face, f"q=nurse&company={first}") == ["Nurses (nights)"]
    page = LexborHTMLParser((await face.stranger.get(f"/jobs?q=nurse&company={first}")).text)
    kept = page.css_first("input[name=company]")
    assert kept is not None
    assert kept.attributes["value"] == str(first)


async def test_the_index_of_words_answers_each_field_by_itself(told: World) -> None:
    """As one query of the index a month of days cost ten times as much, and a function is no condition of an index."""
    fields = {"words": "'nurs'", "place": "'leith':C", "workplace": "", "days": "'posted:1' | 'posted:2'"}
    async with told.db.board() as conn:
        plan = str(await (await conn.execute(f"explain {searching.queries.alike}", fields)).fetchall())
    assert "matches" not in plan
    assert plan.count("search @@") in (3, 6), plan


async def test_days_and_workplaces_cannot_be_asked_for_as_words(told: World) -> None:
    assert await searching.page(told.db, Search(words="posted:20000"), size=9) == []
    assert await searching.page(told.db, Search(words="workplace:remote"), size=9) == []
