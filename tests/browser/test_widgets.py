"""Widgets on an ATS's page, in a real browser: sound, by keyboard, on their own origin alone, and the whole story."""

from __future__ import annotations

import asyncio
import os
import re
import time
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, BrowserContext, Frame, Page, expect
from pydantic import SecretStr

from changeover.accounts.clients import set_origins
from changeover.app import make_outbox
from changeover.apply.questions import name_of
from changeover.apply_connect.exporting import hand_over
from changeover.contracts import slots
from changeover.courier import PublicCourier
from changeover.demo.aftermath import left_of
from changeover.demo.ats import AtsPages, Seats
from changeover.demo.mail import plain
from changeover.demo.resume import pdf
from changeover.demo.sites import Sites
from changeover.demo.world import World as DemoWorld
from face import Face
from hiring import FORM, hire, wanted
from widgets.embedding import POSTED

# Not `preload`: the check would copy a style sheet into a frame without an origin, and its policy stops that.
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"], "preload": False}
EVIL = "<script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\">"


class Stand:
    """The board, the receiving ATS with its pages on an origin of their own, and the mail server."""

    def __init__(self, face: Face, demo: DemoWorld, ats: AtsPages, path: str) -> None:
        self.face, self.demo, self.ats, self.path = face, demo, ats, path

    async def context(self, browser: Browser, width: int = 1200, theme: str = "light") -> BrowserContext:
        context = await browser.new_context(
            viewport={"width": width, "height": 900},
            color_scheme="dark" if theme == "dark" else "light",
            reduced_motion="reduce",
        )
        context.set_default_timeout(20_000)
        return context

    async def apply(self, page: Page, folder: Path, last: str = "Quillwort") -> None:
        """Fill in the form and send it, as on a phone."""
        resume = folder / "resume.pdf"
        resume.write_bytes(pdf("Ten years with sourdough and rye.", "Driving licence since 2012."))
        await page.goto(f"{self.face.url}{self.path}")
        await page.fill("[name='contact.0.first_name']", "Ada")
        await page.fill("[name='contact.0.last_name']", last)
        await page.fill("[name='contact.0.email']", "ada.quillwort@example.org")
        await page.set_input_files("[name='resume.0.resume']", resume)
        await page.check(f"[name='additional0.0.{name_of('visa')}'][value=n]")
        await page.check("[name=consent]")
        await page.check("[name=notices]")
        await page.click("text=Send the application")
        await page.wait_for_url("**/applications/**")

    async def arrived(self) -> tuple[str, float]:
        """The application's id in the ATS, and the seconds until it was there."""
        begun = time.monotonic()
        await until(lambda: bool(self.demo.applications))
        return str(self.demo.applications[-1]["application"]), time.monotonic() - begun


async def until(there: Callable[[], bool]) -> None:
    for _ in range(400):
        if there():
            return
        await asyncio.sleep(0.05)
    raise AssertionError("it did not happen in time")


@pytest.fixture
def sites() -> Iterator[tuple[DemoWorld, Sites, AtsPages]]:
    demo = DemoWorld()
    with demo.mailbox, Sites(demo) as sites, AtsPages(demo, "fernsluice") as ats:
        yield demo, sites, ats


@pytest.fixture
async def stand(served: Face, sites: tuple[DemoWorld, Sites, AtsPages]) -> AsyncIterator[Stand]:
    demo, receiver, ats = sites
    world, here = served.world, served.web.state.served
    settings = here.settings.model_copy(
        update={
            "secret_key": SecretStr("k" * 32), "smtp_host": "127.0.0.1", "smtp_port": demo.mailbox.port,
            "smtp_security": "none", "mail_from": "jobs@board.example", "public_url": served.url,
            "rejection_hold_hours": 0, "allow_private_addresses": True,
        }
    )  # fmt: skip
    async with PublicCourier(allow_private=True, trusted="", user_agent="Changeover") as courier:
        outbox = make_outbox(settings, world.db, world.flow.queue, courier)
        outbox.register_work()
        told = hand_over(outbox, served.url)
        served.web.state.served = replace(here, settings=settings, outbox=outbox, hand_over=told)
        hiring = await hire(world, served)
        deliver_to = f"{receiver.url}/push/fernsluice/applications"
        await hiring.push({**wanted({**FORM, "deliver_to": deliver_to}), "description": POSTED})
        contract = await slots.add_contract(world.db, world.company, "Gold", slots=1, seats=2, who="test")
        ats.seats = Seats(served.url, world.company, hiring.token, contract, "recruiter@fernsluice.example")
        await set_origins(world.db, world.company, int(ats.seats.client), [ats.url], who="test")
        at = (world.db, world.company, contract, ats.seats.email)
        await slots.set_seat(*at, admin=True, active=True, who="test")
        stop = asyncio.Event()
        work = asyncio.create_task(world.flow.queue.work(concurrency=2, stop=stop))
        yield Stand(served, demo, ats, hiring.path)
        stop.set()
        await work


