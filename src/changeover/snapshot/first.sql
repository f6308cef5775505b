-- The snapshot of a source's first large reading, kept before its jobs are written.

-- name: keep_part(company, source, number, part, jobs)!
insert into first_part (company_id, source_id, number, part, jobs) values (:company, :source, :number, :part, :jobs)
on conflict (company_id, source_id, number, part) do update set jobs = excluded.jobs;

-- name: keep(company, source, number, began, began_revision, told)!
insert into first_snapshot (company_id, source_id, number, began_at, began_revision, told)
values (:company, :source, :number, :began, :began_revision, :told);

-- name: left_to_write(company, source, since, stamp)
-- The newest whole snapshot that is younger than ``since`` and than the reading that was settled last, and was read as
-- the source is read now.
select f.number, f.began_at, f.began_revision, f.told
from first_snapshot f join source s on s.company_id = :company and s.source_id = f.source_id
where f.company_id = :company and f.source_id = :source and f.number > s.settled and f.began_at > :since
  and f.told ->> 'stamp' = :stamp
order by f.number desc limit 1;

-- name: parts(company, source, number)
select part, jobs from first_part where company_id = :company and source_id = :source and number = :number order by part;
