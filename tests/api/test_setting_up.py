"""What the console and the command line set up and look up, a program does too."""

from __future__ import annotations

from typing import Any

import httpx2
import pytest

from changeover import flow as runs
from changeover.job import Lane
from face import ATS, LEGACY, Face, job, migrate
from program import World


class Program:
    """A program with an operator token, told JSON."""

    def __init__(self, face: Face) -> None:
        self.face = face

    async def get(self, path: str, status: int = 200) -> Any:
        answer = await self.face.stranger.get(f"/api/v1{path}", headers=self.face.program)
        assert answer.status_code == status, answer.text
        return answer.json()

    async def do(self, path: str, body: object = None, status: int = 200, method: str = "POST") -> Any:
        answer: httpx2.Response = await self.face.stranger.request(
            method, f"/api/v1{path}", headers=self.face.program, json=body
        )
        assert answer.status_code == status, answer.text
        return answer.json()


@pytest.fixture
def program(face: Face) -> Program:
    return Program(face)


async def pages(program: Program, path: str, name: str, cursor: str, size: int = 1) -> list[Any]:
    found: list[Any] = []
    query = f"size={size}"
    while query:
        page = await program.get(f"{path}?{query}")
        found += page[name]
        query = f"size={size}&{cursor}={page['next']}" if page["next"] else ""
    return found


async def _all_told(world: World, program: Program, after: str) -> dict[str, Any]:
    """The stream to its end, once no transaction of another test on this server holds it back."""
    told: list[dict[str, Any]] = []
    more = True
    while more:
        held = await world.held_back()
        page = await program.get(f"/postings/changes?size=1000&after={after}")
        told += page["changes"]
        after, more = page["next"], page["more"] or held
    return {"changes": told, "next": after}


class TestACompany:
    async def test_is_added_found_and_renamed(self, world: World, program: Program) -> None:
        made = await program.do("/companies", {"name": " Ferrous  & Sons ", "ats": "Greenhouse"}, 201)
        assert (made["name"], made["ats"], made["state"]) == ("Ferrous & Sons", "Greenhouse", "legacy")
        refused = await program.do("/companies", {"name": "ferrous & sons"}, 409)
        assert refused["code"] == "NAMESAKE"
        await program.do("/companies", {"name": "Ferrous & Sons", "namesake": True}, 201)
        at = f"/companies/{made['id']}"
        renamed = await program.do(at, {"name": "Ferrous & Daughters"}, method="PATCH")
        assert (renamed["name"], renamed["ats"]) == ("Ferrous & Daughters", "Greenhouse")
        assert (await program.do(at, {"ats": "Lever"}, method="PATCH"))["ats"] == "Lever"
        assert (await program.do(at, {}, method="PATCH"))["revision"] == renamed["revision"] + 1
        assert [event["kind"] for event in (await program.get(f"{at}/history"))["events"]] == [
            "renamed",
            "renamed",
            "company_added",
        ]

    @pytest.mark.parametrize("name", ["", "   ", "x" * 201])
    async def test_needs_a_name_that_can_be_read(self, program: Program, name: str) -> None:
        assert (await program.do("/companies", {"name": name}, 422))["code"] == "BAD_NAME"

    async def test_that_is_renamed_is_told_so_to_who_follows_the_live_set(self, world: World, program: Program) -> None:
        await migrate(world)
        start = await _all_told(world, program, "")
        await program.do(f"/companies/{world.company}", {"name": "Other"}, method="PATCH")
        told = (await _all_told(world, program, start["next"]))["changes"]
        assert {(entry["change"], entry["posting"]["employer"]) for entry in told} == {("changed", "Other")}
        assert len(told) == len(await world.live())

    async def test_has_rules_that_a_program_sets(self, world: World, program: Program) -> None:
        await migrate(world)
        at = f"/companies/{world.company}"
        await program.do(f"{at}/options", {"ats_only_holds": False}, method="PATCH")
        told = await program.get(at)
        assert (told["ats_only_holds"], told["none_live"]) == (False, False)

    async def test_stands_in_the_overview(self, world: World, program: Program) -> None:
        await migrate(world)
        world.tell(Lane.LEGACY, *LEGACY, *(job(f"L{n}", f"Job {n}") for n in range(10, 40)))
        await world.read(Lane.LEGACY)
        world.tell(Lane.LEGACY, *LEGACY)
        await world.read(Lane.LEGACY)
        told = await program.get("/overview")
        assert told["states"]["matching"] == {"companies": 1, "held": 0}
        (held,) = told["held_readings"]
        at = f"/companies/{held['company']}/sources/{held['source']}"
        assert (await program.get(at))["held_reading"] == held["reading"]
        taken = await program.do(f"{at}/accept/{held['reading']}")
        assert (taken["jobs"], taken["closed"]) == (5, 30)
        assert (await program.get("/overview"))["held_readings"] == []


