"""Postings in the database: known jobs, closing them, pairing them, keeping their history."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import AsyncIterator, Collection, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from psycopg import AsyncCursor
from psycopg.rows import DictRow

from changeover.database.columns import texts
from changeover.database.connection import Connection, Database, check_by_one_plan, expect_many, in_turns
from changeover.database.queries import beside
from changeover.database.revise import Change, Look, revise
from changeover.ids import new_ids
from changeover.job import Lane
from changeover.postings import shadows
from changeover.postings.posting import Side, survivor
from changeover.snapshot.difference import Known

queries = beside(__file__)


@asynccontextmanager
async def change_postings(
    db: Database, company_id: int, *, kind: str, who: str, why: str, look: Look | None = None
) -> AsyncIterator[Change]:
    """A revision whose touched jobs have their history settled before it is recorded. ``look`` is `revise`'s."""
    async with revise(db, company_id, kind=kind, who=who, why=why, look=look) as change:
        yield change
        await settle(change)


async def known_jobs(conn: Connection, company_id: int, source_id: int) -> dict[str, Known]:
    """Every job ever told by the source, by the source's id."""
    cursor = await conn.execute(queries.known_jobs, {"company": company_id, "source": source_id})
    return await _known(cursor)


async def known_of(conn: Connection, company_id: int, source_id: int, keys: Sequence[str]) -> dict[str, Known]:
    """Those of the source's known jobs that ``keys`` name."""
    at = {"company": company_id, "source": source_id, "keys": texts(keys)}
    return await _known(await conn.execute(queries.known_of, at))


async def known_of_push(conn: Connection, company_id: int, keys: Collection[str]) -> dict[str, Known]:
    """Those that ``keys`` name of the known jobs of the source by which the company's ATS pushes."""
    return await _known(await conn.execute(queries.known_of_push, {"company": company_id, "keys": texts(keys)}))


async def _known(cursor: AsyncCursor[DictRow]) -> dict[str, Known]:
    return {
        row["source_job_id"]: Known(row["job_id"], bytes(row["digest"]), row["open"]) for row in await cursor.fetchall()
    }


async def close_jobs(change: Change, job_ids: Sequence[int], *, opened_by: int | None = None) -> int:
    """Close jobs that are open, and opened at revision ``opened_by`` or before where that is given; how many were."""
    at = {"company": change.company_id, "ids": list(job_ids), "revision": change.revision}
    at["opened_by"] = change.revision if opened_by is None else opened_by
    cursor = await change.conn.execute(queries.close_jobs, at)
    closed = [row["job_id"] for row in await cursor.fetchall()]
    change.touched.update([*closed, *await shadows.inherit(change, closed)])
    return len(closed)


async def told_anew(change: Change, employer: str) -> None:
    """All jobs of a company read, and are found, differently from now on: their employer is called otherwise."""
    at = {"company": change.company_id, "revision": change.revision, "employer": employer}
    await change.conn.execute(queries.told_anew, at)


async def settle(change: Change) -> None:
    """End and begin the history intervals of the touched jobs, once, as this revision."""
    await expect_many(change.conn, len(change.touched))
    await check_by_one_plan(change.conn, len(change.touched))
    batches = list(_batches(change.touched))
    # Everything ends before anything begins: a job may take the place of one that is in another batch.
    for query in (queries.end_open, queries.end_side, queries.begin_open, queries.begin_side):
        for ids in batches:
            at = {"company": change.company_id, "ids": ids, "revision": change.revision}
            await change.conn.execute(query, at, prepare=False)
    change.touched.clear()


def _batches(ids: Iterable[int], size: int = 50_000) -> Iterable[list[int]]:
    ordered = sorted(ids)
    return (ordered[start : start + size] for start in range(0, len(ordered), size))


async def pair_jobs(change: Change, pairs: Sequence[tuple[int, int]]) -> int:
    """Make each (legacy job, ATS job) one opening; how many were not already.

    Both jobs must stand on postings of their own, or with each other. The survivor's id lives on;
    the other posting becomes an alias that redirects for ever. Two statements, whatever the number.
    """
    sides = await _sides(change, pairs)
    moves = [(keep, go) for legacy, ats in sides if (keep := survivor(legacy, ats)) for go in _other(keep, legacy, ats)]
    await _merge(change, moves)
    return len(moves)


