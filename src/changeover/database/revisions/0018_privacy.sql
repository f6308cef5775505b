-- Candidates' data: found by address, kept no longer than the employer says, and a log of who looked at it.
set local search_path = changeover;

-- How many days after it came an application is erased; none: the board's own number, 0: never.
alter table company add column retention_days int check (retention_days >= 0);

create index application_address on application (company_id, lower(applicant ->> 'email')) where erased_at is null;
create index application_age on application (applied_at, company_id) where erased_at is null;

-- Who looked at an application, or took it out. It outlives the application's erasure, and holds nothing of it.
create table profile_access (
  company_id bigint not null,
  access_id bigint not null,
  application_id bigint not null,
  at timestamptz not null,
  who text not null,
  what text not null check (what in ('read', 'file', 'exported', 'erased')),
  primary key (company_id, access_id),
  foreign key (company_id, application_id) references application (company_id, application_id)
);
create index profile_access_of on profile_access (company_id, application_id, access_id);

grant select, insert on profile_access to changeover_app;
grant select on profile_access to changeover_operator;

alter table profile_access enable row level security;
alter table profile_access force row level security;
create policy own_company on profile_access to changeover_app using (company_id =
  (select nullif(current_setting('changeover.company', true), '')::bigint));
create policy every_company on profile_access for select to changeover_operator using (true);

-- The overview counts and schedules; an event on its way may hold a whole application, and is read one company at a time.
revoke select on delivery from changeover_operator;
grant select (company_id, delivery_id, channel, recipient, event, url, state, attempts, problem, created_at, next_at,
  ended_at) on delivery to changeover_operator;
