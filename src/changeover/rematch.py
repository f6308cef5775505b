"""Match what changed of a company's jobs, and make its pairs and findings so."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from functools import cache
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from changeover.database.connection import TURN, Connection, Database, expect_many, let_think
from changeover.database.revise import Change
from changeover.job import Lane
from changeover.match import store as matches
from changeover.match.store import Finding, Matched
from changeover.match.weights import Weights, shipped_weights
from changeover.migration import store as migrations
from changeover.migration.readiness import lane_whole_revision
from changeover.migration.state import State
from changeover.postings import store as postings
from changeover.snapshot import store as snapshots
from changeover.wording import plural

if TYPE_CHECKING:
    import pyarrow as pa

    from changeover.match.settled import Standing

# After this many tries the match is made while the company's writers wait.
_TRIES = 3
_PAIRED = "paired"


@dataclass(frozen=True, slots=True)
class _Material:
    """Everything a match is made from, as of one revision.

    ``ids``: the jobs to match, None for all of the company's; ``settled`` pairs are left out. ``narrow``: the ids are
    those alone that stand or fall with what changed, ``dissolved`` settled pairs among them; ``alike``: jobs in no
    settled pair read as one of them does.
    """

    company_id: int
    weights: Weights
    revision: int
    state: State
    legacy: pa.Table
    ats: pa.Table
    said: list[dict[str, Any]]
    pairs: set[tuple[int, int]]
    closed_twins: Mapping[int, dict[str, Any]]
    whole: Mapping[Lane, int | None]
    opened: Mapping[int, int]
    ids: Sequence[int] | None
    settled: int
    narrow: bool
    dissolved: int
    alike: bool


async def rematch(db: Database, company_id: int, weights: Weights | None = None, *, anew: bool = False) -> bool:
    """Bring pairs and findings to where the company's open jobs are now; True if one of them changed.

    Only what changed since the last match is matched, with all that it could change (match/settled.py): the pairs that
    rest on what the changed jobs have and, unless all of these stand by themselves before and after, the jobs that are
    in no pair that does. The outcome is that of matching everything, which ``anew`` does. The match is made outside of
    the company's line and kept only if no revision came in between; after three tries the line waits for it.
    O(n log n) in the jobs that are matched; where nothing changed, a few look-ups.
    """
    by = weights or shipped_weights()
    for attempt in range(_TRIES):
        made = await _made(db, company_id, by, anew=anew)
        if made is None:
            return False
        kept = await _keep(db, company_id, *made, force=attempt == _TRIES - 1, anew=anew)
        if kept is not None:
            return kept
    raise AssertionError("the last try keeps what it found")


async def _made(db: Database, company_id: int, by: Weights, *, anew: bool) -> tuple[_Material, list[Finding]] | None:
    """What is matched, the least that it can be, and what is found of it; None if nothing is to be matched."""
    for narrow in (False,) if anew else (True, False):
        async with db.company(company_id) as conn:
            material = await _gather(conn, company_id, by, anew=anew, narrow=narrow)
        if material is None:
            return None
        found = await asyncio.to_thread(_match, material)
        if not material.narrow or _stands_by_itself(material, found):
            return material, found
    raise AssertionError("what is not narrow is taken as it is")


def _stands_by_itself(material: _Material, found: Sequence[Finding]) -> bool:
    """Whether all that was matched is in settled pairs, as many as before: then nothing else is touched by it.

    Where another job reads as one of these does, they must stand by an id or a word, which goes before any text.
    """
    from changeover.match.settled import rests_on_id

    if not all(f.settled for f in found) or len(found) != material.dissolved:
        return False
    return not material.alike or all(rests_on_id(f.rule) for f in found)


def _method(weights: Weights) -> str:
    """What a match is made by: other code or other weights may say otherwise of the same jobs."""
    return f"{_version()} {weights.digest}"


@cache
def _version() -> str:
    """Kept, for it is read from the package's files."""
    return version("changeover")


