"""The review as people work through it: by mouse, by keyboard, without a script, with a second page watching."""

from __future__ import annotations

import asyncio
import csv
import io
from pathlib import Path

import pytest
from playwright.async_api import BrowserContext, Page, expect

from browser_window import Visit, press, reach
from changeover import flow as runs
from changeover.job import Lane
from changeover.migration import store as migrations
from changeover.migration.state import State
from face import LEGACY, Face, migrate


@pytest.fixture
async def migrating(served: Face) -> Face:
    await migrate(served.world)
    return served


async def state(face: Face) -> State:
    async with face.world.db.company(face.world.company) as conn:
        return (await migrations.company(conn, face.world.company)).state


async def run(face: Face) -> None:
    await runs.run(face.world.flow, face.world.company)


async def review(context: BrowserContext, face: Face) -> Page:
    page = await context.new_page()
    await page.goto(f"{face.at}/review")
    return page


async def test_confirm_download_resolve_and_revert(migrating: Face, visit: Visit) -> None:
    context = await visit()
    page = await review(context, migrating)

    await page.get_by_role("button", name="Confirm: Crane Operator is Crane Technician").click()
    await expect(page.locator("#note")).to_contain_text("one opening now")
    await run(migrating)
    await expect(page.locator(".pairing")).to_have_count(0)
    await expect(page.locator(".legend")).to_contain_text("4 matched")

    async with page.expect_download() as started:
        await page.get_by_role("link", name="Download CSV").click()
    text = await asyncio.to_thread(Path(await (await started.value).path()).read_text)
    rows = list(csv.DictReader(io.StringIO(text)))
    assert sorted(row["decision"] for row in rows) == ["ats_only", "legacy_only", *["paired"] * 4]

    await page.get_by_role("link", name="Resolve jobs").click()
    await expect(page.locator(".lines.closing li")).to_contain_text("Lighthouse Keeper Skye, Scotland · L5")
    await page.get_by_role("button", name="Resolve jobs and close 1 posting").click()
    await expect(page.locator("#note")).to_contain_text("1 posting closed, 1 posting opened, 4 postings stayed")
    await expect(page.locator("#head")).to_contain_text("kept for the way back until")
    assert await state(migrating) is State.CUT_OVER

    await page.get_by_role("link", name="Revert…").click()
    await page.get_by_role("button", name="Revert and close 1 posting").click()
    await expect(page.locator("#note")).to_contain_text("The old source feeds the board again")
    assert await state(migrating) is State.MATCHING
    assert sorted((await migrating.world.live()).values()) == sorted(each.title for each in LEGACY)


async def test_all_of_it_by_keyboard_alone(migrating: Face, visit: Visit) -> None:
    page = await review(await visit(), migrating)
    await page.keyboard.press("Tab")
    await expect(page.locator(".skip")).to_be_focused()
    await expect(page.locator(".skip")).to_be_visible()
    await press(page, "Reject: Crane Operator is not Crane Technician")
    await expect(page.locator("#note")).to_contain_text("kept apart")
    await run(migrating)
    await expect(page.locator("#no-twin")).to_contain_text("Crane Operator")
    await page.goto(f"{migrating.at}/review")
    await press(page, "Resolve jobs…")
    await page.wait_for_url("**/resolve")
    await press(page, "Resolve jobs and close 2 postings")
    await expect(page.locator("#note")).to_contain_text("2 postings closed")
    assert await state(migrating) is State.CUT_OVER
    await page.goto(migrating.at)
    await press(page, "Revert…")
    await page.wait_for_url("**/revert")
    await press(page, "Revert and close 2 postings")
    await expect(page.locator("#note")).to_contain_text("The old source feeds the board again")
    assert await state(migrating) is State.MATCHING


async def test_many_pairs_are_ticked_and_taken_back_by_keyboard(migrating: Face, visit: Visit) -> None:
    page = await review(await visit(), migrating)
    await reach(page, "Tick: Crane Operator beside Crane Technician")
    await page.keyboard.press("Space")
    await press(page, "Reject those ticked")
    await expect(page.locator("#note")).to_contain_text("0 pairs confirmed, 1 rejected")
    await page.locator("#note").scroll_into_view_if_needed()
    await page.evaluate("document.activeElement.blur()")
    await press(page, "Undo")
    await expect(page.locator("#note")).to_contain_text("1 word taken back")


async def test_one_box_ticks_them_all(migrating: Face, visit: Visit) -> None:
    page = await review(await visit(), migrating)
    await page.get_by_label("All on this page").check()
    await page.get_by_role("button", name="Confirm those ticked").click()
    await expect(page.locator("#note")).to_contain_text("1 pair confirmed")


