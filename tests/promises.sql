-- The promises of the design as queries from outside the program: each gives the rows that break one.

-- Promise 1: no gap.

-- broken: an open, valid job of the feeding lane has not exactly one live posting
select j.company_id, j.job_id, j.source_job_id, count(p.posting_id) as postings
from company c join job j using (company_id)
left join public_posting p on p.company_id = j.company_id and p.posting_id = j.posting_id and p.title = j.title
where j.open and j.valid and j.lane = c.feed
group by 1, 2, 3 having count(p.posting_id) <> 1;

-- broken: a live posting shows no open, valid job of the feeding lane
select p.company_id, p.posting_id from public_posting p
where not exists (select 1 from job j join company c using (company_id)
  where j.company_id = p.company_id and j.posting_id = p.posting_id and j.open and j.valid and j.lane = c.feed);

-- broken: the feed moved and a live posting was lost, though nobody agreed to close it
with moved as (
  select company_id, revision, feed, lag(feed) over (partition by company_id order by revision) as was
  from revision)
select m.company_id, m.revision, s.posting_id
from moved m
join side s on s.company_id = m.company_id and s.lane = m.was
  and s.from_revision < m.revision and coalesce(s.to_revision, 2^62) >= m.revision
where m.was <> m.feed
  and not exists (select 1 from side n where n.company_id = m.company_id and n.posting_id = s.posting_id
    and n.lane = m.feed and n.from_revision <= m.revision and coalesce(n.to_revision, 2^62) > m.revision)
  and not exists (select 1 from agreed_closing a where a.company_id = m.company_id
    and a.revision = m.revision and a.posting_id = s.posting_id);

-- broken: a job was open longer than it stood on postings, or the reverse
select coalesce(o.company_id, s.company_id) as company_id, coalesce(o.job_id, s.job_id) as job_id, o.open, s.shown
from (select company_id, job_id, sum(coalesce(to_revision, 2^62) - from_revision) as open from job_open
      group by 1, 2) o
full join (select company_id, job_id, sum(coalesce(to_revision, 2^62) - from_revision) as shown from side
      group by 1, 2) s using (company_id, job_id)
where o.open is distinct from s.shown;

-- broken: the history's end says other than the jobs do
select j.company_id, j.job_id, j.posting_id, s.posting_id as said
from (select company_id, job_id, posting_id from job where open and valid) j
full join (select company_id, job_id, posting_id from side where to_revision is null) s
  using (company_id, job_id)
full join (select company_id, job_id from job_open where to_revision is null) o using (company_id, job_id)
where j.posting_id is distinct from s.posting_id or o.job_id is null;

-- Promise 2: no duplicate.

-- broken: a posting shows twice
select company_id, posting_id from public_posting group by 1, 2 having count(*) > 1;

-- broken: two open jobs of one lane stand on one posting
select company_id, posting_id, lane from job where open group by 1, 2, 3 having count(*) > 1;

-- broken: two intervals of one job overlap
select a.company_id, a.job_id, a.from_revision, b.from_revision as other
from side a join side b using (company_id, job_id)
where a.from_revision < b.from_revision and coalesce(a.to_revision, 2^62) > b.from_revision;

-- broken: two jobs of one lane stood on one posting at once
select a.company_id, a.posting_id, a.job_id, b.job_id as other
from side a join side b using (company_id, posting_id, lane)
where a.job_id < b.job_id and a.from_revision < coalesce(b.to_revision, 2^62)
  and b.from_revision < coalesce(a.to_revision, 2^62);

-- Promise 3: one feed.

-- broken: the state and the feed do not go together
select company_id, state, feed from company
where (state in ('cut_over', 'finished')) <> (feed = 'ats');

-- broken: the revisions have a hole
select c.company_id, c.revision, count(r.revision) as rows from company c left join revision r using (company_id)
group by 1, 2 having count(*) <> c.revision or max(r.revision) <> c.revision or min(r.revision) <> 1;

-- broken: the last revision says other than the company does
select c.company_id from company c join revision r using (company_id, revision)
where (c.feed, c.state) is distinct from (r.feed, r.state);

-- broken: the feed moved in a change that may not move it
select company_id, revision, kind from (
  select company_id, revision, kind, feed, lag(feed) over (partition by company_id order by revision) as was
  from revision) r
where was <> feed and kind not in ('cut_over', 'resolved', 'reverted');

-- broken: a state followed another in a way that is not allowed
select company_id, revision, kind, was, state from (
  select company_id, revision, kind, state, lag(state) over (partition by company_id order by revision) as was
  from revision) r
where was <> state and (was, kind, state) not in (values
  ('legacy', 'activated', 'matching'), ('matching', 'become_ready', 'ready'), ('ready', 'fall_back', 'matching'),
  ('ready', 'cut_over', 'cut_over'), ('matching', 'resolved', 'cut_over'), ('ready', 'resolved', 'cut_over'),
  ('cut_over', 'reverted', 'matching'), ('matching', 'cancelled', 'legacy'), ('ready', 'cancelled', 'legacy'),
  ('cut_over', 'finished', 'finished'));

-- Promise 4: identity survives.

-- broken: a job that was live changed its posting
select a.company_id, a.job_id, b.from_revision as revision
from side a join side b on b.company_id = a.company_id and b.job_id = a.job_id and b.from_revision = a.to_revision
join revision r on r.company_id = a.company_id and r.revision = b.from_revision and r.feed = a.lane
join revision p on p.company_id = a.company_id and p.revision = b.from_revision - 1 and p.feed = a.lane
where a.posting_id <> b.posting_id;

