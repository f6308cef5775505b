"""What a page may do in a browser: our own files alone, in nobody's frame, and nothing written into the page."""

from __future__ import annotations

import re
from pathlib import Path

import httpx2
import pytest
from selectolax.lexbor import LexborHTMLParser
from starlette.routing import compile_path

from accounts.signing import invite, visiting
from changeover.accounts.account import Role
from changeover.apply.notices import quiet_token
from changeover.web.access import WHO
from changeover.webhooks.keys import keys_of
from every_page import every_page
from face import HOME, Face
from program import World
from web.test_access import walk
from widgets.embedding import ADMIN, ORIGIN, embed, settings_of

POLICY = {
    "default-src": "'none'", "style-src": "'self'", "script-src": "'self'", "img-src": "'self' data:",
    "connect-src": "'self'", "form-action": "'self'", "base-uri": "'none'", "frame-ancestors": "'none'",
}  # fmt: skip
# What answers a GET and is no page: files, what programs read, and addresses that only lead on.
NO_PAGES = (
    r"/look/.*|/favicon.ico|/widgets/\{name\}|/robots.txt|/sitemap.*|/jobs.rss|/events|/healthz|/readyz|/metrics"
    r"|.*\.(csv|json|zip)|/enter|/sign-in/oidc.*|/api/v1/.*|/(rest|v2)/.*|/ambry/?"
)
# What search engines read of a posting is data: no browser runs it.
DATA = '[type="application/ld+json"]'


def read(policy: str) -> dict[str, str]:
    """The directives of a policy, each once."""
    told = [directive.strip().partition(" ")[::2] for directive in policy.split(";")]
    assert len(dict(told)) == len(told), policy
    return dict(told)


def written_in(page: str) -> list[str]:
    """What a page has of script and style that is no file of ours."""
    tree = LexborHTMLParser(page)
    found = [str(node.html) for node in tree.css("style, [style], base, object, embed, meta[http-equiv][content*=url]")]
    found += [
        str(node.html) for node in tree.css(f"script:not({DATA})") if not node.attributes.get("src") or node.text()
    ]
    for node in tree.css("*"):
        for name, value in node.attributes.items():
            if name.startswith("on") or re.match(r"\s*javascript:", value or "", re.IGNORECASE):
                found.append(f"{name}={value}")
    for node in tree.css("script[src], img[src], iframe[src], link[rel=stylesheet], link[rel=icon]"):
        where = node.attributes.get("src") or node.attributes.get("href") or ""
        if not re.match("/(?!/)|data:", where):
            found.append(where)
    return found


def faults(answer: httpx2.Response, policy: dict[str, str] = POLICY) -> list[object]:
    """All that is wrong with an answer that is to be a page."""
    said = answer.headers
    wanted = {"x-content-type-options": "nosniff", "referrer-policy": "same-origin"}
    if not said.get("content-type", "").startswith("text/html"):
        return ["no page", answer.status_code, said.get("content-type")]
    found: list[object] = [(name, said.get(name)) for name, value in wanted.items() if said.get(name) != value]
    told = read(said.get("content-security-policy", ""))
    return [*found, *([("policy", told)] if told != policy else []), *written_in(answer.text)]


@pytest.fixture
async def pages(face: Face, world: World, tmp_path: Path) -> dict[str, str]:
    """Addresses of pages by name, those of candidates too."""
    known = await every_page(face, tmp_path)
    embedded = await embed(world, face)
    keys, now = keys_of(settings_of(face)), world.db.now()
    return {
        **known,
        "form": embedded.hiring.path,
        "application": embedded.page,
        "unsubscribe": f"/unsubscribe/{quiet_token(keys, world.company, embedded.application)}",
        "candidate": f"/candidates/{keys.sealed('candidate', 'ada@example.org', now)}",
    }


