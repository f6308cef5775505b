-- How far each company's history has been audited, and what was found.
set local search_path = changeover;

-- whole_at: when all of it was last read back. next_at: not before then is it looked at again. broken: how many promises
-- were found broken, the first of them in words, all of them by code.
create table audited (
  company_id bigint primary key references company (company_id),
  revision bigint not null,
  at timestamptz not null,
  whole_at timestamptz not null,
  next_at timestamptz not null,
  broken int not null,
  sentence text not null,
  codes jsonb not null
);
create index audited_broken on audited (at) where broken > 0;
grant select, insert, update on audited to changeover_app;
grant select on audited to changeover_operator;
alter table audited enable row level security;
alter table audited force row level security;
create policy own_company on audited to changeover_app using (company_id =
  (select nullif(current_setting('changeover.company', true), '')::bigint));
create policy every_company on audited for select to changeover_operator using (true);
