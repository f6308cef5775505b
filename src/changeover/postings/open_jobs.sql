-- The jobs of one source that stand, as they are compared with a reading too large to hold.

-- name: any_open(company, source)
-- A job in another's shadow is open in its source.
select exists (
  select 1 from job where company_id = :company and source_id = :source and (open or shadow_of is not null)) as any_open;

-- name: any_changed(company, revision)
-- Whether a job of the company was told differently, opened or closed after a revision: one look at the end of an index.
-- Asked of one source alone, where there are no statistics as after a first reading, it was a walk through all its jobs.
select coalesce(max(match_revision), 0) > :revision as any_changed from job where company_id = :company;

-- name: open_digests(company, source, after, size)
-- Packed into one value: as rows, a million of them cost the program more than reading the feed did.
select string_agg(int8send(job_id) || substring(digest, 1, 8), ''::bytea order by job_id) as packed, max(job_id) as last
from (select job_id, digest from job
      where company_id = :company and source_id = :source and job_id > :after and (open or shadow_of is not null)
      order by job_id limit :size) page;

-- name: jobs_told(company, ids)
-- Jobs as their source told them.
select j.job_id, j.source_job_id, j.title, j.location, j.company_name, j.employer_job_id, j.requisition, j.url,
  j.apply_url, j.workplace_type, j.posted_at, t.description, t.extra
from job j join job_text t using (company_id, job_id)
where j.company_id = :company and j.job_id = any(:ids);

-- name: outlines(company, ids)
-- What an outline counts of jobs, without fetching their texts.
select j.title, j.location <> '' as located, octet_length(t.description) > 0 as described
from job j join job_text t using (company_id, job_id)
where j.company_id = :company and j.job_id = any(:ids);
