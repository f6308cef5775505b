-- Several sources of one lane: which job shows an opening that two of them tell.

-- name: has_beside(company, source, lane)
-- Whether another source of the lane may tell the same openings.
select exists (select from source where company_id = :company and source_id <> :source and lane = :lane
               and state <> 'off') as beside;

-- name: heirs(company, ids)
-- The jobs in the shadow of these, the source with the higher rank first.
select j.job_id, j.shadow_of, g.posting_id from job j
join job g on g.company_id = :company and g.job_id = j.shadow_of
join source s on s.company_id = :company and s.source_id = j.source_id
where j.company_id = :company and j.shadow_of = any(:ids) order by j.shadow_of, s.rank desc, j.job_id;

-- name: step_forward(company, ids, postings, revision)!
-- These show the opening from now on, each on the posting that it already has.
update job j set open = true, shadow_of = null, opened_revision = :revision, closed_revision = null,
  match_revision = :revision, posting_id = m.posting_id
from unnest(:ids::bigint[], :postings::bigint[]) as m (job_id, posting_id)
where j.company_id = :company and j.job_id = m.job_id;

-- name: step_back(company, ids, behind, revision)!
update job j set open = false, shadow_of = m.behind, match_revision = :revision
from unnest(:ids::bigint[], :behind::bigint[]) as m (job_id, behind)
where j.company_id = :company and j.job_id = m.job_id;

-- name: follow(company, old, new)!
-- What stood in the shadow of one stands in that of another.
update job j set shadow_of = m.new from unnest(:old::bigint[], :new::bigint[]) as m (old, new)
where j.company_id = :company and j.shadow_of = m.old and j.job_id <> m.new;

-- name: take_over_decisions(company, old, new)!
-- A person's word on an opening holds for whichever job shows it; the older row goes first, it is in the way of the new.
with gone as (
  delete from decision where company_id = :company and (legacy_job_id = any(:old) or ats_job_id = any(:old)) returning *
)
insert into decision (company_id, legacy_job_id, ats_job_id, verdict, who, decided_at, revision)
select g.company_id, coalesce(l.new, g.legacy_job_id), coalesce(a.new, g.ats_job_id), g.verdict, g.who, g.decided_at,
  g.revision
from gone g
left join unnest(:old::bigint[], :new::bigint[]) as l (old, new) on l.old = g.legacy_job_id
left join unnest(:old::bigint[], :new::bigint[]) as a (old, new) on a.old = g.ats_job_id
on conflict do nothing;

-- name: undecided(company)
select count(*) as jobs from job where company_id = :company and shadow_of = 0;

-- name: told(company, lane)
-- Every job of the lane that is open or undecided, as the matcher reads it, by the rank of its source.
select j.job_id::text as id, j.title, j.location, j.company_name as company, j.employer_job_id, j.requisition, j.url,
  j.workplace_type, t.extra ->> 'employment_types' as employment_types, t.extra ->> 'base_salary' as salary,
  j.posted_at::text as posted_at, left(t.description, 2000) as description, j.source_id,
  j.shadow_of is not null as undecided, j.posting_id, s.rank
from job j
join source s on s.company_id = :company and s.source_id = j.source_id
left join job_text t on t.company_id = :company and t.job_id = j.job_id
where j.company_id = :company and j.lane = :lane and (j.open or j.shadow_of = 0)
order by s.rank desc, j.source_id, j.job_id;

-- name: taken(company, lane)
-- Which jobs have a job of which source in their shadow.
select shadow_of, source_id from job where company_id = :company and lane = :lane and shadow_of > 0;

-- name: counts(company)
select source_id, count(*) as jobs from job where company_id = :company and shadow_of > 0 group by source_id;
