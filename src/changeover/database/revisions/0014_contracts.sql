-- Contracts: seats of recruiters, paid slots, and the rules by which live postings are wrapped into the slots.
set local search_path = changeover;

create table contract (
  company_id bigint not null references company (company_id),
  contract_id bigint not null,
  name text not null check (name <> ''),
  slots int not null check (slots between 0 and 100000),
  seats int not null check (seats between 0 and 100000),
  created_at timestamptz not null,
  primary key (company_id, contract_id)
);

-- A recruiter who may use the contract, by e-mail address in lower case.
create table seat (
  company_id bigint not null,
  contract_id bigint not null,
  email text not null,
  name text not null default '',
  taken_at timestamptz not null,
  primary key (company_id, contract_id, email),
  foreign key (company_id, contract_id) references contract (company_id, contract_id)
);

-- Which live postings are wrapped; of a pin, value is the posting's id.
create table wrap_rule (
  company_id bigint not null,
  contract_id bigint not null,
  rule_id bigint not null,
  kind text not null check (kind in ('all', 'title', 'place', 'department', 'tag', 'pin')),
  value text not null default '',
  priority int not null default 0 check (priority between 0 and 1000),
  who text not null,
  created_at timestamptz not null,
  primary key (company_id, contract_id, rule_id),
  foreign key (company_id, contract_id) references contract (company_id, contract_id)
);
create unique index wrap_rule_once on wrap_rule (company_id, contract_id, kind, value);

-- From which revision to which a posting held a slot. It is the posting's, not a job's or a lane's: what moves the feed
-- writes nothing here. While its posting is not live a wrap is parked, until the next run frees its slot.
create table wrap (
  company_id bigint not null,
  posting_id bigint not null,
  contract_id bigint not null,
  slot int not null check (slot > 0),
  rule text not null,
  from_revision bigint not null,
  to_revision bigint check (to_revision > from_revision),
  ended text not null default '' check (ended in ('', 'closed', 'rules', 'downgraded')),
  primary key (company_id, posting_id, from_revision),
  foreign key (company_id, posting_id) references posting (company_id, posting_id),
  foreign key (company_id, contract_id) references contract (company_id, contract_id)
);
create unique index wrap_now on wrap (company_id, posting_id) where to_revision is null;
create unique index wrap_slot on wrap (company_id, contract_id, slot) where to_revision is null;

-- The most applications that a posting without a slot takes here; none: no limit.
alter table company add column free_applicants int check (free_applicants > 0);
create index application_posting on application (company_id, posting_id);

grant select, insert, update on contract, seat to changeover_app;
grant select, insert on wrap_rule, wrap to changeover_app;
grant update (priority) on wrap_rule to changeover_app;
grant delete on seat, wrap_rule to changeover_app;
grant update (to_revision, ended) on wrap to changeover_app;
grant select on contract, wrap_rule, wrap to changeover_operator;
-- Who has a seat is personal: the overview counts.
grant select (company_id, contract_id, taken_at) on seat to changeover_operator;
grant select on wrap to changeover_live;
grant select (company_id, posting_id) on application to changeover_live;

do $$
declare t text;
begin
  foreach t in array array['contract', 'seat', 'wrap_rule', 'wrap'] loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('create policy own_company on %I to changeover_app using (company_id = '
      '(select nullif(current_setting(''changeover.company'', true), '''')::bigint))', t);
    execute format('create policy every_company on %I for select to changeover_operator using (true)', t);
  end loop;
end $$;
create policy ended_once on wrap as restrictive for update to changeover_app
  using (to_revision is null) with check (to_revision is not null);
create policy live_only on wrap for select to changeover_live using (true);
create policy live_only on application for select to changeover_live using (true);

-- The postings that are promoted: wrapped, and live. What is live decides, so a cut-over moves no slot.
create view public_promoted as
select w.company_id, w.posting_id, w.contract_id
from wrap w join company c using (company_id)
join job j on j.company_id = w.company_id and j.posting_id = w.posting_id and j.lane = c.feed and j.open and j.valid
where w.to_revision is null;

-- As before, and no more where a posting without a slot has as many applications as its company takes for free.
create or replace view public_apply as
select j.company_id, j.posting_id, j.job_id, f.form
from company c
join job j using (company_id)
join apply_form f on f.company_id = j.company_id and f.job_id = j.job_id
where c.state <> 'legacy' and j.lane = 'ats' and j.open and j.valid
  and exists (select 1 from job s where s.company_id = j.company_id and s.posting_id = j.posting_id and s.lane = c.feed
              and s.open and s.valid)
  and (c.free_applicants is null
       or exists (select 1 from wrap w where w.company_id = j.company_id and w.posting_id = j.posting_id
                  and w.to_revision is null)
       or (select count(*) from application a where a.company_id = j.company_id and a.posting_id = j.posting_id)
          < c.free_applicants);

grant create on schema changeover to changeover_live;
alter view public_promoted owner to changeover_live;
revoke create on schema changeover from changeover_live;
grant select on public_promoted to changeover_board, changeover_operator;
