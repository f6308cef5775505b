"""A company that takes applications, and a real mail server that its candidates' e-mail comes to."""

from __future__ import annotations

from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session
from selectolax.lexbor import LexborHTMLParser

from changeover.apply.notices import RECEIPT
from changeover.webhooks import store as webhooks
from changeover.webhooks.outbox import Outbox, Reply
from hiring import PDF, SAID, Hiring


@dataclass
class Inbox:
    """What the mail server took, and whom each message was for. ``answer``: what it says to a message instead."""

    came: list[EmailMessage] = field(default_factory=list)
    received: list[list[str]] = field(default_factory=list)
    answer: str = ""
    receipt: EmailMessage | None = None

    def forget(self) -> None:
        """As if nothing had come."""
        self.came.clear()
        self.received.clear()

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str, _: Any) -> str:  # noqa: N802
        if self.answer.startswith("550"):
            return self.answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.answer:
            return self.answer
        parsed = message_from_bytes(envelope.original_content or b"", policy=default)
        assert isinstance(parsed, EmailMessage)
        self.came.append(parsed)
        self.received.append(list(envelope.rcpt_tos))
        return "250 OK"

    @property
    def subjects(self) -> list[str]:
        return [str(each["Subject"]) for each in self.came]


class Nobody:
    """No courier: nothing of these tests leaves by HTTP."""

    async def post(self, url: str, body: bytes, headers: object) -> Reply:
        return Reply(500)

    async def get(self, url: str) -> Reply:
        return Reply(500)


@dataclass
class Told:
    """A company that takes applications, whose outbox has a mail server."""

    hiring: Hiring
    outbox: Outbox
    page: str
    application: int

    async def act(self, action: str, status: int = 200) -> Any:
        self.hiring.world.later(seconds=1)
        answer = await self.hiring.face.stranger.post(
            f"/api/v1/companies/{self.hiring.world.company}/applications/{self.application}/actions",
            json={"action": action},
            headers={"authorization": f"Bearer {self.hiring.token}"},
        )
        assert answer.status_code == status, answer.text
        await self.send()
        return answer.json()

    async def send(self) -> None:
        await self.outbox.drain(self.hiring.world.company)

    async def stages(self) -> list[str]:
        page = LexborHTMLParser((await self.hiring.face.stranger.get(self.page)).text)
        return [node.text() for node in page.css(".timeline strong")][1:]

    async def states(self) -> list[str]:
        async with self.hiring.world.db.company(self.hiring.world.company) as conn:
            rows = await webhooks.deliveries(conn, self.hiring.world.company, "", 50)
        return [row["state"] for row in rows if row["channel"] == "mail" and row["event"] != RECEIPT]


async def applied(hiring: Hiring, *, content: bytes = PDF, **more: str) -> tuple[str, int]:
    person = hiring.face.stranger
    fields = {**await hiring.open(person), **SAID, "notices": "yes", **more}
    answer = await hiring.send(person, {name: value for name, value in fields.items() if value}, content)
    assert answer.status_code == 303, answer.text
    page = answer.headers["location"]
    return page, int(page.split("-")[1])
