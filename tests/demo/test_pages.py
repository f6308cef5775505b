"""The demo's pages in a real browser: usable by everybody, on a phone too, without a line of script."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page, async_playwright

from browser_window import ARGUMENTS, chromium
from changeover.demo.sites import Sites
from changeover.demo.world import World
from changeover.job import Lane


@pytest.fixture
async def page() -> AsyncIterator[Page]:
    path = chromium()
    async with async_playwright() as player:
        browser = await player.chromium.launch(executable_path=path, args=ARGUMENTS)
        phone = await browser.new_context(viewport={"width": 360, "height": 740})
        yield await phone.new_page()
        await browser.close()


async def test_every_kind_of_page_is_accessible_and_fits_a_phone(world: World, sites: Sites, page: Page) -> None:
    number = world.job("tidewrack", Lane.LEGACY, "galley-cook").number
    paths = ["/", "/careers/nobody/", f"/careers/tidewrack/jobs/{number}"]
    paths += [f"/{kind}/{employer.slug}" for employer in world.employers for kind in ("desk", "careers")]
    for path in paths:
        await page.goto(sites.url + path)
        found = await Axe().run(page)
        assert found.violations_count == 0, found.generate_report()
        assert await page.evaluate("document.documentElement.scrollWidth") <= 360, path


async def test_a_person_gives_a_job_its_id_and_closes_another_with_the_keyboard(
    world: World, sites: Sites, page: Page
) -> None:
    await page.goto(sites.desk_url("tidewrack"))
    row = page.locator(".row").filter(has=page.locator('input[value="Galley Chef"]'))
    await row.get_by_label("Employer job id").fill("TW-313")
    await row.get_by_label("Employer job id").press("Enter")
    await page.get_by_role("status").wait_for()
    assert world.job("tidewrack", Lane.ATS, "galley-cook").employer_job_id == "TW-313"
    await page.get_by_role("button", name="Close Galley Chef, Liverpool, United Kingdom in the ATS").press("Enter")
    await page.get_by_text("Closed “Galley Chef”.").wait_for()
    assert not world.job("tidewrack", Lane.ATS, "galley-cook").open
