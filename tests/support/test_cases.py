"""A case of support: opened with its evidence, written in by both sides, closed with a cause, counted."""

from __future__ import annotations

import re

import pytest

from changeover import acts
from changeover.job import Lane
from changeover.refusal import Refusal
from changeover.support import cases, store
from changeover.support.cases import ABOUT
from face import Face, job, migrate, text
from program import World
from promises import broken

MISSING = "MIGRATION_MISSING_JOB_POSTING"


@pytest.fixture
async def migrating(world: World) -> World:
    await migrate(world)
    return world


async def opened(face: Face, **fields: str) -> str:
    """The path of a new case."""
    answer = await face.press(f"{face.at}/cases", fields)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


async def test_the_review_page_and_each_code_on_it_open_a_case(migrating: World, face: Face) -> None:
    page = await face.page(f"{face.at}/review")
    forms = page.css(f'form[action="{face.at}/cases"]')
    inputs = [node.css_first("input[name=code]") for node in forms]
    codes = {str(node.attributes["value"]) for node in inputs if node}
    assert codes == {MISSING, "MIGRATION_MISSING_SCRAPED_JOB"}
    assert len(forms) > len(codes)
    case = await opened(face, code=MISSING)
    page = await face.page(case)
    assert text(page, "h1") == ABOUT[MISSING]
    assert MISSING in text(page, "#thread")


async def test_the_evidence_is_as_it_stood_both_snapshots_and_the_reasons(migrating: World, face: Face) -> None:
    world = migrating
    case = await opened(face, words="Why?")
    number = int(case.rpartition("/")[2])
    async with world.db.company(world.company) as conn:
        row = await store.case(conn, world.company, number)
        cursor = await conn.execute("select reading_id from reading order by reading_id")
        readings = {str(each["reading_id"]) for each in await cursor.fetchall()}
    assert row is not None
    evidence = row["evidence"]
    assert [each["lane"] for each in evidence["snapshots"]] == ["legacy", "ats"]
    assert {each["reading"] for each in evidence["snapshots"]} <= readings
    assert evidence["findings"]
    assert all(each["reason"] for each in evidence["findings"])
    assert {each["decision"] for each in evidence["findings"]} <= {"legacy_only", "review", "ats_only"}
    # What happens later does not change it.
    world.tell(Lane.LEGACY)
    await world.read(Lane.LEGACY)
    async with world.db.company(world.company) as conn:
        again = await store.case(conn, world.company, number)
    assert again == row
    assert "snapshot" in text(await face.page(case), "main")


async def test_both_sides_write_and_whoever_looks_is_told_by_a_revision(migrating: World, face: Face) -> None:
    case = await opened(face, words="<b>Help</b>")
    assert "Sent" in await face.told(f"{case}/messages", {"words": "What is it?", "as": "operator"})
    page = await face.page(case)
    assert [node.text() for node in page.css("#thread strong")] == ["Employer", "Support"]
    assert "<b>Help</b>" in text(page, "#thread")
    # The page's thread is a live region: the revision that was written wakes it.
    assert page.css_first("#thread[data-live]") is not None
    async with face.world.db.company(face.world.company) as conn:
        row = await (await conn.execute("select kind from revision order by revision desc limit 1")).fetchone()
    assert row == {"kind": "case_written"}
    assert "empty" in await face.told(f"{case}/messages", {"words": "  "})


async def test_support_proposes_a_pair_and_the_employer_confirms_it(world: World, face: Face) -> None:
    await world.employ()
    world.tell(Lane.LEGACY, job("L1", "Night Baker"), job("L2", "Welder"))
    world.tell(Lane.ATS, job("A1", "Head of Nocturnal Dough"), job("A2", "Welder"))
    await world.read(Lane.LEGACY)
    assert await acts.activate(world.flow, world.company, who="test") is None
    await world.read()
    case = await opened(face)
    assert "UNKNOWN_JOB" in await face.told(f"{case}/proposals", {"legacy": "L1", "ats": "A9"})
    assert "Proposed" in await face.told(f"{case}/proposals", {"legacy": "L1", "ats": "A1"})
    page = await face.page(case)
    assert "Head of Nocturnal Dough" in text(page, "#proposals")
    form = page.css_first(f'form[action="{case}/pairs"]')
    assert form is not None
    fields = {str(n.attributes["name"]): str(n.attributes["value"]) for n in form.css("input[type=hidden]")}
    fields.pop("csrf")
    assert "Confirmed" in await face.told(f"{case}/pairs", fields)
    assert "Confirmed by the employer" in text(await face.page(case), "#proposals")
    assert broken(world.db.address.owner) == []


async def test_a_case_closes_with_a_cause_once_and_is_counted(migrating: World, face: Face) -> None:
    first, second = await opened(face), await opened(face)
    assert "What waits 2" in text(await face.page("/support"), "#waiting")
    assert "no such cause" in await face.told(f"{first}/close", {"cause": "weather"})
    assert "closed" in await face.told(f"{first}/close", {"cause": "mended_in_ats"})
    assert "CASE_CLOSED" in await face.told(f"{first}/close", {"cause": "other"})
    assert "CASE_CLOSED" in await face.told(f"{first}/messages", {"words": "Late."})
    await face.told(f"{second}/close", {"cause": "mended_in_ats"})
    page = await face.page("/support")
    assert "No case is open" in text(page, "#waiting")
    assert re.search(r"2 The employer changed its ATS", text(page, "#causes"))


async def test_another_companys_case_is_not_there(migrating: World, face: Face) -> None:
    case = await opened(face)
    number = case.rpartition("/")[2]
    await face.world.employ()
    answer = await face.person.get(f"{face.at}/cases/{number}")
    assert answer.status_code == 404
    refusal = await cases.write(face.world.db, face.world.company, int(number), "Hello", side="operator", who="test")
    assert isinstance(refusal, Refusal)
    assert refusal.code == "UNKNOWN_CASE"


async def test_a_program_does_all_of_it(migrating: World, face: Face) -> None:
    base = f"/api/v1/companies/{migrating.company}/cases"
    made = (await face.stranger.post(base, json={"code": MISSING, "words": "Why?"}, headers=face.program)).json()
    assert made["evidence"]["findings"]
    at = f"{base}/{made['id']}"
    (waiting,) = (await face.stranger.get("/api/v1/cases", headers=face.reader)).json()["cases"]
    assert (waiting["company"], waiting["case"], waiting["last_side"]) == (
        str(migrating.company), made["id"], "employer",
    )  # fmt: skip
    written = await face.stranger.post(f"{at}/messages", json={"words": "Look."}, headers=face.program)
    assert written.status_code == 200
    assert (await face.stranger.post(f"{at}/close", json={"cause": "x"}, headers=face.program)).status_code == 422
    done = await face.stranger.post(f"{at}/close", json={"cause": "no_answer"}, headers=face.program)
    assert done.status_code == 200, done.text
    told = (await face.stranger.get(at, headers=face.reader)).json()
    assert ([each["side"] for each in told["messages"]], told["cause"]) == (["employer", "operator"], "no_answer")
    listed = (await face.stranger.get(base, headers=face.reader)).json()
    assert [each["cause"] for each in listed["cases"]] == ["no_answer"]
    assert (await face.stranger.get(f"{base}/7", headers=face.reader)).status_code == 404