async def frame_of(page: Page) -> Frame:
    """The newest widget's frame, when it shows something."""
    handle = await page.wait_for_selector("iframe[name^=board-widget]")
    frame = await handle.content_frame() if handle else None
    assert frame is not None
    await frame.wait_for_selector("h1")
    return frame


async def sound(page: Page, name: str) -> list[tuple[object, ...]]:
    """What an accessibility check minds, on the page and in its frames, and whether the frame is cut off."""
    frame = await frame_of(page)
    await page.wait_for_timeout(300)
    wide = await frame.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    results = await Axe().run(page, options=RULES)
    inside = await Axe().run(frame, options=RULES)
    both = [*results.response["violations"], *inside.response["violations"]]
    found: list[tuple[object, ...]] = [(name, each["id"], each["nodes"][0]["target"]) for each in both]
    # Pictures to look at, where somebody asks for them.
    if folder := os.environ.get("PICTURES"):
        await page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)
    return [*found, *([(name, "scrolls sideways by", wide)] if wide > 0 else [])]


async def test_every_widget_is_sound_on_a_phone_and_a_desk(stand: Stand, browser: Browser, tmp_path: Path) -> None:
    phone = await stand.context(browser, 360)
    await stand.apply(await phone.new_page(), tmp_path)
    application, _ = await stand.arrived()
    found: list[tuple[object, ...]] = []
    problems: list[str] = []
    for width, theme in ((360, "light"), (1200, "dark")):
        context = await stand.context(browser, width, theme)
        page = await context.new_page()
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("console", lambda said: problems.append(said.text) if said.type == "error" else None)
        await page.goto(stand.ats.url)
        await page.click("text=Highlights")
        found += await sound(page, f"highlights-{width}-{theme}")
        await page.goto(f"{stand.ats.url}/applicants/{application}")
        found += await sound(page, f"profile-{width}-{theme}")
        await page.goto(f"{stand.ats.url}/settings")
        found += await sound(page, f"settings-{width}-{theme}")
        await context.close()
    await phone.close()
    assert found == []
    assert [each for each in problems if "favicon" not in each] == []


async def test_the_card_opens_and_closes_by_keyboard(stand: Stand, browser: Browser, tmp_path: Path) -> None:
    context = await stand.context(browser)
    page = await context.new_page()
    await stand.apply(page, tmp_path)
    await stand.arrived()
    await page.goto(stand.ats.url)
    button = page.get_by_role("button", name="Highlights of Ada Quillwort")
    await button.focus()
    await page.keyboard.press("Enter")
    frame = await frame_of(page)
    assert await button.get_attribute("aria-expanded") == "true"
    assert "Ten years with sourdough" in await frame.inner_text("main")
    await page.keyboard.press("Escape")
    await expect(page.locator("iframe")).to_have_count(0)
    assert await button.evaluate("button => button === document.activeElement")
    await context.close()


async def test_the_employer_chooses_by_keyboard_in_the_ats(stand: Stand, browser: Browser) -> None:
    context = await stand.context(browser)
    page = await context.new_page()
    await page.goto(f"{stand.ats.url}/settings")
    frame = await frame_of(page)
    await frame.locator("[name=apply]").focus()
    await page.keyboard.press("Space")
    await frame.get_by_role("button", name="Save").focus()
    await page.keyboard.press("Enter")
    await frame.wait_for_selector(".note.good")
    assert (await stand.face.stranger.get(stand.path)).status_code != 200
    await context.close()


