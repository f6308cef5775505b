-- Makes the history of a company that large_company.sql made a long one: :last revisions in a chain of hashes, of which
-- every five hundredth moves the feed, there and back, and every job closed once and opened again between two moves.
set session_replication_role = replica;
set synchronous_commit = off;
set search_path = changeover;

update company set revision = :last, flowed_revision = :last where company_id = :company;

with closed as (
  update job_open set to_revision = 600 + job_id / 4 % (:last / 500 - 2) * 500 + job_id / 4 % 300
  where company_id = :company and to_revision is null returning company_id, job_id, lane, to_revision)
insert into job_open (company_id, job_id, lane, from_revision)
select company_id, job_id, lane, to_revision + 1 from closed;

with closed as (
  update side set to_revision = 600 + job_id / 4 % (:last / 500 - 2) * 500 + job_id / 4 % 300
  where company_id = :company and to_revision is null returning company_id, posting_id, job_id, lane, to_revision)
insert into side (company_id, posting_id, lane, job_id, from_revision)
select company_id, posting_id, lane, job_id, to_revision + 1 from closed;

delete from revision where company_id = :company;

create temporary table told as
select :company::bigint as company_id, n::bigint as revision, timestamptz '2026-01-01' + n * interval '1 minute' as at,
  case when n % 1000 = 500 then 'cut_over' when n % 1000 = 0 then 'reverted' else 'reading_taken' end as kind,
  'bench' as who, 'What a person would read of it.' as why,
  case when n % 1000 >= 500 then 'ats' else 'legacy' end as feed,
  case when n % 1000 >= 500 then 'cut_over' else 'ready' end as state, '{}'::jsonb as detail, n::bigint as position
from generate_series(1, :last) n;

create unique index told_revision on told (revision);

analyze told;

insert into revision (company_id, revision, at, kind, who, why, feed, state, detail, position, hash)
with recursive chained as (
  select t.*, sha256(''::bytea || {said}) as hash from told t where t.revision = 1
  union all
  select t.*, sha256(c.hash || {said}) from chained c join told t on t.revision = c.revision + 1
)
select company_id, revision, at, kind, who, why, feed, state, detail, position, hash from chained;
