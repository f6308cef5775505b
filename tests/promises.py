"""The promises of the design, checked from outside: the queries of promises.sql and the sources' own words.

Nothing here is the program's own code. All of it runs as the database's owner, who passes every wall.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Collection
from pathlib import Path
from typing import Any

import orjson
import psycopg
from psycopg.rows import dict_row

_PARTS = re.split(r"^-- broken: (.*)$", Path(__file__).with_name("promises.sql").read_text(), flags=re.MULTILINE)[1:]
BROKEN = {name: query.split(";")[0] for name, query in zip(_PARTS[::2], _PARTS[1::2], strict=True)}

# What the queries read, narrowed to the companies that are asked about.
_READ = (
    "company job job_text revision side job_open posting public_posting public_promoted agreed_closing source reading"
    " contract wrap application"
)
# One statement, prepared once: to plan the queries anew costs several times what they cost.
_NARROWED = ", ".join(
    f"{name} as (select * from changeover.{name} where company_id = any(%(companies)s))" for name in _READ.split()
)
_EACH = "\nunion all\n".join(
    f"(select {number} as number, row_to_json(q)::text as row from ({query}) q limit 5)"
    for number, query in enumerate(query.replace("%", "%%") for query in BROKEN.values())
)
_STATEMENT = f"with {_NARROWED}\n{_EACH}".encode()

_NEWEST = """
select distinct on (s.company_id, s.source_id) s.company_id, s.source_id, r.reading_id, r.jobs as count
from source s join reading r using (company_id, source_id)
where s.whole_now and not s.tells_changes and s.kind <> 'ats_push' and r.verdict in ('taken', 'released')
  and r.completeness = 'complete'
order by s.company_id, s.source_id, r.reading_id desc
"""


def broken(owner: str) -> list[str]:
    """Every broken promise in the database, a line each, with some of the rows that break it.

    All as of one moment: it may be asked while the program is at work.
    """
    with watcher(owner) as conn:
        companies = [row["company_id"] for row in conn.execute("select company_id from company").fetchall()]
        found = broken_of(conn, companies)
        for row in conn.execute(_NEWEST).fetchall():
            found.extend(_disagreement(conn, **row))
    return found


def watcher(owner: str) -> psycopg.Connection[dict[str, Any]]:
    """A connection that checks promises as the database's owner, each time as of one moment."""
    options = "-c search_path=changeover -c plan_cache_mode=force_generic_plan -c jit=off -c enable_nestloop=off"
    conn = psycopg.connect(owner, row_factory=dict_row, options=options)
    conn.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
    return conn


def broken_of(conn: psycopg.Connection[dict[str, Any]], companies: Collection[int]) -> list[str]:
    """The broken promises of some companies, a line each: all but that what is open is what was told last."""
    found: dict[int, list[str]] = {}
    for row in conn.execute(_STATEMENT, {"companies": list(companies)}, prepare=True).fetchall():
        found.setdefault(row["number"], []).append(row["row"])
    return [f"{list(BROKEN)[number]}: {rows}" for number, rows in found.items()]


def _disagreement(
    conn: psycopg.Connection[dict[str, Any]], company_id: int, source_id: int, reading_id: int, count: int
) -> list[str]:
    """Promises 1 and 5: what is open of a source is what its newest reading told, if that was whole and believed.

    A job in the shadow of another source's is open in its own. Of a large reading only the ``count`` is kept.
    """
    parts = conn.execute(
        "select jobs from snapshot_part where company_id = %s and reading_id = %s", (company_id, reading_id)
    )
    said = [orjson.loads(line) for part in parts for line in zlib.decompress(part["jobs"]).splitlines()]
    same = [job_id for each in said if isinstance(each, list) for job_id in each]
    names = conn.execute(
        "select source_job_id from job where company_id = %s and job_id = any(%s)", (company_id, same)
    ).fetchall()
    told = {each["id"] for each in said if isinstance(each, dict)} | {str(row["source_job_id"]) for row in names}
    jobs = conn.execute(
        "select source_job_id, r.kind from job j join revision r using (company_id) where company_id = %s "
        "and source_id = %s and (open or shadow_of is not null) and r.revision = j.opened_revision",
        (company_id, source_id),
    ).fetchall()
    now = {str(job["source_job_id"]) for job in jobs}
    # A later reading that was ended between two of its parts has told more, and closed nothing.
    more = {str(job["source_job_id"]) for job in jobs if job["kind"] == "reading_part"}
    # A page that fell out of a site's list stays open until a second whole reading lacks it.
    once = conn.execute(
        "select source_job_id from job where company_id = %(company)s and job_id = any((select missed from reading "
        "where company_id = %(company)s and reading_id = %(reading)s)::bigint[])",
        {"company": company_id, "reading": reading_id},
    )
    more |= {str(row["source_job_id"]) for row in once}
    if not said and count:
        right = len(now - more) <= count <= len(now)
        return [] if right else [f"source {source_id} told {count} jobs, and {len(now)} are open"]
    if told - now or now - told - more:
        return [f"source {source_id} told {sorted(told - now)}, and {sorted(now - told - more)} are open"]
    return []