def _other(keep: Side, legacy: Side, ats: Side) -> Iterable[Side]:
    go = ats if keep is legacy else legacy
    return () if go.posting_id == keep.posting_id else (go,)


async def _sides(change: Change, pairs: Sequence[tuple[int, int]]) -> list[tuple[Side, Side]]:
    await expect_many(change.conn, len(pairs))
    cursor = await change.conn.execute(
        queries.pair_sides,
        {"company": change.company_id, "legacy_ids": [p[0] for p in pairs], "ats_ids": [p[1] for p in pairs]},
    )
    rows = await cursor.fetchall()
    feed = Lane(change.feed)
    neither = [row for row in rows if not row[f"{feed}_up"]]
    public = await _public(change, [row[f"{lane}_posting"] for row in neither for lane in Lane])

    def side(row: dict[str, int], lane: Lane) -> Side:
        posting = row[f"{lane}_posting"]
        live = lane is feed and bool(row[f"{lane}_up"])
        return Side(row[f"{lane}_id"], posting, lane, live, public.get(posting, 0))

    return [(side(row, Lane.LEGACY), side(row, Lane.ATS)) for row in rows]


async def _public(change: Change, postings: list[int]) -> dict[int, int]:
    if not postings:
        return {}
    cursor = await change.conn.execute(queries.revisions_public, {"company": change.company_id, "postings": postings})
    return {row["posting_id"]: row["revisions"] for row in await cursor.fetchall()}


async def _merge(change: Change, moves: Sequence[tuple[Side, Side]]) -> None:
    if not moves:
        return
    at = {"company": change.company_id}
    keep = [kept.posting_id for kept, _ in moves]
    ids = [gone.job_id for _, gone in moves]
    await change.conn.execute(queries.move_jobs, {**at, "ids": ids, "postings": keep, "revision": change.revision})
    merged = {**at, "old": [gone.posting_id for _, gone in moves], "new": keep}
    await change.conn.execute(queries.follow_aliases, merged)
    await change.conn.execute(queries.make_aliases, merged)
    change.touched.update(ids)


async def unpair_jobs(change: Change, pairs: Sequence[tuple[int, int]]) -> int:
    """Take pairs apart; how many stood together. The side that is live keeps the posting and its id.

    Where neither is, the one that the posting showed last keeps it. The other side gets back the
    posting that showed it last, or was made for it, if that has become an alias; or else a new one.
    """
    together = [(legacy, ats) for legacy, ats in await _sides(change, pairs) if legacy.posting_id == ats.posting_id]
    dark = [legacy.posting_id for legacy, ats in together if not (legacy.live or ats.live)]
    showed = {posting: job for posting, (job, _) in (await _last_shown(change, dark)).items()}
    leaving = [_leaver(change, pair, showed.get(pair[0].posting_id)) for pair in together]
    if not leaving:
        return 0
    at = {"company": change.company_id}
    ids = [side.job_id for side in leaving]
    target = await homes(change, ids)
    moved = {"ids": ids, "postings": [target[i] for i in ids], "revision": change.revision}
    await change.conn.execute(queries.move_jobs, {**at, **moved})
    change.touched.update(ids)
    return len(ids)


def _leaver(change: Change, pair: tuple[Side, Side], shown: int | None) -> Side:
    """The side that has to go: the one that is not live, nor was the last to be."""
    legacy, ats = pair
    if not (legacy.live or ats.live) and shown in (legacy.job_id, ats.job_id):
        return ats if shown == legacy.job_id else legacy
    return ats if change.feed == Lane.LEGACY else legacy


async def homes_of_aliases(change: Change, job_ids: Sequence[int]) -> dict[int, int]:
    """For jobs whose posting has become an alias: the one that is theirs by its history, or a new one."""
    at = {"company": change.company_id, "ids": list(job_ids)}
    rows = await (await change.conn.execute(queries.on_aliases, at)).fetchall()
    return await homes(change, [row["job_id"] for row in rows])


