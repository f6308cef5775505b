"""Jobs leave the same rows whether they are told together, made ready ahead, or one by one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import psycopg
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg.rows import dict_row

from changeover.job import Flaw, Job, Lane
from changeover.postings import open_jobs
from changeover.postings import store as postings
from changeover.postings.writing import Rows, by_index, write_jobs, write_told
from program import World

ROWS = """
select j.source_job_id as key, j.lane, j.open, j.valid, j.flaw, j.opened_revision, j.closed_revision, j.title,
  j.location,
  j.company_name, j.employer_job_id, j.requisition, j.url, j.apply_url, j.workplace_type, j.posted_at, j.digest,
  j.search::text as search, j.told_revision, j.match_revision, j.shadow_of, t.description, t.extra,
  p.created_revision, p.alias_of, p.origin_job_id = j.job_id as own,
  array(select (o.from_revision, o.to_revision, o.lane)::text from job_open o
        where o.company_id = j.company_id and o.job_id = j.job_id order by 1) as open_at,
  array(select (s.from_revision, s.to_revision, s.lane, s.posting_id = j.posting_id)::text from side s
        where s.company_id = j.company_id and s.job_id = j.job_id order by 1) as side_at
from job j join posting p using (company_id, posting_id) left join job_text t using (company_id, job_id)
where j.company_id = %s order by key
"""
# What a step tells: titles by the source's ids (an empty one is a flaw), ids with a flaw of the wire's, ids it closes.
KEYS = st.sampled_from(["a", "b", "c", "d"])
STEPS = st.lists(
    st.tuples(
        st.dictionaries(KEYS, st.sampled_from(["", "Baker", "Büro & <b>Söhne</b>", 'Cook "x\\y"']), min_size=1),
        st.sets(KEYS),
        st.sets(KEYS),
    ),
    min_size=1,
    max_size=5,
)
Step = tuple[dict[str, str], set[str], set[str]]


def _job(key: str, title: str, nth: int) -> Job:
    extra = {"pay": [{"from": "1", "to": None}], "nth": nth}
    return Job(key, title, "Oslo", description=f"<p>{nth}</p>" * 3, url=f"https://jobs.example/{key}", extra=extra)


async def _play(world: World, steps: Sequence[Step], *, together: bool) -> list[dict[str, Any]]:
    await world.employ(push=True)
    for nth, (told, flawed, closed) in enumerate(steps):
        jobs = [_job(key, title, nth) for key, title in told.items()]
        flaws = {key: Flaw("DUPLICATE_JOB", "It is there.", "Close it.") for key in flawed}
        async with postings.change_postings(world.db, world.company, kind="test", who="test", why="") as change:
            known = await postings.known_of(change.conn, world.company, world.ats, list(told) + list(closed))
            await by_index(change.conn)
            for part in [Rows(jobs, flaws).ahead()] if together else [Rows([job], flaws) for job in jobs]:
                written = await write_told(change, world.ats, Lane.ATS, part, known, beside=False)
                assert set(written) == {job.id for job in part}
            await postings.close_jobs(change, [known[key].job_id for key in closed - set(told) if key in known])
    with psycopg.connect(world.db.address.owner, row_factory=dict_row, options="-c search_path=changeover") as conn:
        return conn.execute(ROWS, [world.company]).fetchall()


async def test_told_together_or_one_by_one_jobs_leave_the_same_rows(world: World) -> None:
    @settings(max_examples=25, suppress_health_check=list(HealthCheck))
    @given(STEPS)
    def same(steps: list[Step]) -> None:
        examples.append(steps)

    examples: list[list[Step]] = []
    same()
    for steps in examples:
        assert await _play(world, steps, together=True) == await _play(world, steps, together=False), steps


async def test_what_is_told_is_what_is_kept(world: World) -> None:
    """Every column comes back as it was told, signs of any alphabet and moments to the microsecond among them."""
    await world.employ(push=True)
    jobs = [
        Job(
            id="ключ-1",
            title="Bäcker 🥖",
            location="Žilina",
            company="Söhne & Co",
            employer_job_id="7",
            requisition="r",
            description="<p>" + "ü" * 9_000 + "</p>",
            url="https://jobs.example/1",
            apply_url="https://jobs.example/1/apply",
            workplace_type="remote",
            posted_at=datetime(1999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC),
            extra={"pay": [1, 2.5, None, {"ö": "\u2028"}]},
        ),
        Job(id="2", title="", posted_at=datetime(2026, 2, 28, 12, tzinfo=timezone(timedelta(hours=-5)))),
        Job(id="3", title="x"),
    ]
    async with postings.change_postings(world.db, world.company, kind="test", who="test", why="") as change:
        written = await write_jobs(change, world.ats, Lane.ATS, jobs)
        assert await open_jobs.told(change.conn, world.company, [written[job.id] for job in jobs]) == jobs
        known = await postings.known_of(change.conn, world.company, world.ats, ["ключ-1", "2", "3"])
        assert [known[job.id].digest for job in jobs] == [job.digest() for job in jobs]
