"""What a person may do to a migration: activate, hold, confirm, reject, resolve, revert, cancel."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from changeover import flow as runs
from changeover import readings
from changeover.cutover import Outcome, move_feed
from changeover.database.revise import Change, revise
from changeover.flow import Flow
from changeover.job import Lane
from changeover.match import store as matches
from changeover.match.in_order import Order, pairs_in_order
from changeover.migration import store as migrations
from changeover.migration.state import Move, State, refuse
from changeover.postings import store as postings
from changeover.postings.live import Preview, rehearse
from changeover.refusal import Refusal
from changeover.rematch import rematch
from changeover.snapshot import store as snapshots
from changeover.snapshot import telling
from changeover.sources.mapping import FieldMapping
from changeover.sources.text import line
from changeover.sunset import ending, notice
from changeover.sunset import store as sunsets
from changeover.wording import plural


async def activate(flow: Flow, company_id: int, *, who: str) -> Refusal | None:
    """Begin the migration: from now on both lanes are read and matched; the old source goes on feeding."""
    refusal: Refusal | None = None
    why = "The employer's ATS was connected; both sources are read and matched from now on."
    async with revise(flow.db, company_id, kind="activated", who=who, why=why) as change:
        refusal = await _activate(flow, change)
        if refusal:
            raise change.nothing_changed()
    return refusal


async def _activate(flow: Flow, change: Change) -> Refusal | None:
    refusal = refuse(State(change.state), Move.ACTIVATE)
    if refusal:
        return refusal
    rows = await snapshots.sources(change.conn, change.company_id)
    # A legacy source that was revoked is where the company moves from all the same.
    lanes = {row.lane for row in rows if row.active or (row.lane is Lane.LEGACY and row.state != snapshots.OFF)}
    for lane, name in ((Lane.LEGACY, "old source"), (Lane.ATS, "ATS")):
        if lane not in lanes:
            return Refusal(
                f"NO_{lane.upper()}_SOURCE",
                f"Nothing was done: this company has no {name} to read.",
                "Add one with `changeover source add`.",
            )
    refusal = await migrations.move(change, Move.ACTIVATE)
    if refusal is None:
        await migrations.activated(change)
        await runs.wake(flow, change)
    return refusal


async def hold(flow: Flow, company_id: int, *, held: bool, who: str, why: str) -> Refusal | None:
    """Hold the automatic cut-over, or let it go. Holding twice is the same as once."""
    why = line(why)
    refusal: Refusal | None = None
    kind = "held" if held else "unheld"
    async with revise(flow.db, company_id, kind=kind, who=who, why=why) as change:
        state = State(change.state)
        if held and state not in (State.MATCHING, State.READY):
            refusal = Refusal(
                "NOTHING_TO_HOLD",
                "Nothing was done: there is no cut-over ahead to hold.",
                "Holding is for a company in migration.",
            )
        if refusal or change.held == held:
            raise change.nothing_changed()
        await migrations.hold(change, held=held, why=why)
        await runs.wake(flow, change)
    return refusal


async def decide_pair(flow: Flow, company_id: int, legacy: int, ats: int, verdict: str, *, who: str) -> Refusal | None:
    """Confirm or reject a pair, by job ids. The word outlives every re-match, before and after the cut-over."""
    refusal: Refusal | None = None
    async with postings.change_postings(flow.db, company_id, kind=f"pair_{verdict}", who=who, why="") as change:
        refusal = await _decide_pair(flow, change, legacy, ats, verdict)
        if refusal:
            raise change.nothing_changed()
    return refusal


async def _decide_pair(flow: Flow, change: Change, legacy: int, ats: int, verdict: str) -> Refusal | None:
    two = await postings.two_jobs(change, legacy, ats)
    if two is None:
        return Refusal(
            "UNKNOWN_JOB",
            "Nothing was done: one of the two jobs is not there, or stands on the other side.",
            "Name a job of the old source first, then one of the ATS.",
        )
    if verdict == "confirmed" and not two.both_open:
        return Refusal(
            "JOB_CLOSED", "Nothing was done: one of the two jobs has closed meanwhile.", "Look at the page again."
        )
    await matches.decide(change, legacy, ats, verdict)
    if verdict == "rejected" and two.together:
        await postings.unpair_jobs(change, [(legacy, ats)])
    if verdict == "confirmed" and not two.together:
        await postings.unpair_jobs(change, await postings.partners(change.conn, change.company_id, (legacy, ats)))
        await postings.pair_jobs(change, [(legacy, ats)])
    said = {"confirmed": "are one opening", "rejected": "are not one opening"}[verdict]
    change.why = f"“{two.legacy_title}” and, in the ATS, “{two.ats_title}” {said}."
    change.detail |= {"legacy_job_id": str(legacy), "ats_job_id": str(ats), "verdict": verdict}
    await runs.wake(flow, change)
    return None


@dataclass(frozen=True, slots=True)
class Word:
    """A person's word on two jobs: ``verdict`` is confirmed or rejected."""

    legacy: int
    ats: int
    verdict: str


