-- All the SQL of matching: the jobs to pair, a person's decisions, and what was found.

-- name: open_jobs(company, lane)
select j.job_id::text as id, j.title, j.location, j.company_name as company, j.employer_job_id, j.requisition,
  j.url, j.workplace_type, t.extra ->> 'employment_types' as employment_types, t.extra ->> 'base_salary' as salary,
  j.posted_at::text as posted_at, left(t.description, 2000) as description,
  j.source_job_id as label
from job j left join job_text t on t.company_id = j.company_id and t.job_id = j.job_id
where j.company_id = :company and j.lane = :lane and j.open
order by j.job_id;

-- name: some_open_jobs(company, lane, ids)
select j.job_id::text as id, j.title, j.location, j.company_name as company, j.employer_job_id, j.requisition,
  j.url, j.workplace_type, t.extra ->> 'employment_types' as employment_types, t.extra ->> 'base_salary' as salary,
  j.posted_at::text as posted_at, left(t.description, 2000) as description,
  j.source_job_id as label
from job j left join job_text t on t.company_id = j.company_id and t.job_id = j.job_id
where j.company_id = :company and j.lane = :lane and j.open and j.job_id = any(:ids)
order by j.job_id;

-- name: matched(company)
select revision, state, legacy_whole, ats_whole, settled, method from matched where company_id = :company;

-- name: keep_matched(company, revision, state, legacy_whole, ats_whole, settled, method)!
insert into matched (company_id, revision, state, legacy_whole, ats_whole, settled, method)
values (:company, :revision, :state, :legacy_whole, :ats_whole, :settled, :method)
on conflict (company_id) do update set revision = excluded.revision, state = excluded.state,
  legacy_whole = excluded.legacy_whole, ats_whole = excluded.ats_whole, settled = excluded.settled,
  method = excluded.method
where matched.revision <= excluded.revision;

-- name: forget_matched(company)!
delete from matched where company_id = :company;

-- name: changed_jobs(company, since)
select job_id from job where company_id = :company and match_revision > :since;

-- name: unsettled_jobs(company)
select legacy_job_id, ats_job_id from finding where company_id = :company and not settled;

-- name: any_pending(company)
select 1 as pending from finding where company_id = :company and not settled and rule = 'pending' limit 1;

-- name: tied_to(company, ids, ties, id_ties)
-- What stands or falls with these jobs: the findings that they are in or that have something of theirs, the jobs that a
-- person confirmed as theirs, and those that share a posting with them.
select legacy_job_id, ats_job_id, settled from finding where company_id = :company and legacy_job_id = any(:ids)
union
select legacy_job_id, ats_job_id, settled from finding where company_id = :company and ats_job_id = any(:ids)
union
select legacy_job_id, ats_job_id, true from finding
where company_id = :company and settled and ties && :ties::bigint[]
union
select legacy_job_id, ats_job_id, false from finding
where company_id = :company and not settled and ties && :id_ties::bigint[]
union
select legacy_job_id, ats_job_id, null from decision
where company_id = :company and verdict = 'confirmed' and (legacy_job_id = any(:ids) or ats_job_id = any(:ids))
union
select l.job_id, a.job_id, null from job j
join job l on l.company_id = :company and l.posting_id = j.posting_id and l.lane = 'legacy' and l.open
join job a on a.company_id = :company and a.posting_id = j.posting_id and a.lane = 'ats' and a.open
where j.company_id = :company and j.job_id = any(:ids);

-- name: any_alike(company, ties)
select 1 as alike from finding where company_id = :company and not settled and ties && :ties::bigint[] limit 1;

-- name: findings_of(company, ids)
select legacy_job_id, ats_job_id, decision, score, rule, reason, code, fix, evidence::text as evidence, settled, ties, twins
from finding where company_id = :company and legacy_job_id = any(:ids)
union
select legacy_job_id, ats_job_id, decision, score, rule, reason, code, fix, evidence::text, settled, ties, twins
from finding where company_id = :company and ats_job_id = any(:ids);

-- name: reconsider(company, legacy, ats, revision)!
-- A person's word is about to change: these two jobs are matched anew, and those that a word tied to them.
update job set match_revision = :revision
where company_id = :company and job_id in (
  select unnest(array[:legacy, :ats]::bigint[])
  union select unnest(array[legacy_job_id, ats_job_id]) from decision
  where company_id = :company and (legacy_job_id = :legacy or ats_job_id = :ats));

