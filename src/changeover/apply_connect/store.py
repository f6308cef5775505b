"""All the SQL of the wire: applications, tokens, integrations, jobs, tasks and what was refused."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import orjson
from psycopg.types.json import Jsonb

from changeover.database.connection import Connection, Database
from changeover.database.queries import beside
from changeover.ids import new_ids

queries = beside(__file__)
Row = dict[str, Any]
Wish = Literal["requested", "enabled", "disabled"]


async def _all(conn: Connection, query: str, **at: Any) -> list[Row]:
    return await (await conn.execute(query, at)).fetchall()


async def _one(conn: Connection, query: str, **at: Any) -> Row | None:
    return await (await conn.execute(query, at)).fetchone()


# Applications and their credentials, in a vendor's own rows.


async def add_application(
    conn: Connection, vendor: int, application_id: int, fields: Mapping[str, Any], now: datetime
) -> None:
    """Add a vendor's application. Raises psycopg's UniqueViolation where a child has the foreign id already."""
    said = {"kind": "child", "foreign_id": "", "description": "", **fields}
    lists = {name: Jsonb(fields.get(name, [])) for name in ("callback_urls", "js_domains")}
    at = {"company": vendor, "application": application_id, "now": now}
    await conn.execute(queries.add_application, {**said, **lists, **at})


async def application(conn: Connection, vendor: int, application_id: int) -> Row | None:
    """One application of a vendor."""
    return await _one(conn, queries.application, company=vendor, application=application_id)


async def children(conn: Connection, vendor: int, foreign_id: str) -> list[Row]:
    """The vendor's child application with a foreign id: one or none."""
    return await _all(conn, queries.children, company=vendor, foreign_id=foreign_id)


async def change_application(conn: Connection, vendor: int, application_id: int, row: Mapping[str, Any]) -> None:
    """Write an application's changeable fields. Raises psycopg's UniqueViolation."""
    lists = {name: Jsonb(row[name]) for name in ("callback_urls", "js_domains")}
    texts = {name: row[name] for name in ("foreign_id", "name", "description")}
    await conn.execute(queries.change_application, {"company": vendor, "application": application_id, **texts, **lists})


async def all_applications(conn: Connection) -> list[Row]:
    """Every vendor's applications (operator's connection)."""
    return await _all(conn, queries.all_applications)


async def add_secret(
    conn: Connection, vendor: int, application_id: int, secret_id: int, kept: bytes, now: datetime
) -> None:
    """Keep a secret's hash."""
    at = {"company": vendor, "application": application_id, "secret": secret_id, "hash": kept, "now": now}
    await conn.execute(queries.add_secret, at)


async def end_older(conn: Connection, vendor: int, application_id: int, now: datetime, until: datetime) -> None:
    """Let the newest secret work until ``until``, and those before it no more."""
    at = {"company": vendor, "application": application_id, "now": now, "until": until}
    await conn.execute(queries.end_older, at)


async def live_secret_ids(conn: Connection, vendor: int, application_id: int, now: datetime) -> list[tuple[int, bytes]]:
    """Ids and hashes of the live secrets, newest first."""
    rows = await _all(conn, queries.live_secrets, company=vendor, application=application_id, now=now)
    return [(row["secret_id"], bytes(row["hash"])) for row in rows]


async def used(conn: Connection, vendor: int, application_id: int, secret_id: int, now: datetime) -> None:
    """Note that a secret was shown."""
    at = {"company": vendor, "application": application_id, "secret": secret_id, "now": now}
    await conn.execute(queries.used, at)


async def add_token(
    conn: Connection, vendor: int, application_id: int, kept: bytes, expires: datetime, *, forget: datetime
) -> None:
    """Keep a token's hash, and forget the application's tokens that ran out before ``forget``."""
    at = {"company": vendor, "application": application_id}
    await conn.execute(queries.forget_tokens, {**at, "forget": forget})
    await conn.execute(queries.add_token, {**at, "hash": kept, "expires": expires})


async def token(db: Database, vendor: int, kept: bytes) -> Row | None:
    """The application of a token and when that ends, in one trip."""
    rows = await db.ask(vendor, queries.token, {"company": vendor, "hash": kept})
    return rows[0] if rows else None


# Which companies a child speaks for, and the employer's word.


async def link(conn: Connection, vendor: int, application_id: int, organization: int) -> None:
    """Note that a child speaks for a company."""
    await conn.execute(queries.link, {"company": vendor, "application": application_id, "organization": organization})


async def links(conn: Connection, vendor: int, application_id: int) -> list[int]:
    """The companies that a child speaks for."""
    rows = await _all(conn, queries.links, company=vendor, application=application_id)
    return [row["organization"] for row in rows]


async def linked(conn: Connection, vendor: int, organization: int) -> list[int]:
    """The vendor's children that speak for a company."""
    rows = await _all(conn, queries.linked, company=vendor, organization=organization)
    return [row["application_id"] for row in rows]