async def decide_pairs(
    flow: Flow, company_id: int, words: Sequence[Word], *, who: str
) -> tuple[int | None, Sequence[Refusal | None]]:
    """Many words in one revision, in their order: the revision (None if each was refused), and why not, of each."""
    refusals: Sequence[Refusal | None] = ()
    revision: int | None = None
    async with postings.change_postings(flow.db, company_id, kind="pairs_decided", who=who, why="") as change:
        refusals = [await _decide_pair(flow, change, word.legacy, word.ats, word.verdict) for word in words]
        taken = [word.verdict for word, refusal in zip(words, refusals, strict=True) if refusal is None]
        if not taken:
            raise change.nothing_changed()
        counts = {verdict: taken.count(verdict) for verdict in ("confirmed", "rejected")}
        change.why = (
            f"{plural(counts['confirmed'], 'pair was', 'pairs were')} confirmed and {counts['rejected']:,} rejected."
        )
        change.detail = {verdict: str(count) for verdict, count in counts.items()}
        revision = change.revision
    return revision, refusals


async def pair_group(flow: Flow, company_id: int, twins: int, by: Order, *, who: str) -> Refusal | int:
    """Pair the jobs of a group that no text tells apart, in order, as one person's word; how many pairs that makes.

    ``twins`` names the group by its first legacy job's id. All or nothing, in one revision. What one side has more
    of stays unpaired.
    """
    outcome: Refusal | int = Refusal(
        "NO_SUCH_GROUP",
        "Nothing was done: no jobs read the same as this one any more.",
        "Look at the review again: the jobs have been matched anew since.",
    )
    why = f"Jobs that read the same were paired in the order of their {'ids' if by is Order.IDS else 'posting dates'}"
    async with postings.change_postings(flow.db, company_id, kind="group_confirmed", who=who, why="") as change:
        jobs = await matches.group_jobs(change.conn, company_id, twins)
        sides = [[job for job in jobs if job["lane"] == lane] for lane in Lane]
        pairs = pairs_in_order(sides[0], sides[1], by)
        if not pairs:
            raise change.nothing_changed()
        for legacy, ats in pairs:
            await matches.decide(change, legacy, ats, "confirmed")
        standing = await postings.partners(change.conn, company_id, [job for pair in pairs for job in pair])
        await postings.unpair_jobs(change, sorted(set(standing) - set(pairs)))
        await postings.pair_jobs(change, pairs)
        change.why = f"{why}: {plural(len(pairs), 'pair')}."
        change.detail |= {"twins": str(twins), "pairs": len(pairs), "by": by}
        await runs.wake(flow, change)
        outcome = len(pairs)
    return outcome


async def undecide_pair(flow: Flow, company_id: int, legacy: int, ats: int, *, who: str) -> None:
    """Take a confirm or reject back; the next match decides anew."""
    async with revise(flow.db, company_id, kind="pair_undecided", who=who, why="") as change:
        two = await postings.two_jobs(change, legacy, ats)
        if two is None or not await matches.undecide(change, legacy, ats):
            raise change.nothing_changed()
        change.why = f"The word on “{two.legacy_title}” and, in the ATS, “{two.ats_title}” was taken back."
        await runs.wake(flow, change)


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What flipping the feed now would do, and which move that would be."""

    move: Move
    preview: Preview


async def preview(flow: Flow, company_id: int) -> Rehearsal:
    """What Resolve (or, after the cut-over, Revert) would do now. Nothing is changed."""
    async with flow.db.company(company_id) as conn:
        it = await migrations.company(conn, company_id)
        move = Move.REVERT if it.feed is Lane.ATS else Move.RESOLVE
        return Rehearsal(move, await rehearse(conn, company_id))


async def resolve(flow: Flow, company_id: int, *, seen: str, who: str) -> Outcome:
    """The employer's word: close the unmatched legacy jobs and cut over, as previewed under digest ``seen``."""
    return await _act(flow, company_id, Move.RESOLVE, seen, who)


async def revert(flow: Flow, company_id: int, *, seen: str, who: str) -> Outcome:
    """The way back: the old source feeds again, and the company is held so that it stays so."""
    return await _act(flow, company_id, Move.REVERT, seen, who)


