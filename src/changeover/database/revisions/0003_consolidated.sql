-- Consolidated feeds: one file with the jobs of many companies, and which name in it is which company here.
set local search_path = changeover;

create table employer_name (
  company_id bigint not null,
  source_id bigint not null,
  -- The name as it is compared: NFC, lower case, single spaces; and as the feed wrote it last.
  key text not null,
  name text not null,
  -- Whom its jobs are handed to; null while they wait for a person's word. Another company: so no foreign key.
  handed_to bigint,
  said_by text not null default '',
  jobs int not null default 0,
  seen_at timestamptz not null,
  primary key (company_id, source_id, key),
  foreign key (company_id, source_id) references source (company_id, source_id)
);
grant select, insert, update on employer_name to changeover_app;
grant select on employer_name to changeover_operator;
alter table employer_name enable row level security;
alter table employer_name force row level security;
create policy own_company on employer_name to changeover_app using (company_id =
  (select nullif(current_setting('changeover.company', true), '')::bigint));
create policy every_company on employer_name for select to changeover_operator using (true);
create policy live_only on employer_name for select to changeover_live using (true);
