"""A person applies with a keyboard alone, on a phone, with and without script; nothing an accessibility check minds."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page

from changeover.apply.questions import name_of
from face import Face
from hiring import FORM, PDF, Hiring, hire

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
QUESTIONS = [
    *FORM["sections"]["additional"][0]["questions"],
    {
        "id": "permit",
        "text": "Which permit do you have?",
        "kind": "line",
        "required": True,
        "help": "As it stands on your card.",
        "more_help": "The employer checks it before your first day.",
        "prerequisite": {"question": "visa", "answer": "y"},
    },
    {"id": "years", "text": "Years at an oven", "kind": "number", "max": 60},
    {"id": "away", "text": "When are you away?", "kind": "dates", "end": False},
    {
        "id": "shifts",
        "text": "Which shifts suit you?",
        "kind": "choice",
        "several": True,
        "choices": [{"value": "d", "label": "Day"}, {"value": "n", "label": "Night"}],
    },
    {
        "id": "oven",
        "text": "Your favourite oven",
        "kind": "choice",
        "choices": [{"value": str(n), "label": f"Oven {n}"} for n in range(9)],
    },
    {"id": "proof", "text": "A certificate", "kind": "file", "extensions": ["pdf"]},
    {"id": "why", "text": "Why bread?", "kind": "text", "max": 400},
]
EVERYTHING = {
    "sections": {
        "contact": {"middle_name": "optional", "location": "optional"},
        "resume": {"resume": "required"},
        "cover_letter": {"text": "optional"},
        "work": {"min": 1},
        "education": {},
        "self_identification": {},
        "additional": [{"questions": QUESTIONS}],
    }
}


@pytest.fixture
async def hiring(served: Face) -> Hiring:
    return await hire(served.world, served, EVERYTHING)


@pytest.fixture
def resume(tmp_path: Path) -> Path:
    file = tmp_path / "ada.pdf"
    file.write_bytes(PDF)
    return file


async def sound(page: Page, name: str) -> list[tuple[str, object, object]]:
    wide = await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    results = await Axe().run(page, options=RULES)
    found = [(name, v["id"], v["nodes"][0]["target"]) for v in results.response["violations"]]
    # Pictures to look at, where somebody asks for them.
    if folder := os.environ.get("PICTURES"):
        await page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)
    return [*found, *([(name, "scrolls sideways by", wide)] if wide > 0 else [])]


async def fill(page: Page, resume: Path) -> None:
    await page.fill("[name='contact.0.first_name']", "Ada")
    await page.fill("[name='contact.0.last_name']", "Example")
    await page.fill("[name='contact.0.email']", "ada@example.org")
    await page.set_input_files("[name='resume.0.resume']", resume)
    await page.fill("[name='work.0.title']", "Baker")
    await page.fill("[name='work.0.dates.from']", "2020-01")
    for each in ("disability", "gender", "veteran_status"):
        await page.check(f"[name='self_identification.0.{each}'][value=decline]")
    await page.select_option("[name='self_identification.0.race']", "decline")
    await page.check(f"[name='additional0.0.{name_of('visa')}'][value=n]")
    await page.check("[name=consent]")


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1200])
async def test_the_form_and_the_persons_page_are_sound(
    hiring: Hiring, browser: Browser, resume: Path, width: int, theme: str
) -> None:
    context = await browser.new_context(
        base_url=hiring.face.url,
        viewport={"width": width, "height": 800},
        color_scheme="dark" if theme == "dark" else "light",
        reduced_motion="reduce",
    )
    context.set_default_timeout(15_000)
    page = await context.new_page()
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    await page.goto(hiring.path)
    found = await sound(page, f"form-{width}-{theme}")
    await page.click("text=Send the application")
    await page.wait_for_selector("#wrong")
    found += await sound(page, f"wrong-{width}-{theme}")
    await fill(page, resume)
    await page.click("text=Send the application")
    await page.wait_for_url("**/applications/**")
    found += await sound(page, f"mine-{width}-{theme}")
    await context.close()
    assert found == []
    assert problems == []


async def test_a_question_that_depends_shows_when_it_is_asked(hiring: Hiring, browser_page: Page) -> None:
    await browser_page.goto(f"{hiring.face.url}{hiring.path}")
    permit = browser_page.locator(f"[name='additional0.0.{name_of('permit')}']")
    assert not await permit.is_visible()
    await browser_page.check(f"[name='additional0.0.{name_of('visa')}'][value=y]")
    assert await permit.is_visible()


async def test_what_is_plainly_wrong_is_said_at_its_field_before_anything_is_sent(
    hiring: Hiring, browser_page: Page, tmp_path: Path
) -> None:
    await browser_page.goto(f"{hiring.face.url}{hiring.path}")
    email = browser_page.locator("[name='contact.0.email']")
    said = browser_page.locator("[id='e-contact.0.email']")
    await email.fill("nobody")
    await email.blur()
    assert await said.inner_text()
    assert await email.get_attribute("aria-describedby") == "e-contact.0.email"
    await email.fill("ada@example.org")
    await email.blur()
    assert await said.inner_text() == ""
    large = tmp_path / "large.pdf"
    large.write_bytes(PDF + bytes(11_000_000))
    await browser_page.set_input_files("[name='resume.0.resume']", large)
    assert "larger than what is taken here" in await browser_page.inner_text("[id='e-resume.0.resume']")
    assert (await Axe().run(browser_page, options=RULES)).response["violations"] == []


async def test_it_is_filled_in_and_sent_by_keyboard_without_script(
    hiring: Hiring, browser: Browser, resume: Path
) -> None:
    context = await browser.new_context(
        base_url=hiring.face.url, viewport={"width": 360, "height": 700}, java_script_enabled=False
    )
    context.set_default_timeout(15_000)
    page = await context.new_page()
    await page.goto(hiring.path)
    typed = {
        "First name (required)": "Ada",
        "Last name (required)": "Example",
        "E-mail (required)": "ada@example.org",
        "Title (required)": "Baker",
    }
    for name, said in typed.items():
        await page.get_by_label(name, exact=True).focus()
        await page.keyboard.type(said)
    await page.set_input_files("[name='resume.0.resume']", resume)
    await page.fill("[name='work.0.dates.from']", "2020-01")
    for group in ("Disability (required)", "Gender (required)", "Veteran status (required)"):
        await page.get_by_role("group", name=group).get_by_role("radio").last.focus()
        await page.keyboard.press("Space")
    await page.get_by_label("Race or ethnicity (required)").select_option("decline")
    await page.get_by_role("group", name="May you work here? (required)").get_by_role("radio").last.focus()
    await page.keyboard.press("Space")
    await page.locator("[name=consent]").focus()
    await page.keyboard.press("Space")
    await page.get_by_label("E-mail (required)", exact=True).focus()
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/applications/**")
    assert "Received" in await page.inner_text("main")
    await context.close()
    assert len(await hiring.applications()) == 1
