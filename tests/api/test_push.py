"""An ATS pushes its jobs: what is answered with success is committed, and each refusal says why."""

from __future__ import annotations

import asyncio

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from changeover.accounts.clients import _TOKEN, add_client, client_of, clients, rotate
from changeover.job import Lane
from face import Face
from program import World

JOBS = [
    {"id": "4711", "title": "Night Baker", "location": "York, England", "employer_job_id": "CB-801"},
    {"id": "4712", "title": "Pastry Chef", "location": "Leeds, England"},
]


@pytest.fixture
async def token(world: World) -> str:
    await world.employ(push=True)
    return await add_client(world.db, world.company, "The ATS", who="test")


class Pusher:
    def __init__(self, face: Face, token: str) -> None:
        self.face, self.token = face, token

    async def __call__(self, body: object, company: int = 0) -> httpx2.Response:
        at = company or self.face.world.company
        headers = {"authorization": f"Bearer {self.token}"}
        if isinstance(body, bytes):
            return await self.face.stranger.post(f"/api/v1/companies/{at}/jobs", content=body, headers=headers)
        return await self.face.stranger.post(f"/api/v1/companies/{at}/jobs", json=body, headers=headers)


@pytest.fixture
def push(face: Face, token: str) -> Pusher:
    return Pusher(face, token)


async def known(world: World) -> dict[str, bool]:
    async with world.db.company(world.company) as conn:
        cursor = await conn.execute("select source_job_id, open from job where lane = 'ats'")
        return {row["source_job_id"]: row["open"] for row in await cursor.fetchall()}


class TestAPush:
    async def test_is_committed_when_it_is_answered(self, world: World, push: Pusher) -> None:
        answer = await push({"jobs": JOBS, "complete": True})
        assert answer.status_code == 200, answer.text
        assert answer.json() == {"revision": answer.json()["revision"], "taken": 2, "closed": 0, "refused": []}
        assert await known(world) == {"4711": True, "4712": True}

    async def test_told_twice_changes_nothing(self, push: Pusher) -> None:
        first = await push({"jobs": JOBS})
        again = await push({"jobs": JOBS})
        assert again.json()["revision"] == first.json()["revision"]

    async def test_closes_by_id_or_by_status(self, world: World, push: Pusher) -> None:
        await push({"jobs": JOBS})
        await push({"jobs": [{"id": "4711", "status": "closed"}], "closed": ["4712", "never seen"]})
        assert await known(world) == {"4711": False, "4712": False}

    async def test_takes_the_others_where_one_is_wrong(self, world: World, push: Pusher) -> None:
        answer = await push({"jobs": [*JOBS, {"title": "No id"}, "not a job"]})
        assert answer.status_code == 200
        assert [each["index"] for each in answer.json()["refused"]] == [2, 3]
        assert all(each["code"] and each["detail"] for each in answer.json()["refused"])
        assert set(await known(world)) == {"4711", "4712"}

    async def test_of_two_at_once_loses_none(self, world: World, push: Pusher) -> None:
        batches = [{"jobs": [{"id": f"{n}-{k}", "title": f"Job {n} {k}"} for k in range(20)]} for n in range(6)]
        answers = await asyncio.gather(*(push(batch) for batch in batches))
        assert {answer.status_code for answer in answers} == {200}
        assert len(await known(world)) == 120


class TestARefusal:
    @pytest.mark.parametrize("body", [b"", b"{", b'"jobs"', b'{"jobs": 3}', b"\xff\xfe", b"null"])
    async def test_of_what_is_no_batch(self, world: World, push: Pusher, body: bytes) -> None:
        answer = await push(body)
        assert answer.status_code == 422
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["detail"].startswith("Nothing was taken")
        assert await known(world) == {}

    async def test_of_too_many_jobs_and_of_too_large_a_body(self, world: World, push: Pusher) -> None:
        many = await push({"jobs": [{"id": str(n), "title": "x"} for n in range(1_001)]})
        assert many.status_code == 413
        assert "1,000" in many.json()["fix"]
        large = await push(b"x" * 30_000_001)
        assert large.status_code == 413
        assert await known(world) == {}

    async def test_without_a_live_token(self, face: Face, token: str) -> None:
        company = face.world.company
        changed = token[:-1] + ("A" if token[-1] != "A" else "B")
        for header in ("", "Bearer", f"Basic {token}", "Bearer nonsense", f"Bearer {changed}"):
            answer = await face.stranger.post(
                f"/api/v1/companies/{company}/jobs", json={"jobs": JOBS}, headers={"authorization": header}
            )
            assert answer.status_code == 401, header
            assert answer.headers["www-authenticate"] == "Bearer"
        assert await known(face.world) == {}

    async def test_of_another_companys_token(self, world: World, push: Pusher) -> None:
        mine = world.company
        await world.employ(push=True)
        answer = await push({"jobs": JOBS})
        assert answer.status_code == 403
        assert await known(world) == {}
        assert (await push({"jobs": JOBS}, mine)).status_code == 200

    async def test_where_no_source_pushes(self, world: World, face: Face) -> None:
        await world.employ()
        pusher = Pusher(face, await add_client(world.db, world.company, "The ATS", who="test"))
        answer = await pusher({"jobs": JOBS})
        assert answer.status_code == 409
        assert answer.json()["code"] == "NO_PUSH_SOURCE"


class TestAToken:
    async def test_is_kept_as_a_hash_only(self, world: World, token: str) -> None:
        secret = token.split("_", 3)[3]
        async with world.db.company(world.company) as conn:
            rows = await (await conn.execute("select hash from client_secret")).fetchall()
            assert all(secret.encode() not in bytes(row["hash"]) for row in rows)

    async def test_and_the_one_before_it_are_live_and_no_third(self, world: World, token: str) -> None:
        async with world.db.company(world.company) as conn:
            (client,) = await clients(conn, world.company)
        tokens = [token]
        for _ in range(2):
            world.later(minutes=1)
            new = await rotate(world.db, world.company, client["client_id"], who="test")
            assert new is not None
            tokens.append(new)
        live = [await client_of(world.db, each) is not None for each in tokens]
        assert live == [False, True, True]
        world.later(days=1, minutes=1)
        live = [await client_of(world.db, each) is not None for each in tokens]
        assert live == [False, False, True]
        assert await rotate(world.db, world.company, 7, who="test") is None

    @given(st.text(max_size=80))
    def test_is_of_one_shape(self, text: str) -> None:
        assert not _TOKEN.fullmatch(text)


async def test_pushed_jobs_move_a_company_when_they_are_whole(world: World, push: Pusher) -> None:
    world.tell(Lane.LEGACY)
    answer = await push({"jobs": JOBS, "complete": True})
    assert answer.status_code == 200
    async with world.db.company(world.company) as conn:
        row = await (await conn.execute("select whole_at from source where kind = 'ats_push'")).fetchone()
    assert row is not None
    assert row["whole_at"] == world.clock[0]


async def test_letters_that_no_text_may_hold_are_left_out_of_every_field(push: Pusher, world: World) -> None:
    told = {"id": "1\0", "title": "Night\0 Baker", "location": "York\x1b"}
    assert (await push({"jobs": [told], "closed": ["2\0", "\0"]})).status_code == 200
    assert await known(world) == {"1": True}
    assert (await push({"jobs": [], "closed": ["1\0"]})).json()["closed"] == 1
    assert await known(world) == {"1": False}
