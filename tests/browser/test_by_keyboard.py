"""What people do beside the review, by keyboard alone."""

from __future__ import annotations

import pytest
from playwright.async_api import Page, expect

from browser_window import Visit, press, reach
from face import Face, migrate


@pytest.fixture
async def migrating(served: Face) -> Face:
    await migrate(served.world)
    return served


async def opened(visit: Visit, at: str) -> Page:
    page = await (await visit()).new_page()
    await page.goto(at)
    return page


async def test_paid_slots_are_bought_and_filled_by_keyboard(migrating: Face, visit: Visit) -> None:
    page = await opened(visit, f"{migrating.at}/slots")
    await press(page, "New contract…")
    await page.keyboard.press("Tab")
    await page.keyboard.type("Gold")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Control+A")
    await page.keyboard.type("1")
    await page.keyboard.press("Enter")
    await expect(page.locator("#note")).to_contain_text("The contract is there")
    await page.goto(f"{migrating.at}/slots")
    await press(page, "Add a rule…")
    await press(page, "See what it would do")
    await page.wait_for_url("**/change?**")
    await press(page, "Change the contract")
    await expect(page.locator("main")).to_contain_text("1 of 1 slot held")


async def test_a_cut_over_is_held_let_go_and_the_migration_cancelled(migrating: Face, visit: Visit) -> None:
    page = await opened(visit, migrating.at)
    await press(page, "Hold…")
    await page.keyboard.press("Tab")
    await page.keyboard.type("Waiting for the employer's word")
    await press(page, "Hold the cut-over")
    await expect(page.locator("#head")).to_contain_text("Waiting for the employer's word")
    await page.goto(migrating.at)
    await press(page, "Let it go")
    await expect(page.locator("#head")).not_to_contain_text("Waiting for the employer's word")
    await page.goto(migrating.at)
    await press(page, "Cancel…")
    await press(page, "Cancel the migration")
    await expect(page.locator("#head")).to_contain_text("Not activated")


async def test_a_case_is_opened_and_written_in(migrating: Face, visit: Visit) -> None:
    page = await opened(visit, f"{migrating.at}/cases")
    await reach(page, "Open the case")
    await page.keyboard.press("Shift+Tab")
    await page.keyboard.type("Are these two the same?")
    await press(page, "Open the case")
    await page.wait_for_url("**/cases/*")
    await reach(page, "Send")
    await page.keyboard.press("Shift+Tab")
    await page.keyboard.press("Shift+Tab")
    await page.keyboard.type("They are.")
    await press(page, "Send")
    await expect(page.locator(".timeline")).to_contain_text("They are.")


async def test_the_end_of_an_old_source_is_announced(migrating: Face, visit: Visit) -> None:
    page = await opened(visit, f"{migrating.at}/sources/{migrating.world.legacy}/sunset")
    await press(page, "Announce the end")
    await expect(page.locator("#note")).to_contain_text("this source ends on")


async def test_a_receiver_is_told_of_events(migrating: Face, visit: Visit) -> None:
    page = await opened(visit, "/subscriptions")
    await page.focus("[name=url]")
    await page.keyboard.type("https://board.example/hooks")
    await press(page, "Subscribe")
    await expect(page.locator("main")).to_contain_text("https://board.example/hooks")


async def test_somebody_is_let_in_and_locked_out(migrating: Face, visit: Visit) -> None:
    page = await opened(visit, "/people")
    await page.focus("[name=email]")
    await page.keyboard.type("eve@example.org")
    await page.keyboard.press("Tab")
    await page.keyboard.type("Eve")
    # The part is an employer's already; the next stop after it is for the companies.
    await page.keyboard.press("Tab")
    await page.keyboard.press("Tab")
    await page.keyboard.type(str(migrating.world.company))
    await press(page, "Make the link")
    await expect(page.locator("#link")).to_contain_text("/invitations/")
    await press(page, "Lock…")
    await press(page, "Lock eve@example.org")
    await expect(page.locator("#note")).to_contain_text("may not sign in any more")


async def test_a_program_gets_a_token_and_loses_it(migrating: Face, visit: Visit) -> None:
    page = await opened(visit, "/programs")
    await press(page, "Let a company's program ask…")
    await page.keyboard.press("Tab")
    await page.keyboard.type(str(migrating.world.company))
    await page.keyboard.press("Tab")
    await page.keyboard.type("Our script")
    await page.keyboard.press("Enter")
    await expect(page.locator("#secret")).to_contain_text("chg_")
    await press(page, "Revoke…")
    await press(page, "Revoke Our script")
    await expect(page.locator("#note")).to_contain_text("its tokens open nothing any more")
