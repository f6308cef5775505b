"""All the SQL of applications: forms, drafts, who applied with which files, and what became of it."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from psycopg.types.json import Jsonb

from changeover.database.connection import Connection
from changeover.database.queries import beside
from changeover.database.revise import Change, tell_followers
from changeover.ids import new_ids

queries = beside(__file__)
Row = dict[str, Any]


async def _all(conn: Connection, query: str, **at: Any) -> list[Row]:
    return await (await conn.execute(query, at)).fetchall()


async def _one(conn: Connection, query: str, **at: Any) -> Row | None:
    rows = await _all(conn, query, **at)
    return rows[0] if rows else None


async def set_forms(change: Change, source_id: int, forms: Mapping[str, Mapping[str, Any]]) -> int:
    """Keep the apply forms (the JSON of `apply_questions`) of a source's jobs, by its own ids; how many changed."""
    told = orjson.dumps([{"key": key, "form": form} for key, form in forms.items()]).decode()
    at = {"company": change.company_id, "source": source_id, "forms": told}
    return (await change.conn.execute(queries.set_forms, at)).rowcount


async def drop_forms(change: Change, source_id: int, keys: Sequence[str]) -> int:
    """Jobs that are applied for at the employer from now on; how many were not."""
    at = {"company": change.company_id, "source": source_id, "keys": list(keys)}
    return (await change.conn.execute(queries.drop_forms, at)).rowcount


async def any_form(conn: Connection, company: int) -> bool:
    """Whether any job of a company has a form."""
    return await _one(conn, queries.any_form, company=company) is not None


async def open_form(conn: Connection, company: int, posting: int) -> Row | None:
    """The form of a live posting (board's connection): its ATS job and what is asked; None if it is applied for
    at the employer.
    """
    return await _one(conn, queries.open_form, company=company, posting=posting)


async def full(conn: Connection, company: int, posting: int) -> bool:
    """Whether a posting has all the applications that its company takes for free."""
    return await _one(conn, queries.full, company=company, posting=posting) is not None


async def room(conn: Connection, company: int, posting: int) -> bool:
    """Whether a posting takes one more application; where they are limited, nobody else's is taken until the commit."""
    await _one(conn, queries.one_by_one, company=company, posting=posting)
    return not await full(conn, company, posting)


async def known_form(conn: Connection, company: int, posting: int) -> Row | None:
    """The form of a posting whether or not it is live (``live``), with its ATS job and its employer's name."""
    return await _one(conn, queries.known_form, company=company, posting=posting)


@dataclass(frozen=True, slots=True)
class DraftFile:
    """A file that was sent with a form."""

    question: str
    name: str
    media_type: str
    kind: str
    content: bytes


async def _in_line(conn: Connection, draft: bytes) -> None:
    await conn.execute(queries.in_line, {"key": int.from_bytes(draft[:8], "big", signed=True)})


async def keep_draft(
    conn: Connection,
    company: int,
    posting: int,
    draft: bytes,
    fields: Mapping[str, Sequence[str]],
    files: Sequence[DraftFile],
    now: datetime,
) -> None:
    """Keep what a person has filled in so far; a file replaces the one of the same field."""
    at = {"company": company, "draft": draft}
    said = {name: list(values) for name, values in fields.items()}
    await _in_line(conn, draft)
    await conn.execute(queries.keep_draft, {**at, "posting": posting, "fields": Jsonb(said), "now": now})
    for file in files:
        told = {"question": file.question, "name": file.name, "media_type": file.media_type, "kind": file.kind}
        await conn.execute(queries.keep_draft_file, {**at, **told, "file": new_ids(), "content": file.content})


async def draft(conn: Connection, company: int, posting: int, key: bytes) -> tuple[Row, list[Row]] | None:
    """A draft's fields and its files without their content; None if nothing was kept."""
    row = await _one(conn, queries.draft, company=company, draft=key, posting=posting)
    return (row["fields"], await _all(conn, queries.draft_files, company=company, draft=key)) if row else None


async def forget_drafts(conn: Connection, company: int, before: datetime) -> None:
    """Forget drafts that nobody has touched since."""
    await conn.execute(queries.forget_old_files, {"company": company, "before": before})
    await conn.execute(queries.forget_old_drafts, {"company": company, "before": before})


async def sent_before(conn: Connection, company: int, key: bytes) -> int | None:
    """The application that was made of a draft, if one was."""
    row = await _one(conn, queries.sent_before, company=company, draft=key)
    return int(row["application_id"]) if row else None


async def receive(
    conn: Connection,
    company: int,
    form: Row,
    posting: int,
    key: tuple[bytes, bytes],
    said: tuple[Mapping[str, Any], Mapping[str, Any], Mapping[str, Any]],
    files: Sequence[int],
    now: datetime,
) -> int | None:
    """Make an application of a draft, whose files it takes over; its id, or None if one was made of it already.

    ``key``: the hashes of the draft and of the token under which the person finds it again. ``said``: the applicant,
    the answers, and what was agreed to.
    """
    applicant, answers, consent = (Jsonb(dict(each)) for each in said)
    at = {"company": company, "draft": key[0]}
    told = {**at, "token": key[1], "application": new_ids(), "posting": posting, "now": now}
    told |= {"external_job_id": form["source_job_id"], "job": form["job_id"], "open": form["live"]}
    await _in_line(conn, key[0])
    row = await _one(conn, queries.receive, **told, applicant=applicant, answers=answers, consent=consent)
    if row is None:
        return None
    made = int(row["application_id"])
    await conn.execute(queries.files_of_draft, {**at, "application": made, "now": now, "files": list(files)})
    await conn.execute(queries.forget_draft_files, at)
    await conn.execute(queries.forget_draft, at)
    await tell_followers(conn, company)
    return made


