"""A company whose ATS may show widgets: a registered origin, a contract with a seat, somebody who applied."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import httpx2
from pydantic import SecretStr

from changeover.apply.questions import name_of
from changeover.contracts import slots
from changeover.demo.resume import pdf
from changeover.settings import Settings
from face import Face
from hiring import FORM, Hiring, hire, wanted
from mailing import applied
from program import World

ORIGIN, SEAT, ADMIN = "https://ats.example", "recruiter@example.org", "admin@example.org"
POSTED = (
    "<p>We bake at night.</p><h3>What you bring</h3><ul><li>Experience with sourdough</li><li>A driving licence</li>"
    "<li>Fluent in Norwegian</li></ul>"
)


@dataclass
class Embedded:
    """What an ATS's server and its recruiters' pages do."""

    hiring: Hiring
    client: str
    contract: int
    application: int
    page: str

    @property
    def world(self) -> World:
        return self.hiring.world

    @property
    def face(self) -> Face:
        return self.hiring.face

    async def ask_token(self, seat: str = SEAT, origin: str = ORIGIN, **more: Any) -> httpx2.Response:
        body = {"origin": origin, "contract": str(self.contract), "seat": seat, **more}
        return await self.face.stranger.post(
            f"/api/v1/companies/{self.world.company}/widget-tokens",
            json=body,
            headers={"authorization": f"Bearer {self.hiring.token}"},
        )

    async def token(self, seat: str = SEAT) -> str:
        answer = await self.ask_token(seat)
        assert answer.status_code == 201, answer.text
        told: str = answer.json()["token"]
        return told

    async def show(self, widget: str, token: str | None = None, origin: str = ORIGIN, **more: str) -> httpx2.Response:
        fields = {
            "token": await self.token() if token is None else token,
            "li_job_application_id": f"urn:li:jobApplication:{self.application}",
            "integration_context": f"urn:li:organization:{self.world.company}",
            **more,
        }
        headers = {"origin": origin} if origin else {}
        return await self.face.stranger.post(f"/widgets/{widget}", data=fields, headers=headers)

    async def log(self) -> list[tuple[str, str]]:
        """What stands in the access log, the newest first: what was done, and the code of a refusal."""
        answer = await self.face.stranger.get(
            f"/api/v1/companies/{self.world.company}/access-log", headers=Face.program
        )
        return [(each["what"], each["code"]) for each in answer.json()["accesses"]]


async def embed(world: World, face: Face, said: Mapping[str, str] | None = None, *, resume: bytes = b"") -> Embedded:
    """One application by Ada, whose résumé speaks of sourdough, and a seat in the ATS at ORIGIN."""
    served = face.web.state.served
    settings = served.settings.model_copy(update={"secret_key": SecretStr("k" * 32)})
    face.web.state.served = replace(served, settings=settings)
    hiring = await hire(world, face)
    await hiring.push({**wanted(FORM), "description": POSTED})
    client = hiring.token.split("_")[2]
    told = await face.ask(f"{_api(world)}/clients/{client}/origins", {"origins": [ORIGIN]})
    assert told.status_code == 200, told.text
    contract = await slots.add_contract(world.db, world.company, "Gold", slots=1, seats=2, who="test")
    for email, admin in ((SEAT, False), (ADMIN, True)):
        at = (world.db, world.company, contract, email)
        assert await slots.set_seat(*at, admin=admin, active=True, who="test") is None
    content = resume or pdf("Ada Example", "Ten years with sourdough and rye.")
    fields = {f"additional0.0.{name_of('visa')}": "n", **(said or {})}
    page, application = await applied(hiring, content=content, **fields)
    return Embedded(hiring, client, contract, application, page)


def _api(world: World) -> str:
    return f"/api/v1/companies/{world.company}"


def settings_of(face: Face) -> Settings:
    found: Settings = face.web.state.served.settings
    return found