async def homes(change: Change, job_ids: Sequence[int]) -> dict[int, int]:
    """For jobs that need a posting: the alias that is theirs by its history, made a posting again, or a new one."""
    if not job_ids:
        return {}
    restored = await _restored(change, job_ids)
    return {**restored, **await _fresh(change, [each for each in job_ids if each not in restored])}


async def kept_by_one(change: Change, wanted: Mapping[int, int]) -> dict[int, int]:
    """Of jobs that open again at once where no other stands (posting by job), those that get their posting back.

    Of several that had the same it is the one that it showed last, or else the oldest.
    """
    jobs = defaultdict[int, list[int]](list)
    for job, posting in sorted(wanted.items()):
        jobs[posting].append(job)
    shown = await _last_shown(change, [posting for posting, several in jobs.items() if len(several) > 1])
    last = {posting: job for posting, (job, _) in shown.items()}
    return {last[at] if last.get(at) in several else several[0]: at for at, several in jobs.items()}


async def given_back(change: Change, wanted: Mapping[int, int]) -> dict[int, int]:
    """Of jobs that open again where others stand by now (posting by job), those that get their posting back.

    It is theirs if it showed them last and shows nothing now: who kept the address finds the job there. What stands
    there goes, a pair together.
    """
    shown = await _last_shown(change, list(wanted.values()))
    theirs = {job: posting for job, posting in wanted.items() if shown.get(posting, (0, 0))[0] == job}
    if not theirs:
        return {}
    at = {"company": change.company_id, "postings": list(theirs.values())}
    dark = {row["posting_id"]: row["jobs"] for row in await (await change.conn.execute(queries.dark, at)).fetchall()}
    own = await homes(change, [job for jobs in dark.values() for job in jobs])
    target = {job: own[jobs[0]] for jobs in dark.values() for job in jobs}
    moved = {"ids": list(target), "postings": list(target.values()), "revision": change.revision}
    await change.conn.execute(queries.move_jobs, {"company": change.company_id, **moved})
    await lead(change, {own[job]: posting for job, posting in target.items()})
    change.touched.update(target)
    return {job: posting for job, posting in theirs.items() if posting in dark}


async def _fresh(change: Change, job_ids: Sequence[int]) -> dict[int, int]:
    """New postings for jobs, by job."""
    made = dict(zip(job_ids, new_ids.many(len(job_ids)), strict=True))
    at = {"company": change.company_id, "ids": list(made.values()), "job_ids": list(made)}
    await change.conn.execute(queries.own_postings, {**at, "revision": change.revision})
    return made


async def lead(change: Change, postings: Mapping[int, int]) -> None:
    """Have postings on which no open job stands redirect to others, with all that redirected to them."""
    at = {"company": change.company_id, "ids": [old for old, new in postings.items() if old != new]}
    rows = await (await change.conn.execute(queries.empty_postings, at)).fetchall()
    empty = {row["posting_id"]: postings[row["posting_id"]] for row in rows}
    merged = {"company": change.company_id, "old": list(empty), "new": list(empty.values())}
    await change.conn.execute(queries.follow_aliases, merged)
    await change.conn.execute(queries.make_aliases, merged)


async def _restored(change: Change, job_ids: Sequence[int]) -> dict[int, int]:
    """For jobs that need a posting: the alias that is theirs, made a posting again; none where there is none.

    An alias is a job's if it showed that job last, so that who kept the address finds the job there;
    or if it was made for the job and never showed any. Of several, the one that showed it last is
    restored, and the others lead there.
    """
    await expect_many(change.conn, len(job_ids))
    at = {"company": change.company_id, "ids": list(job_ids)}
    former = await (await change.conn.execute(queries.former_postings, at)).fetchall()
    shown = await _last_shown(change, [row["posting_id"] for row in former])
    claims: dict[int, list[tuple[int, int]]] = {}
    for row in former:
        job, until = shown.get(row["posting_id"], (row["job_id"] if row["own"] else 0, 0))
        if job == row["job_id"]:
            claims.setdefault(job, []).append((-until, row["posting_id"]))
    found = {job: min(each)[1] for job, each in claims.items()}
    leads = {posting: found[job] for job, each in claims.items() for _, posting in each if posting != found[job]}
    known = {"company": change.company_id}
    await change.conn.execute(queries.restore_aliases, {**known, "ids": list(found.values())})
    await change.conn.execute(queries.lead_aliases, {**known, "ids": list(leads), "targets": list(leads.values())})
    return found


