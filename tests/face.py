"""The whole web face over a test's world: a person with a session, a stranger, and a real address on loopback."""

from __future__ import annotations

import re
import secrets
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import ClassVar

import httpx2
from fastapi import FastAPI
from selectolax.lexbor import LexborHTMLParser

from changeover.app import Program
from changeover.console.entrance import make_link
from changeover.faces import make_web
from changeover.job import Job, Lane
from changeover.serving import base_url, listen, serving
from changeover.settings import Settings
from changeover.web.session import Signer
from program import World

HOME = "http://127.0.0.1:8000"
TOKEN, READS = "t0ken-" + "o" * 40, "t0ken-" + "r" * 40
SETTINGS = Settings(operator_tokens=f"backoffice:{TOKEN},{TOKEN}-2", reader_tokens=READS)  # type: ignore[arg-type]


@dataclass
class Face:
    """A world's web: ``person`` has a console session, ``stranger`` has none; neither follows redirects."""

    world: World
    web: FastAPI
    secret: bytes
    url: str
    person: httpx2.AsyncClient
    stranger: httpx2.AsyncClient

    def link(self, next_path: str = "/") -> str:
        """A new one-time link."""
        return make_link(self.secret, self.url, next_path)

    program: ClassVar[dict[str, str]] = {"authorization": f"Bearer {TOKEN}"}
    reader: ClassVar[dict[str, str]] = {"authorization": f"Bearer {READS}"}

    @property
    def cookie(self) -> str:
        """The name of the cookie of a session."""
        return Signer(self.secret).cookie

    @property
    def at(self) -> str:
        """The path of the world's company."""
        return f"/companies/{self.world.company}"

    async def page(self, path: str, status: int = 200) -> LexborHTMLParser:
        """A page as the person sees it."""
        answer = await self.person.get(path)
        assert answer.status_code == status, answer.text
        return LexborHTMLParser(answer.text)

    async def csrf(self) -> str:
        """The token of the person's session."""
        token: str = (await self.person.get("/api/v1/session")).json()["csrf"]
        return token

    async def press(self, path: str, fields: Mapping[str, object] | None = None) -> httpx2.Response:
        """Send a form as a page of the console would."""
        data = {"csrf": await self.csrf(), **{name: str(value) for name, value in (fields or {}).items()}}
        return await self.person.post(path, data=data)

    async def told(self, path: str, fields: Mapping[str, object] | None = None) -> str:
        """Send a form, follow its redirect, and say what the page tells of it."""
        answer = await self.press(path, fields)
        assert answer.status_code == 303, answer.text
        page = await self.page(answer.headers["location"])
        return text(page, "#note")

    async def ask(self, path: str, body: object | None = None) -> httpx2.Response:
        """POST to the API as the person."""
        return await self.person.post(path, json=body, headers={"x-csrf-token": await self.csrf()})


def text(page: LexborHTMLParser, selector: str) -> str:
    """The text of the first such element, with single spaces."""
    node = page.css_first(selector)
    assert node is not None, selector
    return re.sub(r"\s+", " ", node.text(separator=" ")).strip()


def client(web: FastAPI) -> httpx2.AsyncClient:
    """A client straight into the application."""
    return httpx2.AsyncClient(transport=httpx2.ASGITransport(app=web), base_url=HOME)


@asynccontextmanager
async def new_face(world: World) -> AsyncIterator[Face]:
    """A face reached without a network."""
    secret = secrets.token_bytes(32)
    web = make_web(Program(SETTINGS, world.db, world.flow.queue, world.flow), secret, HOME)
    async with client(web) as person, client(web) as stranger:
        face = Face(world, web, secret, HOME, person, stranger)
        assert (await person.get(face.link())).status_code == 303
        yield face


@asynccontextmanager
async def served_face(world: World) -> AsyncIterator[Face]:
    """A face on a real port of loopback."""
    sock = listen("127.0.0.1", 0)
    url, secret = base_url(sock), secrets.token_bytes(32)
    web = make_web(Program(SETTINGS, world.db, world.flow.queue, world.flow), secret, url)
    person, stranger = (httpx2.AsyncClient(base_url=url, trust_env=False) for _ in range(2))
    async with serving(web, sock), person, stranger:
        face = Face(world, web, secret, url, person, stranger)
        assert (await person.get(face.link())).status_code == 303
        yield face


def job(key: str, title: str, *, place: str = "Oslo, Norway", number: str = "", **more: str) -> Job:
    """A job with what the pages show of it."""
    return Job(id=key, title=title, location=place, employer_job_id=number, **more)  # type: ignore[arg-type]


# Three that match by number, one in doubt, one only on the board, one only in the ATS.
LEGACY = [
    job("L1", "Night Baker", number="R-1"),
    job("L2", "Pastry Chef", number="R-2"),
    job("L3", "Flour Buyer", number="R-3"),
    job("L4", "Crane Operator", place="Leith, Scotland"),
    job("L5", "Lighthouse Keeper", place="Skye, Scotland"),
]
ATS = [
    job("A1", "Night Baker", number="R-1"),
    job("A2", "Pastry Chef", number="R-2"),
    job("A3", "Flour Buyer", number="R-3"),
    job("A4", "Crane Technician", place="Leith, Scotland"),
    job("A6", "Accountant", place="York, England"),
]


async def migrate(world: World) -> None:
    """A company in migration, both sides read and matched as far as they go."""
    await world.employ()
    world.tell(Lane.LEGACY, *LEGACY)
    world.tell(Lane.ATS, *ATS)
    await world.read(Lane.LEGACY)
    await world.activate()
    await world.read()
    # What appeared in the ATS since the old source was read is pending until it is read again.
    await world.read()
