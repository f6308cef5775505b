"""What the console can do, a program can: with a session's token, in problems and shapes that a program reads."""

from __future__ import annotations

import pytest

from changeover import flow as runs
from changeover.database.revise import create_company
from changeover.job import Lane
from changeover.migration import store as migrations
from face import Face, migrate
from program import World


@pytest.fixture
async def at(world: World) -> str:
    await migrate(world)
    return f"/api/v1/companies/{world.company}"


class TestAProgramReads:
    async def test_a_company_with_its_reasons(self, world: World, face: Face, at: str) -> None:
        answer = await face.person.get(at)
        told = answer.json()
        assert (told["id"], told["state"], told["feed"]) == (str(world.company), "matching", "legacy")
        assert told["counts"]["paired"] == 3
        assert {blocker["code"] for blocker in told["blockers"]} == {
            "MIGRATION_MISSING_JOB_POSTING",
            "MIGRATION_MISSING_SCRAPED_JOB",
        }
        again = await face.person.get(at, headers={"if-none-match": answer.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")

    async def test_all_companies_page_by_page(self, world: World, face: Face) -> None:
        for number in range(5):
            await create_company(world.db, f"Company {number}", who="test")
        seen: list[str] = []
        after: str | None = "0"
        while after is not None:
            page = (await face.person.get(f"/api/v1/companies?size=2&after={after}")).json()
            seen += [each["name"] for each in page["companies"]]
            after = page["next"]
        assert seen == [f"Company {number}" for number in range(5)]
        assert (await face.person.get("/api/v1/companies?state=ready")).json()["companies"] == []
        assert (await face.person.get("/api/v1/companies?state=nonsense")).status_code == 422

    async def test_the_review_page_by_page(self, face: Face, at: str) -> None:
        found = []
        query = "size=1"
        while query:
            page = (await face.person.get(f"{at}/review?{query}")).json()
            found += page["findings"]
            query = f"size=1&after={page['next']}" if page["next"] else ""
        assert sorted(each["decision"] for each in found) == ["ats_only", "legacy_only", "review"]
        paired = (await face.person.get(f"{at}/review?decision=paired")).json()["findings"]
        assert len(paired) == 3

    async def test_the_description_of_all_this(self, face: Face) -> None:
        said = (await face.stranger.get("/api/openapi.json")).json()
        assert said["openapi"].startswith("3.1")
        assert "/api/v1/companies/{company}/jobs" in said["paths"]
        assert all(path.startswith("/api/v1/") for path in said["paths"])

    @pytest.mark.parametrize("path", ["x", "7", f"{2**63}", "7/review"])
    async def test_that_there_is_no_such_company(self, face: Face, path: str) -> None:
        answer = await face.person.get(f"/api/v1/companies/{path}")
        assert (answer.status_code, answer.json()["code"]) == (404, "UNKNOWN_COMPANY")


class TestAProgramActs:
    async def test_with_the_token_of_the_session_alone(self, face: Face, at: str) -> None:
        assert (await face.person.post(f"{at}/hold")).status_code == 403
        assert (await face.stranger.post(f"{at}/hold")).status_code == 401
        assert (await face.ask(f"{at}/hold", {"why": "Until Monday"})).json()["done"]
        assert (await face.person.get(at)).json()["held_why"] == "Until Monday"
        assert (await face.ask(f"{at}/unhold")).status_code == 200

    async def test_by_rehearsing_then_resolving_then_reverting(self, world: World, face: Face, at: str) -> None:
        rehearsal = (await face.ask(f"{at}/rehearse")).json()
        assert (rehearsal["move"], len(rehearsal["closing"]), len(rehearsal["opening"]), rehearsal["kept"]) == (
            "resolve",
            2,
            2,
            3,
        )
        stale = await face.ask(f"{at}/resolve", {"seen": "0" * 32})
        assert (stale.status_code, stale.json()["code"]) == (409, "PREVIEW_CHANGED")
        assert stale.json()["preview"]["seen"] == rehearsal["seen"]
        moved = await face.ask(f"{at}/resolve", {"seen": rehearsal["seen"]})
        assert moved.json() | {"revision": 0} == {"revision": 0, "closed": 2, "opened": 2, "kept": 3}
        again = await face.ask(f"{at}/resolve", {"seen": rehearsal["seen"]})
        assert (again.status_code, again.json()["code"]) == (409, "ALREADY_MOVED")
        back = (await face.ask(f"{at}/rehearse")).json()
        assert back["move"] == "revert"
        assert (await face.ask(f"{at}/revert", {"seen": back["seen"]})).status_code == 200
        async with world.db.company(world.company) as conn:
            assert (await migrations.company(conn, world.company)).held

    async def test_and_is_told_where_a_resolve_waits(self, world: World, face: Face, at: str) -> None:
        seen = (await face.ask(f"{at}/rehearse")).json()["seen"]
        world.break_source(Lane.ATS)
        waits = await face.ask(f"{at}/resolve", {"seen": seen})
        assert (waits.status_code, waits.json()["code"]) == (202, "RESOLVE_WAITS")

    async def test_by_confirming_a_pair(self, world: World, face: Face, at: str) -> None:
        (pair,) = (await face.person.get(f"{at}/review?decision=review")).json()["findings"]
        word = {"legacy_job": pair["legacy_job"], "ats_job": pair["ats_job"]}
        assert (await face.ask(f"{at}/pairs", {**word, "verdict": "confirmed"})).status_code == 200
        await runs.run(world.flow, world.company)
        assert (await face.person.get(f"{at}/review?decision=review")).json()["findings"] == []
        assert (await face.ask(f"{at}/pairs", {**word, "verdict": "undecided"})).status_code == 200
        refused = await face.ask(f"{at}/pairs", {"legacy_job": "7", "ats_job": "8", "verdict": "confirmed"})
        assert (refused.status_code, refused.json()["code"]) == (409, "UNKNOWN_JOB")
        wide = {"legacy_job": str(2**63), "ats_job": "8", "verdict": "confirmed"}
        assert (await face.ask(f"{at}/pairs", wide)).status_code == 422

    async def test_by_queueing_a_reading(self, world: World, face: Face, at: str) -> None:
        assert (await face.ask(f"{at}/sources/{world.legacy}/read")).status_code == 202
        assert (await face.ask(f"{at}/sources/7/read")).status_code == 404
        assert (await face.ask(f"{at}/sources/{world.legacy}/accept/7")).json()["code"] == "NOTHING_HELD"

    async def test_by_activating_and_cancelling(self, face: Face, at: str) -> None:
        assert (await face.ask(f"{at}/cancel")).status_code == 200
        assert (await face.ask(f"{at}/cancel")).status_code == 409
        assert (await face.ask(f"{at}/activate")).status_code == 200
