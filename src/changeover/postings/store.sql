-- Jobs, the postings they stand on, and the intervals of their history.

-- name: known_jobs(company, source)
-- A job in another's shadow is open in its source.
select source_job_id, job_id, digest, open or shadow_of is not null as open from job where company_id = :company and source_id = :source;

-- name: known_of(company, source, keys)
select source_job_id, job_id, digest, open or shadow_of is not null as open from job
where company_id = :company and source_id = :source and source_job_id = any(:keys);

-- name: known_of_push(company, keys)
-- Of the source that snapshot/store.sql's sources names first among those that push.
select source_job_id, job_id, digest, open or shadow_of is not null as open from job
where company_id = :company and source_job_id = any(:keys) and source_id = (
  select source_id from source where company_id = :company and kind = 'ats_push' and state = 'active'
  order by lane, rank desc, source_id limit 1);

-- name: told_anew(company, revision, employer)!
update job set told_revision = case when open then :revision else told_revision end,
  search = searched_by(title, concat_ws(' ', :employer::text, company_name), employer_job_id, location, workplace_type,
    posted_at)
where company_id = :company;

-- name: close_jobs(company, ids, revision, opened_by)
update job set open = false, shadow_of = null, closed_revision = :revision, match_revision = :revision
where company_id = :company and job_id = any(:ids) and (open or shadow_of is not null) and opened_revision <= :opened_by
returning job_id;

-- name: end_open(company, ids, revision)!
update job_open o set to_revision = :revision
from job j
where o.company_id = :company and o.job_id = any(:ids) and o.to_revision is null
  and j.company_id = :company and j.job_id = o.job_id and not (j.open and j.valid);

-- name: begin_open(company, ids, revision)!
insert into job_open (company_id, job_id, lane, from_revision)
select j.company_id, j.job_id, j.lane, :revision from job j
where j.company_id = :company and j.job_id = any(:ids) and j.open and j.valid
  and j.job_id not in (select job_id from job_open
                       where company_id = :company and job_id = any(:ids) and to_revision is null);

-- name: end_side(company, ids, revision)!
update side s set to_revision = :revision
from job j
where s.company_id = :company and s.job_id = any(:ids) and s.to_revision is null
  and j.company_id = :company and j.job_id = s.job_id
  and (not (j.open and j.valid) or j.posting_id <> s.posting_id);

-- name: begin_side(company, ids, revision)!
insert into side (company_id, posting_id, lane, job_id, from_revision)
select j.company_id, j.posting_id, j.lane, j.job_id, :revision from job j
where j.company_id = :company and j.job_id = any(:ids) and j.open and j.valid
  and j.job_id not in (select job_id from side
                       where company_id = :company and job_id = any(:ids) and to_revision is null);

-- name: pair_sides(company, legacy_ids, ats_ids)
select l.job_id as legacy_id, l.posting_id as legacy_posting, l.open and l.valid as legacy_up,
       a.job_id as ats_id, a.posting_id as ats_posting, a.open and a.valid as ats_up
from unnest(:legacy_ids::bigint[], :ats_ids::bigint[]) as w (legacy_id, ats_id)
join job l on l.company_id = :company and l.job_id = w.legacy_id and l.lane = 'legacy'
join job a on a.company_id = :company and a.job_id = w.ats_id and a.lane = 'ats';

-- name: revisions_public(company, postings)
-- How many of the company's revisions each posting was live at.
select s.posting_id,
  sum(least(s.to_revision, fed.until, c.revision) - greatest(s.from_revision, fed.since))::bigint as revisions
from company c
join side s on s.company_id = :company and s.posting_id = any(:postings)
join (
  select since, feed, lead(since) over (order by since) as until from (
    select 0 as since, 'legacy' as feed
    union all
    select revision, feed from revision
    where company_id = :company and kind in ('cut_over', 'resolved', 'reverted')) moves
) fed on fed.feed = s.lane and s.from_revision < coalesce(fed.until, c.revision)
     and coalesce(s.to_revision, c.revision) > fed.since
where c.company_id = :company
group by s.posting_id;

-- name: last_shown(company, postings)
-- The job that each posting showed last, and until which revision.
select distinct on (s.posting_id) s.posting_id, s.job_id,
  least(coalesce(s.to_revision, c.revision), coalesce(fed.until, c.revision)) as until
from company c
join side s on s.company_id = :company and s.posting_id = any(:postings)
join (
  select since, feed, lead(since) over (order by since) as until from (
    select 0 as since, 'legacy' as feed
    union all
    select revision, feed from revision
    where company_id = :company and kind in ('cut_over', 'resolved', 'reverted')) moves
) fed on fed.feed = s.lane and s.from_revision < coalesce(fed.until, c.revision)
     and coalesce(s.to_revision, c.revision) > fed.since
where c.company_id = :company
order by s.posting_id, until desc, s.from_revision desc;

