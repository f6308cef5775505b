"""A real mail server on loopback: what the demo's board sends to candidates arrives here and is shown."""

from __future__ import annotations

import socket
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from types import TracebackType
from typing import Self

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from changeover.demo.loopback import LOOPBACK


class Mailbox:
    """Takes every e-mail while its block is open; ``came`` are the messages, the oldest first."""

    def __init__(self) -> None:
        self.came: list[EmailMessage] = []
        with socket.socket() as free:
            free.bind((LOOPBACK, 0))
            self.port: int = free.getsockname()[1]
        self._controller = Controller(self, hostname=LOOPBACK, port=self.port)

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802  aiosmtpd's name
        """Keep a message."""
        message = message_from_bytes(envelope.original_content or b"", policy=default)
        if isinstance(message, EmailMessage):
            self.came.append(message)
        return "250 OK"

    def shown(self) -> list[dict[str, str]]:
        """Subject, recipient and plain text of each message, the newest first."""
        return [
            {"subject": str(each["Subject"]), "to": str(each["To"]), "text": plain(each)} for each in self.came[::-1]
        ]

    def __enter__(self) -> Self:
        self._controller.start()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        if self._controller.server is not None:
            self._controller.stop()


def plain(message: EmailMessage) -> str:
    """The plain text of a message."""
    part = message.get_body(("plain",))
    return str(part.get_content()) if part else ""
