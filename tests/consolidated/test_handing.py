"""One feed of many companies, read once: each gets its own jobs, and nobody gets another's."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest

from changeover import flow as runs
from changeover.consolidated import store
from changeover.consolidated.handing import FEED, PART, assign, with_parts
from changeover.consolidated.names import by_employer, key
from changeover.database.revise import create_company, revise
from changeover.flow import Flow, Taken
from changeover.job import Job, Lane
from changeover.postings.history import verify
from changeover.refusal import Refusal
from changeover.snapshot import store as snapshots
from changeover.snapshot.due import due_sources
from changeover.snapshot.store import SourceRow
from changeover.sources.source import Completeness, Reading, as_changes, failed
from changeover.vouching import set_tells, told_everything
from face import Face, text
from program import World

WHERE = "test:feed"


def told(*jobs: tuple[str, str, str]) -> list[Job]:
    return [Job(id=one, title=title, company=company, location="Oslo, Norway") for one, title, company in jobs]


JOBS = told(
    ("1", "Baker", "Crumb & Co"),
    ("2", "Miller", "crumb  &  CO"),
    ("3", "Welder", "Ferrous"),
    ("4", "Nurse", "Nobody Known"),
    ("5", "Ghost", ""),
)


@dataclass
class Board:
    """A holder with a consolidated feed, and two companies whose jobs come in it."""

    world: World
    flow: Flow
    holder: int
    source: int
    crumb: int
    ferrous: int

    def tell(self, jobs: list[Job], completeness: Completeness = Completeness.COMPLETE) -> None:
        self.world.says[WHERE] = Reading("test", jobs, completeness)

    async def read(self) -> Taken:
        self.world.later(minutes=61)
        outcome = await runs.read_source(self.flow, self.holder, self.source)
        assert isinstance(outcome, Taken)
        return outcome

    async def live(self) -> dict[int, set[str]]:
        async with self.world.db.board() as conn:
            rows = await (await conn.execute("select company_id, title from public_posting")).fetchall()
        return {
            company: {row["title"] for row in rows if row["company_id"] == company}
            for company in (self.holder, self.crumb, self.ferrous)
        }

    async def part(self, company: int) -> SourceRow:
        async with self.world.db.company(company) as conn:
            [row] = await snapshots.sources(conn, company)
        return row

    async def names(self) -> dict[str, store.Name]:
        async with self.world.db.company(self.holder) as conn:
            return {name.key: name for name in await store.names(conn, self.holder, self.source)}


@pytest.fixture
async def board(world: World) -> Board:
    holder, crumb, ferrous = [
        await create_company(world.db, name, who="test") for name in ("Harbour Jobs", "Crumb & Co", "Ferrous")
    ]
    async with revise(world.db, holder, kind="source_added", who="test", why="A feed.") as change:
        source = await snapshots.add_source(change, lane=Lane.LEGACY, kind=FEED, location=WHERE)
    made = Board(world, replace(world.flow, read=with_parts(world.db, world.flow.read)), holder, source, crumb, ferrous)
    made.tell(JOBS)
    return made


class TestAFeedOfManyCompanies:
    async def test_gives_each_company_its_own_jobs_and_the_holder_none(self, board: Board) -> None:
        await board.read()
        assert await board.live() == {board.holder: set(), board.crumb: {"Baker", "Miller"}, board.ferrous: {"Welder"}}

    async def test_counts_what_nobody_here_is_named_for(self, board: Board) -> None:
        await board.read()
        names = await board.names()
        waiting = {(name.name, name.jobs) for name in names.values() if name.waits}
        assert waiting == {("Nobody Known", 1), ("", 1)}
        async with board.world.db.company(board.holder) as conn:
            row = await (await conn.execute("select detail, why from revision where kind = 'feed_read'")).fetchone()
        assert row
        assert row["detail"] == {"companies": 2, "handed": 3, "waiting": 2}
        assert "2 wait" in row["why"]

    async def test_jobs_without_an_employers_name_can_be_handed_over_or_left_out(self, board: Board) -> None:
        await board.read()
        assert await assign(board.flow, board.holder, board.source, " ", board.ferrous, who="Ida") is None
        await board.read()
        assert (await board.live())[board.ferrous] == {"Welder", "Ghost"}
        assert await assign(board.flow, board.holder, board.source, "", None, who="Ida") is None
        assert (await board.live())[board.ferrous] == {"Welder"}
        assert not (await board.names())[""].waits

    async def test_names_that_wait_stand_before_those_that_a_person_left_out(self, board: Board) -> None:
        board.tell([*JOBS, *told(("6", "Clerk", "Test"), ("7", "Clerk", "Test"))])
        await board.read()
        assert await assign(board.flow, board.holder, board.source, "Test", None, who="Ida") is None
        assert [name.waits for name in (await board.names()).values()] == [True, True, False, False, False]

    async def test_read_again_unchanged_leaves_every_posting_as_it_is(self, board: Board) -> None:
        await board.read()
        before = await board.live()
        await board.read()
        assert await board.live() == before
        for company in (board.crumb, board.ferrous):
            assert (await verify(board.world.db, company)).broken == []

    async def test_cut_off_closes_nothing_in_any_company(self, board: Board) -> None:
        await board.read()
        board.tell(JOBS[:1], Completeness.PARTIAL)
        await board.read()
        assert (await board.live())[board.ferrous] == {"Welder"}

    async def test_that_cannot_be_read_changes_nothing_and_says_so(self, board: Board) -> None:
        await board.read()
        board.world.says[WHERE] = failed("test", "UNREACHABLE", "The feed did not answer.")
        outcome = await board.read()
        assert outcome.verdict.code == "UNREACHABLE"
        assert (await board.live())[board.crumb] == {"Baker", "Miller"}

    async def test_that_lost_all_jobs_of_one_company_holds_that_company_alone(self, board: Board) -> None:
        many = [*JOBS, *told(*((f"c{n}", f"Cook {n}", "Crumb & Co") for n in range(20)))]
        board.tell(many)
        await board.read()
        board.tell([job for job in many if job.company == "Ferrous"] + told(("9", "Fitter", "Ferrous")))
        await board.read()
        live = await board.live()
        assert len(live[board.crumb]) == 22
        assert live[board.ferrous] == {"Welder", "Fitter"}

    async def test_is_not_read_again_by_each_company_on_its_own_schedule(self, board: Board) -> None:
        await board.read()
        board.world.later(days=1)
        async with board.world.db.operator() as conn:
            due = await due_sources(conn, board.world.db.now(), 50)
        assert [(each.company_id, each.source_id) for each in due] == [(board.holder, board.source)]

    async def test_lets_a_company_that_moves_read_its_part_again(self, board: Board) -> None:
        await board.read()
        async with board.world.db.company(board.crumb) as conn:
            (part,) = await snapshots.sources(conn, board.crumb)
        assert part.kind == PART
        board.tell([*JOBS, *told(("6", "Cook", "Crumb & Co"))])
        assert isinstance(await runs.read_source(board.flow, board.crumb, part.source_id), Taken)
        assert (await board.live())[board.crumb] == {"Baker", "Miller", "Cook"}
        assert (await board.live())[board.ferrous] == {"Welder"}


class TestAPersonsWord:
    async def test_hands_a_name_to_a_company(self, board: Board) -> None:
        await board.read()
        assert await assign(board.flow, board.holder, board.source, "Nobody Known", board.ferrous, who="test") is None
        await board.read()
        assert (await board.live())[board.ferrous] == {"Welder", "Nurse"}

    async def test_takes_wrong_jobs_from_a_company_at_once_and_shows_none_twice(self, board: Board) -> None:
        await board.read()
        await assign(board.flow, board.holder, board.source, "Crumb & Co", board.ferrous, who="test")
        assert (await board.live())[board.crumb] == set()
        await board.read()
        assert (await board.live())[board.ferrous] == {"Welder", "Baker", "Miller"}

    async def test_outlives_every_reading(self, board: Board) -> None:
        await board.read()
        await assign(board.flow, board.holder, board.source, "Ferrous", None, who="test")
        await board.read()
        name = (await board.names())["ferrous"]
        assert (name.handed_to, name.waits, name.said_by) == (None, False, "test")
        assert (await board.live())[board.ferrous] == set()

    async def test_on_a_name_that_was_never_told_is_refused(self, board: Board) -> None:
        await board.read()
        refusal = await assign(board.flow, board.holder, board.source, "Elsewhere", board.ferrous, who="test")
        assert isinstance(refusal, Refusal)
        assert refusal.code == "UNKNOWN_NAME"


class TestAFeedThatTellsChanges:
    async def test_is_said_to_tell_everything_again_and_so_are_its_parts(self, board: Board) -> None:
        await board.read()
        assert await set_tells(board.flow, board.holder, board.source, changes=True, who="Ida") is None
        board.tell(JOBS[:1])
        await board.read()
        assert (await board.live())[board.ferrous] == {"Welder"}
        assert (await board.part(board.crumb)).tells_changes
        assert await set_tells(board.flow, board.holder, board.source, changes=False, who="Ida") is None
        await board.read()
        assert not (await board.part(board.crumb)).tells_changes
        assert (await board.live())[board.crumb] == {"Baker"}

    async def test_that_has_told_everything_makes_each_companys_part_whole(self, board: Board) -> None:
        await board.read()
        assert await set_tells(board.flow, board.holder, board.source, changes=True, who="Ida") is None
        await board.read()
        assert (await board.part(board.crumb)).whole_at is None
        assert await told_everything(board.flow, board.holder, board.source, who="Ida") is None
        for company in (board.crumb, board.ferrous):
            assert (await board.part(company)).whole_at is not None

    async def test_by_its_own_word_goes_on_being_one(self, board: Board) -> None:
        board.world.says[WHERE] = as_changes(Reading("test", JOBS, Completeness.COMPLETE))
        await board.read()
        board.tell(JOBS[:1])
        await board.read()
        assert (await board.part(board.crumb)).tells_changes
        assert (await board.live())[board.crumb] == {"Baker", "Miller"}

    async def test_is_said_of_the_feed_not_of_one_companys_part(self, board: Board) -> None:
        await board.read()
        part = await board.part(board.crumb)
        refusal = await set_tells(board.flow, board.crumb, part.source_id, changes=True, who="Ida")
        assert isinstance(refusal, Refusal)
        assert refusal.code == "PART_OF_A_FEED"


class TestNames:
    def test_differ_by_their_letters_not_by_case_or_spaces(self) -> None:
        assert key(" Crumb  & CO") == key("crumb & co") != key("Crumb & Co Ltd")

    def test_keep_every_job_under_exactly_one(self) -> None:
        found = by_employer(JOBS)
        assert sorted(job.id for each in found.values() for job in each.jobs) == ["1", "2", "3", "4", "5"]


class TestItsPage:
    async def test_shows_what_waits_and_takes_a_persons_word(self, world: World, board: Board, face: Face) -> None:
        await board.read()
        page = f"/companies/{board.holder}/sources/{board.source}/names"
        assert "2 wait for a company" in text(await face.page(page), ".sums")
        assert "due now" in await face.told(page, {"name": "Nobody Known", "to": "Ferrous"})
        assert "left out" in await face.told(page, {"name": "Crumb & Co", "to": "-"})
        assert "(no name)" in text(await face.page(page), ".names")
        assert "(no name) are left out" in await face.told(page, {"name": "", "to": "-"})
        await board.read()
        live = await board.live()
        assert (live[board.ferrous], live[board.crumb]) == ({"Welder", "Nurse"}, set())
        assert "0 wait" in text(await face.page(page), ".sums")

    async def test_refuses_a_company_that_is_not_here(self, board: Board, face: Face) -> None:
        await board.read()
        page = f"/companies/{board.holder}/sources/{board.source}/names"
        assert "There is no company" in await face.told(page, {"name": "Nobody Known", "to": "Atlantis"})

    async def test_is_there_for_consolidated_feeds_alone(self, world: World, face: Face) -> None:
        await world.employ()
        await face.page(f"{face.at}/sources/{world.legacy}/names", status=404)


async def test_a_program_sees_the_names_and_says_whose_jobs_they_are(board: Board, face: Face) -> None:
    await board.read()
    at = f"/api/v1/companies/{board.holder}/sources/{board.source}/names"
    first = (await face.person.get(at, params={"size": 1})).json()
    assert [(name["name"], name["waits"], name["handed_to"]) for name in first["names"]] == [
        ("Nobody Known", True, None)
    ]
    rest = (await face.person.get(at, params={"after": first["next"]})).json()
    assert {name["handed_to"] for name in rest["names"]} == {None, str(board.crumb), str(board.ferrous)}
    answer = await face.ask(at, {"name": "Nobody Known", "company": str(board.ferrous)})
    assert answer.status_code == 200, answer.text
    await board.read()
    assert (await board.live())[board.ferrous] == {"Welder", "Nurse"}
    assert (await face.ask(at, {"name": "Nobody Known", "company": "7"})).status_code == 404
    assert (await face.person.get(f"/api/v1/companies/{board.holder}/sources/9/names")).status_code == 404