async def only_child(conn: Connection, vendor: int) -> int | None:
    """The vendor's one child that speaks for nobody yet; None if there is none, or several."""
    rows = await _all(conn, queries.unlinked_children, company=vendor)
    return int(rows[0]["application_id"]) if len(rows) == 1 else None


async def company_name(conn: Connection, company: int) -> str | None:
    """A company's name, or None if there is no such company."""
    row = await _one(conn, queries.is_company, company=company)
    return row["name"] if row else None


@dataclass(frozen=True, slots=True)
class Integration:
    """A vendor's wish to be a company's ATS, and the employer's word on it."""

    company_id: int
    vendor_id: int
    kind: str
    tenant: str
    provider: str
    application_id: int | None
    name: str
    configurations: dict[str, Any]
    state: Wish
    request_id: int
    requested_at: datetime
    decided_at: datetime | None
    resync_at: datetime | None
    resync_last_at: datetime | None
    resync_done_at: datetime | None

    @property
    def feeds(self) -> bool:
        """True for the integration over which jobs come."""
        return self.kind == "APPLY_CONNECT"

    @property
    def key(self) -> dict[str, Any]:
        """The integration's primary key, as queries name it."""
        at = {"company": self.company_id, "vendor": self.vendor_id}
        return {**at, "kind": self.kind, "tenant": self.tenant, "provider": self.provider}

    @property
    def resyncing(self) -> bool:
        """True while a full resync has been asked for and neither answered nor given up."""
        return self.resync_at is not None and self.resync_done_at is None


async def ask(
    conn: Connection, key: Mapping[str, Any], application_id: int | None, name: str, now: datetime
) -> Integration:
    """Keep a vendor's wish; one that is there keeps the employer's word, unless that was to disable it."""
    at = {**key, "application": application_id, "name": name, "request": new_ids(), "now": now}
    row = await _one(conn, queries.ask, **at)
    return Integration(**(row or {}))


async def integrations(conn: Connection, company: int) -> list[Integration]:
    """A company's integrations, the oldest wish first."""
    return [Integration(**row) for row in await _all(conn, queries.integrations, company=company)]


def speaking(integrations: Sequence[Integration], vendor: int, application_id: int) -> Integration | None:
    """The enabled one of a company's over which this child of a vendor's pushes, or any of its children may."""
    enabled = (it for it in integrations if it.feeds and it.state == "enabled" and it.vendor_id == vendor)
    return next((it for it in enabled if it.application_id in (None, application_id)), None)


async def configure(conn: Connection, it: Integration, configurations: Mapping[str, Any]) -> None:
    """Keep an integration's configurations."""
    await conn.execute(queries.configure, {**it.key, "configurations": Jsonb(dict(configurations))})


async def decide(
    conn: Connection, company: int, request: int, state: str, application_id: int | None, now: datetime
) -> Integration | None:
    """Keep the employer's word on a request; None if there is no such request. An enabled one is the only one."""
    at = {"company": company, "request": request, "now": now}
    row = await _one(conn, queries.decide, **at, state=state, application=application_id)
    if row and state == "enabled" and Integration(**row).feeds:
        await conn.execute(queries.others_off, at)
    return Integration(**row) if row else None


async def bind(conn: Connection, it: Integration, application_id: int) -> None:
    """Note which child speaks for the company, where that was open."""
    at = {"company": it.company_id, "request": it.request_id, "application": application_id}
    await conn.execute(queries.bind, at)


async def resync(conn: Connection, it: Integration, step: str, now: datetime) -> None:
    """Note a step of a full resync: ``asked``, ``told`` or ``done``."""
    query = {"asked": queries.resync_asked, "told": queries.resync_told, "done": queries.resync_done}[step]
    await conn.execute(query, {"company": it.company_id, "request": it.request_id, "now": now})


async def resyncs_open(conn: Connection) -> list[Row]:
    """Full resyncs that were asked for and are neither answered nor given up (operator's connection)."""
    return await _all(conn, queries.resyncs_open)


# Jobs of the wire.


async def jobs(conn: Connection, company: int, keys: Collection[str]) -> dict[str, Row]:
    """What is kept of a company's wire jobs, by the ATS's ids."""
    rows = await _all(conn, queries.jobs, company=company, keys=list(keys))
    return {row["external_id"]: row for row in rows}


async def same_jobs(conn: Connection, company: int, sames: Collection[int]) -> dict[int, list[Row]]:
    """Open jobs that say the same, by what they say."""
    found: dict[int, list[Row]] = {}
    for row in await _all(conn, queries.same_jobs, company=company, sames=list(sames)) if sames else []:
        found.setdefault(row["sameness"], []).append(row)
    return found


async def keep_jobs(
    conn: Connection, company: int, vendor: int, application_id: int, now: datetime, rows: Sequence[Row]
) -> None:
    """Write what is kept of open wire jobs."""
    if rows:
        at = {"company": company, "vendor": vendor, "application": application_id, "now": now}
        await conn.execute(queries.keep_jobs, {**at, "rows": orjson.dumps(rows).decode()})


