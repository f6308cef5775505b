"""A hostile applicant on a real socket: refused in words, recorded, and nobody else loses anything by it."""

from __future__ import annotations

import asyncio
import io
import secrets
import zipfile
from collections.abc import AsyncIterator
from datetime import timedelta

import httpx2
import pytest
from structlog.testing import capture_logs

from changeover.app import make_outbox
from changeover.apply import delivery
from changeover.courier import PublicCourier
from changeover.database.board import BOARD
from changeover.settings import Settings
from changeover.subscriptions import publishing
from changeover.web.rates import Rates
from changeover.webhooks import store as webhooks
from changeover.webhooks.keys import Keys
from face import Face
from hiring import PDF, SAID, Hiring, hire
from program import World


@pytest.fixture
async def hiring(world: World, served: Face) -> Hiring:
    return await hire(world, served)


def person_at(address: str, hiring: Hiring) -> httpx2.AsyncClient:
    """Somebody who comes from an address of their own."""
    transport = httpx2.AsyncHTTPTransport(local_address=address)
    return httpx2.AsyncClient(base_url=hiring.face.url, transport=transport, timeout=60, trust_env=False)


def docx(*parts: tuple[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in (("word/document.xml", b"<w/>"), *parts):
            packed.writestr(name, content)
    return made.getvalue()


async def test_a_hundred_forms_at_once_from_one_address_keep_nobody_else_from_applying(hiring: Hiring) -> None:
    served = hiring.face.web.state.served
    object.__setattr__(served, "form_rates", Rates(served.db, 10, timedelta(hours=1)))
    async with person_at("127.0.0.2", hiring) as flood, person_at("127.0.0.3", hiring) as person:
        form, mine = await hiring.open(flood), await hiring.open(person)
        forms = [{**form, **SAID, "draft": secrets.token_urlsafe(32)} for _ in range(100)]
        with capture_logs() as told:
            answers = await asyncio.gather(
                *(hiring.send(flood, each) for each in forms), hiring.send(person, {**mine, **SAID})
            )
    codes = [answer.status_code for answer in answers]
    assert codes[-1] == 303, answers[-1].text
    assert sorted(codes[:-1]) == [303] * 10 + [429] * 90
    late = next(answer for answer in answers if answer.status_code == 429)
    assert "too many forms came from your network within an hour" in late.text
    assert late.headers["retry-after"] == "3600"
    assert len([line for line in told if line["event"] == "an address sends too many applications"]) == 90
    # What was taken is there, each once, and nothing of what was refused.
    assert len(await hiring.applications()) == 11


@pytest.mark.parametrize(
    ("name", "content", "word", "code"),
    [
        ("resume.pdf", b"MZ\x90\x00" + bytes(500), "is a program, whatever it is called", "PROGRAM"),
        ("resume.pdf", b"\x7fELF" + bytes(500), "is a program, whatever it is called", "PROGRAM"),
        ("resume.docx", docx(("word/media/a.bin", bytes(60_000_000))), "would unpack to far more", "ZIP_BOMB"),
        ("resume.docx", docx(("word/vbaProject.bin", b"x")), "holds macros", "MACROS"),
        ("resume.pdf", PDF + bytes(3_000_000), "at most 2.0 MB are taken", "TOO_LARGE"),
        ("../../etc/passwd\x00.pdf", b"\x00\x01\x02\x03", "is of no kind that is known here", "UNKNOWN_KIND"),
    ],
)
async def test_a_file_that_lies_is_refused_in_words_and_recorded_and_the_rest_of_the_form_stays(
    hiring: Hiring, name: str, content: bytes, word: str, code: str
) -> None:
    person = hiring.face.stranger
    fields = {**await hiring.open(person), **SAID}
    with capture_logs() as told:
        answer = await hiring.send(person, fields, content, name)
    assert answer.status_code == 422
    assert word in answer.text
    assert [(each["code"], each["bytes"]) for each in told if each["event"] == "a file was refused"] == [
        (code, len(content))
    ]
    assert name not in repr(told), "people call their files after themselves"
    assert 'value="Ada"' in answer.text
    assert await hiring.applications() == []
    assert (await hiring.send(person, fields)).status_code == 303


async def test_an_answer_with_line_breaks_makes_no_header_and_no_second_receiver(hiring: Hiring) -> None:
    person = hiring.face.stranger
    fields = {**await hiring.open(person), **SAID}
    for email in ("ada@example.org\r\nBcc: all@example.org", "ada@example.org,all@example.org", "a@b.example\n\nx"):
        answer = await hiring.send(person, {**fields, "contact.0.email": email})
        assert answer.status_code == 422, email
        assert "no e-mail address" in answer.text
    assert await hiring.applications() == []


async def test_a_body_that_is_no_form_and_one_without_end_are_refused(hiring: Hiring) -> None:
    person = hiring.face.stranger
    await hiring.open(person)
    broken = {"content-type": "multipart/form-data; boundary=x"}
    assert (await person.post(hiring.path, content=b"--y\r\nnot a form", headers=broken)).status_code in (400, 403)

    async def endless() -> AsyncIterator[bytes]:
        yield b'--x\r\ncontent-disposition: form-data; name="resume.0.resume"; filename="a.pdf"\r\n\r\n%PDF-1.7'
        for _ in range(40):
            yield b"a" * 1_000_000

    answer = await person.post(hiring.path, content=endless(), headers=broken)
    assert answer.status_code == 413
    many = {f"x{n}": "y" for n in range(4_000)}
    assert (await person.post(hiring.path, data=many)).status_code in (400, 403)
    assert await hiring.applications() == []


async def test_no_event_is_sent_to_a_private_address_and_it_says_so(world: World) -> None:
    met: list[bytes] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        met.append(await reader.read(100))
        writer.close()

    await world.employ()
    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    settings = Settings(secret_key="k" * 32)  # type: ignore[arg-type]
    try:
        async with PublicCourier(user_agent="test") as courier:
            outbox = make_outbox(settings, world.db, world.flow.queue, courier)
            for host in ("127.0.0.1", "localhost", "[::1]", "10.0.0.1", "169.254.169.254", "0x7f000001"):
                async with world.db.company(world.company) as conn:
                    event = (conn, world.company, delivery.CHANNEL, "", delivery.EVENT, "{}", world.db.now())
                    await webhooks.queue(*event, f"https://{host}:{port}/")
            await publishing.subscribe(world.db, Keys(b"k" * 32), f"http://127.0.0.1:{port}/", ())
            await outbox.drain(world.company)
            await outbox.drain(BOARD)
    finally:
        server.close()
    assert met == []
    async with world.db.company(world.company) as conn:
        rows = await webhooks.deliveries(conn, world.company, "", 50)
    assert len(rows) == 6
    assert all(row["state"] == "waiting" and row["problem"] for row in rows)
