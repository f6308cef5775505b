"""An employer is set up as a person does it, by keyboard alone, on a page that follows the reading by itself."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Page, expect

from browser_window import Visit
from changeover.dry_run import trying
from changeover.sources.fetch import FetchRules
from face import Face
from sources.local_server import LocalServer

RULES = FetchRules(allow_private=True, host_delay=0)
JOBS = "id,title,location,employer_job_id\n" + "".join(f"J{n},Baker {n},Oslo,R-{n}\n" for n in range(5))


@pytest.fixture
async def outside(served: Face) -> AsyncIterator[LocalServer]:
    """An old source and an ATS on loopback."""
    trying.register(served.world.db, served.world.flow.queue, RULES, None)
    server = LocalServer()
    server.pages = {"/old.csv": JOBS, "/new.csv": JOBS}
    await server.start()
    yield server
    await server.stop()


async def tab_to(page: Page, name: str) -> None:
    """Press Tab until the field of this name has the focus."""
    for _ in range(60):
        await page.keyboard.press("Tab")
        if await page.evaluate("document.activeElement.name || document.activeElement.innerText") == name:
            return
    raise AssertionError(f"the keyboard does not reach {name}")


async def test_by_keyboard_alone(served: Face, visit: Visit, outside: LocalServer) -> None:
    page = await (await visit()).new_page()
    await page.goto("/setup")
    for name, words in (("legacy", f"{outside.url}/old.csv"), ("ats", f"{outside.url}/new.csv"), ("name", "Sunrise")):
        await tab_to(page, name)
        await page.keyboard.type(words)
    await page.keyboard.press("Enter")
    await expect(page.locator("#sides")).to_contain_text("waits for its turn")
    await expect(page.locator("#pulse")).to_have_text("Live")
    await trying.carry_out(served.world.db, RULES, None, int(page.url.rpartition("/")[2]))
    await expect(page.locator(".legend")).to_contain_text("5 would match")
    await tab_to(page, "activate")
    await page.keyboard.press("Space")
    await tab_to(page, "Add the company")
    await page.keyboard.press("Enter")
    await expect(page.locator("#note")).to_contain_text("Sunrise is set up with its old source and its ATS")
    await expect(page.locator("#head")).to_contain_text("In migration")


async def test_without_a_script(served: Face, visit: Visit, outside: LocalServer) -> None:
    page = await (await visit(script=False, width=360)).new_page()
    await page.goto("/setup")
    await page.get_by_label("Career site or feed").fill(f"{outside.url}/old.csv")
    await page.get_by_role("button", name="Try it").click()
    await trying.carry_out(served.world.db, RULES, None, int(page.url.rpartition("/")[2]))
    await page.reload()
    await page.get_by_role("textbox", name="Company").fill("Sunrise")
    await page.get_by_role("button", name="Add the company").click()
    await expect(page.locator("#note")).to_contain_text("Sunrise is set up with its old source.")
