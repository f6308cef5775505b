-- All the SQL of dry runs: what was asked, how far it is, what was found.

-- name: add(company, dry_run, legacy, ats, name, who, now)!
insert into dry_run (company_id, dry_run_id, legacy, ats, name, who, created_at)
values (:company, :dry_run, :legacy, :ats, :name, :who, :now);

-- name: one(company, dry_run)
select dry_run_id, legacy, ats, name, who, created_at, state, progress, found, matched, made
from dry_run where company_id = :company and dry_run_id = :dry_run;

-- name: newest(company, size)
select dry_run_id, legacy, ats, name, who, created_at, state, progress, '{}'::jsonb as found, null as matched, made
from dry_run where company_id = :company order by dry_run_id desc limit :size;

-- name: tell(company, dry_run, state, progress, found, matched)!
update dry_run set state = :state, progress = :progress, found = :found, matched = :matched
where company_id = :company and dry_run_id = :dry_run;

-- name: progress(company, dry_run, progress)!
update dry_run set progress = :progress where company_id = :company and dry_run_id = :dry_run;

-- name: notify(channel, told)
select pg_notify(:channel, :told);

-- name: made(company, dry_run, made)
-- The company that was made of it: the first press wins, a second is told the same company.
update dry_run set made = coalesce(made, :made) where company_id = :company and dry_run_id = :dry_run returning made;

-- name: forget(company, before)!
delete from dry_run where company_id = :company and created_at < :before;
