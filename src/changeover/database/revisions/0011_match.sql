-- A match costs what has changed since the last one: what that one was made from, which jobs have changed since, and
-- which of its pairs stand by themselves.
set local search_path = changeover;

-- The revision at which what a match reads of the job last changed: its text, whether it is open, a person's word.
alter table job add column match_revision bigint not null default 0;
create index job_match on job (company_id, match_revision);

-- A pair that rests on nothing but itself: the employer job id that no other open job has, or '' for a person's word;
-- null for all that depends on other jobs. twins: the first legacy job of the group that no text tells apart, or 0.
alter table finding add column settled text;
alter table finding add column twins bigint not null default 0;
create index finding_unsettled on finding (company_id) where settled is null;
create index finding_settled on finding (company_id, settled) where settled is not null;
create index finding_twins on finding (company_id, twins) where twins <> 0;

-- What the last match was made from. No row: there was none, and the next is of everything.
create table matched (
  company_id bigint primary key references company (company_id),
  revision bigint not null,
  state text not null,
  legacy_whole bigint,
  ats_whole bigint,
  settled int not null,
  method text not null
);
grant select, insert, update, delete on matched to changeover_app;
grant select on matched to changeover_operator;
alter table matched enable row level security;
alter table matched force row level security;
create policy own_company on matched to changeover_app using (company_id =
  (select nullif(current_setting('changeover.company', true), '')::bigint));
create policy every_company on matched for select to changeover_operator using (true);
set local search_path = public;
