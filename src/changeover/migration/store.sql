-- All the SQL of migrations: a company's row, its state, and what readiness needs to know.

-- name: company(company)
select company_id, name, ats, state, feed, held, held_by, held_why, ats_only_holds, none_live_confirmed, revision,
  flowed_revision, counts, blockers, activated_at, cut_over_at, way_back_until, resolve_digest, resolve_by,
  resolve_at, created_at, free_applicants, notices, retention_days, apply_here
from company where company_id = :company;

-- name: companies(after, size)
-- Operator's view.
select company_id, name, ats, state, feed, held, held_by, held_why, ats_only_holds, none_live_confirmed, revision,
  flowed_revision, counts, blockers, activated_at, cut_over_at, way_back_until, resolve_digest, resolve_by,
  resolve_at, created_at, free_applicants, notices, retention_days, apply_here
from company where company_id > :after order by company_id limit :size;

-- name: companies_of(ids)
-- Operator's view.
select company_id, name, ats, state, feed, held, held_by, held_why, ats_only_holds, none_live_confirmed, revision,
  flowed_revision, counts, blockers, activated_at, cut_over_at, way_back_until, resolve_digest, resolve_by,
  resolve_at, created_at, free_applicants, notices, retention_days, apply_here
from company where company_id = any(:ids);

-- name: companies_in(state, after, size)
-- Operator's view.
select company_id, name, ats, state, feed, held, held_by, held_why, ats_only_holds, none_live_confirmed, revision,
  flowed_revision, counts, blockers, activated_at, cut_over_at, way_back_until, resolve_digest, resolve_by,
  resolve_at, created_at, free_applicants, notices, retention_days, apply_here
from company where state = :state and company_id > :after order by company_id limit :size;

-- name: by_state()
-- Operator's view: how many companies there are in each state, and of how many the cut-over is held.
select state, count(*) as companies, count(*) filter (where held) as held from company group by state;

-- name: waiting_resolves(size)
-- Operator's view: companies whose employer has said resolve, and which still wait for a source.
select company_id, name, ats, state, feed, held, held_by, held_why, ats_only_holds, none_live_confirmed, revision,
  flowed_revision, counts, blockers, activated_at, cut_over_at, way_back_until, resolve_digest, resolve_by,
  resolve_at, created_at, free_applicants, notices, retention_days, apply_here
from company where resolve_digest is not null order by resolve_at limit :size;

-- name: last_events(companies)
-- Operator's view: the newest revision of each that told something, of a few.
select r.company_id, r.revision, r.at, r.kind, r.who, r.why, r.feed, r.state, r.detail, r.position from
  unnest(:companies::bigint[]) as c (company_id)
cross join lateral (
  select * from (select * from revision r where r.company_id = c.company_id order by revision desc limit 20) newest
  where not (kind = 'reading_taken' and right(why, 20) = 'nothing has changed.')
    and not (kind = 'matched' and detail @> '{"paired": 0, "apart": 0}')
  order by revision desc limit 1
) r;

-- name: by_name(name)
select company_id, name from company where lower(name) = lower(:name) order by company_id limit 20;

-- name: move(company, expected, state, feed)
-- The guarded move: nothing happens unless the state is still one that allows it.
update company set state = :state, feed = :feed
where company_id = :company and state = any(:expected) returning state;

-- name: activated(company, now)!
update company set activated_at = :now, resolve_digest = null, held = false, held_by = '', held_why = ''
where company_id = :company;

-- name: moved_to_ats(company, now, until)!
update company set cut_over_at = :now, way_back_until = :until, held = false, held_by = '', held_why = '',
  resolve_digest = null, resolve_by = null, resolve_at = null, blockers = '[]'
where company_id = :company;

-- name: moved_back(company, who, why)!
update company set held = true, held_by = :who, held_why = :why, way_back_until = null
where company_id = :company;

-- name: hold(company, held, who, why)!
update company set held = :held, held_by = :who, held_why = :why where company_id = :company;

-- name: want_resolve(company, digest, who, now)!
update company set resolve_digest = :digest, resolve_by = :who, resolve_at = :now where company_id = :company;

-- name: rename(company, name, ats)!
update company set name = :name, ats = :ats where company_id = :company;

-- name: options(company, ats_only_holds, none_live_confirmed)!
update company set ats_only_holds = :ats_only_holds, none_live_confirmed = :none_live_confirmed
where company_id = :company;

-- name: flowed(company, revision, counts, blockers)!
-- Not a change of the company's jobs: what the last run found, for pages that must not count.
update company set flowed_revision = greatest(flowed_revision, :revision), counts = :counts, blockers = :blockers
where company_id = :company;

