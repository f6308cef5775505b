-- What is live, read through the one definition (the view `live`, or `public_posting` for the board).

-- name: of_company(company, before, size)
-- A company's newest postings, paged by an immutable key.
select company_id, posting_id, employer, title, location, workplace_type, posted_at, employer_job_id
from public_posting where company_id = :company and posting_id < :before order by posting_id desc limit :size;

-- name: posting(company, posting)
-- With whether it is applied for here, and promoted.
select company_id, posting_id, employer, title, location, company_name, employer_job_id, description, url, apply_url,
  workplace_type, posted_at, extra,
  exists (select from public_apply a where a.company_id = :company and a.posting_id = :posting) as apply_here,
  exists (select from public_promoted w where w.company_id = :company and w.posting_id = :posting) as promoted
from public_posting where company_id = :company and posting_id = :posting;

-- name: known_as(company, posting)
-- A posting that is not live: what it redirects to, if it was merged. No row: there never was one.
select posting_id, alias_of from public_alias where company_id = :company and posting_id = :posting;

-- name: rehearse(company)
-- The difference of the view under the two values of the feed: a side that only one of them shows.
-- leaves: live now, gone after a flip; else not live now and live after a flip.
select j.posting_id, j.lane = c.feed as leaves, j.job_id, j.title, j.location, j.employer_job_id, j.source_job_id
from (
  select posting_id from job where company_id = :company and open and valid group by posting_id having count(*) = 1
) lone
join company c on c.company_id = :company
join job j on j.company_id = :company and j.posting_id = lone.posting_id and j.open and j.valid
order by leaves desc, j.posting_id;

-- name: kept(company)
-- How many postings both feeds show: they change what they say, never whether they are there.
select count(*) as kept from (
  select 1 from job where company_id = :company and open and valid group by posting_id having count(*) = 2
) both_sides;

-- name: reworded(company, after, size)
-- Of the postings that both feeds show: those that would say another title or place, and both.
select l.posting_id, l.title as legacy_title, l.location as legacy_location, a.title as ats_title, a.location as ats_location
from job l
join job a on a.company_id = :company and a.posting_id = l.posting_id and a.lane = 'ats' and a.open and a.valid
where l.company_id = :company and l.lane = 'legacy' and l.open and l.valid and l.posting_id > :after
  and (l.title, l.location) is distinct from (a.title, a.location)
order by l.posting_id limit :size;
