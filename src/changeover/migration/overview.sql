-- Where every company stands, for the operator's first page: each query costs the same however many companies there are,
-- or counts in an index that holds only what it counts.

-- name: found(state, pattern, held_reading, held, to_review, after, size)
-- Operator's view: companies by id, of one state or (empty) of all, whose name or ATS is like the pattern.
select c.company_id, c.name, c.ats, c.state, c.feed, c.held, c.held_by, c.held_why, c.ats_only_holds,
  c.none_live_confirmed, c.revision, c.flowed_revision, c.counts, c.blockers, c.activated_at, c.cut_over_at,
  c.way_back_until, c.resolve_digest, c.resolve_by, c.resolve_at, c.created_at, c.free_applicants, c.notices,
  c.retention_days, c.apply_here from company c
where c.company_id > :after and (:state = '' or c.state = :state)
  and (:pattern = '' or c.name ilike :pattern or c.ats ilike :pattern)
  and (not :held or c.held)
  and (not :to_review or c.state in ('matching', 'ready') and c.blockers <> '[]')
  and (not :held_reading or exists (select 1 from source s where s.company_id = c.company_id
    and s.held_reading_id is not null and s.state = 'active'))
order by c.company_id limit :size;

-- name: moved(since)
-- Operator's view: how many companies made each move since then.
select kind, count(*) as moves from revision
where at >= :since and kind in ('activated', 'cancelled', 'become_ready', 'fall_back', 'cut_over', 'resolved', 'reverted',
  'finished')
group by kind;

-- name: moves(since, size)
-- Operator's view: the newest moves since then, with their companies' names.
select r.company_id, c.name, r.kind, r.at, r.who, r.why from (
  select company_id, revision, at, kind, who, why, feed, state, detail, position
  from revision
  where at >= :since and kind in ('activated', 'cancelled', 'become_ready', 'fall_back', 'cut_over', 'resolved', 'reverted',
    'finished')
  order by at desc limit :size
) r join company c on c.company_id = r.company_id order by r.at desc, r.company_id;
