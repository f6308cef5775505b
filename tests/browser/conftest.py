"""A real browser before a real server."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, Page, async_playwright

from browser_window import ARGUMENTS, Visit, chromium
from face import Face


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    path = chromium()
    async with async_playwright() as playwright:
        started = await playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield started
        await started.close()


@pytest.fixture
async def visit(browser: Browser, served: Face) -> AsyncIterator[Visit]:
    made = Visit(browser, served)
    yield made
    for context in made.opened:
        await context.close()


@pytest.fixture
async def browser_page(browser: Browser) -> AsyncIterator[Page]:
    """A window of somebody who has never been here."""
    context = await browser.new_context()
    yield await context.new_page()
    await context.close()
