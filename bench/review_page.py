"""What the queries of the review page and of the console's first page cost, with 100,000 jobs and 10,000 companies.

Run: .venv/bin/python bench/review_page.py [--jobs 100000] [--companies 10000]
One company has so many jobs that nobody matched, half on each side; beside it are so many others. Of each query the
least of three runs is told: PostgreSQL's own milliseconds, and the pages that it looked at, which no other load
changes. Prints a table, and last one line of JSON.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping
from typing import Any

import psycopg
from large_company import LargeCompany, large_company

from changeover.database.queries import like
from changeover.match import store as matches
from changeover.migration import overview
from changeover.migration import store as migrations
from changeover.support import store as support
from changeover.webhooks import store as webhooks

_FILL = """
insert into changeover.finding (company_id, legacy_job_id, ats_job_id, decision, score, rule, reason)
select company_id, case lane when 'legacy' then job_id else 0 end, case lane when 'ats' then job_id else 0 end,
  lane || '_only', 0, 'alone', 'No job is enough like it.' from changeover.job where company_id = %(company)s;
insert into changeover.company (company_id, name, ats, state, feed, created_at)
select n, 'Employer ' || n, 'Greenhouse', (array['legacy', 'matching', 'ready'])[1 + n %% 3], 'legacy', now()
from generate_series(1, %(companies)s) n;
insert into changeover.revision (company_id, revision, at, kind, who, why, feed, state)
select n, r, now() - (r || ' days')::interval, case when r = 3 then 'activated' else 'reading_taken' end, 'bench', '',
  'legacy', 'legacy' from generate_series(1, %(companies)s) n, generate_series(1, 20) r;
analyze;
"""


def cost(conn: psycopg.Connection[Any], query: str, at: Mapping[str, Any]) -> dict[str, float]:
    """Milliseconds and pages of the cheapest of three runs."""
    runs = []
    for _ in range(3):
        row = conn.execute(f"explain (analyze, buffers, format json) {query}".encode(), at).fetchone()
        plan = (row or [[{}]])[0][0]
        top = plan["Plan"]
        runs.append((plan["Execution Time"], top["Shared Hit Blocks"] + top["Shared Read Blocks"]))
    return dict(zip(("ms", "pages"), min(runs), strict=True))


def figures(made: LargeCompany, companies: int) -> dict[str, dict[str, float]]:
    """The cost of each query of both pages."""
    with psycopg.connect(made.address.owner, autocommit=True) as conn:
        conn.execute("set search_path = changeover")
        for statement in _FILL.split(";\n")[:-1]:
            conn.execute(statement.encode(), {"company": made.company_id, "companies": companies})
        conn.execute("vacuum analyze")
        last = conn.execute(
            "select legacy_job_id from finding where company_id = %s and decision = 'legacy_only' "
            "order by legacy_job_id desc offset 60 limit 1",
            (made.company_id,),
        ).fetchone()
        page = {"company": made.company_id, "decision": "legacy_only", "rules": ["alone"], "size": 51}
        first, end = (-1, -1), ((last or [0])[0], 0)

        def group(after: tuple[int, int], find: str = "") -> dict[str, float]:
            at = {**page, "legacy_after": after[0], "ats_after": after[1], "pattern": like(find)}
            return cost(conn, matches.queries.review_group, at)

        anyone = {"state": "", "held_reading": False, "held": False, "to_review": False, "after": 0, "size": 51}
        return {
            "review: counts by cause": cost(conn, matches.queries.finding_groups, {"company": made.company_id}),
            "review: the first page": group(first),
            "review: the last page": group(end),
            "review: a search that finds many": group(first, "a"),
            "review: a search that finds nothing": group(first, "no such job"),
            "first page: companies by state": cost(conn, migrations.queries.by_state, {}),
            "first page: 50 companies": cost(conn, overview.queries.found, {**anyone, "pattern": ""}),
            "first page: no such name": cost(conn, overview.queries.found, {**anyone, "pattern": like("zzz")}),
            "first page: moves of a day": cost(conn, overview.queries.moved, {"since": "2020-01-01"}),
            "first page: events not delivered": cost(conn, webhooks.queries.given_up, {"size": 10}),
            "first page: open cases": cost(conn, support.queries.open_count, {}),
        }


def main() -> None:
    """Fill, measure, tell."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--jobs", type=int, default=100_000)
    asked.add_argument("--companies", type=int, default=10_000)
    said = asked.parse_args()
    with large_company(said.jobs // 2, durable=False) as made:
        told = figures(made, said.companies)
    for name, each in told.items():
        print(f"{name:<40} {each['ms']:>10.2f} ms {each['pages']:>9,.0f} pages")
    print(json.dumps(told))


if __name__ == "__main__":
    main()