-- name: group_jobs(company, twins)
-- The open jobs of a group that no text tells apart, with what they can be put in order by.
select j.job_id, j.lane, j.source_job_id, j.posted_at from job j
where j.company_id = :company and j.open and j.job_id in (
  select legacy_job_id from finding where company_id = :company and twins = :twins and decision = 'review'
  union select ats_job_id from finding where company_id = :company and twins = :twins and decision = 'review');

-- name: group_named(company, key)
-- The group in which a legacy job is, by its source's id or its own.
select distinct f.twins from finding f join job j on j.company_id = :company and j.job_id = f.legacy_job_id
where f.company_id = :company and f.twins <> 0 and (j.source_job_id = :key or j.job_id::text = :key);

-- name: reconsider_words(company, revisions, revision)!
-- As reconsider, for all words of some revisions at once.
update job set match_revision = :revision
where company_id = :company and job_id in (
  select unnest(array[o.legacy_job_id, o.ats_job_id]) from decision d
  join decision o on o.company_id = :company and (o.legacy_job_id = d.legacy_job_id or o.ats_job_id = d.ats_job_id)
  where d.company_id = :company and d.revision = any(:revisions));

-- name: undecide_words(company, revisions)!
delete from decision where company_id = :company and revision = any(:revisions);

-- name: decisions(company)
select legacy_job_id, ats_job_id, verdict, who, decided_at from decision where company_id = :company;

-- name: judged_pairs(company)
select legacy_job_id::text as legacy_id, ats_job_id::text as ats_id, verdict from decision where company_id = :company
order by legacy_job_id, ats_job_id;

-- name: judged_jobs(company)
-- What a person's words are learned from: the jobs they are about, and all that are open beside them.
select j.lane, j.job_id::text as id, j.title, j.location, j.company_name as company, j.employer_job_id, j.requisition,
  j.url, j.workplace_type, t.extra ->> 'employment_types' as employment_types, t.extra ->> 'base_salary' as salary,
  j.posted_at::text as posted_at, left(t.description, 2000) as description
from job j left join job_text t on t.company_id = j.company_id and t.job_id = j.job_id
where j.company_id = :company and (j.open
  or exists (select 1 from decision d where d.company_id = :company and d.legacy_job_id = j.job_id)
  or exists (select 1 from decision d where d.company_id = :company and d.ats_job_id = j.job_id))
order by j.job_id;

-- name: decisions_of(company, ids)
select legacy_job_id, ats_job_id, verdict, who, decided_at from decision
where company_id = :company and (legacy_job_id = any(:ids) or ats_job_id = any(:ids));

-- name: decide(company, legacy, ats, verdict, who, now, revision)!
insert into decision (company_id, legacy_job_id, ats_job_id, verdict, who, decided_at, revision)
values (:company, :legacy, :ats, :verdict, :who, :now, :revision)
on conflict (company_id, legacy_job_id, ats_job_id)
do update set verdict = excluded.verdict, who = excluded.who, decided_at = excluded.decided_at, revision = excluded.revision;

-- name: unconfirm(company, legacy, ats)!
-- A new confirmation of either job takes the place of an older one.
delete from decision where company_id = :company and verdict = 'confirmed'
  and (legacy_job_id = :legacy or ats_job_id = :ats) and not (legacy_job_id = :legacy and ats_job_id = :ats);

-- name: undecide(company, legacy, ats)!
delete from decision where company_id = :company and legacy_job_id = :legacy and ats_job_id = :ats;

-- name: findings(company)
select legacy_job_id, ats_job_id, decision, score, rule, reason, code, fix, evidence::text as evidence, settled, ties, twins
from finding where company_id = :company;

-- name: stage()!
create temporary table if not exists found (
  legacy_job_id bigint, ats_job_id bigint, decision text, score double precision, rule text, reason text,
  code text, fix text, evidence jsonb, settled boolean, ties bigint[], twins bigint
) on commit delete rows;

-- name: unstage()!
truncate found;

-- name: forget(company, legacy_ids, ats_ids)!
delete from finding f using unnest(:legacy_ids::bigint[], :ats_ids::bigint[]) as g (legacy_job_id, ats_job_id)
where f.company_id = :company and f.legacy_job_id = g.legacy_job_id and f.ats_job_id = g.ats_job_id;

-- name: forget_all(company)!
delete from finding where company_id = :company;

