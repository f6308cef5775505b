-- All the SQL of sunsets: announced ends of old sources, whom the board writes to, and vendors that have launched.

-- name: announce(company, sunset, source, ends, why, now, who)!
insert into sunset (company_id, sunset_id, source_id, ends_at, why, announced_at, announced_by, look_at)
values (:company, :sunset, :source, :ends, :why, :now, :who, :ends);

-- name: withdraw(company, sunset, now)!
update sunset set withdrawn_at = :now, look_at = null where company_id = :company and sunset_id = :sunset;

-- name: read_again(company, source, now)!
-- A source that was stopped at once, and is not to end after all.
update source set state = 'active', revoked_at = null, next_read_at = case when kind = 'ats_push' then null else :now::timestamptz end
where company_id = :company and source_id = :source and state = 'revoked';

-- name: announced(company)
select t.sunset_id, t.source_id, t.ends_at, t.why, t.announced_at, t.announced_by, t.ended_at, t.look_at, t.settled_at,
  s.location, s.kind, s.state
from sunset t join source s on s.company_id = :company and s.source_id = t.source_id
where t.company_id = :company and t.withdrawn_at is null order by t.ends_at, t.sunset_id;

-- name: sunset(company, sunset)
select t.sunset_id, t.source_id, t.ends_at, t.why, t.announced_at, t.announced_by, t.ended_at, t.look_at, t.settled_at,
  s.location, s.kind, s.state
from sunset t join source s on s.company_id = :company and s.source_id = t.source_id
where t.company_id = :company and t.sunset_id = :sunset and t.withdrawn_at is null;

-- name: feeds_on(company, by, but)
-- Old sources that go on feeding after this day, but one: neither revoked nor announced to end by it.
select s.source_id from source s where s.company_id = :company and s.lane = 'legacy' and s.state <> 'off'
  and s.source_id <> :but
  and not exists (select from sunset t where t.company_id = :company and t.source_id = s.source_id
                  and t.withdrawn_at is null and t.ends_at <= :by)
  and (s.state = 'active' or exists (select from sunset t where t.company_id = :company and t.source_id = s.source_id
                                     and t.withdrawn_at is null));

-- name: fates(company, sources, size)
-- What these sources show, and what keeps it on the board: an ATS job on its posting, or another source's job behind it.
select j.job_id, j.posting_id, j.source_job_id, j.employer_job_id, j.title, j.location,
  exists (select from job a where a.company_id = :company and a.posting_id = j.posting_id and a.lane = 'ats' and a.open
          and a.valid) as twin,
  exists (select from job h where h.company_id = :company and h.shadow_of = j.job_id
          and h.source_id <> all(:sources::bigint[])) as heir
from job j where j.company_id = :company and j.source_id = any(:sources) and j.open and j.valid
order by twin, heir, j.title, j.job_id limit :size;

-- name: fate_counts(company, sources)
select count(*) filter (where not twin and not heir) as alone, count(*) filter (where twin and not heir) as twins,
  count(*) filter (where heir) as heirs
from (
  select
    exists (select from job a where a.company_id = :company and a.posting_id = j.posting_id and a.lane = 'ats' and a.open
            and a.valid) as twin,
    exists (select from job h where h.company_id = :company and h.shadow_of = j.job_id
            and h.source_id <> all(:sources::bigint[])) as heir
  from job j where j.company_id = :company and j.source_id = any(:sources) and j.open and j.valid
) fates;

-- name: ats_only(company)
-- Jobs that a move to the ATS would open.
select count(*) as jobs from job a where a.company_id = :company and a.lane = 'ats' and a.open and a.valid
  and not exists (select from job j where j.company_id = :company and j.posting_id = a.posting_id and j.lane = 'legacy'
                  and j.open and j.valid);

-- name: open_jobs(company, sources)
select job_id from job where company_id = :company and source_id = any(:sources) and (open or shadow_of is not null);

-- name: lone_jobs(company, sources)
-- Those of a source that has ended which nothing keeps on the board, and those that another source shows.
select j.job_id from job j
where j.company_id = :company and j.source_id = any(:sources) and (
  j.shadow_of is not null
  or j.open and (
    not exists (select from job a where a.company_id = :company and a.posting_id = j.posting_id and a.lane = 'ats'
                and a.open and a.valid)
    or exists (select from job h where h.company_id = :company and h.shadow_of = j.job_id
               and h.source_id <> all(:sources::bigint[]))));

-- name: any_open(company, source)
select 1 from job where company_id = :company and source_id = :source and (open or shadow_of is not null) limit 1;

-- name: ended(company, sunset, ended, look, settled)!
update sunset set ended_at = :ended, look_at = :look, settled_at = :settled
where company_id = :company and sunset_id = :sunset;

-- name: not_whole(company, source)!
-- What a source told that has ended is not what is open of it any more.
update source set whole_now = false, held_reading_id = null where company_id = :company and source_id = :source;

-- name: contacts(company)
select email, name, added_at from company_contact where company_id = :company order by email;

-- name: add_contact(company, email, name, now)!
insert into company_contact (company_id, email, name, added_at) values (:company, :email, :name, :now)
on conflict (company_id, email) do update set name = excluded.name;

-- name: drop_contact(company, email)!
delete from company_contact where company_id = :company and email = :email;

-- name: launched(company, now)
-- Operator's view: the vendor whose launch closed old sources to this company, which is its customer by an integration
-- that the employer agreed to, or by the name of its ATS.
select v.name, v.launched_at from wire_application v
where v.kind = 'parent' and v.launched_at <= :now and (
  exists (select from wire_integration i where i.company_id = :company and i.vendor_id = v.company_id
          and i.state = 'enabled')
  or exists (select from company c where c.company_id = :company and c.ats <> '' and lower(c.ats) = lower(v.name)))
order by v.launched_at limit 1;

-- name: launch(company, at)
update wire_application set launched_at = :at where company_id = :company and kind = 'parent' returning name;