async def test_the_file_is_sent_back_without_a_script(migrating: Face, visit: Visit, tmp_path: Path) -> None:
    page = await review(await visit(script=False), migrating)
    async with page.expect_download() as started:
        await page.get_by_role("link", name="Download the review").click()
    text = await asyncio.to_thread(Path(await (await started.value).path()).read_text)
    edited = tmp_path / "review.csv"
    await asyncio.to_thread(edited.write_text, text.replace('"review"', '"confirmed"'))
    await page.set_input_files("input[type=file]", edited)
    await page.get_by_role("button", name="Take the words in this file").click()
    await expect(page.locator("#note")).to_contain_text("1 pair confirmed")
    await page.get_by_role("button", name="Undo").click()
    await expect(page.locator("#note")).to_contain_text("1 word taken back")


async def test_without_a_script_it_is_forms_and_links(migrating: Face, visit: Visit) -> None:
    context = await visit(script=False)
    page = await review(context, migrating)
    await page.get_by_role("button", name="Confirm: Crane Operator is Crane Technician").click()
    await expect(page.locator("#note")).to_contain_text("one opening now")
    await run(migrating)
    await page.goto(f"{migrating.at}/review")
    await page.locator("#no-twin summary").click()
    await page.goto(migrating.at)
    await page.get_by_text("Hold…").click()
    await page.get_by_label("Why").fill("Until Monday")
    await page.get_by_role("button", name="Hold the cut-over").click()
    await expect(page.locator("#head")).to_contain_text("Until Monday")
    await page.goto(f"{migrating.at}/resolve")
    await page.get_by_role("button", name="Resolve jobs and close 1 posting").click()
    await expect(page.locator("#note")).to_contain_text("1 posting closed")
    assert await state(migrating) is State.CUT_OVER


class TestASecondPage:
    async def test_follows_what_the_first_does(self, migrating: Face, visit: Visit) -> None:
        first, second = await visit(), await visit(width=360)
        page, watching, home = await review(first, migrating), await review(second, migrating), await second.new_page()
        await home.goto("/")
        await expect(watching.locator("#pulse")).to_have_text("Live")
        await page.get_by_role("button", name="Confirm: Crane Operator is Crane Technician").click()
        await expect(watching.locator(".pairing")).to_contain_text("Confirmed")
        await run(migrating)
        await expect(watching.locator(".pairing")).to_have_count(0)
        await expect(home.locator(".company .how")).to_contain_text("4 of 5 matched")

    async def test_keeps_what_a_person_opened_and_where_the_focus_is(self, migrating: Face, visit: Visit) -> None:
        page = await (await visit()).new_page()
        await page.goto(migrating.at)
        await expect(page.locator("#pulse")).to_have_text("Live")
        await page.locator("summary", has_text="Last readings").first.click()
        await page.get_by_role("link", name="Review 4 jobs").focus()
        await migrating.person.post(f"{migrating.at}/hold", data={"csrf": await migrating.csrf()})
        await expect(page.locator("#head")).to_contain_text("Held by operator")
        assert await page.evaluate("document.activeElement.innerText") == "Review 4 jobs"
        await migrating.world.read()
        await expect(page.locator("#sources")).to_contain_text("just now")
        await expect(page.locator("details[open] > summary", has_text="Last readings")).to_have_count(1)

    async def test_does_not_write_under_a_persons_fingers(self, migrating: Face, visit: Visit) -> None:
        page = await (await visit()).new_page()
        await page.goto(migrating.at)
        await expect(page.locator("#pulse")).to_have_text("Live")
        await page.get_by_text("Hold…").click()
        await page.get_by_label("Why").fill("Half a sen")
        await migrating.person.post(f"{migrating.at}/hold", data={"csrf": await migrating.csrf(), "why": "Another"})
        await expect(page.locator("#timeline")).to_contain_text("Another")
        await expect(page.get_by_label("Why")).to_have_value("Half a sen")

    async def test_says_when_it_is_not_live_any_more(self, migrating: Face, visit: Visit) -> None:
        page = await review(await visit(), migrating)
        await expect(page.locator("#pulse")).to_have_text("Live")
        migrating.web.state.before_stop()
        await expect(page.locator("#pulse")).to_have_text("Reconnecting")


async def test_a_stale_preview_is_shown_anew(migrating: Face, visit: Visit) -> None:
    page = await (await visit()).new_page()
    await page.goto(f"{migrating.at}/resolve")
    migrating.world.tell(Lane.LEGACY, *LEGACY[:4])
    await page.get_by_role("button", name="Resolve jobs and close 2 postings").click()
    await expect(page.locator("#note")).to_contain_text("changed since you looked")
    await expect(page.get_by_role("button", name="Resolve jobs and close 1 posting")).to_be_visible()
    assert await state(migrating) is State.MATCHING
