-- How many jobs each source told, over time.

-- name: counts(company, bounds)
-- For each source and each bound (ids made by then) its newest reading before it: a few rows of an index each.
select s.source_id, b.number, r.began_at as at, r.jobs, r.verdict
from source s
cross join unnest(:bounds::bigint[]) with ordinality as b (bound, number)
cross join lateral (
  select began_at, jobs, verdict from reading
  where company_id = :company and source_id = s.source_id and reading_id < b.bound
  order by reading_id desc limit 1
) r
where s.company_id = :company
order by s.source_id, b.number;
