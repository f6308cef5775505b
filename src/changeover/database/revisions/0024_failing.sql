-- Subscriptions that keep failing are off until a person enables them.
set local search_path = changeover;

-- failing_since: when the first of the tries failed after which none has succeeded. off_at: when nothing was sent any more.
alter table subscription
  add column failing_since timestamptz,
  add column off_at timestamptz,
  add column off_why text not null default '';