-- name: dark(company, postings)
-- Of these postings those that show nothing, and the open jobs that stand there, the one of the feeding lane first.
select j.posting_id, array_agg(j.job_id order by j.lane = c.feed desc) as jobs
from job j join company c on c.company_id = :company
where j.company_id = :company and j.posting_id = any(:postings) and j.open
group by j.posting_id having not bool_or(j.valid and j.lane = c.feed);

-- name: former_postings(company, ids)
-- Postings that are aliases by now and were once a job's: made for it, or it stood there.
select origin_job_id as job_id, posting_id, true as own from posting
where company_id = :company and origin_job_id = any(:ids) and alias_of is not null
union
select s.job_id, s.posting_id, p.origin_job_id = s.job_id from side s
join posting p on p.company_id = :company and p.posting_id = s.posting_id
where s.company_id = :company and s.job_id = any(:ids) and p.alias_of is not null;

-- name: move_jobs(company, ids, postings, revision)!
update job j set posting_id = m.posting_id, match_revision = :revision
from unnest(:ids::bigint[], :postings::bigint[]) as m (job_id, posting_id)
where j.company_id = :company and j.job_id = m.job_id;

-- name: follow_aliases(company, old, new)!
-- What redirected to a posting that is itself merged now goes straight to the survivor.
update posting p set alias_of = m.new
from unnest(:old::bigint[], :new::bigint[]) as m (old, new)
where p.company_id = :company and p.alias_of = m.old;

-- name: make_aliases(company, old, new)!
update posting p set alias_of = m.new
from unnest(:old::bigint[], :new::bigint[]) as m (old, new)
where p.company_id = :company and p.posting_id = m.old;

-- name: restore_aliases(company, ids)!
update posting set alias_of = null where company_id = :company and posting_id = any(:ids);

-- name: lead_aliases(company, ids, targets)!
update posting p set alias_of = m.target from unnest(:ids::bigint[], :targets::bigint[]) as m (posting_id, target)
where p.company_id = :company and p.posting_id = m.posting_id;

-- name: on_aliases(company, ids)
select j.job_id from job j join posting p on p.company_id = :company and p.posting_id = j.posting_id
where j.company_id = :company and j.job_id = any(:ids) and p.alias_of is not null;

-- name: empty_postings(company, ids)
select posting_id from posting p where company_id = :company and posting_id = any(:ids) and alias_of is null
  and not exists (select from job j where j.company_id = :company and j.posting_id = p.posting_id and j.open);

-- name: own_postings(company, ids, job_ids, revision)!
insert into posting (company_id, posting_id, origin_job_id, created_revision)
select :company, m.posting_id, m.job_id, :revision from unnest(:ids::bigint[], :job_ids::bigint[]) as m (posting_id, job_id);

-- name: current_pairs(company)
select l.job_id as legacy_id, a.job_id as ats_id
from job l join job a on a.company_id = :company and a.posting_id = l.posting_id and a.lane = 'ats' and a.open
where l.company_id = :company and l.lane = 'legacy' and l.open;

-- name: job_by_source_id(company, lane, key)
select job_id, lane, source_job_id, title, location, posting_id, open, valid, employer_job_id from job
where company_id = :company and lane = :lane and (source_job_id = :key or job_id::text = :key)
order by open desc, job_id desc limit 2;

-- name: jobs_named(company, lane, keys)
-- The jobs of a side that their source calls so; of one name the open one comes first.
select j.source_job_id, j.job_id, j.open from source s
join job j on j.company_id = :company and j.source_id = s.source_id and j.source_job_id = any(:keys)
where s.company_id = :company and s.lane = :lane and j.lane = :lane order by j.open desc, j.job_id desc;

-- name: two_jobs(company, legacy, ats)
select l.posting_id = a.posting_id as together, l.open and a.open as both_open,
  l.title as legacy_title, a.title as ats_title
from job l join job a on a.company_id = :company and a.job_id = :ats and a.lane = 'ats'
where l.company_id = :company and l.job_id = :legacy and l.lane = 'legacy';

-- name: partners(company, ids)
select l.job_id as legacy_id, a.job_id as ats_id
from job l join job a on a.company_id = :company and a.posting_id = l.posting_id and a.lane = 'ats' and a.open
where l.company_id = :company and l.lane = 'legacy' and l.open and (l.job_id = any(:ids) or a.job_id = any(:ids));

-- name: set_valid(company, keys, flaw)
-- What a board decides of a pushed job, beside what its source says.
update job j set valid = :flaw = '', flaw = :flaw from source s
where s.company_id = :company and s.kind = 'ats_push' and s.state = 'active'
  and j.company_id = :company and j.source_id = s.source_id and j.source_job_id = any(:keys)
returning j.job_id;

-- name: pushed_posting(company, key)
select j.posting_id from job j join source s on s.company_id = :company and s.source_id = j.source_id
where j.company_id = :company and s.kind = 'ats_push' and s.state = 'active' and j.source_job_id = :key;