-- name: keep(company)!
insert into finding (company_id, legacy_job_id, ats_job_id, decision, score, rule, reason, code, fix, evidence, settled,
  ties, twins)
select :company, legacy_job_id, ats_job_id, decision, score, rule, reason, code, fix, evidence, settled, ties, twins from found
on conflict (company_id, legacy_job_id, ats_job_id) do update set decision = excluded.decision, score = excluded.score,
  rule = excluded.rule, reason = excluded.reason, code = excluded.code, fix = excluded.fix, evidence = excluded.evidence,
  settled = excluded.settled, ties = excluded.ties, twins = excluded.twins;

-- name: opened_revisions(company)
select j.job_id, j.opened_revision from job j
where j.company_id = :company and j.open
  and not exists (select 1 from job o where o.company_id = :company and o.posting_id = j.posting_id
                  and o.lane <> j.lane and o.open);

-- name: opened_revisions_of(company, ids)
select job_id, opened_revision from job where company_id = :company and job_id = any(:ids) and open;

-- name: closed_twins_of(company, ids)
-- Of these legacy jobs those that are open and whose ATS twin has closed.
select l.job_id as legacy_id, a.source_job_id as ats_key, r.at as closed_at
from job l
join job a on a.company_id = :company and a.posting_id = l.posting_id and a.lane = 'ats' and not a.open
left join revision r on r.company_id = :company and r.revision = a.closed_revision
where l.company_id = :company and l.lane = 'legacy' and l.open and l.job_id = any(:ids)
  and not exists (select 1 from job o where o.company_id = :company and o.posting_id = l.posting_id
                  and o.lane = 'ats' and o.open);

-- name: closed_twins(company)
-- Open legacy jobs whose ATS twin has closed.
select l.job_id as legacy_id, a.source_job_id as ats_key, r.at as closed_at
from job l
join job a on a.company_id = :company and a.posting_id = l.posting_id and a.lane = 'ats' and not a.open
left join revision r on r.company_id = :company and r.revision = a.closed_revision
where l.company_id = :company and l.lane = 'legacy' and l.open
  and not exists (select 1 from job o where o.company_id = :company and o.posting_id = l.posting_id
                  and o.lane = 'ats' and o.open);

-- name: review_rows(company, decisions, legacy_after, ats_after, size)
select f.legacy_job_id, f.ats_job_id, f.decision, f.score, f.rule, f.reason, f.code,
  -- People know an ATS job by the ATS's own id.
  replace(f.fix, 'ATS job ' || f.ats_job_id, 'ATS job ' || coalesce(a.source_job_id, '')) as fix, f.evidence,
  f.twins as twins_id, coalesce(t.source_job_id, '') as twins,
  l.source_job_id as legacy_id, l.title as legacy_title, l.location as legacy_location, l.company_name as legacy_company,
  l.employer_job_id as legacy_employer_job_id, l.url as legacy_url, l.posting_id as legacy_posting,
  l.valid as legacy_valid,
  a.source_job_id as ats_id, a.title as ats_title, a.location as ats_location, a.company_name as ats_company,
  a.employer_job_id as ats_employer_job_id, a.url as ats_url, a.posting_id as ats_posting, a.valid as ats_valid
from (
  -- The page first, then its jobs: a join over all of them would begin at the first job for every page.
  select company_id, legacy_job_id, ats_job_id, decision, score, rule, reason, code, fix, evidence, twins, settled,
    ties
  from finding where company_id = :company and decision = any(:decisions)
    and (legacy_job_id, ats_job_id) > (:legacy_after, :ats_after)
  order by legacy_job_id, ats_job_id limit :size
) f
left join job l on l.company_id = :company and l.job_id = f.legacy_job_id
left join job a on a.company_id = :company and a.job_id = f.ats_job_id
left join job t on t.company_id = :company and t.job_id = f.twins
order by f.legacy_job_id, f.ats_job_id;

