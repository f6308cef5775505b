"""Whoever runs it asks whether it lives, whether it can work, and for a few true numbers."""

from __future__ import annotations

import re

import pytest

from changeover.api import operations
from changeover.database.upgrade import head
from face import Face, migrate
from program import World


def value(text: str, name: str) -> float:
    match = re.search(rf"^{re.escape(name)} (\S+)$", text, re.MULTILINE)
    assert match is not None, name
    return float(match[1])


async def test_it_lives_and_is_ready(face: Face) -> None:
    assert (await face.stranger.get("/healthz")).json() == {"alive": True}
    ready = await face.stranger.get("/readyz")
    assert (ready.status_code, ready.json()) == (200, {"ready": True, "schema": head(), "wanted": head()})


async def test_it_is_not_ready_on_another_schema(face: Face, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(operations, "head", lambda: "9999")
    ready = await face.stranger.get("/readyz")
    assert (ready.status_code, ready.json()["ready"]) == (503, False)


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
