"""Starts the sandbox: the wire over HTTPS, its proxy, its receiver, what a client exports."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import orjson

from changeover.app import Program, running, source_reader
from changeover.database import embedded
from changeover.database.folders import POINTER
from changeover.database.refused import DatabaseRefused
from changeover.faces import make_web
from changeover.sandbox.certificate import HOSTS, certificate
from changeover.sandbox.receiver import PATH, Receiver
from changeover.sandbox.shown import Shown
from changeover.sandbox.stand import Ready, stand, vendor
from changeover.sandbox.tunnel import tunnel
from changeover.serving import USED_KEYS, console_secret, for_ever, listen, served_at, serving, working
from changeover.settings import load_alone
from changeover.web.served import Served

# The file that says that a data folder holds a sandbox, and how a client signs in to it.
MARK = "sandbox.json"
_WORKERS = 4
Tell = Callable[[str], None]


async def play_sandbox(*, port: int, data: Path | None, ready: Callable[[Ready, int, Path], None], tell: Tell) -> None:
    """Run the sandbox until it is cancelled. ``ready`` is told once, with the proxy's port and the certificate.

    Raises CannotServe, DatabaseRefused and NotReady.
    """
    with listen("127.0.0.1", port) as sock, _folder(data) as folder:
        public, private = certificate(folder)
        at = sock.getsockname()[1]
        url = f"https://127.0.0.1:{at}"
        settings = load_alone(data=folder, allow_private_addresses=True, public_url=url, port=at)
        receiver = Receiver(tell)
        try:
            async with running(settings, source_reader(settings), trusted=str(public)) as program:
                secret = console_secret(folder)
                web = make_web(program, secret, url, folder / USED_KEYS, hosts=HOSTS)
                web.mount("/sandbox", receiver.application)
                web.add_middleware(Shown, tell=tell)
                tls = (public, private)
                async with serving(web, sock, tls=tls), working(program, concurrency=_WORKERS), tunnel(at) as proxy:
                    with served_at(folder, url):
                        ready(await _ready(program, web.state.served, receiver, folder, url), proxy, public)
                        await for_ever()
        finally:
            embedded.stop(settings.data)


async def _ready(program: Program, here: Served, receiver: Receiver, folder: Path, url: str) -> Ready:
    """What a client needs: made, or, where the folder is a sandbox already, as it was."""
    mark = folder / MARK
    if mark.exists():
        said = orjson.loads(mark.read_bytes())
        receiver.secrets = said["secrets"]
        return Ready(**{**said["ready"], "url": url, "webhook_url": f"{url}{PATH}"})
    parent, child = await vendor(program)
    receiver.secrets = {"": parent.secret, str(child.application.application_id): child.secret}
    webhook = f"{url}{PATH}"
    company, application = await stand(program, here, parent.application, child.application, webhook)
    made = Ready(
        url,
        parent.application.client_id,
        parent.secret,
        child.application.client_id,
        child.secret,
        str(company),
        webhook,
        str(application),
    )
    descriptor = os.open(mark, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(orjson.dumps({"ready": made.as_dict(), "secrets": receiver.secrets}))
    return made


def environment(ready: Ready, proxy: int, public: Path) -> list[str]:
    """What a client's shell exports: clients with built-in hosts reach the sandbox through the proxy."""
    told = {
        "URL": ready.url,
        "HTTPS_PROXY": f"http://127.0.0.1:{proxy}",
        "SSL_CERT_FILE": str(public),
        "REQUESTS_CA_BUNDLE": str(public),
        "NODE_EXTRA_CA_CERTS": str(public),
        "PARENT_CLIENT_ID": ready.parent_client_id,
        "PARENT_CLIENT_SECRET": ready.parent_client_secret,
        "CLIENT_ID": ready.client_id,
        "CLIENT_SECRET": ready.client_secret,
        "ORGANIZATION": ready.organization,
    }
    return [f"export {name}='{value}'" for name, value in told.items()]


@contextmanager
def _folder(given: Path | None) -> Iterator[Path]:
    """The folder that was given, which keeps the sandbox, or a new one that is deleted after."""
    if given is not None:
        folder = given.expanduser().absolute()
        if any((folder / name).exists() for name in ("database", POINTER)) and not (folder / MARK).exists():
            raise DatabaseRefused(f"{folder} holds a board that is no sandbox. Give the sandbox a folder of its own.")
        folder.mkdir(parents=True, exist_ok=True)
        yield folder
        return
    with embedded.passing("changeover-sandbox-") as made:
        yield made
