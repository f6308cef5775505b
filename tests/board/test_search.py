"""A job is found by what a person would type of it, on pages whose addresses stay."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from selectolax.lexbor import LexborHTMLParser

from changeover import acts
from changeover.demo.board_pages import parse_list
from changeover.job import Job, Lane
from changeover.postings import search as searching
from changeover.postings.live import NEWEST
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


async def found_by(world: World, search: Search, *, size: int, before: int = NEWEST) -> list[dict[str, Any]]:
    async with world.db.board() as conn:
        terms = await searching.meaning(conn, search, world.db.now())
        return [] if terms is None else await searching.page(conn, terms, before=before, size=size)


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


@dataclass(frozen=True)
class Meant:
    """A search with what it means: words that a title has or has not, of each group one, and words of the place."""

    groups: tuple[tuple[str, ...], ...]
    without: str
    place: tuple[str, ...]
    workplace: str
    since: int

    @property
    def search(self) -> Search:
        words = " ".join(" or ".join(group) for group in self.groups) + (f" -{self.without}" if self.without else "")
        return Search(words, " ".join(self.place), self.workplace, self.since)

    def has(self, each: Job) -> bool:
        title, place = each.title.lower().split(), each.location.lower().replace(",", "").split()
        return (
            all(any(word in title for word in group) for group in self.groups)
            and self.without not in title
            and all(word in place for word in self.place)
            and self.workplace in ("", each.workplace_type)
            and (not self.since or (each.posted_at is not None and (NOW - each.posted_at).days < self.since))
        )


# Often and seldom, as words are.
WORDS = ("baker", "night", "oven", "rye", "salt", "malt")
TOWNS = ("Oslo, Norway", "Leith, Scotland", "Graz, Austria")


def any_job(chance: random.Random, key: str) -> Job:
    title = " ".join(word.title() for nth, word in enumerate(WORDS) if chance.random() < 0.8 / (1 + nth))
    return Job(
        key,
        f"{title} {key}".strip(),
        chance.choice(TOWNS),
        workplace_type=chance.choice(("onsite", "remote", "")),
        posted_at=NOW - timedelta(days=chance.randrange(40)),
    )


def any_search(chance: random.Random) -> Meant:
    groups: list[tuple[str, ...]] = [(word,) for word in chance.sample(WORDS, chance.choice((0, 1, 1, 2, 3)))]
    without = chance.choice(("", "", "malt")) if groups else ""
    if chance.random() < 0.2:
        groups, without = [tuple(chance.sample(WORDS, 2))], ""
    return Meant(
        tuple(groups),
        without,
        chance.choice(((), (), ("oslo",), ("leith", "scotland"), ("norway", "oslo", "oslo"))),
        chance.choice(("", "", "", "remote")),
        chance.choice((0, 0, 0, 7, 30)),
    )


# How far it is walked, how many are taken by their words, how dear that is: all near, none near, some near, all far.
WAYS = (
    (searching._STRETCHES, searching._MOST, searching._DEARER),
    ((), 10_000, 1),
    ((7, 30, 50), 10_000, 10**6),
    ((7, 30, 50), 10_000, 1),
    ((7, 9), 3, 10**6),
    ((), 1, 1),
)


async def test_a_search_finds_what_it_says_newest_first_whichever_way_is_walked(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    chance = random.Random(6)
    await world.employ()
    told = {f"L{n}": any_job(chance, f"L{n}") for n in range(150)}
    world.tell(Lane.LEGACY, *told.values())
    # The other side of some of them, and jobs that are not live.
    world.tell(Lane.ATS, *(any_job(chance, f"A{n}") for n in range(60)), *list(told.values())[::3])
    await world.read()
    await world.activate()
    live = {posting: told[title.split()[-1]] for posting, title in (await world.live()).items()}
    assert len(live) == len(told)
    for n in range(80):
        meant = any_search(chance)
        if not meant.search.asks:
            continue
        wanted = sorted((posting for posting, job in live.items() if meant.has(job)), reverse=True)
        stretches, most, dearer = WAYS[n % len(WAYS)]
        monkeypatch.setattr(searching, "_STRETCHES", stretches)
        monkeypatch.setattr(searching, "_MOST", most)
        monkeypatch.setattr(searching, "_DEARER", dearer)
        found: list[int] = []
        while page := await found_by(world, meant.search, before=found[-1] if found else NEWEST, size=13):
            found += [row["posting_id"] for row in page]
        assert found == wanted, (meant, stretches, most)


def test_what_is_seldom_on_a_large_board_is_often_on_a_small_one() -> None:
    """Of a million postings with an entry for each side, and of a hundredth of that."""
    assert searching.pays(8, 2_000, 2_000_000, 51)
    assert not searching.pays(8, 2_000, 20_000, 51)
    assert not searching.pays(0, 2_000, 2_000_000, 51)


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
    terms = {"words": "'nurs'", "place": "'leith':C", "workplace": "", "days": "'posted:1' | 'posted:2'"}
    at = {**terms, "company": None, "before": NEWEST, "most": 9, "size": 9}
    async with told.db.board() as conn:
        plan = str(await (await conn.execute(f"explain {searching.queries.some}", at)).fetchall())
    assert "matches" not in plan
    assert plan.count("search @@") in (3, 6), plan


async def test_days_and_workplaces_cannot_be_asked_for_as_words(told: World) -> None:
    assert await found_by(told, Search(words="posted:20000"), size=9) == []
    assert await found_by(told, Search(words="workplace:remote"), size=9) == []