-- broken: an alias leads to an alias
select a.company_id, a.posting_id from posting a
join posting b on b.company_id = a.company_id and b.posting_id = a.alias_of where b.alias_of is not null;

-- broken: an open job stands on an alias
select j.company_id, j.job_id from job j join posting p using (company_id, posting_id)
where j.open and p.alias_of is not null;

-- broken: the address at which a live job was last shown leads elsewhere
with shown as (
  select s.company_id, s.posting_id, s.job_id, row_number() over (
    partition by s.company_id, s.posting_id order by r.revision desc) as newest
  from side s join revision r on r.company_id = s.company_id and r.feed = s.lane
    and r.revision >= s.from_revision and r.revision < coalesce(s.to_revision, 2^62))
select h.company_id, h.posting_id, h.job_id, l.posting_id as now
from shown h
join public_posting l on l.company_id = h.company_id
join job j on j.company_id = l.company_id and j.posting_id = l.posting_id and j.job_id = h.job_id
join company c on c.company_id = j.company_id and c.feed = j.lane
join posting p on p.company_id = h.company_id and p.posting_id = h.posting_id
where h.newest = 1 and j.open and j.valid and l.posting_id <> h.posting_id
  and p.alias_of is distinct from l.posting_id;

-- broken: a text or a piece of history is of a job, or on a posting, that is not there
select t.company_id, t.job_id from job_text t left join job j using (company_id, job_id) where j.job_id is null
union all
select o.company_id, o.job_id from job_open o left join job j using (company_id, job_id) where j.job_id is null
union all
select s.company_id, s.job_id from side s left join job j using (company_id, job_id)
left join posting p on p.company_id = s.company_id and p.posting_id = s.posting_id
where j.job_id is null or p.posting_id is null;

-- Promise 5: only a whole reading may unpublish.

-- broken: a job was closed in a change that may not close it
select j.company_id, j.job_id, r.kind from job j
left join revision r on r.company_id = j.company_id and r.revision = j.closed_revision
left join source s on s.company_id = j.company_id and s.source_id = j.source_id
where not j.open and j.shadow_of is null and not coalesce(
  r.kind in ('reading_taken', 'reading_released') and s.kind <> 'ats_push' and exists (
    select 1 from reading d where d.company_id = j.company_id and d.source_id = j.source_id
      -- A feed of changes says by name which of its jobs are over.
      and (d.completeness = 'complete' or d.problems @> '[{"code": "INCREMENTAL"}]')
      and d.verdict in ('taken', 'released'))
  or r.kind = 'jobs_pushed' and s.kind = 'ats_push'
  -- Or its source has ended, on a day that was announced before it came.
  or r.kind = 'source_ended' and s.lane = 'legacy' and exists (
    select 1 from sunset t where t.company_id = j.company_id and t.source_id = j.source_id and t.withdrawn_at is null
      and t.announced_at < t.ends_at and t.ends_at <= r.at and t.ended_at <= r.at), false);

-- Promise 4, of paid slots.

-- broken: a contract wraps more postings than it has slots
select c.company_id, c.contract_id, c.slots, count(w.posting_id) as wraps, max(w.slot) as highest
from contract c join wrap w on w.company_id = c.company_id and w.contract_id = c.contract_id and w.to_revision is null
group by 1, 2, 3 having count(w.posting_id) > c.slots or max(w.slot) > c.slots;

-- broken: a posting is promoted and not live
select p.company_id, p.posting_id from public_promoted p
left join public_posting l using (company_id, posting_id) where l.posting_id is null;

-- broken: a wrap on a posting that is not live outlived the run that should have freed its slot
select w.company_id, w.posting_id from wrap w join company c using (company_id)
left join public_posting l using (company_id, posting_id)
where w.to_revision is null and l.posting_id is null and c.flowed_revision = c.revision;

-- broken: a move of the feed began or ended a wrap
select w.company_id, w.posting_id, r.revision, r.kind from wrap w
join revision r on r.company_id = w.company_id and r.revision in (w.from_revision, w.to_revision)
where r.kind in ('cut_over', 'resolved', 'reverted');

-- broken: a posting that stayed live lost its slot without anybody's word
select w.company_id, w.posting_id, w.to_revision from wrap w
join revision r on r.company_id = w.company_id and r.revision = w.to_revision
where w.ended = 'closed' and exists (
  select 1 from side s join revision f on f.company_id = s.company_id and f.revision = w.to_revision and f.feed = s.lane
  where s.company_id = w.company_id and s.posting_id = w.posting_id and s.from_revision <= w.to_revision
    and coalesce(s.to_revision, 2^62) > w.to_revision);

-- broken: an application hangs on no posting, or on one that leads nowhere
select a.company_id, a.application_id, a.posting_id from application a
left join posting p using (company_id, posting_id)
left join posting t on t.company_id = p.company_id and t.posting_id = p.alias_of
where p.posting_id is null or (p.alias_of is not null and t.posting_id is null);

-- Of sources that end.

-- broken: the day of a source has come and passed, a run has seen it, and it is read still
select t.company_id, t.source_id, t.ends_at from sunset t join source s using (company_id, source_id)
where t.ended_at is not null and s.state = 'active';

-- broken: a source was ended before its day, or without an announcement to its employer
select company_id, source_id, ends_at, ended_at from sunset where ended_at < ends_at or announced_at >= ends_at;

-- broken: a source's end is settled and one of its jobs is open
select t.company_id, j.job_id from sunset t join job j using (company_id, source_id)
where t.settled_at is not null and (j.open or j.shadow_of is not null);
