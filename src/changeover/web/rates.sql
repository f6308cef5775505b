-- How often each credential may ask: its minute's requests, lent to web processes in portions.

-- name: lend(company, key, now, ends, limit, back, share)
-- Take back what a process was lent and did not use (``back``), and lend it a share of what is left, one at least while
-- any is. A minute that is over begins anew, and nothing of it is taken back.
insert into rate_window as w (company_id, key, ends_at, used, lent)
values (:company, :key, :ends, greatest(1, :limit::bigint / :share::bigint), greatest(1, :limit::bigint / :share::bigint))
on conflict (company_id, key) do update set (ends_at, used, lent) = (
  select case when over then excluded.ends_at else w.ends_at end, stood + portion, portion
  from (select w.ends_at <= :now::timestamptz as over) ended
  cross join lateral (select case when over then 0 else w.used - :back::bigint end as stood) count
  cross join lateral (select least(greatest(0, :limit::bigint - stood),
    greatest(1, (:limit::bigint - stood) / :share::bigint)) as portion) lend
)
returning ends_at, used, lent;

-- name: forget(company, before)!
delete from rate_window where company_id = :company and ends_at < :before;
