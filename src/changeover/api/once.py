"""Idempotency-Key: a request that is sent again is answered again, and its act is done once."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import orjson
from fastapi import Request
from fastapi.responses import JSONResponse, Response

from changeover.database.connection import Database
from changeover.database.queries import beside
from changeover.database.revise import Change
from changeover.ids import new_ids
from changeover.web.problem import Problem
from changeover.web.tokens import Caller

queries = beside(__file__, "once")

KEPT = timedelta(hours=24)
# A request that has not answered for so long has died with its process.
_STALE = timedelta(minutes=5)
_KEY = re.compile(r'"?([\x21\x23-\x7e]{1,255})"?')


@dataclass(frozen=True, slots=True)
class Claim:
    """A key that this request may act under. ``made`` is the id for what it makes, the same on every try."""

    db: Database
    company_id: int
    key: str
    claim: int
    made: int

    async def acted(self, change: Change) -> None:
        """Write down, in the act's transaction, that it is done. Raises Problem if another took the key over."""
        at = {"company": self.company_id, "key": self.key, "claim": self.claim, "revision": change.revision}
        if await (await change.conn.execute(queries.acted, at)).fetchone() is None:
            raise _in_progress()

    async def settle(self, response: Response) -> None:
        """Keep a success for the next try; let the key go where nothing was done."""
        at = {"company": self.company_id, "key": self.key, "claim": self.claim}
        async with self.db.company(self.company_id) as conn:
            if response.status_code >= 300:
                await conn.execute(queries.release, at)
                return
            said = {"status": response.status_code, "body": _without_secret(bytes(response.body))}
            await conn.execute(queries.answered, {**at, **said, "location": response.headers.get("location", "")})

    async def release(self) -> None:
        """Let the key go after a surprise, unless the act was committed."""
        async with self.db.company(self.company_id) as conn:
            at = {"company": self.company_id, "key": self.key, "claim": self.claim}
            await conn.execute(queries.release, at)


def _without_secret(body: bytes) -> str:
    """An answer as it is kept: a token, secret or one-time link is shown once and not kept."""
    said = orjson.loads(body)
    if isinstance(said, dict):
        said |= dict.fromkeys(said.keys() & {"token", "secret", "link"})
    return orjson.dumps(said).decode()


def key_of(request: Request) -> str | None:
    """The request's key, or None; 400 for one that cannot be."""
    told = request.headers.get("idempotency-key")
    if told is None:
        return None
    match = _KEY.fullmatch(told)
    if match is None:
        raise Problem(
            400,
            "BAD_IDEMPOTENCY_KEY",
            "Nothing was done: the Idempotency-Key is not 1 to 255 printable ASCII characters without a space.",
            "Send a new random UUID with each act, and the same one with each try of it.",
        )
    return match[1]


async def claim(db: Database, company_id: int, key: str, request: Request, caller: Caller) -> Claim | Response:
    """The right to act under a key, or the answer that an earlier try was given. Raises Problem if neither can be."""
    told = f"{request.method} {request.url.path}?{request.url.query}\n{caller.key}\n".encode()
    digest = hashlib.sha256(told + await request.body()).digest()
    now, mine = db.now(), Claim(db, company_id, key, new_ids(), new_ids())
    async with db.company(company_id) as conn:
        await conn.execute(queries.forget, {"company": company_id, "now": now})
        at = {"company": company_id, "key": key, "digest": digest, "claim": mine.claim, "made": mine.made}
        when = {"now": now, "ends": now + KEPT, "stale": now - _STALE}
        row = await (await conn.execute(queries.claim, {**at, **when})).fetchone()
        if row is not None:
            return Claim(db, company_id, key, mine.claim, row["made"])
        known = await (await conn.execute(queries.known, {"company": company_id, "key": key})).fetchone()
    if known is None:
        raise _in_progress()
    return _again(known, digest, stale=known["begun_at"] < now - _STALE)


def _again(known: dict[str, Any], digest: bytes, *, stale: bool) -> Response:
    if bytes(known["digest"]) != digest:
        raise Problem(
            422,
            "KEY_REUSED",
            "Nothing was done: this Idempotency-Key was sent with another request within the last day.",
            "Send a new key with each act; the same one only with another try of the very same request.",
        )
    headers = {"idempotent-replayed": "true"}
    if known["status"] is not None:
        if known["location"]:
            headers["location"] = known["location"]
        return Response(known["body"], known["status"], headers, "application/json")
    if known["revision"] is None or not stale:
        raise _in_progress()
    # The act was committed and its process ended before it could answer.
    said = {"done": True, "sentence": f"Done at revision {known['revision']}.", "revision": known["revision"]}
    return JSONResponse(said, 200, headers)


def _in_progress() -> Problem:
    return Problem(
        409,
        "IN_PROGRESS",
        "Another request with this Idempotency-Key is being answered right now.",
        "Wait for its answer, or send this one again in a moment.",
        headers={"retry-after": "1"},
    )


Act = Callable[[Claim | None], Awaitable[Response]]


async def once(db: Database, company_id: int, request: Request, caller: Caller, act: Act) -> Response:
    """Do the act of a request under its key, if it carries one: once, however often it is sent within a day."""
    key = key_of(request)
    if key is None:
        return await act(None)
    mine = await claim(db, company_id, key, request, caller)
    if isinstance(mine, Response):
        return mine
    try:
        response = await act(mine)
    except BaseException:
        await mine.release()
        raise
    await mine.settle(response)
    return response
