-- The change stream: which postings each revision touched, and what it did to them.

-- name: horizon()
-- Operator's view. Every revision below this position is committed and seen, whatever is still being written.
select pg_snapshot_xmin(pg_current_snapshot())::text::bigint as horizon;

-- name: revisions(position, company, revision, horizon, size)
-- Operator's view. The revisions from a place in the stream on, the one at that place among them.
select r.position, r.company_id, r.revision, r.at, r.kind, r.feed, coalesce(p.feed, r.feed) as fed_before
from revision r
left join revision p on p.company_id = r.company_id and p.revision = r.revision - 1
where (r.position, r.company_id, r.revision) >= (:position, :company, :revision) and r.position < :horizon
order by r.position, r.company_id, r.revision limit :size;

-- name: touched(companies, revisions, feeds, after, size)
-- Operator's view. Postings whose shown job began, ended or was told anew, or that gained or lost a paid slot, at one of
-- these revisions, none of which moved the feed; of the first revision only those above ``after``.
select w.at as place, t.posting_id
from unnest(:companies::bigint[], :revisions::bigint[], :feeds::text[]) with ordinality as w (company, revision, feed, at)
cross join lateral (
  select posting_id from side
  where company_id = w.company and from_revision = w.revision and lane = w.feed
  union
  select posting_id from side
  where company_id = w.company and to_revision = w.revision and lane = w.feed
  union
  select posting_id from job
  where company_id = w.company and told_revision = w.revision and told_revision > 0 and lane = w.feed
  union
  select posting_id from wrap where company_id = w.company and from_revision = w.revision
  union
  select posting_id from wrap where company_id = w.company and to_revision = w.revision
) t
where w.at > 1 or t.posting_id > :after
order by w.at, t.posting_id limit :size;

-- name: flipped(company, revision, after, size)
-- Operator's view. Every posting that had a side just before or just after a move of the feed.
select distinct posting_id from side
where company_id = :company and posting_id > :after and from_revision <= :revision
  and (to_revision is null or to_revision >= :revision)
order by posting_id limit :size;

-- name: done(companies, revisions, postings, feeds, feeds_before)
-- Operator's view. Whether each posting was live before and after its revision, and what it is now.
select w.at as place,
  exists (select from side s where s.company_id = w.company and s.posting_id = w.posting and s.lane = w.fed_before
          and s.from_revision < w.revision and (s.to_revision is null or s.to_revision >= w.revision)) as before,
  exists (select from side s where s.company_id = w.company and s.posting_id = w.posting and s.lane = w.feed
          and s.from_revision <= w.revision and (s.to_revision is null or s.to_revision > w.revision)) as after,
  p.alias_of, l.posting_id is not null as live, c.name as employer, l.lane, l.title, l.location, l.company_name,
  l.employer_job_id, l.description, l.apply_url, l.workplace_type, l.posted_at,
  exists (select from wrap x where x.company_id = w.company and x.posting_id = w.posting and x.to_revision is null)
    as promoted
from unnest(:companies::bigint[], :revisions::bigint[], :postings::bigint[], :feeds::text[], :feeds_before::text[])
  with ordinality as w (company, revision, posting, feed, fed_before, at)
join company c on c.company_id = w.company
join posting p on p.company_id = w.company and p.posting_id = w.posting
left join live l on l.company_id = w.company and l.posting_id = w.posting
order by w.at;

-- name: live_set(company, posting, size)
-- Operator's view. What is live now, in the order of keys that never change.
select l.company_id, l.posting_id, l.revision, l.lane, l.employer, l.title, l.location, l.company_name,
  l.employer_job_id, l.description, l.apply_url, l.workplace_type, l.posted_at,
  exists (select from wrap x where x.company_id = l.company_id and x.posting_id = l.posting_id and x.to_revision is null)
    as promoted
from live l where (l.company_id, l.posting_id) > (:company, :posting)
order by l.company_id, l.posting_id limit :size;

-- name: moves(position, company, revision, to_position, to_company, to_revision, kinds)
-- Operator's view. Revisions of these kinds behind one place in the stream and up to another.
select company_id, revision, at, kind, feed, state from revision
where (position, company_id, revision) > (:position, :company, :revision)
  and (position, company_id, revision) <= (:to_position, :to_company, :to_revision) and kind = any(:kinds)
order by position, company_id, revision;
