"""An employer is tried before it is set up: what would match is seen first, then one press adds it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from changeover.database.board import BOARD
from changeover.dry_run import store, trying
from changeover.dry_run.store import State
from changeover.migration import store as migrations
from changeover.snapshot import store as snapshots
from changeover.sources.fetch import FetchRules
from face import Face, text
from program import World
from sources.local_server import LocalServer

RULES = FetchRules(allow_private=True, host_delay=0)
OLD = "id,title,location,employer_job_id\n" + "".join(f"L{n},Baker {n},Oslo,R-{n}\n" for n in range(5))
NEW = "id,title,location,employer_job_id\n" + "".join(f"A{n},Baker {n},Oslo,R-{n}\n" for n in range(1, 6))


@pytest.fixture
async def outside(world: World) -> AsyncIterator[LocalServer]:
    """An old source and an ATS on loopback, and a queue that knows what a dry run is."""
    trying.register(world.db, world.flow.queue, RULES, None)
    server = LocalServer()
    server.pages = {"/old.csv": OLD, "/new.csv": NEW}
    await server.start()
    yield server
    await server.stop()


async def ask(face: Face, legacy: str, ats: str = "", name: str = "Sunrise Bakery") -> str:
    """Ask for a dry run; the path of its page."""
    answer = await face.press("/setup", {"legacy": legacy, "ats": ats, "name": name})
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


async def done(world: World, path: str) -> None:
    await trying.carry_out(world.db, RULES, None, int(path.rpartition("/")[2]))


async def tried(world: World, face: Face, outside: LocalServer) -> str:
    path = await ask(face, f"{outside.url}/old.csv", f"{outside.url}/new.csv")
    await done(world, path)
    return path


class TestADryRun:
    async def test_is_queued_and_shown_before_anything_is_found(
        self, world: World, face: Face, outside: LocalServer
    ) -> None:
        path = await ask(face, f"{outside.url}/old.csv")
        page = await face.page(path)
        assert "It waits for its turn" in text(page, "#sides")
        assert page.css_first("progress") is not None
        assert "under way" in text(await face.page("/setup"), ".jobs")
        async with world.db.app_pool.connection() as conn:
            cursor = await conn.execute("select args from procrastinate_jobs where task_name = 'dry_run'")
            assert len(await cursor.fetchall()) == 1
        assert outside.asked == []

    async def test_shows_what_was_found_and_what_would_match(
        self, world: World, face: Face, outside: LocalServer
    ) -> None:
        page = await face.page(await tried(world, face, outside))
        assert "5 jobs , complete. 5 with an Employer Job ID." in text(page, ".source.legacy")
        assert "Baker 0" in text(page, ".source.legacy .jobs")
        assert text(page, ".legend") == "4 would match 1 only at the old source 1 only in the ATS"
        async with world.db.operator() as conn:
            assert await migrations.companies(conn) == []

    async def test_that_is_done_is_not_done_again(self, world: World, face: Face, outside: LocalServer) -> None:
        path = await tried(world, face, outside)
        asked = len(outside.asked)
        await done(world, path)
        assert len(outside.asked) == asked

    async def test_says_why_a_side_could_not_be_read(self, world: World, face: Face, outside: LocalServer) -> None:
        path = await ask(face, f"{outside.url}/nothing")
        await done(world, path)
        page = await face.page(path)
        assert "It could not be read" in text(page, ".source.legacy")
        assert page.css_first("#add form") is None
        assert "no old source that can be read" in await face.told(f"{path}/add", {"name": "Sunrise"})

    @pytest.mark.parametrize("address", ["", "/etc/passwd", "file:///etc/passwd", "ftp://example.org/", "-"])
    async def test_reads_nothing_but_addresses_of_the_web(self, face: Face, outside: LocalServer, address: str) -> None:
        answer = await face.press("/setup", {"legacy": address})
        assert answer.status_code == 422
        async with face.world.db.company(BOARD) as conn:
            assert await store.newest(conn, 10) == []

    async def test_is_forgotten_after_a_week(self, world: World, face: Face, outside: LocalServer) -> None:
        path = await tried(world, face, outside)
        world.later(days=8)
        await ask(face, f"{outside.url}/old.csv")
        assert (await face.person.get(path)).status_code == 404

    async def test_tells_how_far_it_is(self, world: World, outside: LocalServer) -> None:
        async with world.db.company(BOARD) as conn:
            made = await store.add(conn, legacy="x", ats="", name="", who="test", now=world.db.now())
            await store.tell(conn, made, State.READING, progress={}, found={})
            await store.tell_progress(conn, made, {"legacy": [3, 10]})
            it = await store.one(conn, made)
        assert it is not None
        assert it.progress == {"legacy": [3, 10]}


class TestAdding:
    async def test_makes_the_company_with_what_was_found_as_its_sources(
        self, world: World, face: Face, outside: LocalServer
    ) -> None:
        path = await tried(world, face, outside)
        answer = await face.press(f"{path}/add", {"name": "Sunrise Bakery", "ats_name": "Lever", "activate": "true"})
        company = int(answer.headers["location"].rpartition("/")[2])
        async with world.db.company(company) as conn:
            it = await migrations.company(conn, company)
            rows = await snapshots.sources(conn, company)
        assert (it.name, it.ats, it.state) == ("Sunrise Bakery", "Lever", "matching")
        assert [(row.lane, row.kind, row.location) for row in rows] == [
            ("ats", "records", f"{outside.url}/new.csv"),
            ("legacy", "records", f"{outside.url}/old.csv"),
        ]
        assert "The company was added" in text(await face.page(path), "#sides")

    async def test_twice_makes_one_company(self, world: World, face: Face, outside: LocalServer) -> None:
        path = await tried(world, face, outside)
        places = [(await face.press(f"{path}/add", {"name": "Sunrise"})).headers["location"] for _ in range(2)]
        assert len(set(places)) == 1
        async with world.db.operator() as conn:
            assert len(await migrations.companies(conn)) == 1

    async def test_of_a_name_that_is_there_asks_first(self, world: World, face: Face, outside: LocalServer) -> None:
        await world.employ()
        path = await tried(world, face, outside)
        assert "is here already" in await face.told(f"{path}/add", {"name": "Ferrous & Sons"})
        assert "is set up" in await face.told(f"{path}/add", {"name": "Ferrous & Sons", "namesake": "true"})
        assert "needs a name" in await face.told(f"{path}/add", {"name": " "})
