"""A vendor's client on a test's world: real tokens over the real application."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import httpx2
import orjson

from changeover.apply_connect import enabling
from changeover.apply_connect.auth import Credentials, add_child, add_vendor
from changeover.apply_connect.payloads_apps import Key
from changeover.apply_connect.work import after_run
from changeover.webhooks.keys import Keys
from changeover.webhooks.outbox import Outbox, Reply
from face import Face

KEYS = Keys(b"k" * 32)
BODY = "<p>We bake bread by night and sell it by day.</p>" * 4


@dataclass
class Receivers:
    """What stands outside: answers as it is told to, and keeps what came."""

    answers: dict[str, Reply] = field(default_factory=dict)
    came: list[tuple[str, bytes, Mapping[str, str]]] = field(default_factory=list)

    async def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Reply:
        self.came.append((url, body, headers))
        return self.answers.get(url, Reply(200))

    async def get(self, url: str) -> Reply:
        self.came.append((url, b"", {}))
        return self.answers.get(url.partition("?")[0], Reply(404))


@dataclass
class Wire:
    """A parent, a child, and the company that the child speaks for."""

    face: Face
    parent: Credentials
    child: Credentials
    receivers: Receivers
    outbox: Outbox
    tokens: dict[str, str] = field(default_factory=dict)

    @property
    def company(self) -> int:
        return self.face.world.company

    async def token(self, who: Credentials) -> str:
        """A token, asked for once."""
        key = who.application.client_id
        if key not in self.tokens:
            answer = await self.grant(who.application.client_id, who.secret)
            assert answer.status_code == 200, answer.text
            self.tokens[key] = answer.json()["access_token"]
        return self.tokens[key]

    async def grant(self, client_id: str, secret: str, grant_type: str = "client_credentials") -> httpx2.Response:
        data = {"grant_type": grant_type, "client_id": client_id, "client_secret": secret}
        return await self.face.stranger.post("/oauth/v2/accessToken", data=data)

    async def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        who: Credentials | None = None,
        rest: str = "",
        headers: Mapping[str, str] | None = None,
    ) -> httpx2.Response:
        """One request as the child (or ``who``), with its Rest.li method."""
        sent = {"authorization": f"Bearer {await self.token(who or self.child)}", **(headers or {})}
        if rest:
            sent["x-restli-method"] = rest
        content = body if isinstance(body, bytes) or body is None else orjson.dumps(body)
        return await self.face.stranger.request(method, path, content=content, headers=sent)

    async def push(self, *elements: Any, path: str = "/v2/simpleJobPostings") -> list[dict[str, Any]]:
        """Post jobs; the answer's elements."""
        answer = await self.call("POST", path, {"elements": list(elements)}, rest="batch_create")
        assert answer.status_code == 200, answer.text
        found: list[dict[str, Any]] = answer.json()["elements"]
        return found

    async def one(self, **fields: Any) -> dict[str, Any]:
        """Post one job; its task as it stands then, or its error."""
        (element,) = await self.push(self.job(**fields))
        return await self.task(element["id"]) if "id" in element else element

    async def task(self, urn: str) -> dict[str, Any]:
        answer = await self.call("GET", f"/v2/simpleJobPostingTasks?ids={urn}")
        found: dict[str, Any] = answer.json()["results"][urn]
        return found

    async def status(self, key: str) -> dict[str, Any]:
        answer = await self.call("GET", f"/v2/jobPostingStatus?ids={key}")
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()["results"][key]
        return found

    def job(self, key: str = "A-1", **fields: Any) -> dict[str, Any]:
        """A whole job; a field that is None is left out."""
        whole = {
            "externalJobPostingId": key,
            "jobPostingOperationType": "CREATE",
            "title": f"Night Baker {key}",
            "description": BODY,
            "integrationContext": f"urn:li:organization:{self.company}",
            "companyApplyUrl": "https://ats.example/apply",
            "listedAt": 1_700_000_000_000,
            "location": "York, England",
            "availability": "PUBLIC",
            **fields,
        }
        return {name: value for name, value in whole.items() if value is not None}

    async def known(self) -> dict[str, bool]:
        """The ATS lane's jobs: open or not."""
        async with self.face.world.db.company(self.company) as conn:
            cursor = await conn.execute("select source_job_id, open from job where lane = 'ats'")
            return {row["source_job_id"]: row["open"] for row in await cursor.fetchall()}

    async def news(self) -> None:
        """What follows a run of the company, then everything that is due is sent."""
        world = self.face.world
        await after_run(world.flow, self.outbox, self.company, "https://board.example", timedelta(days=14))
        await self.outbox.drain(self.company)


async def new_wire(face: Face, receivers: Receivers, outbox: Outbox) -> Wire:
    """A vendor whose child may push for the world's company."""
    db = face.world.db
    parent = await add_vendor(db, KEYS, "Testing ATS")
    async with db.company(parent.application.vendor_id) as conn:
        fields = {"foreign_id": "customer-1", "name": "Testing ATS - Ferrous"}
        child = await add_child(conn, db, KEYS, parent.application.vendor_id, fields)
    return Wire(face, parent, child, receivers, outbox)


async def enable(wire: Wire) -> None:
    """The employer's yes to the child's wish."""
    world = wire.face.world
    here = wire.face.web.state.served
    made = await enabling.ask(here, wire.child.application, Key(wire.company, "APPLY_CONNECT", "JOBS", "ATS"), "It")
    assert made is not None
    assert await enabling.enable(world.flow, wire.outbox, wire.company, made.request_id, who="test") is None
