"""A person is invited, chooses a password, sets a second factor up and signs in, by the keyboard alone."""

from __future__ import annotations

from dataclasses import replace

import pyotp
import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page

from accounts.signing import PASSWORD, invite
from changeover.accounts.account import Role
from face import Face

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


async def look(page: Page, served: Face, name: str) -> None:
    """Nothing that an accessibility check objects to, and nothing wider than the window."""
    found = await Axe().run(page, options=RULES)
    assert found.violations_count == 0, found.generate_report()
    assert await page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), name


@pytest.mark.parametrize(("width", "theme"), [(390, "light"), (1200, "dark")])
async def test_a_person_gets_in_and_sets_everything_up(served: Face, browser: Browser, width: int, theme: str) -> None:
    kept = served.web.state.served
    served.web.state.served = replace(
        kept, settings=kept.settings.model_copy(update={"oidc_issuer": "https://login.example"})
    )
    made = await invite(served, "ada.of.the.long.address@ferrous-and-sons.example.org", Role.OPERATOR)
    context = await browser.new_context(
        base_url=served.url,
        viewport={"width": width, "height": 800},
        color_scheme="dark" if theme == "dark" else "light",
        reduced_motion="reduce",
    )
    try:
        page = await context.new_page()
        stopped: list[str] = []
        page.on("console", lambda message: stopped.append(message.text) if message.type == "error" else None)
        await page.goto(f"/invitations/{made.secret}")
        await look(page, served, "invitation")
        # The first field has the focus: the keyboard is enough.
        await page.keyboard.type(PASSWORD)
        await page.keyboard.press("Tab")
        await page.keyboard.type(PASSWORD)
        await page.keyboard.press("Enter")
        await page.wait_for_url("**/")
        await page.goto("/account")
        await look(page, served, "account")
        await page.get_by_role("button", name="Set up a second factor").click()
        await look(page, served, "second factor")
        secret = (await page.locator(".key code").inner_text()).replace(" ", "")
        phone = pyotp.TOTP(secret)
        await page.keyboard.type(phone.at(served.world.clock[0]))
        await page.keyboard.press("Enter")
        await page.wait_for_selector(".codes")
        await look(page, served, "recovery codes")
        await page.get_by_role("button", name="Sign out", exact=True).click()
        await page.wait_for_url("**/sign-in")
        await look(page, served, "signing in")
        await page.keyboard.type(made.account.email)
        await page.keyboard.press("Tab")
        await page.keyboard.type("not the password")
        await page.keyboard.press("Enter")
        await page.wait_for_selector(".note.bad")
        await look(page, served, "signing in, refused")
        await page.keyboard.type(PASSWORD)
        await page.keyboard.press("Enter")
        await page.wait_for_url("**/sign-in/code**")
        await look(page, served, "code")
        served.world.later(minutes=1)
        await page.keyboard.type(phone.at(served.world.clock[0]))
        await page.keyboard.press("Enter")
        await page.wait_for_url("**/")
        assert [each for each in stopped if "422" not in each] == []
    finally:
        await context.close()
