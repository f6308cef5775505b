"""Chromium from $CHROMIUM or the machine, windows that are in the console already, and a keyboard alone."""

from __future__ import annotations

import os
import shutil

import pytest
from playwright.async_api import Browser, BrowserContext, Page

from face import Face

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
MAC = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"


def chromium() -> str:
    for name in (os.environ.get("CHROMIUM", ""), "chromium", "google-chrome", MAC):
        found = shutil.which(name) if name else None
        if found:
            return found
    pytest.fail("No browser was found. Run the line that ./dev test says, or set CHROMIUM to its path.")


class Visit:
    """Makes windows that are in the console already."""

    def __init__(self, browser: Browser, face: Face) -> None:
        self._browser = browser
        self._face = face
        self.opened: list[BrowserContext] = []

    async def __call__(self, *, width: int = 1200, theme: str = "light", script: bool = True) -> BrowserContext:
        context = await self._browser.new_context(
            base_url=self._face.url,
            viewport={"width": width, "height": 800},
            color_scheme="dark" if theme == "dark" else "light",
            java_script_enabled=script,
            reduced_motion="reduce",
        )
        self.opened.append(context)
        context.set_default_timeout(10_000)
        page = await context.new_page()
        await page.goto(self._face.link())
        await page.close()
        return context


async def reach(page: Page, name: str) -> None:
    """Press Tab until the control of this name has the focus, and see that it shows."""
    for _ in range(80):
        await page.keyboard.press("Tab")
        focused = await page.evaluate(
            "(() => { const e = document.activeElement; return e.getAttribute('aria-label') || e.innerText.trim(); })()"
        )
        if focused == name:
            outline = await page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
            assert outline != "none"
            return
    raise AssertionError(f"the keyboard does not reach {name}")


async def press(page: Page, name: str) -> None:
    """Reach the control of this name and press it."""
    await reach(page, name)
    await page.keyboard.press("Enter")
