"""The outbox and its drain: each event sent at least once, by a published schedule, then kept as dead."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Any, Protocol
from uuid import uuid4

import orjson
import structlog
from structlog.contextvars import bound_contextvars

from changeover.background.queue import Queue
from changeover.database.connection import Connection, Database
from changeover.webhooks import FAILED_CHALLENGE, store
from changeover.webhooks.signing import challenge_response

log = structlog.get_logger(__name__)

DELIVER, MAIL, CHECK = "deliver_events", "send_mail", "check_webhook"
# How long after each failure the next attempt is: six more after the first, then a person decides.
SCHEDULE = tuple(timedelta(seconds=seconds) for seconds in (30, 120, 600, 3_600, 21_600, 86_400))
REVALIDATED, SOON, STRIKES = timedelta(hours=2), timedelta(minutes=5), 3
KEPT = timedelta(days=7)
_PAGE = 50


@dataclass(frozen=True, slots=True)
class Reply:
    """What a receiver answered: its status, or 0 and why there was none. ``final``: trying again is of no use."""

    status: int
    body: bytes = b""
    problem: str = ""
    final: bool = False


class Courier(Protocol):
    """Whoever carries a request out of the house, to public addresses only."""

    async def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Reply:
        """Send a body; what became of that, whatever it was."""
        ...

    async def get(self, url: str) -> Reply:
        """Ask for an address; what it answered, whatever that was."""
        ...


@dataclass(frozen=True, slots=True)
class Target:
    """Where an event goes, with the headers that its body is sent with; or why it goes nowhere (``problem``)."""

    url: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Channel:
    """A kind of receiver: where its events go, and the secrets and query that its addresses are challenged with.

    ``carry`` sends an event of a channel that is no HTTP. ``heard`` is told how each try came out, with the problem
    (empty: it arrived), before that is kept: it may be told twice.
    """

    target: Callable[[dict[str, Any]], Awaitable[Target]]
    secrets: Callable[[dict[str, Any]], Awaitable[Sequence[str]]]
    query: Callable[[dict[str, Any]], str]
    carry: Callable[[dict[str, Any]], Awaitable[Reply]] | None = None
    heard: Callable[[dict[str, Any], Reply, str], Awaitable[None]] | None = None


@dataclass(frozen=True, slots=True)
class Outbox:
    """The outbox over its database, with the channels that it knows."""

    db: Database
    queue: Queue
    courier: Courier
    channels: dict[str, Channel] = field(default_factory=dict)
    # Addresses known to be registered, by recipient: none is ever taken away again.
    registered: set[tuple[str, str]] = field(default_factory=set)

    async def wake(self, conn: Connection, company_id: int) -> None:
        """Queue a company's deliveries, in the caller's transaction."""
        at = {"lock": f"c:{company_id}:deliver", "dedupe": f"deliver:{company_id}"}
        await self.queue.enqueue(conn, DELIVER, **at, company_id=company_id)

    async def wake_mail(self, conn: Connection, company_id: int) -> None:
        """Queue a company's e-mail, in the caller's transaction. One company's is sent after another's.

        So a mail server that does not answer takes one worker's hand, and webhooks have the others.
        """
        await self.queue.enqueue(conn, MAIL, lock="mail", dedupe=f"mail:{company_id}", company_id=company_id)

    @property
    def _sent(self) -> list[str]:
        """The channels that are e-mail."""
        return [name for name, channel in self.channels.items() if channel.carry]

    async def wake_check(self, conn: Connection, tenant: int, webhook_id: int) -> None:
        """Queue the check of an address, in the caller's transaction."""
        at = {"lock": f"w:{webhook_id}", "dedupe": f"check:{webhook_id}"}
        await self.queue.enqueue(conn, CHECK, **at, tenant=tenant, webhook_id=webhook_id)

    async def register(
        self, conn: Connection, tenant: int, channel: str, recipient: str, event: str, url: str
    ) -> int | None:
        """Register an address and have it challenged; its id, or None if it was there."""
        made = await store.register(conn, tenant, channel, recipient, event, url, self.db.now())
        if made is not None:
            await self.wake_check(conn, tenant, made)
        return made

    async def drain(self, company_id: int, *, mail: bool | None = None) -> None:
        """Send what is due of a company, by e-mail, otherwise, or (None) all; each attempt is kept before the next."""
        for by_mail in (False, True) if mail is None else (mail,):
            await self._drain(company_id, mail=by_mail)

    async def _drain(self, company_id: int, *, mail: bool) -> None:
        """The oldest first. Who gives no answer is asked once, not for each event; the mail server is one for all."""
        silent: set[str] = set()
        while not (mail and silent):
            now = self.db.now()
            async with self.db.company(company_id) as conn:
                await store.forget(conn, company_id, now - KEPT)
                rows = await store.due(conn, company_id, now, _PAGE, mail=mail, sent=self._sent, silent=silent)
            for row in rows:
                if store.receiver(row) in silent or (mail and silent):
                    continue
                named = {"request": row["request"]} if row["request"] else {}
                with bound_contextvars(delivery=row["delivery_id"], **named):
                    answered = await self._send(row)
                if not answered:
                    silent.add(store.receiver(row))
            if len(rows) < _PAGE:
                return

    async def _send(self, row: dict[str, Any]) -> bool:
        """Send one event and keep how it went; False if nobody answered."""
        channel = self.channels.get(row["channel"])
        target = await channel.target(row) if channel else Target(problem="This board no longer sends such events.")
        reply = Reply(0, problem=target.problem)
        if channel and channel.carry:
            reply = await channel.carry(row)
        elif not target.problem:
            reply = await self.courier.post(target.url, row["body"].encode(), target.headers)
        now, nth, arrived = self.db.now(), row["attempts"], 200 <= reply.status < 300
        problem = "" if arrived else reply.problem or f"The receiver answered {reply.status}."
        if channel and channel.heard and not target.problem:
            await channel.heard(row, reply, problem)
        async with self.db.company(row["company_id"]) as conn:
            if arrived:
                await store.tried(conn, row, "delivered", now)
                log.info("an event was delivered", company=row["company_id"], event_type=row["event"])
                return True
            # Where nobody receives, trying again is of no use until somebody does.
            dead = bool(target.problem) or reply.final or nth >= len(SCHEDULE)
            wait = None if dead else now + SCHEDULE[nth]
            await store.tried(conn, row, "dead" if dead else "waiting", now, problem=problem, next_at=wait)
        log.info("an event was not delivered", company=row["company_id"], event_type=row["event"], problem=problem)
        return dead or reply.status != 0

    async def check(self, tenant: int, webhook_id: int) -> None:
        """Challenge an address: it must answer, within three seconds, what only the secret's holder can."""
        async with self.db.company(tenant) as conn:
            row = await store.webhook(conn, tenant, webhook_id)
        if row is None or row["channel"] not in self.channels or row["state"] == "off":
            return
        channel = self.channels[row["channel"]]
        code = str(uuid4())
        mark = "&" if "?" in row["url"] else "?"
        reply = await self.courier.get(f"{row['url']}{mark}challengeCode={code}{channel.query(row)}")
        problem = _challenged(reply, code, await channel.secrets(row))
        await self._keep(row, problem)

    async def _keep(self, row: dict[str, Any], problem: str) -> None:
        now = self.db.now()
        failures = row["failures"] + 1 if problem else 0
        state = "active"
        if problem:
            state = "blocked" if failures >= STRIKES else row["state"]
        wait = REVALIDATED if state == "active" else SOON
        async with self.db.company(row["company_id"]) as conn:
            await store.checked(
                conn, row, state=state, failures=failures, problem=problem, now=now,
                check_at=None if state == "blocked" else now + wait,
            )  # fmt: skip

    async def sweep(self) -> None:
        """Queue what is due: deliveries whose time has come, and checks."""
        now = self.db.now()
        async with self.db.operator() as conn:
            companies = await store.due_companies(conn, now, 500, self._sent)
            checks = await store.due_checks(conn, now, 500)
        async with self.db.app_pool.connection() as conn:
            for company_id, mail in companies:
                await (self.wake_mail if mail else self.wake)(conn, company_id)
            for tenant, webhook_id in checks:
                await self.wake_check(conn, tenant, webhook_id)

    def register_work(self) -> None:
        """Tell the queue who sends and who checks."""
        self.queue.handler(DELIVER, partial(self.drain, mail=False))
        self.queue.handler(MAIL, partial(self.drain, mail=True))
        self.queue.handler(CHECK, self.check)


def _challenged(reply: Reply, code: str, secrets: Sequence[str]) -> str:
    """What is wrong with the answer to a challenge; empty if nothing is."""
    if reply.status != 200:
        return f"{FAILED_CHALLENGE}: {reply.problem or f'it answered {reply.status}'}."
    try:
        said = orjson.loads(reply.body)
    except orjson.JSONDecodeError:
        said = None
    told = said.get("challengeResponse") if isinstance(said, dict) else None
    if not secrets:
        return "The board's key has changed since this client's secret was made: rotate the secret."
    if not isinstance(told, str) or told.lower() not in [challenge_response(secret, code) for secret in secrets]:
        return f"{FAILED_CHALLENGE}: the challengeResponse is not the one that the client's secret makes."
    return ""
