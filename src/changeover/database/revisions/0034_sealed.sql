-- Secrets kept sealed under the board's key, so that they outlive the key that they were derived from.
set local search_path = changeover;

-- key_id names the key that it is sealed under (webhooks/keys). A secret without a row was made by a version before this
-- one, and is what its ids give under the key of that time.
create table sealed_secret (
  company_id bigint not null,
  secret_id bigint not null,
  key_id text not null,
  sealed text not null,
  primary key (company_id, secret_id)
);

-- Every secret that is derived from a key, with the ids that it is derived from.
create view derived_secret with (security_invoker = true) as
  select company_id, secret_id, array[company_id, application_id, secret_id] as ids, ends_at from wire_secret
  union all
  select company_id, secret_id, array[company_id, subscription_id, secret_id], null from subscription
  union all
  select company_id, older_secret_id, array[company_id, subscription_id, older_secret_id], older_until from subscription
  where older_secret_id is not null
  union all
  select company_id, factor_id, array[account_id, factor_id], null from account where factor_id is not null;

grant select, insert, update, delete on sealed_secret to changeover_app;
grant select (company_id, secret_id, key_id) on sealed_secret to changeover_operator;
grant select on derived_secret to changeover_app, changeover_operator;
grant select (company_id, application_id, secret_id, ends_at) on wire_secret to changeover_operator;
grant select (factor_id) on account to changeover_operator;
alter table sealed_secret enable row level security;
alter table sealed_secret force row level security;
create policy own_company on sealed_secret to changeover_app using (company_id =
  (select nullif(current_setting('changeover.company', true), '')::bigint));
create policy every_company on sealed_secret for select to changeover_operator using (true);
