"""A mail server on loopback, and a company whose candidates hear by it."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from dataclasses import replace

import pytest
from aiosmtpd.controller import Controller
from pydantic import SecretStr

from changeover.app import make_outbox
from changeover.settings import Settings
from face import Face
from hiring import hire
from mailing import Inbox, Nobody, Told, applied
from program import World


@pytest.fixture
def inbox() -> Inbox:
    return Inbox()


@pytest.fixture
def server_of_mail(inbox: Inbox) -> Iterator[Controller]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = Controller(inbox, hostname="127.0.0.1", port=port)
    controller.start()
    yield controller
    if controller.server is not None:
        controller.stop()


@pytest.fixture
async def told(world: World, face: Face, server_of_mail: Controller) -> Told:
    settings = Settings(
        secret_key=SecretStr("k" * 32), smtp_host="127.0.0.1", smtp_port=server_of_mail.port, smtp_security="none",
        mail_from="jobs@board.example", public_url="http://board.example",
    )  # fmt: skip
    outbox = make_outbox(settings, world.db, world.flow.queue, Nobody())
    outbox.register_work()
    served = face.web.state.served
    face.web.state.served = replace(served, outbox=outbox, settings=settings)
    hiring = await hire(world, face)
    return Told(hiring, outbox, *await applied(hiring))
