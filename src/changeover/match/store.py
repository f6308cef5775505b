"""All the SQL of matching: the jobs to pair, a person's decisions, and what was found."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import orjson
import xxhash

from changeover.database.connection import TURN, Connection, expect_many, in_turns
from changeover.database.queries import beside, like
from changeover.database.revise import Change
from changeover.job import Lane

if TYPE_CHECKING:
    import pyarrow as pa

queries = beside(__file__)

# What the matcher reads of a job.
COLUMNS = (
    "id",
    "title",
    "location",
    "company",
    "employer_job_id",
    "requisition",
    "url",
    "workplace_type",
    "employment_types",
    "salary",
    "posted_at",
    "description",
)


@dataclass(frozen=True, slots=True)
class Finding:
    """What matching says of a pair or of a lone job (the missing id is 0), and why.

    ``settled``: the pair rests on nothing but itself (match/settled.py), and ``ties`` are what on; else they are what
    its jobs have, by :func:`ties`. ``twins``: the first legacy job
    of the group that no text tells apart, or 0.
    """

    legacy_job_id: int
    ats_job_id: int
    decision: str
    score: float
    rule: str
    reason: str
    code: str
    fix: str
    evidence: str
    settled: bool = False
    ties: tuple[int, ...] = ()
    twins: int = 0

    @property
    def key(self) -> tuple[int, int]:
        """The two job ids."""
        return self.legacy_job_id, self.ats_job_id


async def open_jobs(conn: Connection, company_id: int, lane: Lane, ids: Sequence[int] | None = None) -> pa.Table:
    """A lane's open jobs (of ``ids``, or all) as text columns; descriptions are cut at 2,000 characters.

    ``label`` is the source's own id, by which sentences name a job: people know no other.
    """
    # Imported where it is used: a program that reads sources and serves pages does without its 35 MB.
    import pyarrow as pa

    at: dict[str, Any] = {"company": company_id, "lane": lane}
    if ids is None:
        cursor = await conn.execute(queries.open_jobs, at)
    else:
        cursor = await conn.execute(queries.some_open_jobs, {**at, "ids": list(ids)})
    schema = pa.schema([(name, pa.string()) for name in (*COLUMNS, "label")])
    parts = [pa.RecordBatch.from_pylist(rows, schema) async for rows in in_turns(cursor)]
    return pa.Table.from_batches(parts, schema).combine_chunks()


async def decisions(conn: Connection, company_id: int, ids: Sequence[int] | None = None) -> list[dict[str, Any]]:
    """A person's words on pairs, by job ids; where ``ids`` are given, those in which one of them is."""
    at = {"company": company_id, "ids": list(ids or ())}
    cursor = await conn.execute(queries.decisions if ids is None else queries.decisions_of, at)
    return await cursor.fetchall()


async def judged_pairs(conn: Connection, company_id: int) -> list[dict[str, Any]]:
    """``legacy_id, ats_id, verdict`` of a company's decided pairs, by job ids as text."""
    return await (await conn.execute(queries.judged_pairs, {"company": company_id})).fetchall()


async def judged_jobs(conn: Connection, company_id: int) -> AsyncIterator[dict[str, Any]]:
    """The jobs of a company that its decisions are about or that are open, as open_jobs tells them, with ``lane``."""
    async with conn.cursor() as cursor:
        await cursor.execute(queries.judged_jobs, {"company": company_id})
        async for row in cursor:
            yield row


async def decide(change: Change, legacy: int, ats: int, verdict: str) -> None:
    """Keep a person's word on a pair; a confirmation takes the place of older ones of either job."""
    at = {"company": change.company_id, "legacy": legacy, "ats": ats}
    await change.conn.execute(queries.reconsider, {**at, "revision": change.revision})
    if verdict == "confirmed":
        await change.conn.execute(queries.unconfirm, at)
    said = {"verdict": verdict, "who": change.who, "now": change.at, "revision": change.revision}
    await change.conn.execute(queries.decide, {**at, **said})


