"""A company whose ATS pushes one job with an apply form, and what a candidate does with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx2
from selectolax.lexbor import LexborHTMLParser

from changeover import flow as runs
from changeover.accounts.clients import add_client
from changeover.apply import store
from changeover.apply.questions import name_of
from changeover.database.revise import revise
from changeover.job import Lane
from face import Face, job
from program import World

PDF = b"%PDF-1.7\nA life in bread."
FORM: dict[str, Any] = {
    "sections": {
        "resume": {"resume": "required"},
        "work": {},
        "additional": [
            {
                "questions": [
                    {
                        "id": "visa",
                        "text": "<p>May you work <b>here</b>?</p>",
                        "kind": "choice",
                        "required": True,
                        "choices": [{"value": "y", "label": "Yes"}, {"value": "n", "label": "No <script>"}],
                    }
                ]
            }
        ],
    }
}
SAID = {
    "contact.0.first_name": "Ada",
    "contact.0.last_name": "Example",
    "contact.0.email": "ada@example.org",
    f"additional0.0.{name_of('visa')}": "n",
    "consent": "yes",
}


@dataclass
class Hiring:
    """A company whose ATS pushes one job with a form, paired with a legacy one that is live."""

    world: World
    face: Face
    token: str
    posting: str

    @property
    def path(self) -> str:
        return f"/jobs/{self.posting}/apply"

    async def push(self, *elements: Mapping[str, Any], closed: tuple[str, ...] = ()) -> dict[str, Any]:
        answer = await self.face.stranger.post(
            f"/api/v1/companies/{self.world.company}/jobs",
            json={"jobs": list(elements), "closed": list(closed)},
            headers={"authorization": f"Bearer {self.token}"},
        )
        assert answer.status_code == 200, answer.text
        await runs.run(self.world.flow, self.world.company)
        said: dict[str, Any] = answer.json()
        return said

    async def open(self, person: httpx2.AsyncClient, query: str = "") -> dict[str, str]:
        """The hidden fields of the form, opened in a browser."""
        answer = await person.get(self.path + query)
        assert answer.status_code == 200, answer.text
        hidden = LexborHTMLParser(answer.text).css("form.apply input[type=hidden]")
        return {str(node.attributes["name"]): str(node.attributes["value"]) for node in hidden}

    async def send(
        self, person: httpx2.AsyncClient, fields: Mapping[str, str], content: bytes = PDF, name: str = "ada.pdf"
    ) -> httpx2.Response:
        files = {"resume.0.resume": (name, content, "application/pdf")} if content else None
        return await person.post(self.path, data=dict(fields), files=files)

    async def agree(self) -> None:
        """The employer agrees that candidates are told what becomes of their applications."""
        at = (self.world.db, self.world.company)
        async with revise(*at, kind="notices", who="test", why="The employer agrees.") as change:
            await store.set_notices(change, notices=True)

    async def applications(self) -> list[dict[str, Any]]:
        async with self.world.db.company(self.world.company) as conn:
            return await store.applications_of(conn, self.world.company, 1_000)


def wanted(form: Any = FORM) -> dict[str, Any]:
    return {
        "id": "A1",
        "title": "Night Baker",
        "location": "Oslo, Norway",
        "employer_job_id": "R-1",
        "apply_questions": form,
    }


async def hire(world: World, face: Face, form: Any = FORM) -> Hiring:
    """A company in migration whose one posting takes applications here."""
    await world.employ(push=True)
    world.tell(Lane.LEGACY, job("L1", "Night Baker", number="R-1"))
    await world.read(Lane.LEGACY)
    await world.activate()
    (posting,) = await world.live()
    token = await add_client(world.db, world.company, "ATS", who="test")
    made = Hiring(world, face, token, f"{world.company}-{posting}")
    await made.agree()
    assert (await made.push(wanted(form)))["refused"] == []
    return made
