"""A company whose candidates hear by a real mail server."""

from __future__ import annotations

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
async def told(world: World, face: Face, server_of_mail: Controller, inbox: Inbox) -> Told:
    """Who has applied, and has the e-mail that says so."""
    settings = Settings(
        secret_key=SecretStr("k" * 32), smtp_host="127.0.0.1", smtp_port=server_of_mail.port, smtp_security="none",
        mail_from="jobs@board.example", public_url="http://board.example",
    )  # fmt: skip
    outbox = make_outbox(settings, world.db, world.flow.queue, Nobody())
    outbox.register_work()
    served = face.web.state.served
    face.web.state.served = replace(served, outbox=outbox, settings=settings)
    hiring = await hire(world, face)
    told = Told(hiring, outbox, *await applied(hiring))
    await told.send()
    (inbox.receipt,) = inbox.came
    inbox.forget()
    return told
