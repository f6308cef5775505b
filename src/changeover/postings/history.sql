-- A company's recorded history, and where the jobs as they stand differ from its end.

-- name: bounds(company, since, until)
-- The revisions that were made between two moments. Clocks may jump: by number from the first to the last of them.
select min(revision) as first, max(revision) as last from revision
where company_id = :company and at >= coalesce(:since::timestamptz, '-infinity')
  and at < coalesce(:until::timestamptz, 'infinity');

-- name: steps(company, first, last)
select revision, feed, kind from revision where company_id = :company and revision between :first and :last
order by revision;

-- name: open_intervals(company, first, last)
select job_id, lane, from_revision, to_revision from job_open
where company_id = :company and from_revision <= :last and (to_revision is null or to_revision >= :first);

-- name: side_intervals(company, first, last)
select job_id, lane, from_revision, to_revision, posting_id from side
where company_id = :company and from_revision <= :last and (to_revision is null or to_revision >= :first);

-- name: agreed(company)
select revision, posting_id from agreed_closing where company_id = :company;

-- name: aliases(company)
select posting_id, alias_of from posting where company_id = :company and alias_of is not null;

-- name: differs(company)
-- Jobs that are open otherwise than the intervals say that have not ended: where each stands, where it is said to.
select job_id, j.posting_id as stands, s.posting_id as said, o.job_id is not null as opened, coalesce(j.feeds, false)
from (select j.job_id, j.posting_id, j.lane = c.feed as feeds from job j join company c using (company_id)
      where company_id = :company and open and valid) j
full join (select job_id, posting_id from side where company_id = :company and to_revision is null) s using (job_id)
full join (select job_id from job_open where company_id = :company and to_revision is null) o using (job_id)
where j.posting_id is distinct from s.posting_id or (o.job_id is null) <> (j.job_id is null)
order by job_id limit 100;

-- name: posting_now(company, posting)
-- A posting as it stands, with what it shows if it is live.
select p.posting_id, p.alias_of, l.job_id is not null as live, l.lane, l.employer, l.title, l.location, l.description,
  l.employer_job_id, l.url, l.apply_url, l.workplace_type, l.posted_at
from posting p left join live l on l.company_id = :company and l.posting_id = p.posting_id
where p.company_id = :company and p.posting_id = :posting;

-- name: sides_now(company, posting)
select lane, job_id, source_id, source_job_id, title, location, employer_job_id, open, valid, flaw from job
where company_id = :company and posting_id = :posting order by open desc, lane, job_id desc limit 20;

-- name: shown(company, posting, after, size)
-- From which revision to which a posting was live, and which job it showed: its sides while their lane fed.
select greatest(s.from_revision, fed.since) as from_revision, b.at as from_at, b.kind as from_kind,
  least(s.to_revision, fed.until) as to_revision, e.at as to_at, e.kind as to_kind, s.lane, s.job_id, j.source_job_id,
  j.title
from side s
join (
  select since, feed, lead(since) over (order by since) as until from (
    select 0 as since, 'legacy' as feed
    union all
    select revision, feed from revision
    where company_id = :company and kind in ('cut_over', 'resolved', 'reverted')) moves
) fed on fed.feed = s.lane and s.from_revision < coalesce(fed.until, s.from_revision + 1)
     and coalesce(s.to_revision, fed.since + 1) > fed.since
join job j on j.company_id = :company and j.job_id = s.job_id
left join revision b on b.company_id = :company and b.revision = greatest(s.from_revision, fed.since)
left join revision e on e.company_id = :company and e.revision = least(s.to_revision, fed.until)
where s.company_id = :company and s.posting_id = :posting and greatest(s.from_revision, fed.since) > :after
order by 1 limit :size;
