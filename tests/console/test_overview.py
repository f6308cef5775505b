"""The first page answers whether anything is wrong, and where every company stands."""

from __future__ import annotations

from changeover.database.revise import create_company
from changeover.job import Lane
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