async def add(
    conn: Connection,
    company: int,
    posting: int,
    external_job_id: str,
    applicant: Mapping[str, Any],
    answers: Mapping[str, Any],
    now: datetime,
) -> int:
    """Keep an application that came by no form of ours; its id."""
    application_id = new_ids()
    at = {"company": company, "application": application_id, "posting": posting, "now": now}
    said = {"applicant": Jsonb(dict(applicant)), "answers": Jsonb(dict(answers)), "draft": secrets.token_bytes(32)}
    await conn.execute(queries.add, {**at, "external_job_id": external_job_id, **said})
    await tell_followers(conn, company)
    return application_id


async def application(conn: Connection, company: int, application_id: int) -> Row | None:
    """One application, or None."""
    return await _one(conn, queries.application, company=company, application=application_id)


async def applications_of(conn: Connection, company: int, size: int) -> list[Row]:
    """A company's newest applications."""
    return await _all(conn, queries.applications_of, company=company, size=size)


async def withdraw(conn: Connection, company: int, application_id: int, now: datetime) -> bool:
    """Take an application back; False if it was."""
    await tell_followers(conn, company)
    return bool(await _all(conn, queries.withdraw, company=company, application=application_id, now=now))


async def add_file(
    conn: Connection, company: int, application_id: int, name: str, media_type: str, content: bytes, now: datetime
) -> int:
    """Keep a file of an application; its id."""
    file_id = new_ids()
    at = {"company": company, "file": file_id, "application": application_id, "now": now}
    await conn.execute(queries.add_file, {**at, "name": name, "media_type": media_type, "content": content})
    return file_id


async def file(conn: Connection, company: int, file_id: int, since: datetime) -> Row | None:
    """A file kept after ``since``, or None."""
    return await _one(conn, queries.file, company=company, file=file_id, since=since)


async def files_of(conn: Connection, company: int, application_id: int) -> list[Row]:
    """An application's files, without their content."""
    return await _all(conn, queries.files_of, company=company, application=application_id)


async def newest_file(conn: Connection, company: int, since: datetime) -> int | None:
    """The newest file of a company's applications that was kept after ``since``."""
    row = await _one(conn, queries.newest_file, company=company, since=since)
    return int(row["file_id"]) if row else None


async def act(
    conn: Connection,
    company: int,
    application_id: int,
    action: str,
    performed: datetime,
    now: datetime,
    who: str,
    shown: datetime,
) -> bool:
    """Note what became of an application, which the candidate may see from ``shown``; False if that was known."""
    at = {"action": action, "performed": performed, "now": now, "who": who, "shown": shown}
    await tell_followers(conn, company)
    return bool(await _all(conn, queries.act, company=company, application=application_id, **at))


async def actions(conn: Connection, company: int, application_id: int) -> list[Row]:
    """What became of an application, in order."""
    return await _all(conn, queries.actions, company=company, application=application_id)


async def take_back(conn: Connection, company: int, application_id: int, action: str, now: datetime) -> bool:
    """Take an action back that the candidate has not seen yet; False if it is too late, or there is none."""
    await tell_followers(conn, company)
    return bool(
        await _all(conn, queries.take_back, company=company, application=application_id, action=action, now=now)
    )


async def shown_actions(conn: Connection, company: int, application_id: int, now: datetime) -> list[Row]:
    """What became of an application as far as the candidate may see it, in order."""
    return await _all(conn, queries.shown_actions, company=company, application=application_id, now=now)


async def may_mail(conn: Connection, company: int, application_id: int) -> bool:
    """Whether e-mail about an application may be sent: the employer agreed, the candidate asked for it."""
    return await _one(conn, queries.may_mail, company=company, application=application_id) is not None


async def to_receive(conn: Connection, company: int, application_id: int) -> Row | None:
    """What the e-mail is written from that an application was received; None if none is wanted any more."""
    return await _one(conn, queries.to_receive, company=company, application=application_id)


async def to_mail(conn: Connection, company: int, application_id: int, action: str, now: datetime) -> Row | None:
    """What the e-mail about an action is written from; None if none is due any more."""
    return await _one(conn, queries.to_mail, company=company, application=application_id, action=action, now=now)


async def mailed(conn: Connection, company: int, application_id: int, action: str, now: datetime) -> None:
    """Note that the e-mail about an action has been sent."""
    at = {"company": company, "application": application_id, "action": action, "now": now}
    await conn.execute(queries.mailed, at)


async def be_quiet(conn: Connection, company: int, application_id: int, now: datetime) -> None:
    """Send no more e-mail from this company to the address of this application."""
    await conn.execute(queries.be_quiet, {"company": company, "application": application_id, "now": now})


async def set_notices(change: Change, *, notices: bool) -> None:
    """The employer's word: candidates are told what becomes of their applications, or not."""
    await change.conn.execute(queries.set_notices, {"company": change.company_id, "notices": notices})


async def set_apply_here(change: Change, *, here: bool) -> None:
    """Applications are taken on the board, or the button of every posting leads to the employer."""
    await change.conn.execute(queries.set_apply_here, {"company": change.company_id, "here": here})


async def told_of(conn: Connection, company: int, size: int) -> list[Row]:
    """A company's newest applications with their ``actions``, without a word of the candidates'."""
    rows = await _all(conn, queries.actions_of, company=company, size=size)
    found = await _all(
        conn, queries.actions_among, company=company, applications=[row["application_id"] for row in rows]
    )
    return [
        {**row, "actions": [each for each in found if each["application_id"] == row["application_id"]]} for row in rows
    ]
