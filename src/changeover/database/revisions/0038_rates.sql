-- How often each credential has asked within its minute, for all web processes together.
set local search_path = changeover;

-- A process borrows requests in portions: used counts those that were lent, and lent is the portion of the last loan.
-- Unlogged: it is written often, and a minute that is forgotten in a crash harms nobody.
create unlogged table rate_window (
  company_id bigint not null,
  key text not null,
  ends_at timestamptz not null,
  used bigint not null,
  lent bigint not null,
  primary key (company_id, key)
) with (fillfactor = 50);

grant select, insert, update, delete on rate_window to changeover_app;
grant select on rate_window to changeover_operator;
alter table rate_window enable row level security;
alter table rate_window force row level security;
create policy own_company on rate_window to changeover_app using (company_id =
  (select nullif(current_setting('changeover.company', true), '')::bigint));
create policy every_company on rate_window for select to changeover_operator using (true);