async def test_every_page_runs_our_own_files_alone_and_stands_in_no_frame(pages: dict[str, str], face: Face) -> None:
    made = await invite(face, "ada@example.org", Role.OPERATOR)
    visited = {**pages, "taken invitation": f"/invitations/{made.secret}"}
    answers = {name: await face.person.get(path) for name, path in visited.items()}
    wrong = {name: found for name, answer in answers.items() if (found := faults(answer))}
    assert wrong == {}
    assert {name for name, answer in answers.items() if answer.status_code != 200} == {
        "nothing", "no job", "invitation, used or made up"
    }  # fmt: skip
    # No page of the table is left out.
    routes = {route.path for route in walk(face.web.routes) if "GET" in (route.methods or ())}
    asked = {path.partition("?")[0] for path in visited.values()}
    kept = {route: compile_path(route)[0] for route in routes & set(WHO) if not re.fullmatch(NO_PAGES, route)}
    unseen = {route for route, pattern in kept.items() if not any(pattern.match(path) for path in asked)}
    assert unseen == {"/sign-in/code"}


async def test_pages_of_people_who_sign_in_are_no_different(face: Face) -> None:
    made = await invite(face, "ada@example.org", Role.OPERATOR)
    async with visiting(face) as visitor:
        path = f"/invitations/{made.secret}"
        await visitor.press(path, at=path, password="seven herons over the weir", again="seven herons over the weir")
        assert faults(await visitor.browser.get("/account")) == []
        assert faults(await visitor.press("/account/factor")) == []
    async with visiting(face) as visitor:
        refused = await visitor.sign_in("ada@example.org", "not the password")
        assert (refused.status_code, faults(refused)) == (422, [])


async def test_a_second_factor_is_asked_for_on_such_a_page(face: Face) -> None:
    made = await invite(face, "ada@example.org", Role.OPERATOR)
    async with visiting(face) as visitor:
        path = f"/invitations/{made.secret}"
        await visitor.press(path, at=path, password="seven herons over the weir", again="seven herons over the weir")
        await visitor.set_up_factor()
    async with visiting(face) as visitor:
        begun = await visitor.sign_in("ada@example.org")
        answer = await visitor.browser.get(begun.headers["location"])
        assert answer.url.path == "/sign-in/code"
        assert (answer.status_code, faults(answer)) == (200, [])


async def test_a_stranger_is_refused_on_such_a_page_where_nobody_has_an_account(face: Face) -> None:
    for path in ("/", "/account", f"{face.at}/review", f"{face.at}/widgets", "/subscriptions"):
        answer = await face.stranger.get(path, headers={"accept": "text/html"})
        assert (answer.status_code, faults(answer)) == (401, []), path


async def test_a_stranger_is_asked_to_sign_in_where_people_have_accounts(pages: dict[str, str], face: Face) -> None:
    for name in ("overview", "review", "account", "events", "widgets"):
        answer = await face.stranger.get(pages[name], headers={"accept": "text/html"})
        assert (answer.status_code, answer.headers["location"].partition("?")[0]) == (303, "/sign-in"), name


async def test_widgets_load_from_the_board_alone_and_only_their_own_page_frames_them(face: Face, world: World) -> None:
    embedded = await embed(world, face)
    own = f"'self' {HOME}"
    policy = {
        "default-src": "'none'", "style-src": own, "script-src": own, "connect-src": own, "form-action": own,
        "base-uri": "'none'", "sandbox": "allow-scripts allow-forms allow-downloads",
    }  # fmt: skip
    for widget in ("applicant-highlights", "full-profile", "ats-integration"):
        token = await embedded.token(ADMIN)
        framed = await embedded.show(widget, token)
        assert (framed.status_code, of_a_frame(framed, {**policy, "frame-ancestors": ORIGIN})) == (200, []), widget
        # A refusal shows nothing of anybody's: whoever frames it learns why.
        refused = await embedded.show(widget, token, origin="https://evil.example")
        assert (refused.status_code, of_a_frame(refused, {**policy, "frame-ancestors": "*"})) == (403, []), widget


def of_a_frame(answer: httpx2.Response, policy: dict[str, str]) -> list[object]:
    """As `faults`: in a frame without an origin of its own the board's files are named whole."""
    return [found for found in faults(answer, policy) if not str(found).startswith(f"{HOME}/widgets/")]
