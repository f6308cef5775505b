"""A request under a foreign name is refused, whatever it looks like; a HEAD is answered as its GET."""

from __future__ import annotations

import asyncio

import pytest

from changeover.web.used_keys import UsedKeys
from face import Face, served_face
from program import World


async def raw(face: Face, request: str) -> str:
    """What the server answers to these bytes."""
    host, _, port = face.url.removeprefix("http://").partition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(request.replace("\n", "\r\n").encode("latin-1"))
    answer = await asyncio.wait_for(reader.read(), 10)
    writer.close()
    return answer.decode()


@pytest.mark.parametrize(
    "host",
    [
        "evil.example", "127.0.0.1.evil.example", "evil.example:8000", "a@127.0.0.1", "[", "[::1", "::1", "127.0.0.1:x",
        "localhost.", "127.0.0.1, evil.example", "\xe9", "",
    ],
)  # fmt: skip
async def test_a_name_that_is_not_ours_is_refused(world: World, host: str) -> None:
    async with served_face(world) as face:
        answer = await raw(face, f"GET /jobs HTTP/1.1\nHost: {host}\nConnection: close\n\n")
    assert answer.split()[1] == "421"


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:1", "127.0.0.1:99999", "[::1]", "[::1]:8000"])
async def test_our_own_names_are_answered(world: World, host: str) -> None:
    async with served_face(world) as face:
        answer = await raw(face, f"GET /jobs HTTP/1.1\nHost: {host}\nConnection: close\n\n")
    assert answer.split()[1] == "200"


async def test_a_head_is_answered_as_its_get_without_the_page(world: World) -> None:
    async with served_face(world) as face:
        answer = await raw(face, "HEAD /jobs HTTP/1.1\nHost: localhost\nConnection: close\n\n")
    head, _, body = answer.partition("\r\n\r\n")
    assert head.split()[1] == "200"
    assert "content-length" in head
    assert body == ""


class TestAUsedKey:
    def test_stays_used_in_every_process_and_after_a_restart(self, tmp_path_factory: pytest.TempPathFactory) -> None:
        folder = tmp_path_factory.mktemp("keys") / "used"
        assert UsedKeys(folder).first("a", 2e9)
        assert not UsedKeys(folder).first("a", 2e9)
        assert UsedKeys(folder).first("b", 2e9)

    def test_is_forgotten_once_it_has_run_out(self, tmp_path_factory: pytest.TempPathFactory) -> None:
        folder = tmp_path_factory.mktemp("keys")
        keys = UsedKeys(folder)
        keys.first("a", 1.0)
        keys.first("b", 4e9)
        keys.first("c", 4e9)
        assert sorted(file.name for file in folder.iterdir()) == ["key-b", "key-c"]

    def test_without_a_folder_is_remembered_here(self) -> None:
        keys = UsedKeys()
        assert [keys.first("a", 2e9), keys.first("a", 2e9), keys.first("b", 2e9)] == [True, False, True]