async def _act(flow: Flow, company_id: int, move: Move, seen: str, who: str) -> Outcome:
    async with flow.db.company(company_id) as conn:
        it = await migrations.company(conn, company_id)
    refusal = refuse(it.state, move)
    if refusal:
        return refusal
    if move is Move.RESOLVE:
        return await runs.resolve_now(flow, company_id, seen, who=who)
    if not await runs.read_all(flow, company_id, [Lane.LEGACY]):
        return Refusal(
            "SOURCE_UNREADABLE",
            "Nothing was done: the old source cannot be read whole right now, so its jobs of today are not known.",
            "See the problems of its last reading, mend it, and revert again.",
        )
    await rematch(flow.db, company_id, flow.weights)
    why = "Reverted: the old source feeds the board again, held until a person lets it go."
    return await move_feed(flow.db, company_id, move, who=who, why=why, terms=flow.terms, seen=seen)


_NOTHING_TO_GO_BACK_TO = Refusal(
    "SOURCE_ENDED",
    "Nothing was done: the old source has ended, so there is nothing that would feed the board.",
    "The ATS takes over as soon as it is whole; see what it waits for.",
)


async def cancel(flow: Flow, company_id: int, *, who: str) -> Refusal | None:
    """End the migration before the cut-over: the old source goes on feeding alone."""
    refusal: Refusal | None = None
    why = "The migration was cancelled; the old source goes on feeding alone."
    async with revise(flow.db, company_id, kind="cancelled", who=who, why=why) as change:
        ended = await ending.over(change.conn, company_id, change.at)
        refusal = _NOTHING_TO_GO_BACK_TO if ended else await migrations.move(change, Move.CANCEL)
        if refusal:
            raise change.nothing_changed()
        await matches.forget_findings(change)
        await migrations.want_resolve(change, None)
        await migrations.hold(change, held=False, why="")
        await runs.wake(flow, change)
    return refusal


async def set_options(
    flow: Flow, company_id: int, *, who: str, ats_only_holds: bool | None = None, none_live: bool | None = None
) -> None:
    """Whether an unmatched ATS job holds the cut-over, and whether it is right that nothing would be live."""
    async with revise(flow.db, company_id, kind="options", who=who, why="The rules of this migration changed.") as it:
        now = await migrations.company(it.conn, company_id)
        await migrations.set_options(
            it,
            ats_only_holds=now.ats_only_holds if ats_only_holds is None else ats_only_holds,
            none_live_confirmed=now.none_live_confirmed if none_live is None else none_live,
        )
        await runs.wake(flow, it)


async def revoke_source(flow: Flow, company_id: int, source_id: int, *, who: str) -> Refusal | None:
    """Read a source no more. What an old one fed stays as told for the days of notice, then it ends as announced."""
    refusal: Refusal | None = None
    async with revise(
        flow.db, company_id, kind="source_revoked", who=who, why="The source was revoked: it is read no more."
    ) as change:
        if not await snapshots.revoke(change, source_id):
            refusal = Refusal(
                "NOT_ACTIVE", "Nothing was done: there is no such active source.", "See the company's page."
            )
            raise change.nothing_changed()
        row = await snapshots.source(change.conn, company_id, source_id)
        known = {it.source_id for it in await sunsets.announced(change.conn, company_id)}
        if row is not None and row.lane is Lane.LEGACY and source_id not in known:
            await notice.begin(change, source_id, change.at + flow.notice, "It is read no more, at once.")
            change.why = f"{row.location} was revoked: it is read no more. {change.why}"
        await runs.wake(flow, change)
    return refusal


async def read_soon(flow: Flow, company_id: int, source_id: int) -> Refusal | None:
    """Queue a reading of one source, ahead of all that are only due, its own too; a worker does it."""
    async with flow.db.company(company_id) as conn:
        await migrations.company(conn, company_id)
        row = await snapshots.source(conn, company_id, source_id)
        refusal = None if row is not None and row.active and row.pulled else readings.not_readable(row)
        if refusal is None:
            at = {"lock": f"c:{company_id}:read", "dedupe": f"asked:{source_id}"}
            await flow.queue.enqueue(conn, runs.READ, **at, company_id=company_id, source_id=source_id)
    return refusal


async def map_source(
    flow: Flow, company_id: int, source_id: int, mapping: FieldMapping | None, *, who: str
) -> Refusal | None:
    """Keep a mapping with a source, None to forget it, and queue a reading; the guard holds it if all jobs look new."""
    refusal: Refusal | None = None
    async with revise(flow.db, company_id, kind="source_mapped", who=who, why="") as change:
        row = await snapshots.source(change.conn, company_id, source_id)
        if row is None or not row.active or not row.pulled:
            refusal = readings.not_readable(row)
            raise change.nothing_changed()
        await snapshots.set_mapping(change, source_id, mapping.as_record() if mapping else None)
        if mapping:
            await telling.set_tells(change, source_id, changes=not mapping.full)
        how = "by a mapping" if mapping else "without a mapping"
        change.why = f"{row.location} is read {how} from now on."
        change.detail |= {"source_id": str(source_id)}
    return refusal or await read_soon(flow, company_id, source_id)
