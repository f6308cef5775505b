"""The report of a match in a real browser: sound on a phone and a desk, light and dark, alone with its file."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser

from changeover.job import Job
from changeover.match.beside import beside, jobs_table
from changeover.match.pairing import pair
from changeover.match.report import SideRead, report
from changeover.web import files

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
LONG = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaftsleiter" * 3
STYLE = Path(files.__file__).with_name("static") / "changeover.css"


@pytest.fixture
def page_file(tmp_path: Path) -> Path:
    """A report with every kind of row: pairs, doubts of three causes, lone jobs, groups, a side read in part."""
    team = {"team": "Leith"}
    legacy = [
        Job("L1", "Cook", "Leith", employer_job_id="R-1", extra=team),
        Job("L2", "Nurse, nights", "Leith", extra=team),
        Job("L3", "Nurse", "Leith", extra=team),
        Job("L4", LONG, LONG, LONG, employer_job_id=LONG, extra=team),
        Job("L5", "Data Engineer", "Leith", employer_job_id="R-5", extra={"team": LONG}),
        Job("L6", "", "Leith", extra=team),
        Job("L7", "Porter", "Leith", employer_job_id="R-7", extra=team),
    ]
    ats = [
        Job("A1", "Cook", "Leith", extra=team),
        Job("A2", "Nurse, days", "Leith", extra=team),
        Job("A3", "Lawyer", LONG, extra=team),
        Job("A5", "Data Engineer", "Leith", extra={"team": LONG}),
        Job("A6", "Data Engineer", "Leith", extra={"team": LONG}),
        Job("A7", "Porter", "Leith", employer_job_id="R-8", extra=team),
    ]
    tables = jobs_table(legacy, "team"), jobs_table(ats, "team")
    sides = SideRead(f"{LONG}.xml", "indeed", 7, False, [LONG]), SideRead("ats.json", "greenhouse", 6, True)
    rows = beside(pair(*tables), *tables)
    made = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
    path = tmp_path / "report.html"
    path.write_text(report(rows, sides, made=made, style=STYLE.read_text(), by="team"))
    return path


@pytest.mark.parametrize("width", [360, 1200])
@pytest.mark.parametrize("theme", ["light", "dark"])
async def test_is_accessible_and_fits(browser: Browser, page_file: Path, width: int, theme: str) -> None:
    context = await browser.new_context(
        viewport={"width": width, "height": 800},
        color_scheme="dark" if theme == "dark" else "light",
        # The page forbids every script; the check is one.
        bypass_csp=True,
    )
    page = await context.new_page()
    await page.goto(page_file.as_uri())
    await page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
    found = await Axe().run(page, options=RULES)
    assert [(v["id"], v["nodes"][0]["html"]) for v in found.response["violations"]] == []
    assert await page.evaluate("document.documentElement.scrollWidth") == width
    await context.close()


async def test_asks_for_nothing_and_opens_without_a_script(browser: Browser, page_file: Path) -> None:
    context = await browser.new_context(java_script_enabled=False)
    page = await context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    await page.goto(page_file.as_uri())
    await page.get_by_role("heading", name="What to change").wait_for()
    await page.get_by_text("Show it").first.click()
    assert asked == [page_file.as_uri()]
    assert complaints == []
    await context.close()