async def _gather(conn: Connection, company_id: int, weights: Weights, *, anew: bool, narrow: bool) -> _Material | None:
    """What is to be matched; None if nothing is."""
    it = await migrations.company(conn, company_id)
    known = migrations.known_sources(await snapshots.sources(conn, company_id))
    whole = {lane: lane_whole_revision(known, lane, it.revision) for lane in Lane}
    last = None if anew else await matches.matched(conn, company_id)
    ids: Sequence[int] | None = None
    settled = dissolved = 0
    alike = False
    if last is not None and (last.state, last.method) == (it.state, _method(weights)):
        changed = await matches.changed_jobs(conn, company_id, last.revision)
        otherwise = await _lone_are_said_otherwise(conn, company_id, last, whole)
        if not changed and not otherwise:
            return None
        await expect_many(conn)
        affected = await matches.affected(conn, company_id, changed)
        narrow = narrow and not affected.free and not otherwise
        alike = affected.alike
        rest = set() if narrow else await matches.unsettled(conn, company_id)
        ids, settled, dissolved = sorted(affected.ids | rest), last.settled - affected.dissolved, affected.dissolved
    else:
        await expect_many(conn)
        narrow = False
    return _Material(
        company_id=company_id,
        weights=weights,
        revision=it.revision,
        state=it.state,
        legacy=await matches.open_jobs(conn, company_id, Lane.LEGACY, ids),
        ats=await matches.open_jobs(conn, company_id, Lane.ATS, ids),
        said=await matches.decisions(conn, company_id, ids),
        pairs=await _current_pairs(conn, company_id, ids),
        closed_twins=await matches.closed_twins(conn, company_id, ids),
        whole=whole,
        opened=await matches.opened_revisions(conn, company_id, ids),
        ids=ids,
        settled=settled,
        narrow=narrow,
        dissolved=dissolved,
        alike=alike,
    )


async def _lone_are_said_otherwise(
    conn: Connection, company_id: int, last: Matched, whole: Mapping[Lane, int | None]
) -> bool:
    """Whether the lanes have been read so that a job may be too new to say, or be so no longer."""
    lanes = ((last.legacy_whole, whole[Lane.LEGACY]), (last.ats_whole, whole[Lane.ATS]))
    if any(before is not None and (now is None or now < before) for before, now in lanes):
        return True
    return any(before != now for before, now in lanes) and await matches.any_pending(conn, company_id)


async def _current_pairs(conn: Connection, company_id: int, ids: Sequence[int] | None) -> set[tuple[int, int]]:
    if ids is None:
        return await postings.current_pairs(conn, company_id)
    return set(await postings.partners(conn, company_id, ids))


def _match(material: _Material) -> list[Finding]:
    """The findings for the material; after the cut-over, pairs that stand are kept as they are.

    One that is found then stands from now on, so what it leaves is judged as if it had stood before: a later match,
    which finds it standing, says the same.
    """
    said = {(row["legacy_job_id"], row["ats_job_id"]): row["verdict"] for row in material.said}
    kept: set[tuple[int, int]] = set()
    if material.state is State.CUT_OVER:
        kept = {p for p in material.pairs if said.get(p) != "rejected"}
        taken = {job for p, verdict in said.items() if verdict == "confirmed" for job in p}
        kept = {p for p in kept if said.get(p) == "confirmed" or not taken.intersection(p)}
    findings = _found(material, said, kept)
    if material.state is not State.CUT_OVER:
        return findings
    made = {f.key: f for f in findings if f.decision == _PAIRED and f.key not in kept and f.key not in said}
    return [
        replace(made[f.key], settled=f.settled, ties=f.ties) if f.key in made else f
        for f in (_found(material, said, kept | made.keys()) if made else findings)
    ]


def _found(
    material: _Material, said: Mapping[tuple[int, int], str], kept: AbstractSet[tuple[int, int]]
) -> list[Finding]:
    """The findings where people ``said`` so of pairs and these are ``kept``."""
    import pyarrow as pa

    words = [(lid, aid, verdict) for (lid, aid), verdict in said.items()]
    words += [(lid, aid, "confirmed") for lid, aid in kept if (lid, aid) not in said]
    decisions = pa.table(
        {
            "legacy_id": pa.array([str(w[0]) for w in words], pa.string()),
            "ats_id": pa.array([str(w[1]) for w in words], pa.string()),
            "verdict": pa.array([w[2] for w in words], pa.string()),
        }
    )
    # Imported where it is used: commands that only look need neither it nor what it computes with.
    from changeover.match.pairing import pair
    from changeover.match.settled import standing

    table = pair(
        material.legacy, material.ats, decisions, material.weights, elsewhere={"": (material.settled, material.settled)}
    )
    # In parts: a whole table is turned into Python without letting any other thread run.
    findings = [_finding(row) for part in table.to_batches(max_chunksize=TURN) for row in part.to_pylist()]
    pairs = [(str(f.legacy_job_id), str(f.ats_job_id), f.rule) for f in findings if f.decision == _PAIRED]
    rejected = [(str(lid), str(aid)) for (lid, aid), verdict in said.items() if verdict == "rejected"]
    stands = standing(material.legacy, material.ats, pairs, rejected)
    findings = [_standing_on(f, stands, material.company_id) for f in findings]
    only_kept = kept - said.keys()
    return [_kept(f) if f.key in only_kept else _explained(f, material) for f in findings]