-- name: review_group(company, decision, rules, pattern, legacy_after, ats_after, size)
-- One cause of the review page, or those of it with a job that is so called, placed or numbered; the page is found by the
-- index, so it costs the same however many there are. A search looks at jobs in that order until the page is full.
select f.legacy_job_id, f.ats_job_id, f.decision, f.score, f.rule, f.reason, f.code,
  -- People know an ATS job by the ATS's own id.
  replace(f.fix, 'ATS job ' || f.ats_job_id, 'ATS job ' || coalesce(a.source_job_id, '')) as fix, f.evidence,
  f.twins as twins_id, coalesce(t.source_job_id, '') as twins,
  l.source_job_id as legacy_id, l.title as legacy_title, l.location as legacy_location, l.company_name as legacy_company,
  l.employer_job_id as legacy_employer_job_id, l.url as legacy_url, l.posting_id as legacy_posting,
  l.valid as legacy_valid,
  a.source_job_id as ats_id, a.title as ats_title, a.location as ats_location, a.company_name as ats_company,
  a.employer_job_id as ats_employer_job_id, a.url as ats_url, a.posting_id as ats_posting, a.valid as ats_valid,
  d.verdict as said
from (
  select company_id, legacy_job_id, ats_job_id, decision, score, rule, reason, code, fix, evidence, twins, settled,
    ties
  from finding where company_id = :company and decision = :decision and rule = any(:rules)
    and (legacy_job_id, ats_job_id) > (:legacy_after, :ats_after)
    and (:pattern = '' or exists (
      select 1 from job w where w.company_id = :company and w.job_id in (finding.legacy_job_id, finding.ats_job_id)
        and (w.title ilike :pattern or w.location ilike :pattern or w.source_job_id ilike :pattern
          or w.employer_job_id ilike :pattern)))
  order by legacy_job_id, ats_job_id limit :size
) f
left join job l on l.company_id = :company and l.job_id = f.legacy_job_id
left join job a on a.company_id = :company and a.job_id = f.ats_job_id
left join job t on t.company_id = :company and t.job_id = f.twins
left join decision d on d.company_id = :company and d.legacy_job_id = f.legacy_job_id and d.ats_job_id = f.ats_job_id
order by f.legacy_job_id, f.ats_job_id;

-- name: invalid_twins(company, legacy_after, size)
-- Open legacy jobs whose ATS twin is open and cannot be posted.
select l.job_id as legacy_job_id, a.job_id as ats_job_id, l.source_job_id as legacy_id, l.title as legacy_title,
  l.location as legacy_location, l.employer_job_id as legacy_employer_job_id, l.url as legacy_url,
  l.posting_id as legacy_posting, a.source_job_id as ats_id, a.title as ats_title, a.location as ats_location,
  a.employer_job_id as ats_employer_job_id, a.url as ats_url, a.posting_id as ats_posting, a.flaw as ats_flaw
from job a
join job l on l.company_id = :company and l.posting_id = a.posting_id and l.lane = 'legacy' and l.open
where a.company_id = :company and a.lane = 'ats' and a.open and not a.valid and l.job_id > :legacy_after
order by l.job_id limit :size;

-- name: decided(company, size)
-- A person's newest words on pairs, with both jobs; those of one revision were said at once.
select d.legacy_job_id, d.ats_job_id, d.verdict, d.who, d.decided_at, d.revision, l.title as legacy_title,
  l.source_job_id as legacy_id, a.title as ats_title, a.source_job_id as ats_id
from decision d
join job l on l.company_id = :company and l.job_id = d.legacy_job_id
join job a on a.company_id = :company and a.job_id = d.ats_job_id
where d.company_id = :company order by d.revision desc, d.legacy_job_id limit :size;

-- name: words(company, before_revision, after_legacy, after_ats, size)
-- A page of a person's words on pairs, newest first; those of one revision by their jobs.
select d.legacy_job_id, d.ats_job_id, d.verdict, d.who, d.decided_at, d.revision, l.title as legacy_title,
  l.source_job_id as legacy_id, a.title as ats_title, a.source_job_id as ats_id
from decision d
join job l on l.company_id = :company and l.job_id = d.legacy_job_id
join job a on a.company_id = :company and a.job_id = d.ats_job_id
where d.company_id = :company and (d.revision < :before_revision
  or d.revision = :before_revision and (d.legacy_job_id, d.ats_job_id) > (:after_legacy, :after_ats))
order by d.revision desc, d.legacy_job_id, d.ats_job_id limit :size;

-- name: finding_groups(company)
-- How many jobs there are of each cause. A lone job has one finding; one with several suggestions is counted once.
select decision, rule, count(*) as jobs from finding
where company_id = :company and decision in ('legacy_only', 'ats_only') group by decision, rule
union all
select decision, rule, count(distinct legacy_job_id) from finding
where company_id = :company and decision = 'review' group by decision, rule;

-- name: finding_counts(company)
select decision, count(*) as rows from finding where company_id = :company group by decision;