async def undecide(change: Change, legacy: int, ats: int) -> bool:
    """Take a person's word on a pair back; True if there was one."""
    at = {"company": change.company_id, "legacy": legacy, "ats": ats}
    await change.conn.execute(queries.reconsider, {**at, "revision": change.revision})
    return (await change.conn.execute(queries.undecide, at)).rowcount == 1


async def undecide_words(change: Change, revisions: Sequence[int]) -> int:
    """Take all words of some revisions back; how many there were."""
    at = {"company": change.company_id, "revisions": list(revisions)}
    await change.conn.execute(queries.reconsider_words, {**at, "revision": change.revision})
    return (await change.conn.execute(queries.undecide_words, at)).rowcount


async def group_jobs(conn: Connection, company_id: int, twins: int) -> list[dict[str, Any]]:
    """The open jobs of a group that no text tells apart: job_id, lane, source_job_id and posted_at."""
    return await (await conn.execute(queries.group_jobs, {"company": company_id, "twins": twins})).fetchall()


async def group_named(conn: Connection, company_id: int, key: str) -> int | None:
    """The group in which a legacy job is that a person names by its source's id; None if there is none or several."""
    rows = await (await conn.execute(queries.group_named, {"company": company_id, "key": key})).fetchall()
    return int(rows[0]["twins"]) if len(rows) == 1 else None


async def replace_findings(change: Change, found: Sequence[Finding], ids: Sequence[int] | None = None) -> int:
    """Make the kept findings (of the jobs ``ids``, or all) equal ``found``; how many rows that wrote or deleted.

    Only what differs is written.
    """
    await expect_many(change.conn, len(found))
    at = {"company": change.company_id, "ids": list(ids or ())}
    cursor = await change.conn.execute(queries.findings if ids is None else queries.findings_of, at)
    gone, new = [], {f.key: f for f in found}
    async for rows in in_turns(cursor):
        for kept in map(_finding, rows):
            told = new.get(kept.key)
            if told is None:
                gone.append(kept.key)
            elif told == kept:
                del new[kept.key]
    if gone:
        keys = {"legacy_ids": [key[0] for key in gone], "ats_ids": [key[1] for key in gone]}
        await change.conn.execute(queries.forget, {"company": change.company_id, **keys})
    if new:
        await _write(change, list(new.values()))
    return len(gone) + len(new)


async def forget_findings(change: Change) -> None:
    """Drop all findings: the migration was cancelled or has finished."""
    await change.conn.execute(queries.forget_all, {"company": change.company_id})
    await change.conn.execute(queries.forget_matched, {"company": change.company_id})


def _finding(row: dict[str, Any]) -> Finding:
    return Finding(**{**row, "evidence": canonical(row["evidence"]), "ties": tuple(row["ties"])})


def canonical(evidence: str | None) -> str:
    """Evidence as JSON text in one spelling, so that equal evidence is equal text."""
    return orjson.dumps(orjson.loads(evidence or "[]"), option=orjson.OPT_SORT_KEYS).decode()


async def _write(change: Change, found: Sequence[Finding]) -> None:
    await change.conn.execute(queries.stage)
    await change.conn.execute(queries.unstage)
    columns = "legacy_job_id, ats_job_id, decision, score, rule, reason, code, fix, evidence, settled, ties, twins"
    async with change.conn.cursor().copy(f"copy found ({columns}) from stdin") as copy:
        for begin in range(0, len(found), TURN):
            for f in found[begin : begin + TURN]:
                said = (f.decision, f.score, f.rule, f.reason, f.code, f.fix, f.evidence or "[]")
                await copy.write_row((*f.key, *said, f.settled, list(f.ties), f.twins))
            await asyncio.sleep(0)
    await change.conn.execute(queries.keep, {"company": change.company_id})


