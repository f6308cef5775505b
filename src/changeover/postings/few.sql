-- A few jobs written at once, without a table between: what a push is made of.

-- name: by_index()
-- For this transaction: each statement and each check between tables is planned once and kept, always by an index.
-- Planning each check of each row took half of a push. Kept only from 256 kB of jobs on: of fewer rows the planner
-- takes one index of a company for as good as another, and would find each job by walking through all of its company's.
select set_config('plan_cache_mode', case when pg_relation_size('job') < 262144 then 'force_custom_plan'
  else 'force_generic_plan' end, true), set_config('enable_seqscan', 'off', true);

-- name: by_size()
-- For the rest of this transaction: as connections begin (database/connection.py), for many rows after all.
select set_config('plan_cache_mode', 'force_custom_plan', true), set_config('enable_seqscan', 'on', true);

-- name: new_jobs(company, source, lane, revision, employer, rows)!
-- Jobs that the source has not told before: each with its posting, its text and the beginning of its history.
with told as materialized (
  select * from json_to_recordset(:rows::json) as t (id text, job_id bigint, posting_id bigint, valid boolean, flaw text,
    title text, location text, company text, employer_job_id text, requisition text, url text, apply_url text,
    workplace_type text, posted_at timestamptz, digest bytea, description text, extra jsonb)
), stood as (
  insert into posting (company_id, posting_id, origin_job_id, created_revision)
  select :company, posting_id, job_id, :revision from told
), kept as (
  insert into job (company_id, job_id, lane, source_id, source_job_id, posting_id, open, valid, flaw, opened_revision,
    title, location, company_name, employer_job_id, requisition, url, apply_url, workplace_type, posted_at, digest,
    search, match_revision)
  select :company, job_id, :lane, :source, id, posting_id, true, valid, flaw, :revision, title, location, company,
    employer_job_id, requisition, url, apply_url, workplace_type, posted_at, digest,
    searched_by(title, concat_ws(' ', :employer::text, company), employer_job_id, location, workplace_type, posted_at),
    :revision
  from told
), texts as (
  insert into job_text (company_id, job_id, description, extra)
  select :company, job_id, description, extra from told
), opened as (
  insert into job_open (company_id, job_id, lane, from_revision)
  select :company, job_id, :lane, :revision from told where valid
)
insert into side (company_id, posting_id, lane, job_id, from_revision)
select :company, posting_id, :lane, job_id, :revision from told where valid;

-- name: told_again(company, source, revision, employer, rows)
-- Jobs that are open, as the source tells them now; ``turned`` where that one may be posted has changed. Those that are
-- not open are left alone: their place has to be found.
with told as materialized (
  select * from json_to_recordset(:rows::json) as t (id text, valid boolean, flaw text, title text, location text,
    company text, employer_job_id text, requisition text, url text, apply_url text, workplace_type text,
    posted_at timestamptz, digest bytea, description text, extra jsonb)
), again as (
  update job j set valid = i.valid, flaw = i.flaw, title = i.title, location = i.location, company_name = i.company,
    employer_job_id = i.employer_job_id, requisition = i.requisition, url = i.url, apply_url = i.apply_url,
    workplace_type = i.workplace_type, posted_at = i.posted_at, digest = i.digest,
    search = searched_by(i.title, concat_ws(' ', :employer::text, i.company), i.employer_job_id, i.location,
      i.workplace_type, i.posted_at),
    told_revision = :revision, match_revision = :revision
  from told i join job was on was.company_id = :company and was.source_id = :source and was.source_job_id = i.id
  where j.company_id = :company and j.job_id = was.job_id and was.open
  returning j.job_id, i.id, i.description, i.extra, was.valid <> i.valid as turned
), texts as (
  insert into job_text (company_id, job_id, description, extra)
  select :company, job_id, description, extra from again
  on conflict (company_id, job_id) do update set description = excluded.description, extra = excluded.extra
)
select job_id, id, turned from again;
