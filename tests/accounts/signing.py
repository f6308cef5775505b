"""People who sign in to a test's board: invited, in by a password, with a phone that shows codes."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

import httpx2
import pyotp
from selectolax.lexbor import LexborHTMLParser

from changeover.accounts import people
from changeover.accounts.account import Role
from changeover.accounts.people import Invited
from face import Face, client

PASSWORD = "seven herons over the weir"


def token(page: str) -> str:
    """The token of the forms of a page."""
    found = LexborHTMLParser(page).css_first('input[name="csrf"]')
    assert found is not None, page
    return found.attributes["value"] or ""


@dataclass
class Visitor:
    """A browser of one person."""

    face: Face
    browser: httpx2.AsyncClient
    email: str = ""

    async def sign_in(self, email: str, password: str = PASSWORD, to: str = "/") -> httpx2.Response:
        """Open the page, fill it in, press the button."""
        page = await self.browser.get("/sign-in", params={"next": to})
        said = {"csrf": token(page.text), "email": email, "password": password, "next": to}
        return await self.browser.post("/sign-in", data=said)

    async def press(self, path: str, at: str = "/account", **fields: object) -> httpx2.Response:
        """Send a form of the page ``at``."""
        page = await self.browser.get(at)
        said = {"csrf": token(page.text), **{name: str(value) for name, value in fields.items()}}
        return await self.browser.post(path, data=said)

    async def set_up_factor(self) -> tuple[pyotp.TOTP, list[str]]:
        """Set a second factor up: the phone, and the recovery codes."""
        begun = await self.press("/account/factor")
        found = re.search(r"secret=([A-Z2-7]+)", begun.text)
        assert found, begun.text
        phone = pyotp.TOTP(found[1])
        confirmed = await self.browser.post(
            "/account/factor/confirm", data={"csrf": token(begun.text), "code": self.code(phone)}
        )
        assert confirmed.status_code == 200, confirmed.text
        return phone, re.findall(r"<code>(\w{5}-\w{5})</code>", confirmed.text)

    def code(self, phone: pyotp.TOTP) -> str:
        """What the phone shows by the board's clock."""
        return phone.at(self.face.world.clock[0])


async def invite(face: Face, email: str, role: Role, companies: Sequence[int] = ()) -> Invited:
    made = await people.add(face.world.db, email, email.partition("@")[0].title(), role, companies, who="test")
    assert isinstance(made, Invited), made
    return made


@asynccontextmanager
async def visiting(face: Face) -> AsyncIterator[Visitor]:
    """A browser that nobody has used."""
    async with client(face.web) as browser:
        yield Visitor(face, browser)


@asynccontextmanager
async def signed_in(
    face: Face, email: str, role: Role = Role.OPERATOR, companies: Sequence[int] = ()
) -> AsyncIterator[Visitor]:
    """The browser of a new person, who took the invitation."""
    made = await invite(face, email, role, companies)
    async with visiting(face) as visitor:
        path = f"/invitations/{made.secret}"
        page = await visitor.browser.get(path)
        said = {"csrf": token(page.text), "password": PASSWORD, "again": PASSWORD}
        entered = await visitor.browser.post(path, data=said)
        assert entered.status_code == 303, entered.text
        visitor.email = email
        yield visitor
