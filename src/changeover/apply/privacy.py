"""A candidate's data over all companies: found by address, taken out, erased; how long it is kept."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import Any, Literal

import orjson

from changeover.apply import store
from changeover.database.connection import Connection, Database
from changeover.database.queries import beside
from changeover.database.revise import Change, revise, tell_followers
from changeover.ids import new_ids

queries = beside(__file__, "privacy")
Row = dict[str, Any]
What = Literal["read", "file", "exported", "erased"]

DRAFT_LIFE = timedelta(days=7)
# Applications that one transaction erases.
_PAGE = 500


async def _all(conn: Connection, query: str, **at: Any) -> list[Row]:
    return await (await conn.execute(query, at)).fetchall()


def address(email: str) -> str:
    """An e-mail address as candidates are found by it."""
    return email.strip().casefold()


async def find(db: Database, email: str) -> dict[int, list[int]]:
    """The applications of an address by company, each looked for behind its own company's wall."""
    async with db.operator() as conn:
        companies = [row["company_id"] for row in await _all(conn, queries.companies)]
    found: dict[int, list[int]] = {}
    for company in companies:
        async with db.company(company) as conn:
            rows = await _all(conn, queries.of_address, company=company, email=address(email))
        if rows:
            found[company] = [row["application_id"] for row in rows]
    return found


async def export(db: Database, email: str, *, who: str) -> bytes | None:
    """Everything that is kept of a candidate, as a zip of candidate.json and the files; None if nothing is."""
    told: list[Row] = []
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for company, ids in (await find(db, email)).items():
            async with db.company(company) as conn:
                rows = await _all(conn, queries.taken_out, company=company, applications=ids)
                files = await _all(conn, queries.files, company=company, applications=ids)
                await looked(conn, company, ids, db, who=who, what="exported")
                for row in rows:
                    now = db.now()
                    row["actions"] = await store.shown_actions(conn, company, row["application_id"], now)
                    row["files"] = [_name(file) for file in files if file["application_id"] == row["application_id"]]
                    told.append(row)
            for file in files:
                archive.writestr(_name(file), bytes(file["content"]))
        archive.writestr("candidate.json", orjson.dumps(told, option=orjson.OPT_INDENT_2))
    return made.getvalue() if told else None


def _name(file: Row) -> str:
    """A file's name in the zip: no path of the sender's making."""
    plain = re.sub(r"[^\w.-]", "_", file["name"])[-100:]
    return f"{file['file_id']}-{plain}"


async def erase(db: Database, email: str, *, who: str) -> int:
    """Erase everything of a candidate in every company; how many applications. Done twice it is done once."""
    async with db.operator() as conn:
        companies = {row["company_id"] for row in await _all(conn, queries.companies)}
        companies |= {row["company_id"] for row in await _all(conn, queries.draft_companies)}
    erased = 0
    for company in sorted(companies):
        async with db.company(company) as conn, conn.transaction():
            at = {"company": company, "email": address(email)}
            ids = [row["application_id"] for row in await _all(conn, queries.of_address, **at)]
            erased += await erase_applications(conn, company, ids, db, who=who)
            await conn.execute(queries.erase_draft_files, at)
            await conn.execute(queries.erase_drafts, at)
    return erased


async def erase_applications(conn: Connection, company: int, ids: Sequence[int], db: Database, *, who: str) -> int:
    """Erase what was said in applications, their files, and what is on its way of them; how many were not before."""
    if not ids:
        return 0
    at = {"company": company, "applications": list(ids)}
    await conn.execute(queries.erase_files, at)
    await conn.execute(queries.erase_deliveries, at)
    rows = await _all(conn, queries.erase, **at, now=db.now())
    await tell_followers(conn, company)
    await looked(conn, company, [row["application_id"] for row in rows], db, who=who, what="erased")
    return len(rows)


async def set_retention(change: Change, days: int | None) -> None:
    """After how many days a company's applications are erased; None is the board's own number, 0 is never."""
    await change.conn.execute(queries.set_retention, {"company": change.company_id, "days": days})


async def keep_no_longer(db: Database, days: int) -> int:
    """Erase what is older than its company (or else the board, ``days``) keeps it, and old drafts; how many."""
    now = db.now()
    async with db.operator() as conn:
        overdue = [row["company_id"] for row in await _all(conn, queries.overdue_companies, now=now, days=days)]
        drafting = [row["company_id"] for row in await _all(conn, queries.draft_companies)]
    for company in drafting:
        async with db.company(company) as conn:
            await store.forget_drafts(conn, company, now - DRAFT_LIFE)
    return sum([await _keep_no_longer(db, company, days) for company in overdue])


async def _keep_no_longer(db: Database, company: int, days: int) -> int:
    total = erased = 0
    while erased == _PAGE or not total:
        why = "Applications were erased, for they are not kept any longer."
        async with revise(db, company, kind="retention", who="changeover", why=why) as change:
            at = {"company": company, "now": change.at, "days": days, "size": _PAGE}
            ids = [row["application_id"] for row in await _all(change.conn, queries.overdue, **at)]
            erased = await erase_applications(change.conn, company, ids, db, who="retention")
            if not erased:
                raise change.nothing_changed()
            change.detail |= {"erased": erased}
        total += erased
        if not erased:
            return total
    return total


async def looked(
    conn: Connection, company: int, applications: Collection[int], db: Database, *, who: str, what: What
) -> None:
    """Write down who looked at applications, took them out or erased them, in the caller's transaction."""
    if applications:
        at = {"company": company, "now": db.now(), "who": who[:200], "what": what}
        ids = new_ids.many(len(applications))
        await conn.execute(queries.looked, {**at, "ids": ids, "applications": list(applications)})


async def refused(
    conn: Connection, company: int, application: int | None, db: Database, *, who: str, code: str
) -> None:
    """Write down a look that was refused, and the code of why; ``application`` only where it is one of the company's.

    In a transaction that commits: the refusal itself must not take the line with it.
    """
    at = {"company": company, "id": new_ids(), "application": application, "now": db.now()}
    await conn.execute(queries.refused, {**at, "who": who[:200], "code": code})


async def log(conn: Connection, company: int, application: int = 0, size: int = 100) -> list[Row]:
    """The newest entries of the log, of one application or (0) of all."""
    return await _all(conn, queries.log, company=company, application=application, size=size)


async def asked_lately(conn: Connection, company: int, body: str, since: timedelta, db: Database) -> bool:
    """Whether this very e-mail was asked for within ``since``."""
    return bool(await _all(conn, queries.asked_lately, company=company, body=body, since=db.now() - since))
