-- Consolidated feeds: the employers' names in them, and whom their jobs are handed to.

-- name: names(company, source)
select key, name, handed_to, said_by, jobs, seen_at from employer_name
where company_id = :company and source_id = :source
order by (handed_to is not null), (said_by <> ''), jobs desc, (key = ''), key;

-- name: note(company, source, keys, names, jobs, handed, who, now)!
-- What the newest reading told of each name. A person's word stays; a name that nobody has spoken of may be settled.
insert into employer_name (company_id, source_id, key, name, handed_to, said_by, jobs, seen_at)
select :company, :source, n.key, n.name, n.handed_to, case when n.handed_to is null then '' else :who end, n.jobs, :now
from unnest(:keys::text[], :names::text[], :jobs::int[], :handed::bigint[]) as n (key, name, jobs, handed_to)
on conflict (company_id, source_id, key) do update set name = excluded.name, jobs = excluded.jobs,
  seen_at = excluded.seen_at,
  handed_to = case when employer_name.said_by = '' then excluded.handed_to else employer_name.handed_to end,
  said_by = case when employer_name.said_by = '' then excluded.said_by else employer_name.said_by end;

-- name: told_no_more(company, source, keys)!
update employer_name set jobs = 0 where company_id = :company and source_id = :source and jobs > 0
  and not key = any(:keys);

-- name: hand(company, source, key, handed_to, who)
update employer_name set handed_to = :handed_to, said_by = :who
where company_id = :company and source_id = :source and key = :key returning name;

-- name: open_under(company, source)
-- The open jobs of a part of a feed, and the name that each stands under.
select job_id, company_name from job where company_id = :company and source_id = :source and open;

-- name: companies_called(keys)
-- Operator's view. Companies of these names; a name that several have is nobody's.
select lower(name) as key, min(company_id) as company_id from company where lower(name) = any(:keys)
group by lower(name) having count(*) = 1;
