"""The model brought to where the database is, after a race that came out between its two orders."""

from __future__ import annotations

from typing import Any

import psycopg

from model.driver import Row
from model.rules import LANES, Company, Pair
from model.source import Job

_MORE = """
select (select json_object_agg(lane, json_build_array(whole_revision, extract(epoch from whole_at) / 60,
    extract(epoch from last_new_job_at) / 60, tells_changes,
    (select case when r.verdict in ('taken', 'released') then
      json_build_array(r.began_revision, extract(epoch from r.began_at) / 60) end from reading r
      where r.company_id = source.company_id and r.source_id = source.source_id order by r.reading_id desc limit 1)))
    from source where company_id = c.company_id) as sources,
  extract(epoch from activated_at) / 60 as activated, extract(epoch from way_back_until) / 60 as way_back
from company c where company_id = %s
"""


_WORDS = """
select l.source_job_id as legacy, a.source_job_id as ats, d.verdict from decision d
join job l on l.company_id = d.company_id and l.job_id = d.legacy_job_id
join job a on a.company_id = d.company_id and a.job_id = d.ats_job_id where d.company_id = %s
"""


def words(company: int, watch: psycopg.Connection[dict[str, Any]]) -> dict[Pair, str]:
    """People's words on pairs, as the database has them: of a pair whose jobs are closed nothing else tells them."""
    return {(row["legacy"], row["ats"]): row["verdict"] for row in watch.execute(_WORDS, (company,)).fetchall()}


def adopt(it: Company, row: Row, company: int, watch: psycopg.Connection[dict[str, Any]]) -> None:
    """Take over what the database has; what it does not tell (what was read before) stays as it was."""
    more = watch.execute(_MORE, (company,)).fetchone()
    assert more is not None
    said, seen = row.said, row.seen()
    it.state, it.held, it.turn = said["state"], said["held"], said["revision"]
    it.ats_only_holds, it.none_live = seen.options
    it.wish = (it.wish or (frozenset("?"), frozenset())) if seen.waits else None
    it.activated = float(more["activated"] or 0)
    it.way_back = None if more["way_back"] is None else float(more["way_back"])
    it.pairs = set(row.pairs())
    it.words = words(company, watch)
    for lane in LANES:
        source = it.source(lane)
        source.active, source.whole_now, held = seen.sources[lane]
        source.held = (source.held or (source.says, it.turn, it.now)) if held else None
        source.whole, whole_at, new_at, source.changes, taken = more["sources"][lane]
        source.taken = (int(taken[0]), float(taken[1])) if taken else None
        source.whole_at, source.new_at = float(whole_at or 0), None if new_at is None else float(new_at)
        source.jobs = {k: Job(k, int(k[1:]) if k[0] != "S" else 0, job[2]) for k, job in row.open[lane].items()}
        source.opened = {key: job[6] for key, job in row.open[lane].items()}
        source.ever |= source.jobs.keys()