class TestASource:
    async def test_is_added_listed_read_and_revoked(self, world: World, program: Program) -> None:
        await world.employ()
        at = f"/companies/{world.company}/sources"
        body = {"location": "https://jobs.example/feed.xml", "kind": "xml_feed", "every_minutes": 30}
        made = await program.do(at, body, 201)
        assert (made["lane"], made["state"], made["every_minutes"]) == ("legacy", "active", 30)
        assert (await program.do(at, body, 409))["code"] == "SOURCE_THERE"
        pushes = await program.do(at, {"location": "push"}, 201)
        assert (pushes["lane"], pushes["kind"], pushes["pulled"]) == ("ats", "ats_push", False)
        assert (await program.do(at, {"location": "push", "lane": "legacy"}, 422))["code"] == "ONLY_AN_ATS_PUSHES"
        assert (await program.do(at, {**body, "kind": "nonsense"}, 422))["code"] == "UNKNOWN_KIND"
        ids = [source["id"] for source in await pages(program, at, "sources", "after")]
        assert ids == sorted(ids, key=int)
        assert len(ids) == 4
        await program.do(f"{at}/{made['id']}/read", status=202)
        await program.do(f"{at}/{made['id']}/revoke")
        assert (await program.get(f"{at}/{made['id']}"))["state"] == "revoked"
        assert (await program.do(f"{at}/{made['id']}/revoke", status=409))["code"] == "NOT_ACTIVE"

    async def test_is_refused_where_it_cannot_be_read(self, world: World, program: Program) -> None:
        await world.employ()
        at = f"/companies/{world.company}/sources"
        assert (await program.do(at, {"location": "http://127.0.0.1:9/feed.xml"}, 422))["code"] == "NO_SOURCE"
        assert (await program.do(at, {"location": "/etc/passwd"}, 422))["code"] == "INVALID_REQUEST"

    async def test_tells_what_it_said(self, world: World, program: Program) -> None:
        await migrate(world)
        found = await pages(
            program, f"/companies/{world.company}/sources/{world.legacy}/readings", "readings", "before"
        )
        assert [reading["verdict"] for reading in found] == ["taken"] * 3
        assert [reading["appeared"] for reading in found] == [0, 0, 5]


class TestAClient:
    async def test_is_added_pushes_and_is_given_a_new_token(self, world: World, face: Face, program: Program) -> None:
        await world.employ(push=True)
        at = f"/companies/{world.company}"
        made = await program.do(f"{at}/clients", {"name": "Our ATS"}, 201)
        new = await program.do(f"{at}/clients/{made['id']}/rotate")
        for token in (made["token"], new["token"]):
            headers = {"authorization": f"Bearer {token}"}
            answer = await face.stranger.post(f"/api/v1{at}/jobs", headers=headers, json={"jobs": []})
            assert answer.status_code == 200, answer.text
        (listed,) = await pages(program, f"{at}/clients", "clients", "after")
        assert (listed["id"], listed["name"]) == (made["id"], "Our ATS")
        assert (await program.do(f"{at}/clients/7/rotate", status=404))["code"] == "UNKNOWN_CLIENT"


class TestPairs:
    async def test_are_decided_many_at_once_in_one_revision(self, world: World, program: Program) -> None:
        await migrate(world)
        at = f"/companies/{world.company}"
        before = (await program.get(at))["revision"]
        paired = (await program.get(f"{at}/review?decision=paired"))["findings"]
        (doubt,) = (await program.get(f"{at}/review?decision=review"))["findings"]
        words = [
            {"legacy_job": doubt["legacy_job"], "ats_job": doubt["ats_job"], "verdict": "confirmed"},
            {"legacy_job": paired[0]["legacy_job"], "ats_job": paired[0]["ats_job"], "verdict": "rejected"},
            {"legacy_job": "7", "ats_job": "8", "verdict": "confirmed"},
        ]
        told = await program.do(f"{at}/pairs/bulk", {"words": words})
        assert (told["taken"], told["revision"]) == (2, before + 1)
        assert [(word["done"], word["code"]) for word in told["words"]] == [
            (True, ""),
            (True, ""),
            (False, "UNKNOWN_JOB"),
        ]
        await runs.run(world.flow, world.company)
        decided = await pages(program, f"{at}/pairs", "pairs", "after")
        assert {(each["legacy_id"], each["ats_id"], each["verdict"]) for each in decided} == {
            ("L4", "A4", "confirmed"),
            (paired[0]["legacy_id"], paired[0]["ats_id"], "rejected"),
        }
        assert (await program.get(f"{at}/verify"))["broken"] == []
        none = await program.do(f"{at}/pairs/bulk", {"words": words[2:]})
        assert (none["taken"], none["revision"]) == (0, None)

    async def test_of_jobs_that_read_the_same_are_made_in_one_step_and_in_order(
        self, world: World, program: Program
    ) -> None:
        await world.employ()
        for lane, prefix in ((Lane.LEGACY, "L"), (Lane.ATS, "A")):
            world.tell(lane, *(job(f"{prefix}{n}", "Night Porter") for n in (2, 10, 1)))
        await world.read(Lane.LEGACY)
        await world.activate()
        await world.read()
        at = f"/companies/{world.company}"
        groups = {each["twins_job"] for each in (await program.get(f"{at}/review"))["findings"]}
        (twins,) = groups
        assert twins != "0"
        refused = await program.do(f"{at}/pairs/groups", {"twins_job": "7", "by": "ids"}, status=409)
        assert refused["code"] == "NO_SUCH_GROUP"
        told = await program.do(f"{at}/pairs/groups", {"twins_job": twins, "by": "ids"})
        assert told["sentence"].startswith("3 pairs are confirmed")
        await runs.run(world.flow, world.company)
        paired = (await program.get(f"{at}/review?decision=paired"))["findings"]
        assert {(each["legacy_id"], each["ats_id"]) for each in paired} == {("L1", "A1"), ("L2", "A2"), ("L10", "A10")}


