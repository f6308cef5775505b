-- What a pulled source is asked by whether it has changed, and what its records are recognised by.
set local search_path = changeover;

-- Of the newest whole reading alone; full_read_at: when the source last told everything, not just "unchanged".
alter table source
  add column etag text not null default '',
  add column last_modified text not null default '',
  add column full_read_at timestamptz;

-- The records of a large feed's last whole reading, packed, a part per 100,000: hash and length of each record's
-- bytes, its job and the job's digest.
create table record_part (
  company_id bigint not null,
  source_id bigint not null,
  part int not null,
  seed bytea not null,
  records bytea not null,
  primary key (company_id, source_id, part),
  foreign key (company_id, source_id) references source (company_id, source_id)
);
alter table record_part alter records set storage external;
grant select, insert, delete on record_part to changeover_app;
grant select on record_part to changeover_operator;
alter table record_part enable row level security;
alter table record_part force row level security;
create policy own_company on record_part to changeover_app using (company_id =
  (select nullif(current_setting('changeover.company', true), '')::bigint));
create policy every_company on record_part for select to changeover_operator using (true);
create policy live_only on record_part for select to changeover_live using (true);

-- Compressing each description took longer than writing it as it is; one that fills a page still moves out of the row.
alter table job_text alter description set storage external, set (toast_tuple_target = 8160);