def _standing_on(finding: Finding, stands: Standing, company_id: int) -> Finding:
    """The finding with what it rests on."""
    one, other = (str(job) if job else "" for job in finding.key)
    ties = matches.ties(company_id, stands.ties(one, other))
    return replace(finding, settled=(one, other) in stands.settled, ties=ties)


def _finding(row: Mapping[str, Any]) -> Finding:
    return Finding(
        int(row["legacy_id"] or 0),
        int(row["ats_id"] or 0),
        row["decision"],
        float(row["score"] or 0.0),
        row["rule"],
        row["reason"],
        row["code"] or "",
        row["fix"] or "",
        matches.canonical(row["evidence"]),
        twins=int(row["twins"] or 0),
    )


def _kept(finding: Finding) -> Finding:
    return replace(
        finding,
        rule="kept",
        reason="Paired before the cut-over; kept, so that the posting keeps its address.",
    )


def _explained(finding: Finding, material: _Material) -> Finding:
    """A lone job said more exactly: its twin has closed, or it is too new to be called unmatched."""
    if finding.decision not in ("legacy_only", "ats_only"):
        return finding
    twin = material.closed_twins.get(finding.legacy_job_id)
    if twin is not None:
        when = f" on {twin['closed_at']:%Y-%m-%d %H:%M} UTC" if twin["closed_at"] else ""
        return replace(
            finding,
            rule="twin_closed",
            reason=f"Its twin in the ATS, {twin['ats_key']}, closed{when}.",
            fix=f"Open {twin['ats_key']} again in the ATS, or close the job at the old source.",
        )
    lane, job = (Lane.ATS, finding.legacy_job_id) if finding.legacy_job_id else (Lane.LEGACY, finding.ats_job_id)
    since = material.whole[lane]
    other = "ATS" if lane is Lane.ATS else "old source"
    if since is None:
        return replace(
            finding,
            rule="pending",
            reason=f"The {other} has not been read whole yet; its twin may come with the next reading.",
            code="",
            fix="Nothing to do yet.",
        )
    if material.opened.get(job, 0) > since:
        return replace(
            finding,
            rule="pending",
            reason=f"It appeared after the {other} was last read whole; its twin may come with the next reading.",
            code="",
            fix="Nothing to do yet.",
        )
    return finding


async def _keep(
    db: Database, company_id: int, material: _Material, found: list[Finding], *, force: bool, anew: bool
) -> bool | None:
    """Write what was found; None if the company moved on meanwhile and the match must be made again."""
    outcome: bool | None = None
    async with postings.change_postings(
        db, company_id, kind="matched", who="changeover", why="The jobs of both sides were matched."
    ) as change:
        if change.revision != material.revision + 1:
            if not force:
                raise change.nothing_changed()
            now = await _gather(change.conn, company_id, material.weights, anew=anew, narrow=False)
            if now is None:
                outcome = False
                raise change.nothing_changed()
            material = now
            await let_think(change.conn)
            found = await asyncio.to_thread(_match, material)
        outcome = await _apply(change, material, found)
        if not outcome:
            raise change.nothing_changed()
        await matches.keep_matched(change.conn, company_id, _made_from(material, found, change.revision))
    if outcome is False:
        async with db.company(company_id) as conn:
            # Nothing but what the match was made from: the company is as it was, so this takes no revision.
            await matches.keep_matched(conn, company_id, _made_from(material, found, material.revision))
    return outcome


def _made_from(material: _Material, found: Sequence[Finding], revision: int) -> Matched:
    settled, method = material.settled + sum(f.settled for f in found), _method(material.weights)
    return Matched(revision, material.state, material.whole[Lane.LEGACY], material.whole[Lane.ATS], settled, method)


async def _apply(change: Change, material: _Material, found: list[Finding]) -> bool:
    wanted = {f.key for f in found if f.decision == _PAIRED}
    apart = sorted(material.pairs - wanted)
    together = sorted(wanted - material.pairs)
    await postings.unpair_jobs(change, apart)
    await postings.pair_jobs(change, together)
    written = await matches.replace_findings(change, found, material.ids)
    change.why = f"{len(together):,} paired, {len(apart):,} taken apart"
    change.detail |= {"paired": len(together), "apart": len(apart)}
    if material.narrow:
        # The other pairs have not been looked at.
        change.why += "."
    else:
        pairs = len(wanted) + material.settled
        change.why += f"; {plural(pairs, 'pair stands', 'pairs stand')}."
        change.detail |= {"pairs": pairs}
    return bool(apart or together or written)
