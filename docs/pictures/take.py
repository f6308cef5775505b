"""Takes pictures of the pages from the running demo.

`.venv/bin/python docs/pictures/take.py` takes those that the docs show, with the gallery of every page; with
`--all FOLDER` it takes every page whole into that folder, on a phone and a desk, light and dark. Beside each it prints
when its largest content was painted.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from playwright.async_api import Browser, BrowserContext, Page, StorageState, async_playwright

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
    whole: bool = False


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
GALLERY = HERE / "gallery"
GALLERY_WIDTH = 720
BUDGET_MS = 1_000
_LARGEST = """
() => new Promise((told) => new PerformanceObserver((list) => told(list.getEntries().at(-1).startTime))
  .observe({ type: "largest-contentful-paint", buffered: true }))
"""
# A PNG as a WebP of at most so many pixels in width: the browser can do both.
_LIGHTER = """
async ([png, width]) => {
  const image = new Image();
  image.src = `data:image/png;base64,${png}`;
  await image.decode();
  const scale = Math.min(1, width / image.width);
  const canvas = document.createElement("canvas");
  Object.assign(canvas, { width: image.width * scale, height: image.height * scale });
  const drawn = canvas.getContext("2d");
  drawn.imageSmoothingQuality = "high";
  drawn.drawImage(image, 0, 0, canvas.width, canvas.height);
  return canvas.toDataURL("image/webp", 0.72).split(",")[1];
}
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
    parts = ("review", "resolve", "slots", "cases")
    await page.goto(company)
    sunset = await page.get_by_role("link", name=re.compile("^End ")).first.get_attribute("href")
    await page.goto(f"{company}/cases")
    case = await page.get_attribute("#cases a", "href")
    await page.goto(home)
    await page.get_by_role("link", name="Fernsluice Water", exact=True).first.click()
    pushing = page.url
    await page.goto(f"{home}people")
    for name, part in (("Ada", "operator"), ("Eve", "employer")):
        await page.fill("[name=email]", f"{name.lower()}@example.org")
        await page.fill("[name=name]", name)
        await page.check(f"[value={part}]")
        await page.fill("[name=companies]", "" if part == "operator" else "Fernsluice Water")
        await page.get_by_role("button", name="Make the link").click()
        await page.goto(f"{home}people")
    person = await page.get_by_role("link", name="Eve", exact=True).get_attribute("href")
    await page.goto(f"{home}programs")
    program = await page.get_attribute("#clients h3 a", "href")
    await page.goto(f"{home}jobs")
    posting = await page.get_attribute(".openings a", "href")
    return {
        "first page": home,
        "set up": f"{home}setup",
        "dry run": tried,
        "company": company,
        **{part: f"{company}/{part}" for part in parts},
        **{part: f"{pushing}/{part}" for part in ("applications", "integrations", "widgets")},
        "case": f"{home.rstrip('/')}{case}",
        "sunset": f"{home.rstrip('/')}{sunset}",
        "support": f"{home}support",
        "events": f"{home}subscriptions",
        "people": f"{home}people",
        "person": f"{home.rstrip('/')}{person}",
        "programs": f"{home}programs",
        "program": f"{home.rstrip('/')}{program}",
        "account": f"{home}account",
        "sign in": f"{home}sign-in",
        "candidates": f"{home}candidates",
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
        image = await page.screenshot(full_page=it.whole)
        path.write_bytes(await _as_webp(context, image) if path.suffix == ".webp" else image)
        over = " over the budget" if largest > BUDGET_MS else ""
        print(f"{path.name:<40} largest content after {largest:>5.0f} ms{over}")
        await context.close()


async def _as_webp(context: BrowserContext, png: bytes) -> bytes:
    page = await context.new_page()
    return base64.b64decode(await page.evaluate(_LIGHTER, [base64.b64encode(png).decode(), GALLERY_WIDTH]))


def gallery(pages: Mapping[str, str]) -> dict[Path, Picture]:
    """Each page as the docs show it: on a desk, in the dark, on a phone."""
    return {
        GALLERY / f"{page.replace(' ', '-').lower()}-{how}.webp": Picture(page, page, width, high, how == "dark")
        for page in pages
        for how, width, high in (("desk", 1200, 900), ("dark", 1200, 900), ("phone", 390, 844))
    }


def every(pages: Mapping[str, str], folder: Path) -> dict[Path, Picture]:
    """Each page on a phone and a desk, light and dark."""
    sizes = (("desk", 1200, 900), ("phone", 390, 844))
    return {
        folder / f"{page.replace(' ', '-')}-{where}{'-dark' if dark else ''}.png": Picture(
            page, page, width, high, dark, whole=True
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
        shown = {HERE / f"{it.name}.png": it for it in SHOWN}
        wanted = every(pages, folder) if folder else shown | gallery(pages)
        await take(browser, await context.storage_state(), wanted, pages)
        await browser.close()


def main() -> None:
    """Start the demo, take the pictures, end it."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--all", type=Path, metavar="FOLDER", help="every page, into this folder")
    folder = asked.parse_args().all
    (folder or GALLERY).mkdir(parents=True, exist_ok=True)
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
