-- A company's recorded history, and where the jobs as they stand differ from its end.

-- name: steps(company)
select revision, feed, kind from revision where company_id = :company order by revision;

-- name: open_intervals(company)
select job_id, lane, from_revision, to_revision from job_open where company_id = :company;

-- name: side_intervals(company)
select job_id, lane, from_revision, to_revision, posting_id from side where company_id = :company;

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