async def apply_at_ats(conn: Connection, company: int, external_id: str, application_id: int) -> Sequence[str]:
    """Have a job applied for at the ATS whose first application this is; its places, none if it was not the first."""
    at = {"company": company, "external": external_id, "application": application_id}
    row = await (await conn.execute(queries.apply_at_ats, at)).fetchone()
    return row["places"] if row else ()


async def close_jobs(conn: Connection, company: int, keys: Sequence[str], now: datetime) -> None:
    """Mark wire jobs as closed."""
    if keys:
        await conn.execute(queries.close_jobs, {"company": company, "keys": list(keys), "now": now})


async def job_of_place(conn: Connection, company: int, place: str) -> Row | None:
    """The job that has this place, and where applications for it go."""
    rows = await _all(conn, queries.job_of_place, company=company, place=place)
    return rows[0] if rows else None


async def renew_jobs(conn: Connection, company: int, until: Mapping[str, datetime]) -> None:
    """Write when wire jobs end."""
    if until:
        at = {"company": company, "keys": list(until), "until": list(until.values())}
        await conn.execute(queries.renew_jobs, at)


async def flag_job(conn: Connection, company: int, key: str, flaw: str, now: datetime) -> None:
    """Write why a job may not be listed, or that it may."""
    await conn.execute(queries.flag_job, {"company": company, "key": key, "flaw": flaw, "now": now})


async def expired(conn: Connection, now: datetime, size: int) -> list[int]:
    """Companies with jobs whose time is over (operator's connection)."""
    rows = await _all(conn, queries.expired, now=now, size=size)
    return list(dict.fromkeys(row["company_id"] for row in rows))


async def expired_of(conn: Connection, company: int, now: datetime) -> dict[str, list[str]]:
    """A company's jobs whose time is over: the ATS's ids, and the source's ids of each."""
    rows = await _all(conn, queries.expired_of, company=company, now=now)
    return {row["external_id"]: row["places"] for row in rows}


# Tasks.


@dataclass(frozen=True, slots=True)
class NewTask:
    """The receipt of one job at one place; ``failed`` is a code where nothing was done, and ``message`` says why."""

    task_id: int
    external_id: str
    place: str
    operation: str
    failed: str = ""
    message: str = ""


async def add_tasks(
    conn: Connection, company: int, application_id: int, revision: int, now: datetime, tasks: Sequence[NewTask]
) -> None:
    """Keep receipts."""
    if tasks:
        at = {"company": company, "application": application_id, "revision": revision, "now": now}
        await conn.execute(queries.add_tasks, {**at, "rows": orjson.dumps(tasks).decode()})


async def tasks(conn: Connection, company: int, ids: Sequence[int], since: datetime) -> list[Row]:
    """Tasks with what has become of their jobs; those made before ``since`` are gone."""
    return await _all(conn, queries.tasks, company=company, ids=list(ids), since=since)


async def old_tasks(conn: Connection, before: datetime, size: int) -> list[int]:
    """Companies with tasks that are to be forgotten (operator's connection)."""
    return [row["company_id"] for row in await _all(conn, queries.old_tasks, before=before, size=size)]


async def forget_tasks(conn: Connection, company: int, before: datetime) -> None:
    """Forget a company's old tasks."""
    await conn.execute(queries.forget_tasks, {"company": company, "before": before})


# Status.


async def for_status(conn: Connection, company: int, keys: Sequence[str]) -> list[Row]:
    """Everything that the status of these jobs is told from, a row each."""
    return await _all(conn, queries.for_status, company=company, keys=list(keys))


async def untold(conn: Connection, company: int, keys: Sequence[str]) -> dict[str, Row]:
    """Open jobs of the old source under ids that the ATS has not told."""
    return {row["external_id"]: row for row in await _all(conn, queries.untold, company=company, keys=list(keys))}


async def to_announce(conn: Connection, company: int, after: str, size: int) -> list[str]:
    """A page of a company's wire jobs."""
    rows = await _all(conn, queries.to_announce, company=company, after=after, size=size)
    return [row["external_id"] for row in rows]


async def announced(conn: Connection, company: int, said: Mapping[str, str]) -> list[Row]:
    """Note what was announced of each; the rows for which that was new."""
    if not said:
        return []
    return await _all(conn, queries.announced, company=company, keys=list(said), said=list(said.values()))


async def note_refusal(conn: Connection, company: int, now: datetime, who: str, asked: str) -> None:
    """Keep that someone asked for what is another company's."""
    at = {"company": company, "refusal": new_ids(), "now": now, "application": who[:200], "asked": asked[:500]}
    await conn.execute(queries.note_refusal, at)


async def refusals(conn: Connection, company: int) -> list[Row]:
    """The newest requests that were refused because they were another company's."""
    return await _all(conn, queries.refusals, company=company)
