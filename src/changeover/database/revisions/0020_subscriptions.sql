-- Who is told by webhook of what happens on the board. A subscription is the board's own: its company is 0.
set local search_path = changeover;

-- cursor: the place in the change stream up to which it was told. Secrets are derived from their ids (webhooks/keys).
create table subscription (
  company_id bigint not null,
  subscription_id bigint not null,
  url text not null,
  events text[] not null default '{}',
  secret_id bigint not null,
  older_secret_id bigint,
  older_until timestamptz,
  cursor text not null,
  created_at timestamptz not null,
  primary key (company_id, subscription_id)
);
create index delivery_recipient on delivery (company_id, channel, recipient) where state <> 'delivered';

grant select, insert, update, delete on subscription to changeover_app;
grant select on subscription to changeover_operator;
alter table subscription enable row level security;
alter table subscription force row level security;
create policy own_company on subscription to changeover_app using (company_id =
  (select nullif(current_setting('changeover.company', true), '')::bigint));
create policy every_company on subscription for select to changeover_operator using (true);
set local search_path = public;
