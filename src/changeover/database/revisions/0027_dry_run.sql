-- Two sources that are tried together before a company is set up. Its rows are the board's own: company 0.
set local search_path = changeover;

create table dry_run (
  company_id bigint not null,
  dry_run_id bigint not null,
  legacy text not null,
  ats text not null,
  name text not null,
  who text not null,
  created_at timestamptz not null,
  state text not null default 'waiting' check (state in ('waiting', 'reading', 'matching', 'done')),
  progress jsonb not null default '{}',
  found jsonb not null default '{}',
  matched jsonb,
  -- The company that was set up from it.
  made bigint,
  primary key (company_id, dry_run_id)
);

grant select, insert, delete on dry_run to changeover_app;
grant select on dry_run to changeover_operator;
grant update (state, progress, found, matched, made) on dry_run to changeover_app;

alter table dry_run enable row level security;
alter table dry_run force row level security;
create policy own_company on dry_run to changeover_app using (company_id =
  (select nullif(current_setting('changeover.company', true), '')::bigint));
create policy every_company on dry_run for select to changeover_operator using (true);