class TestAPosting:
    async def test_is_listed_as_the_board_shows_it(self, world: World, face: Face, program: Program) -> None:
        await migrate(world)
        at = f"/companies/{world.company}/postings"
        found = await pages(program, at, "postings", "before", size=2)
        assert {int(each["id"]): each["title"] for each in found} == await world.live()
        one = await program.get(f"{at}/{found[-1]['id']}")
        assert (one["state"], one["feed"], one["title"]) == ("live", "legacy", found[-1]["title"])
        page = await face.stranger.get(one["url"].removeprefix("http://127.0.0.1:8000"))
        assert page.status_code == 200

    async def test_tells_when_it_was_live_and_what_it_showed(self, world: World, program: Program) -> None:
        await migrate(world)
        at = f"/companies/{world.company}"
        listed = (await program.get(f"{at}/postings"))["postings"]
        paired = next(each["id"] for each in listed if each["title"] == "Night Baker")
        lone = next(each["id"] for each in listed if each["title"] == "Lighthouse Keeper")
        for act in ("resolve", "revert"):
            seen = (await program.do(f"{at}/rehearse"))["seen"]
            await program.do(f"{at}/{act}", {"seen": seen})
        shown = await pages(program, f"{at}/postings/{paired}/history", "shown", "after")
        assert [(each["lane"], each["source_job_id"], each["to_kind"]) for each in shown] == [
            ("legacy", "L1", "resolved"),
            ("ats", "A1", "reverted"),
            ("legacy", "L1", None),
        ]
        assert [each["to_revision"] for each in shown[:-1]] == [each["from_revision"] for each in shown[1:]]
        gone = await pages(program, f"{at}/postings/{lone}/history", "shown", "after")
        assert [(each["to_kind"], each["from_kind"]) for each in gone] == [
            ("resolved", "reading_taken"),
            (None, "reverted"),
        ]
        assert gone[0]["to_revision"] < gone[1]["from_revision"]

    async def test_that_was_joined_with_another_says_with_which(self, world: World, program: Program) -> None:
        await migrate(world)
        at = f"/companies/{world.company}/postings"
        async with world.db.company(world.company) as conn:
            row = await (
                await conn.execute("select posting_id, alias_of from posting where alias_of is not null limit 1")
            ).fetchone()
        assert row is not None
        told = await program.get(f"{at}/{row['posting_id']}")
        assert (told["state"], told["moved_to"], told["title"]) == ("moved", str(row["alias_of"]), None)
        assert (await program.get(f"{at}/7", 404))["code"] == "UNKNOWN_POSTING"


async def test_the_history_is_paged_and_the_promises_are_checked(world: World, program: Program) -> None:
    await migrate(world)
    at = f"/companies/{world.company}"
    events = await pages(program, f"{at}/history", "events", "before", size=3)
    revision = (await program.get(at))["revision"]
    assert [event["revision"] for event in events] == list(range(revision, 0, -1))
    verified = await program.get(f"{at}/verify")
    assert (verified["gaps"], verified["duplicates"], verified["revisions"]) == (0, 0, revision)


async def test_the_review_is_the_consoles_file(world: World, face: Face) -> None:
    await migrate(world)
    theirs = await face.person.get(f"/companies/{world.company}/review.csv")
    ours = await face.stranger.get(f"/api/v1/companies/{world.company}/review.csv", headers=face.reader)
    assert (ours.status_code, ours.text) == (200, theirs.text)
    assert len(ours.text.splitlines()) == len(ATS) + 2
