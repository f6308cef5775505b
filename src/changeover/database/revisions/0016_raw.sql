-- What a source answered last, byte for byte, and where in it the fields of its jobs stood.
set local search_path = changeover;

-- origins: of its last reading that told anything. raw_reading_id: the reading of which every answer is kept.
alter table source
  add column origins jsonb not null default '{}',
  add column raw_reading_id bigint;

-- ask: what it is looked up by (raw.ask_of); body: compressed (zlib), of size bytes, none where the answer failed at once.
create table raw_answer (
  company_id bigint not null,
  source_id bigint not null,
  ask bytea not null,
  url text not null,
  status int not null,
  headers jsonb not null,
  failure jsonb,
  digest bytea not null,
  size bigint not null,
  body bytea not null,
  primary key (company_id, source_id, ask),
  foreign key (company_id, source_id) references source (company_id, source_id)
);
alter table raw_answer alter body set storage external;
grant select, insert, update, delete on raw_answer to changeover_app;
grant select on raw_answer to changeover_operator;
alter table raw_answer enable row level security;
alter table raw_answer force row level security;
create policy own_company on raw_answer to changeover_app using (company_id =
  (select nullif(current_setting('changeover.company', true), '')::bigint));
create policy every_company on raw_answer for select to changeover_operator using (true);
create policy live_only on raw_answer for select to changeover_live using (true);
