-- What is promoted goes first in searches, and is told by the change stream: found by revision and by age.
set local search_path = changeover;

create index wrap_begun on wrap (company_id, from_revision);
create index wrap_ended on wrap (company_id, to_revision) where to_revision is not null;
create index wrap_newest on wrap (posting_id desc) where to_revision is null;

-- Up to which revision a company's live postings have been looked at for whom its free slots could go to.
create table slots_seen (
  company_id bigint primary key references company (company_id),
  revision bigint not null
);
grant select, insert, update on slots_seen to changeover_app;
grant select on slots_seen to changeover_operator;
alter table slots_seen enable row level security;
alter table slots_seen force row level security;
create policy own_company on slots_seen to changeover_app using (company_id =
  (select nullif(current_setting('changeover.company', true), '')::bigint));
create policy every_company on slots_seen for select to changeover_operator using (true);
set local search_path = public;
