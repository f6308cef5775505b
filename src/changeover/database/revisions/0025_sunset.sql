-- The end of an old source on a day that its employer was told of, and whom of an employer the board writes to.
set local search_path = changeover;

-- Whom the board writes to about a company's migration.
create table company_contact (
  company_id bigint not null references company (company_id),
  email text not null,
  name text not null default '',
  added_at timestamptz not null,
  primary key (company_id, email)
);

-- ended_at: the source was read no more from then on. look_at: when a run has to look at it next. settled_at: none of
-- its jobs is open any more.
create table sunset (
  company_id bigint not null,
  sunset_id bigint not null,
  source_id bigint not null,
  ends_at timestamptz not null,
  why text not null default '',
  announced_at timestamptz not null,
  announced_by text not null,
  withdrawn_at timestamptz,
  ended_at timestamptz,
  look_at timestamptz,
  settled_at timestamptz,
  primary key (company_id, sunset_id),
  foreign key (company_id, source_id) references source (company_id, source_id),
  check (withdrawn_at is null or ended_at is null)
);
create unique index sunset_standing on sunset (company_id, source_id) where withdrawn_at is null;
create index sunset_due on sunset (company_id, look_at) where look_at is not null;

-- From when an ATS vendor's customers get no new old source; none: not announced.
alter table wire_application add column launched_at timestamptz;

grant select, insert, update, delete on company_contact to changeover_app;
grant select, insert on sunset to changeover_app;
grant update (withdrawn_at, ended_at, look_at, settled_at) on sunset to changeover_app;
grant select on sunset to changeover_operator;
-- Whom to write to is personal: the overview counts.
grant select (company_id, added_at) on company_contact to changeover_operator;

do $$
declare t text;
begin
  foreach t in array array['company_contact', 'sunset'] loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('create policy own_company on %I to changeover_app using (company_id = '
      '(select nullif(current_setting(''changeover.company'', true), '''')::bigint))', t);
    execute format('create policy every_company on %I for select to changeover_operator using (true)', t);
  end loop;
end $$;
set local search_path = public;