@dataclass(frozen=True, slots=True)
class Matched:
    """What the last match was made from: as of which revision, state and whole readings, and by which method.

    ``settled``: how many of its pairs rest on nothing but themselves.
    """

    revision: int
    state: str
    legacy_whole: int | None
    ats_whole: int | None
    settled: int
    method: str


async def matched(conn: Connection, company_id: int) -> Matched | None:
    """The last match of a company; None if there was none."""
    row = await (await conn.execute(queries.matched, {"company": company_id})).fetchone()
    return Matched(**row) if row else None


async def keep_matched(conn: Connection, company_id: int, last: Matched) -> None:
    """Keep what a match was made from, unless a later one is kept already."""
    await conn.execute(queries.keep_matched, {"company": company_id, **asdict(last)})


async def changed_jobs(conn: Connection, company_id: int, since: int) -> set[int]:
    """The jobs of which something that a match reads has changed after the revision ``since``. Cost: those jobs."""
    cursor = await conn.execute(queries.changed_jobs, {"company": company_id, "since": since})
    return {row["job_id"] for row in await cursor.fetchall()}


async def any_pending(conn: Connection, company_id: int) -> bool:
    """Whether a job is called too new to say."""
    return await (await conn.execute(queries.any_pending, {"company": company_id})).fetchone() is not None


@dataclass(frozen=True, slots=True)
class Affected:
    """The jobs that stand or fall with some that changed, and how many settled pairs are among them.

    ``free``: one of them is in a finding that is not settled, or has an employer job id that a job of such a one has
    or names. ``alike``: one of them reads as such a job does.
    """

    ids: set[int]
    dissolved: int
    free: bool
    alike: bool


async def affected(conn: Connection, company_id: int, changed: set[int]) -> Affected:
    """What stands or falls with ``changed``, by what pairs rest on, a person's words and postings. Cost: those jobs."""
    # Imported where it is used: commands that only look need not what it computes with.
    from changeover.match.settled import tie_keys

    ids: set[int] = set()
    dissolved: set[tuple[int, int]] = set()
    free = alike = False
    new = set(changed)
    while new:
        ids |= new
        sides = [await open_jobs(conn, company_id, lane, sorted(new)) for lane in Lane]
        by_id, by_text = (list(ties(company_id, keys)) for keys in await asyncio.to_thread(tie_keys, *sides))
        at = {"company": company_id, "ids": list(new), "ties": by_id + by_text, "id_ties": by_id}
        tied = await (await conn.execute(queries.tied_to, at)).fetchall()
        if not alike:
            reads = await conn.execute(queries.any_alike, {"company": company_id, "ties": by_text})
            alike = await reads.fetchone() is not None
        free = free or any(row["settled"] is False for row in tied)
        together = [row for row in tied if row["settled"] is not False]
        dissolved |= {(row["legacy_job_id"], row["ats_job_id"]) for row in together if row["settled"]}
        new = {row[name] for row in together for name in ("legacy_job_id", "ats_job_id")} - ids
    return Affected(ids, len(dissolved), free, alike)


async def unsettled(conn: Connection, company_id: int) -> set[int]:
    """The jobs that are in no settled pair."""
    rows = await (await conn.execute(queries.unsettled_jobs, {"company": company_id})).fetchall()
    return {row[name] for row in rows for name in ("legacy_job_id", "ats_job_id")} - {0}


def ties(company_id: int, keys: Iterable[str]) -> tuple[int, ...]:
    """What a pair rests on, or its jobs have, as it is kept: sorted 64-bit hashes, the company in them."""
    return tuple(sorted(xxhash.xxh3_64_intdigest(f"{company_id} {key}".encode()) - (1 << 63) for key in keys))


async def opened_revisions(conn: Connection, company_id: int, ids: Sequence[int] | None = None) -> dict[int, int]:
    """The revision at which each unpaired open job (of ``ids``, or all) last opened, by job id."""
    at = {"company": company_id, "ids": list(ids or ())}
    cursor = await conn.execute(queries.opened_revisions if ids is None else queries.opened_revisions_of, at)
    return {row["job_id"]: row["opened_revision"] for row in await cursor.fetchall()}