async def test_nothing_is_shown_on_a_foreign_origin_or_without_a_seat(
    stand: Stand, browser: Browser, tmp_path: Path
) -> None:
    context = await stand.context(browser)
    page = await context.new_page()
    await stand.apply(page, tmp_path)
    application, _ = await stand.arrived()
    await page.goto(stand.ats.url)
    await page.click("text=Sign in as somebody without a seat")
    await page.goto(f"{stand.ats.url}/applicants/{application}")
    assert "Not shown" in await (await frame_of(page)).inner_text("main")
    await page.click("text=Sign in as recruiter@")
    # The same page under another name of this machine is another origin.
    token = (await (await page.request.post(f"{stand.ats.url}/board-token")).json())["token"]
    foreign = stand.ats.url.replace("127.0.0.1", "localhost")
    await page.goto(f"{foreign}/style.css")
    fields = {
        "token": token,
        "li_job_application_id": application,
        "integration_context": str(stand.face.world.company),
    }
    await page.evaluate(
        """([board, fields]) => {
          document.body.innerHTML = '<iframe name="board-widget-0"></iframe>';
          const form = Object.assign(document.createElement('form'), {method: 'post', target: 'board-widget-0'});
          form.action = board + '/widgets/full-profile';
          for (const [name, value] of Object.entries(fields))
            form.append(Object.assign(document.createElement('input'), {name, value}));
          document.body.append(form);
          form.submit();
        }""",
        [stand.face.url, fields],
    )
    frame = page.frame("board-widget-0")
    assert frame is not None
    await frame.wait_for_selector("[data-refused=FOREIGN_ORIGIN]")
    await context.close()


async def test_script_in_a_name_stays_words_in_a_widget(stand: Stand, browser: Browser, tmp_path: Path) -> None:
    context = await stand.context(browser)
    page = await context.new_page()
    await stand.apply(page, tmp_path, EVIL)
    application, _ = await stand.arrived()
    await page.goto(f"{stand.ats.url}/applicants/{application}")
    frame = await frame_of(page)
    assert EVIL in await frame.inner_text("h1")
    assert await frame.title() != "owned"
    assert await frame.evaluate("self.origin") == "null"
    await context.close()


async def test_from_the_phone_to_the_ats_and_back_and_gone_from_everywhere(
    stand: Stand, browser: Browser, tmp_path: Path
) -> None:
    phone, desk = await stand.context(browser, 360), await stand.context(browser)
    candidate, recruiter = await phone.new_page(), await desk.new_page()
    await stand.apply(candidate, tmp_path)
    application, seconds = await stand.arrived()
    assert seconds < 2
    mine, came = candidate.url, stand.demo.mailbox.came
    # The recruiter has the card open: what is done elsewhere shows in it by itself.
    await recruiter.goto(stand.ats.url)
    await recruiter.click("text=Highlights")
    card = await frame_of(recruiter)
    assert "Ada Quillwort" in await card.inner_text("h1")
    assert "sourdough" in await card.inner_text("mark >> nth=0")
    another = await desk.new_page()
    await another.goto(f"{stand.ats.url}/applicants/{application}")
    await expect(card.locator("#stages")).to_contain_text("Viewed")
    await another.click("text=Reject")
    await expect(card.locator("#stages")).to_contain_text("Not taken further")
    await until(lambda: len(came) == 3)
    assert [str(each["Subject"]).partition(":")[0] for each in came] == ["Received", "Viewed", "Not taken further"]
    # The address in the e-mail leads to the page that was shown after sending.
    mailed = re.search(r"http\S+/applications/\S+", plain(came[0]))
    assert mailed is not None
    assert mailed[0] != mine
    await candidate.goto(mailed[0])
    assert "Not taken further" in await candidate.inner_text(".timeline")
    # Erased by the mailed link: the open card says so, and no table has a word.
    await candidate.goto(f"{stand.face.url}/candidates")
    await candidate.fill("[name=email]", "ada.quillwort@example.org")
    await candidate.keyboard.press("Enter")
    await until(lambda: len(came) == 4)
    link = re.search(r"http\S+/candidates/\S+", plain(came[-1]))
    assert link is not None
    await candidate.goto(link[0])
    await candidate.click("summary:has-text('Erase everything')")
    await candidate.click("text=Erase everything for good")
    await candidate.wait_for_selector("text=Erased")
    await expect(card.locator("[data-refused=ERASED]")).to_be_visible()
    assert left_of(stand.face.world.db.address.owner, "quillwort", "sourdough and rye") == []
    await phone.close()
    await desk.close()
