"""Every page, on a phone and a desk, light and dark: nothing an accessibility check objects to, nothing cut off."""

from __future__ import annotations

from pathlib import Path

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page, Response

from browser_window import Visit
from every_page import every_page
from face import Face

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


@pytest.fixture
async def addresses(served: Face, tmp_path: Path) -> dict[str, str]:
    return await every_page(served, tmp_path)


async def everything_open(page: Page) -> None:
    for details in await page.query_selector_all("details:not([open]) > summary"):
        await details.click()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1200])
async def test_every_page_is_sound(addresses: dict[str, str], visit: Visit, width: int, theme: str) -> None:
    context = await visit(width=width, theme=theme)
    page = await context.new_page()
    problems: list[str] = []
    page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: problems.append(str(error)))
    axe = Axe()
    found = []
    for name, path in addresses.items():
        await page.goto(path)
        await everything_open(page)
        wide = await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        results = await axe.run(page, options=RULES)
        found += [(name, v["id"], v["nodes"][0]["target"]) for v in results.response["violations"]]
        found += [(name, "scrolls sideways by", wide)] if wide > 0 else []
    assert found == []
    assert [p for p in problems if "404 (Not Found)" not in p] == []


async def test_a_stranger_is_told_what_to_do(served: Face, browser_page: Page) -> None:
    for path in ("/", "/companies/7/review"):
        answer = await browser_page.goto(f"{served.url}{path}")
        assert answer is not None
        assert answer.status == 401
        assert "changeover link" in await browser_page.inner_text("main")
        results = await Axe().run(browser_page, options=RULES)
        assert results.response["violations"] == []


async def test_no_page_carries_more_than_a_little_script(addresses: dict[str, str], visit: Visit) -> None:
    context = await visit()
    page = await context.new_page()
    answers: list[Response] = []
    # Not every answer ends: the stream of events does not.
    page.on("response", lambda answer: answers.append(answer) if "/look/" in answer.url else None)
    await page.goto(addresses["review"], wait_until="load")
    sizes = {answer.url.rpartition("/")[2]: len(await answer.body()) for answer in answers}
    assert 0 < sizes["changeover.js"] < 10_000
    assert 0 < sizes["changeover.css"] < 30_000


@pytest.mark.parametrize("script", [True, False])
async def test_a_feed_is_mapped_with_the_keyboard_and_without_script(
    addresses: dict[str, str], served: Face, visit: Visit, *, script: bool
) -> None:
    page = await (await visit(width=360, script=script)).new_page()
    await page.goto(addresses["mapping"])
    await page.select_option("select[name=company]", "wo/land")
    await page.focus("button[value=preview]")
    await page.keyboard.press("Enter")
    await page.wait_for_selector('select[name=company] option[value="wo/land"][selected]', state="attached")
    assert "DE" in await page.inner_text(".becomes .job")
    await page.focus("button[value=save]")
    await page.keyboard.press("Enter")
    await page.wait_for_selector("#note .good")
    assert "The mapping is kept" in await page.inner_text("#note")


async def test_companies_are_filtered_with_the_keyboard(served: Face, visit: Visit) -> None:
    await served.world.employ()
    page = await (await visit(width=360)).new_page()
    await page.goto("/")
    await page.focus("[name=find]")
    await page.keyboard.type("zzz")
    await page.keyboard.press("Enter")
    await page.get_by_text("No company is here.").wait_for()
    await page.focus(".empty a")
    await page.keyboard.press("Enter")
    await page.wait_for_selector("li.company")
