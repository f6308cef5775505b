-- Jobs as their source tells them, written: those that are new, and those that are told again.

-- name: by_index()
-- For this transaction: each statement and each check between tables is planned once and kept, always by an index.
-- Planning each check of each row took half of a push. Kept only from 256 kB of jobs on: of fewer rows the planner
-- takes one index of a company for as good as another, and would find each job by walking through all of its company's.
select set_config('plan_cache_mode', case when pg_relation_size('job') < 262144 then 'force_custom_plan'
  else 'force_generic_plan' end, true), set_config('enable_seqscan', 'off', true);

-- name: by_size()
-- For the rest of this transaction: as connections begin (database/connection.py), for as many rows as there are.
select set_config('plan_cache_mode', 'force_custom_plan', true), set_config('enable_seqscan', 'on', true);

-- name: new_jobs(company, source, lane, revision, employer, beside, keys, job_ids, posting_ids, valid, flaws, titles, locations, companies, numbers, requisitions, urls, apply_urls, workplaces, posted, digests, descriptions, extras)!
-- Jobs that the source has not told before: each with its posting, its text and the beginning of its history. Where
-- another source is ``beside`` they are undecided, and begin when that is.
with told as materialized (
  select * from unnest(:keys::text[], :job_ids::bigint[], :posting_ids::bigint[], :valid::boolean[], :flaws::text[],
    :titles::text[], :locations::text[], :companies::text[], :numbers::text[], :requisitions::text[], :urls::text[],
    :apply_urls::text[], :workplaces::text[], :posted::timestamptz[], :digests::bytea[])
    as t (key, job_id, posting_id, valid, flaw, title, location, company, number, requisition, url, apply_url, workplace,
      posted, digest)
), stood as (
  insert into posting (company_id, posting_id, origin_job_id, created_revision)
  select :company, posting_id, job_id, :revision from told
), kept as (
  insert into job (company_id, job_id, lane, source_id, source_job_id, posting_id, open, shadow_of, valid, flaw,
    opened_revision, title, location, company_name, employer_job_id, requisition, url, apply_url, workplace_type,
    posted_at, digest, search, match_revision)
  select :company, job_id, :lane, :source, key, posting_id, not :beside, case when :beside then 0 end, valid, flaw,
    :revision, title, location, company, number, requisition, url, apply_url, workplace, posted, digest,
    searched_by(title, concat_ws(' ', :employer::text, company), number, location, workplace, posted), :revision
  from told
), texts as (
  insert into job_text (company_id, job_id, description, extra)
  select :company, unnest(:job_ids::bigint[]), unnest(:descriptions::text[]), unnest(:extras::jsonb[])
), opened as (
  insert into job_open (company_id, job_id, lane, from_revision)
  select :company, job_id, :lane, :revision from told where valid and not :beside
)
insert into side (company_id, posting_id, lane, job_id, from_revision)
select :company, posting_id, :lane, job_id, :revision from told where valid and not :beside;

-- name: told_again(company, source, revision, employer, keys, posting_ids, valid, flaws, titles, locations, companies, numbers, requisitions, urls, apply_urls, workplaces, posted, digests, descriptions, extras)
-- Known jobs, as the source tells them now. One that is open stays where it stands; one that is not opens again on the
-- posting that is given for it, and is left alone where none is. ``turned``: whether its history ends or begins here.
with told as materialized (
  select * from unnest(:keys::text[], :posting_ids::bigint[], :valid::boolean[], :flaws::text[], :titles::text[],
    :locations::text[], :companies::text[], :numbers::text[], :requisitions::text[], :urls::text[], :apply_urls::text[],
    :workplaces::text[], :posted::timestamptz[], :digests::bytea[], :descriptions::text[], :extras::jsonb[])
    as t (key, posting_id, valid, flaw, title, location, company, number, requisition, url, apply_url, workplace, posted,
      digest, description, extra)
), again as (
  update job j set posting_id = case when was.open then j.posting_id else i.posting_id end, valid = i.valid,
    flaw = i.flaw, title = i.title, location = i.location, company_name = i.company, employer_job_id = i.number,
    requisition = i.requisition, url = i.url, apply_url = i.apply_url, workplace_type = i.workplace,
    posted_at = i.posted, digest = i.digest,
    search = case when (j.title, j.company_name, j.employer_job_id, j.location, j.workplace_type, j.posted_at)
        is not distinct from (i.title, i.company, i.number, i.location, i.workplace, i.posted) then j.search
      else searched_by(i.title, concat_ws(' ', :employer::text, i.company), i.number, i.location, i.workplace, i.posted) end,
    opened_revision = case when was.open then j.opened_revision else :revision end, open = true, closed_revision = null,
    shadow_of = null, told_revision = :revision, match_revision = :revision
  from told i cross join lateral (
    -- One look into the index for each, which the limit keeps so: joined whole, a batch would cost a pass over all jobs.
    select job_id, open, valid from job
    where company_id = :company and source_id = :source and source_job_id = i.key limit 1) was
  where j.company_id = :company and j.job_id = was.job_id and (was.open or i.posting_id is not null)
  returning j.job_id, i.key, i.description, i.extra, was.valid <> i.valid or not was.open as turned
), texts as (
  insert into job_text (company_id, job_id, description, extra)
  select :company, job_id, description, extra from again
  on conflict (company_id, job_id) do update set description = excluded.description, extra = excluded.extra
)
select job_id, key, turned from again;

-- name: places(company, source, keys)
-- Jobs that are to open again, and the posting of each that it had, null where that is an alias by now. ``free``: no
-- other job of the lane stands there.
select j.source_job_id as key, j.job_id, case when p.alias_of is null then j.posting_id end as posting_id,
  not exists (select 1 from job o where o.company_id = :company and o.posting_id = j.posting_id
              and o.lane = j.lane and o.open) as free
from job j join posting p on p.company_id = :company and p.posting_id = j.posting_id
where j.company_id = :company and j.source_id = :source and j.source_job_id = any(:keys);

-- name: put_beside(company, ids, revision)!
-- What has just been written as open, and what stood in the shadow of it, is undecided.
update job set open = false, shadow_of = 0, match_revision = :revision
where company_id = :company and (open or shadow_of is not null)
  and (job_id = any(:ids) and opened_revision = :revision or shadow_of = any(:ids));
