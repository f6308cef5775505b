"""Takes pictures of the pages from the running demo.

`.venv/bin/python docs/pictures/take.py` takes those that the docs show; with `--all FOLDER` it takes every page there,
on a phone and a desk, light and dark, and prints beside each when its largest content was painted.
"""

from __future__ import annotations

import argparse
import asyncio
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from playwright.async_api import Browser, Page, StorageState, async_playwright

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parents[1] / "tests"))

from browser_window import ARGUMENTS, chromium  # noqa: E402  the tests know where a browser is


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture: its name, which page of the demo it shows, and how."""

    name: str
    page: str
    width: int = 1200
    height: int = 900
    dark: bool = False


# Those that are committed.
SHOWN = (
    Picture("companies", "first page"),
    Picture("companies-dark", "first page", dark=True),
    Picture("company", "company"),
    Picture("review", "review"),
    Picture("review-phone", "review", width=390, height=844),
    Picture("resolve", "resolve"),
    Picture("set-up", "dry run"),
    Picture("board-phone", "board", width=390, height=844),
)
BUDGET_MS = 1_000
_LARGEST = """
() => new Promise((told) => new PerformanceObserver((list) => told(list.getEntries().at(-1).startTime))
  .observe({ type: "largest-contentful-paint", buffered: true }))
"""


async def addresses(page: Page, links: Mapping[str, str]) -> dict[str, str]:
    """Every page of the demo by a name, found as a person finds them; the session is begun by the first link."""
    await page.goto(links["All companies"])
    home = re.sub(r"(https?://[^/]+/).*", r"\1", page.url)
    await page.get_by_role("link", name="Tidewrack Ferries", exact=True).first.click()
    company = page.url
    sources = [await each.inner_text() for each in await page.query_selector_all(".source .address")]
    await page.goto(f"{home}setup")
    await page.fill("[name=legacy]", sources[0])
    await page.fill("[name=ats]", sources[1])
    await page.fill("[name=name]", "Saltmarsh Shipping")
    await page.get_by_role("button", name="Try it").click()
    await page.wait_for_selector("#add form", timeout=60_000)
    tried = page.url
    parts = ("review", "resolve", "applications", "slots", "integrations", "cases")
    await page.goto(f"{home}jobs")
    posting = await page.get_attribute(".openings a", "href")
    return {
        "first page": home,
        "set up": f"{home}setup",
        "dry run": tried,
        "company": company,
        **{part: f"{company}/{part}" for part in parts},
        "support": f"{home}support",
        "events": f"{home}subscriptions",
        "account": f"{home}account",
        "board": f"{home}jobs",
        "job": f"{home.rstrip('/')}{posting}",
        "API reference": f"{home}api/",
    }


async def take(
    browser: Browser, state: StorageState, pictures: Mapping[Path, Picture], pages: Mapping[str, str]
) -> None:
    """Each picture, in a window of its own that is in the console already."""
    for path, it in pictures.items():
        context = await browser.new_context(
            storage_state=state,
            viewport={"width": it.width, "height": it.height},
            color_scheme="dark" if it.dark else "light",
            reduced_motion="reduce",
        )
        page = await context.new_page()
        await page.goto(pages[it.page])
        largest = await page.evaluate(_LARGEST)
        await page.wait_for_timeout(300)
        await page.screenshot(path=path)
        over = " over the budget" if largest > BUDGET_MS else ""
        print(f"{path.name:<40} largest content after {largest:>5.0f} ms{over}")
        await context.close()


def every(pages: Mapping[str, str], folder: Path) -> dict[Path, Picture]:
    """Each page on a phone and a desk, light and dark."""
    sizes = (("desk", 1200, 900), ("phone", 390, 844))
    return {
        folder / f"{page.replace(' ', '-')}-{where}{'-dark' if dark else ''}.png": Picture(
            page, page, width, high, dark
        )
        for page in pages
        for where, width, high in sizes
        for dark in (False, True)
    }


async def from_the_demo(links: Mapping[str, str], folder: Path | None) -> None:
    """All that were asked for."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
        context = await browser.new_context()
        pages = await addresses(await context.new_page(), links)
        wanted = every(pages, folder) if folder else {HERE / f"{it.name}.png": it for it in SHOWN}
        await take(browser, await context.storage_state(), wanted, pages)
        await browser.close()


def main() -> None:
    """Start the demo, take the pictures, end it."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--all", type=Path, metavar="FOLDER", help="every page, into this folder")
    folder = asked.parse_args().all
    if folder:
        folder.mkdir(parents=True, exist_ok=True)
    command = Path(sys.executable).with_name("changeover")
    with subprocess.Popen([command, "demo"], stdout=subprocess.PIPE, text=True) as demo:
        links: dict[str, str] = {}
        for line in demo.stdout or ():
            if found := re.fullmatch(r"  (\S.*?) {2,}(http\S+)\n", line):
                links[found[1]] = found[2]
            if "Ctrl-C" in line:
                break
        try:
            asyncio.run(from_the_demo(links, folder))
        finally:
            demo.terminate()


if __name__ == "__main__":
    main()