async def _last_shown(change: Change, postings: Sequence[int]) -> dict[int, tuple[int, int]]:
    """The job that each posting showed last, and until which revision; postings never live are left out."""
    if not postings:
        return {}
    at = {"company": change.company_id, "postings": list(postings)}
    rows = await (await change.conn.execute(queries.last_shown, at)).fetchall()
    return {row["posting_id"]: (row["job_id"], row["until"]) for row in rows}


async def current_pairs(conn: Connection, company_id: int) -> set[tuple[int, int]]:
    """The (legacy job, ATS job) ids, both open, that stand on one posting."""
    cursor = await conn.execute(queries.current_pairs, {"company": company_id})
    return {(row["legacy_id"], row["ats_id"]) async for rows in in_turns(cursor) for row in rows}


@dataclass(frozen=True, slots=True)
class TwoJobs:
    """A job of each side: whether they stand on one posting, whether both are open, and what they are called."""

    together: bool
    both_open: bool
    legacy_title: str
    ats_title: str


async def two_jobs(change: Change, legacy: int, ats: int) -> TwoJobs | None:
    """A legacy job and an ATS job by their ids; None if either is not there or stands on the other side."""
    cursor = await change.conn.execute(queries.two_jobs, {"company": change.company_id, "legacy": legacy, "ats": ats})
    row = await cursor.fetchone()
    return TwoJobs(**row) if row else None


async def partners(conn: Connection, company_id: int, job_ids: Sequence[int]) -> list[tuple[int, int]]:
    """The (legacy, ATS) pairs of open jobs in which any of ``job_ids`` stands."""
    cursor = await conn.execute(queries.partners, {"company": company_id, "ids": list(job_ids)})
    return [(row["legacy_id"], row["ats_id"]) for row in await cursor.fetchall()]


async def job_named(conn: Connection, company_id: int, lane: Lane, key: str) -> int | None:
    """The job that a person names by its source's id (or its own); None if none or several are so called."""
    cursor = await conn.execute(queries.job_by_source_id, {"company": company_id, "lane": lane, "key": key})
    rows = await cursor.fetchall()
    open_rows = [row for row in rows if row["open"]] or rows
    return int(open_rows[0]["job_id"]) if len(open_rows) == 1 else None


async def jobs_named(conn: Connection, company_id: int, lane: Lane, keys: Sequence[str]) -> dict[str, int]:
    """The jobs that their sources call so, by that name; left out where none or several open ones are so called."""
    cursor = await conn.execute(queries.jobs_named, {"company": company_id, "lane": lane, "keys": list(keys)})
    found: dict[str, list[DictRow]] = {}
    for row in await cursor.fetchall():
        found.setdefault(row["source_job_id"], []).append(row)
    return {
        key: int(rows[0]["job_id"])
        for key, rows in found.items()
        if len(rows) == 1 or sum(1 for row in rows if row["open"]) == 1
    }


async def set_valid(change: Change, keys: Sequence[str], flaw_code: str) -> None:
    """Say of pushed jobs that they may not be posted and why, or (empty code) that they may."""
    at = {"company": change.company_id, "keys": list(keys), "flaw": flaw_code}
    cursor = await change.conn.execute(queries.set_valid, at)
    change.touched.update(row["job_id"] for row in await cursor.fetchall())


async def pushed_posting(conn: Connection, company_id: int, key: str) -> int | None:
    """The posting of a pushed job, by the ATS's id of it; None if there is no such job."""
    row = await (await conn.execute(queries.pushed_posting, {"company": company_id, "key": key})).fetchone()
    return row["posting_id"] if row else None
