"""Whoever runs it asks whether it lives, whether it can work, and for a few true numbers."""

from __future__ import annotations

import asyncio
import re
import ssl
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx2
import pytest
from pydantic import SecretStr

from changeover import flow as runs
from changeover.api import operations
from changeover.database.upgrade import head
from changeover.sandbox.certificate import certificate
from changeover.serving import listen, ready_until_the_end, serving
from face import READS, Face, migrate
from program import World


def value(text: str, name: str) -> float:
    match = re.search(rf"^{re.escape(name)} (\S+)$", text, re.MULTILINE)
    assert match is not None, name
    return float(match[1])


async def readyz(face: Face) -> tuple[int, dict[str, Any]]:
    answer = await face.stranger.get("/readyz")
    assert ("retry-after" in answer.headers) == (answer.status_code == 503)
    return answer.status_code, answer.json()


async def test_it_lives_and_is_ready(face: Face) -> None:
    assert (await face.stranger.get("/healthz")).json() == {"alive": True}
    status, said = await readyz(face)
    assert (status, said["ready"], said["reasons"]) == (200, True, [])
    assert (said["schema"], said["wanted"], said["work"]) == (head(), head(), "moving")


async def test_it_is_not_ready_before_the_schema_is_upgraded(face: Face, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(operations, "head", lambda: "9999")
    status, said = await readyz(face)
    assert (status, said["reasons"]) == (503, ["UPGRADE_PENDING"])


async def test_it_stays_ready_when_a_later_version_has_upgraded(face: Face, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(operations, "head", lambda: "0001")
    assert (await readyz(face))[0] == 200


async def test_it_says_that_it_ends(face: Face) -> None:
    with ready_until_the_end(face.web):
        assert (await readyz(face))[0] == 200
    status, said = await readyz(face)
    assert (status, said["reasons"]) == (503, ["STOPPING"])


async def test_a_client_that_keeps_its_connection_does_not_hold_up_the_end_of_https(face: Face, tmp_path: Path) -> None:
    public, private = certificate(tmp_path)
    trusting = ssl.create_default_context(cafile=str(public))
    with listen("127.0.0.1", 0) as sock:
        url = f"https://127.0.0.1:{sock.getsockname()[1]}"
        # Within half of the half minute that asyncio waits for a client's goodbye.
        async with (
            httpx2.AsyncClient(base_url=url, verify=trusting, trust_env=False) as client,
            asyncio.timeout(15),
            serving(face.web, sock, tls=(public, private)),
        ):
            assert (await client.get("/healthz")).status_code == 200


async def test_it_says_that_its_disk_is_full(face: Face, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(operations, "DISK_BYTES", 2**62)
    status, said = await readyz(face)
    assert (status, said["reasons"]) == (503, ["DISK_FULL"])


async def test_it_says_that_the_database_is_gone_and_lives_on(world: World, face: Face) -> None:
    await world.db.close()
    status, said = await readyz(face)
    assert (status, said["reasons"]) == (503, ["DATABASE_DOWN"])
    assert (await face.stranger.get("/healthz")).status_code == 200
    assert value((await face.stranger.get("/metrics")).text, "changeover_database_up") == 0


async def test_it_says_that_nobody_works_and_for_how_long(world: World, face: Face) -> None:
    await migrate(world)
    async with world.db.app_pool.connection() as conn:
        await world.flow.queue.enqueue(conn, runs.RUN, lock="c:1", company_id=world.company)
    status, said = await readyz(face)
    assert (status, said["work"], said["workers"], said["waiting"] > 0) == (200, "stalled", 0, True)
    text = (await face.stranger.get("/metrics")).text
    assert value(text, "changeover_work_waiting") == said["waiting"]
    assert value(text, "changeover_workers") == 0
    assert 0 <= value(text, "changeover_work_oldest_seconds") < 600


async def test_its_numbers_are_true(world: World, face: Face) -> None:
    await migrate(world)
    for _ in range(3):
        await face.stranger.get("/jobs")
    text = (await face.stranger.get("/metrics")).text
    assert value(text, 'changeover_http_requests_total{method="GET",route="/jobs",status="200"}') == 3
    assert value(text, 'changeover_companies{state="matching"}') == 1
    assert value(text, 'changeover_companies{state="legacy"}') == 0
    assert value(text, "changeover_held_readings") == 0
    assert value(text, "changeover_live_pages") == 0


async def test_its_numbers_are_kept_for_who_has_a_token_where_the_settings_have_any(face: Face) -> None:
    served = face.web.state.served
    told = SecretStr(f"prometheus:{'m' * 40},{'n' * 40}")
    face.web.state.served = replace(served, settings=served.settings.model_copy(update={"metrics_tokens": told}))
    for word in ("", "Bearer", "Bearer wrong", f"Basic {'m' * 40}", f"Bearer {READS}", "Bearer ééé"):
        answer = await face.stranger.get("/metrics", headers={b"authorization": word.encode()})
        assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer"), word
        assert "changeover_" not in answer.text
    for token in ("m" * 40, "n" * 40):
        answer = await face.stranger.get("/metrics", headers={"authorization": f"Bearer {token}"})
        assert value(answer.text, "changeover_database_up") == 1
