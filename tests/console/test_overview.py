"""The first page answers whether anything is wrong, and where every company stands."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

from changeover import acts
from changeover.database.revise import create_company
from changeover.job import Lane
from changeover.support import cases
from changeover.webhooks import store as webhooks
from face import Face, job, migrate, text
from program import World


async def test_a_fresh_installation_says_how_to_begin(face: Face) -> None:
    page = await face.page("/")
    assert text(page, "h1") == "0 companies"
    assert "changeover company add" in text(page, ".empty")


async def test_each_company_shows_its_state_its_feed_and_its_progress(world: World, face: Face) -> None:
    await world.employ()
    page = await face.page("/")
    assert "Not activated" in text(page, ".company")
    assert "Nothing needs you" in text(page, "#attention")
    world.tell(Lane.LEGACY, job("L1", "Baker"))
    await world.read(Lane.LEGACY)
    assert text(await face.page("/"), ".company .how") == "Not activated"
    await migrate(world)
    page = await face.page("/")
    line = text(page, ".company:last-child")
    assert "In migration" in line
    assert "Old source feeds the board" in line
    assert "3 of 5 matched" in line
    assert "2 jobs on the board and 2 jobs in the ATS did not match" in line
    assert text(page, ".stage.matching .count") == "1"
    picture = page.css_first(".company:last-child .points")
    assert picture is not None
    assert picture.attributes["aria-label"] == "In migration: 3 of 5 jobs on the board matched"


async def test_a_held_reading_is_the_first_thing_to_see(world: World, face: Face) -> None:
    await world.employ()
    world.tell(Lane.LEGACY, *(job(f"L{n}", f"Role {n}") for n in range(20)))
    await world.read(Lane.LEGACY)
    world.tell(Lane.LEGACY)
    await world.read(Lane.LEGACY)
    page = await face.page("/")
    assert "had 20 jobs and now says it has none" in text(page, ".attention")
    assert "1 reading held" in text(page, ".company")


async def test_pages_go_by_id_and_states_filter(world: World, face: Face) -> None:
    for number in range(53):
        await create_company(world.db, f"Company {number:02}", who="test")
    first = await face.page("/")
    assert len(first.css(".company")) == 50
    following = first.css_first("a[rel=next]")
    assert following is not None
    second = await face.page(str(following.attributes["href"]))
    assert len(second.css(".company")) == 3
    assert len((await face.page("/?state=legacy")).css(".company")) == 50
    assert "No company is here" in text(await face.page("/?state=ready"), ".empty")
    assert (await face.person.get("/?state=nonsense")).status_code == 404
    assert len((await face.page("/?after=x")).css(".company")) == 50


async def test_a_name_is_text_and_never_markup(world: World, face: Face) -> None:
    await create_company(world.db, "<script>alert(1)</script>", who="test")
    answer = await face.person.get("/")
    assert "<script>alert" not in answer.text
    assert "&lt;script&gt;alert" in answer.text


class TestACompany:
    async def test_is_found_by_its_name_and_by_its_ats(self, world: World, face: Face) -> None:
        await create_company(world.db, "Ferrous & Sons", ats="Greenhouse", who="test")
        await create_company(world.db, "100 % Wool", ats="Lever", who="test")
        wool = ["100 % Wool"]
        for find, names in (("sons", ["Ferrous & Sons"]), ("LEVER", wool), ("0 %", wool), ("%", wool)):
            page = await face.page(f"/?find={find.replace('%', '%25').replace(' ', '+')}")
            assert [node.text(strip=True) for node in page.css(".company h2")] == names, find
        assert "No company is here" in text(await face.page("/?find=zinc"), ".empty")

    async def test_is_found_by_what_it_needs(self, world: World, face: Face) -> None:
        await create_company(world.db, "Idle", who="test")
        await migrate(world)
        assert len((await face.page("/?needs=review")).css(".company")) == 1
        assert (await face.page("/?needs=hold")).css_first(".company") is None
        await acts.hold(world.flow, world.company, held=True, who="test", why="Wait.")
        assert len((await face.page("/?needs=hold&state=matching")).css(".company")) == 1
        assert (await face.page("/?needs=reading")).css_first(".company") is None

    async def test_keeps_what_was_asked_for_on_the_next_page(self, world: World, face: Face) -> None:
        for number in range(52):
            await create_company(world.db, f"Mill {number}", who="test")
        following = (await face.page("/?find=mill&state=legacy")).css_first("a[rel=next]")
        assert following is not None
        second = await face.page(str(following.attributes["href"]))
        assert len(second.css(".company")) == 2
        assert second.css_first("input[name=find][value=mill]") is not None


class TestWhatNeedsAPerson:
    async def test_is_counted_and_each_leads_to_its_cause(self, world: World, face: Face) -> None:
        await migrate(world)
        await cases.open_case(world.db, world.company, "", "Help.", side="employer", who="test")
        async with world.db.company(world.company) as conn:
            sent = await webhooks.queue(conn, world.company, "x", "y", "EVENT", "{}", world.db.now())
            await webhooks.tried(conn, {"company_id": world.company, "delivery_id": sent}, "dead", world.db.now())
        page = await face.page("/")
        assert [text_of(node) for node in page.css(".vitals li")] == [
            "0 held readings", "0 overdue resolves", "1 events not delivered", "1 open support cases", "1 moves today",
        ]  # fmt: skip
        leads = [str(node.attributes["href"]) for node in page.css(".attention a")]
        assert leads == [f"{face.at}/integrations#events", "/support"]

    async def test_and_what_moved_today_stands_on_the_arrows(self, world: World, face: Face) -> None:
        await migrate(world)
        page = await face.page("/")
        assert text(page, ".stage.legacy .on") == "+1 went on from here today"
        assert "Activated Ferrous & Sons" in text(page, "#moves")
        world.later(days=1)
        assert "No company has changed its state" in text(await face.page("/"), "#moves")

    async def test_costs_the_same_queries_however_many_companies_there_are(
        self, world: World, face: Face, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        asked: list[object] = []
        execute = psycopg.AsyncConnection.execute

        async def counted(*words: Any, **how: Any) -> Any:
            asked.append(words[1])
            return await execute(*words, **how)

        monkeypatch.setattr(psycopg.AsyncConnection, "execute", counted)
        counts = []
        for companies in (1, 40):
            for number in range(companies):
                await create_company(world.db, f"Mill {companies}-{number}", who="test")
            asked.clear()
            await face.page("/")
            counts.append(len(asked))
        assert counts[0] == counts[1] < 20


def text_of(node: object) -> str:
    return " ".join(str(node.text(separator=" ")).split())  # type: ignore[attr-defined]