-- name: state_in_line(company)
-- Waits for the change that is being committed, if there is one: what it queued may have been folded into this run.
select state from company where company_id = :company for no key update;

-- name: ahead(company, now)
-- What a run has to look at, besides the pairs: sources whose day has come, jobs that several sources may tell, slots.
select
  exists (select from sunset where company_id = :company and ends_at <= :now and settled_at is null
          and withdrawn_at is null) as ends,
  exists (select from job where company_id = :company and shadow_of = 0) as undecided,
  exists (select from contract where company_id = :company) as slots;

-- name: behind(now, quiet_since, after, size)
-- Companies that a run has to look at: changed since the last run, or with a time that has come. Operator's view.
select company_id from company c
where company_id > :after and (
  revision > flowed_revision
  or state = 'cut_over' and way_back_until < :now
  or exists (select 1 from sunset t where t.company_id = c.company_id and t.look_at <= :now)
  or state in ('matching', 'ready') and activated_at <= :quiet_since and exists (
    select 1 from source s where s.company_id = c.company_id and s.kind = 'ats_push' and s.state = 'active'
      and s.whole_revision is null and s.last_new_job_at <= :quiet_since)
)
order by company_id limit :size;

-- name: job_counts(company)
-- One pass over the open jobs in the order of postings, from the index job_side alone.
select
  count(*) filter (where legacy) as legacy,
  count(*) filter (where ats) as ats,
  count(*) filter (where legacy and ats) as paired,
  count(*) filter (where flawed) as flawed
from (
  select
    bool_or(valid and lane = 'legacy') as legacy,
    bool_or(valid and lane = 'ats') as ats,
    bool_or(not valid) as flawed
  from job where company_id = :company and open group by posting_id
) sides;

-- name: lone_facts(company, legacy_whole, ats_whole)
-- Of the postings that are not whole pairs: what is the matter with each. Only these are looked at closely.
select
  count(*) filter (where legacy and not ats_open and not ats_closed and legacy_since <= :ats_whole) as unmatched_legacy,
  count(*) filter (where legacy and not ats_open and not ats_closed and legacy_since > :ats_whole) as pending_legacy,
  count(*) filter (where legacy and not ats_open and ats_closed) as twin_closed,
  count(*) filter (where legacy and ats_open and not ats) as twin_invalid,
  count(*) filter (where ats and not legacy_open and ats_since <= :legacy_whole) as unmatched_ats,
  count(*) filter (where ats and not legacy_open and ats_since > :legacy_whole) as pending_ats,
  count(*) filter (where ats_open and not ats and not legacy) as invalid_ats
from (
  select
    bool_or(j.lane = 'legacy' and j.open) as legacy_open,
    bool_or(j.lane = 'legacy' and j.open and j.valid) as legacy,
    bool_or(j.lane = 'ats' and j.open) as ats_open,
    bool_or(j.lane = 'ats' and j.open and j.valid) as ats,
    bool_or(j.lane = 'ats' and not j.open) as ats_closed,
    coalesce(max(j.opened_revision) filter (where j.lane = 'legacy' and j.open), 0) as legacy_since,
    coalesce(max(j.opened_revision) filter (where j.lane = 'ats' and j.open), 0) as ats_since
  from (
    select posting_id from job where company_id = :company and open group by posting_id
    having not (bool_or(valid and lane = 'legacy') and bool_or(valid and lane = 'ats'))
  ) lone
  join job j on j.company_id = :company and j.posting_id = lone.posting_id
  group by j.posting_id
) sides;

-- name: history(company, before, size)
select company_id, revision, at, kind, who, why, feed, state, detail, position
from revision where company_id = :company and revision < :before order by revision desc limit :size;

-- name: eventful_history(company, before, size)
-- Without the readings that told nothing new.
select company_id, revision, at, kind, who, why, feed, state, detail, position
from revision
where company_id = :company and revision < :before
  and not (kind = 'reading_taken' and detail @> '{"appeared": 0, "changed": 0, "vanished": 0}'
           and right(why, 20) = 'nothing has changed.')
order by revision desc limit :size;

-- name: agree(company, revision, postings, jobs)!
-- What the person saw would close, written down with the flip that closes it.
insert into agreed_closing (company_id, revision, posting_id, job_id)
select :company, :revision, m.posting_id, m.job_id
from unnest(:postings::bigint[], :jobs::bigint[]) as m (posting_id, job_id);

-- name: newest_doubt(company)
-- What last made the board doubt that it has every job of the ATS.
select at, kind from revision where company_id = :company and kind in ('activated', 'reverted', 'reading_held')
order by revision desc limit 1;
