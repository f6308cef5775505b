-- How the work stands, for whoever runs the board.

-- name: backlog(stale)
-- Operator's view: what waits and since when, who works, what was given up, and whether the log is kept.
select
  (select count(*) from procrastinate_jobs where status = 'todo' and coalesce(scheduled_at, now()) <= now()) as waiting,
  (select count(*) from procrastinate_jobs where status = 'doing') as in_hand,
  (select count(*) from procrastinate_jobs where status = 'failed') as given_up,
  (select coalesce(extract(epoch from now() - min(coalesce(j.scheduled_at, e.at))), 0)::float8
    from procrastinate_jobs j join procrastinate_events e on e.job_id = j.id and e.type = 'deferred'
    where j.status = 'todo' and coalesce(j.scheduled_at, e.at) <= now()) as oldest_seconds,
  (select count(*) from procrastinate_workers where last_heartbeat > now() - make_interval(secs => :stale)) as workers,
  (select count(*) from company where revision > flowed_revision) as behind,
  (select coalesce(last_failed_time > coalesce(last_archived_time, '-infinity'), false) from pg_stat_archiver)
    as log_not_kept,
  (select pg_database_size(current_database())) as database_bytes;