async def closed_twins(
    conn: Connection, company_id: int, ids: Sequence[int] | None = None
) -> dict[int, dict[str, Any]]:
    """Open legacy jobs (of ``ids``, or all) whose ATS twin has closed, by job id: its ATS id and when it closed."""
    at = {"company": company_id, "ids": list(ids or ())}
    cursor = await conn.execute(queries.closed_twins if ids is None else queries.closed_twins_of, at)
    return {row["legacy_id"]: row for row in await cursor.fetchall()}


async def review_page(
    conn: Connection, company_id: int, decisions: Sequence[str], *, after: tuple[int, int] = (-1, -1), size: int = 100
) -> list[dict[str, Any]]:
    """Findings of the given kinds with both jobs beside them, by job ids, from after ``after``."""
    cursor = await conn.execute(
        queries.review_rows,
        {
            "company": company_id,
            "decisions": list(decisions),
            "legacy_after": after[0],
            "ats_after": after[1],
            "size": size,
        },
    )
    return await cursor.fetchall()


async def all_review_rows(
    conn: Connection, company_id: int, decisions: Sequence[str], *, size: int = 2_000
) -> AsyncIterator[dict[str, Any]]:
    """Every finding of the given kinds, page by page, so that a large CSV streams."""
    after = (-1, -1)
    while rows := await review_page(conn, company_id, decisions, after=after, size=size):
        for row in rows:
            yield row
        after = (rows[-1]["legacy_job_id"], rows[-1]["ats_job_id"])


async def finding_counts(conn: Connection, company_id: int) -> dict[str, int]:
    """How many findings of each kind there are."""
    cursor = await conn.execute(queries.finding_counts, {"company": company_id})
    return {row["decision"]: row["rows"] for row in await cursor.fetchall()}


async def finding_groups(conn: Connection, company_id: int) -> dict[tuple[str, str], int]:
    """How many jobs there are of each (decision, rule), pairs left out; a job with several suggestions counts once."""
    cursor = await conn.execute(queries.finding_groups, {"company": company_id})
    return {(row["decision"], row["rule"]): row["jobs"] for row in await cursor.fetchall()}


async def review_group(
    conn: Connection,
    company_id: int,
    decision: str,
    rules: Sequence[str],
    *,
    after: tuple[int, int],
    size: int,
    find: str = "",
) -> list[dict[str, Any]]:
    """Findings of one cause with both jobs beside them and what a person ``said``, by job ids, from after ``after``.

    ``find``: only those with a job whose title, place or id holds these words.
    """
    at = {"company": company_id, "decision": decision, "rules": list(rules), "pattern": like(find)}
    page = {"legacy_after": after[0], "ats_after": after[1], "size": size}
    return await (await conn.execute(queries.review_group, {**at, **page})).fetchall()


async def invalid_twins(conn: Connection, company_id: int, *, after: int, size: int) -> list[dict[str, Any]]:
    """Open pairs whose ATS job cannot be posted, by the legacy job's id. One pass over the company's jobs."""
    at = {"company": company_id, "legacy_after": after, "size": size}
    return await (await conn.execute(queries.invalid_twins, at)).fetchall()


async def decided(conn: Connection, company_id: int, size: int) -> list[dict[str, Any]]:
    """A person's newest words on pairs, with both jobs, newest first."""
    return await (await conn.execute(queries.decided, {"company": company_id, "size": size})).fetchall()


async def words(
    conn: Connection, company_id: int, *, after: tuple[int, int, int] | None, size: int
) -> list[dict[str, Any]]:
    """A page of a person's words on pairs, newest first, from after (revision, legacy job, ATS job)."""
    revision, legacy, ats = after or (2**62, 0, 0)
    at = {"company": company_id, "before_revision": revision, "after_legacy": legacy, "after_ats": ats, "size": size}
    return await (await conn.execute(queries.words, at)).fetchall()
