"""Takes the pictures of the docs from the running demo: `.venv/bin/python docs/pictures/take.py`."""

from __future__ import annotations

import asyncio
import re
import subprocess
import sys
from pathlib import Path

from playwright.async_api import async_playwright

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parents[1] / "tests"))

from browser_window import ARGUMENTS, chromium  # noqa: E402  the tests know where a browser is

# What is shown: the picture's name, the line of the demo that has the page's link, and the size in pixels.
PICTURES = (("companies", "All companies", 1100, 1000), ("review", "Tidewrack Ferries: review", 1100, 960))


async def take(links: dict[str, str]) -> None:
    """One picture of each page, in a new window of its own."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
        for name, title, width, height in PICTURES:
            context = await browser.new_context(viewport={"width": width, "height": height}, color_scheme="light")
            page = await context.new_page()
            await page.goto(links[title])
            await page.wait_for_timeout(1_000)
            await page.screenshot(path=HERE / f"{name}.png")
            await context.close()
        await browser.close()


def main() -> None:
    """Start the demo, take the pictures, end it."""
    command = Path(sys.executable).with_name("changeover")
    with subprocess.Popen([command, "demo"], stdout=subprocess.PIPE, text=True) as demo:
        links: dict[str, str] = {}
        for line in demo.stdout or ():
            if found := re.fullmatch(r"  (\S.*?) {2,}(http\S+)\n", line):
                links[found[1]] = found[2]
            if "Ctrl-C" in line:
                break
        try:
            asyncio.run(take(links))
        finally:
            demo.terminate()


if __name__ == "__main__":
    main()
