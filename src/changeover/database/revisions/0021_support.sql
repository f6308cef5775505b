-- Cases of support: the evidence as it stood when one was opened, what both sides wrote, pairs that were proposed.
set local search_path = changeover;

create table support_case (
  company_id bigint not null references company (company_id),
  case_id bigint not null,
  code text not null default '',
  evidence jsonb not null,
  opened_at timestamptz not null,
  opened_by text not null,
  -- Why it was needed, in one word of a list, so that cases can be counted by it; empty while it is open.
  cause text not null default '',
  closed_at timestamptz,
  closed_by text not null default '',
  primary key (company_id, case_id),
  check ((cause = '') = (closed_at is null))
);
create table support_message (
  company_id bigint not null,
  case_id bigint not null,
  message_id bigint not null,
  side text not null check (side in ('employer', 'operator')),
  who text not null,
  at timestamptz not null,
  words text not null,
  primary key (company_id, case_id, message_id),
  foreign key (company_id, case_id) references support_case (company_id, case_id)
);
create table support_proposal (
  company_id bigint not null,
  case_id bigint not null,
  legacy_job_id bigint not null,
  ats_job_id bigint not null,
  who text not null,
  at timestamptz not null,
  primary key (company_id, case_id, legacy_job_id, ats_job_id),
  foreign key (company_id, case_id) references support_case (company_id, case_id),
  foreign key (company_id, legacy_job_id) references job (company_id, job_id),
  foreign key (company_id, ats_job_id) references job (company_id, job_id)
);

grant select, insert on support_case, support_message, support_proposal to changeover_app;
grant update (cause, closed_at, closed_by) on support_case to changeover_app;
grant select on support_case, support_message, support_proposal to changeover_operator;

do $$
declare t text;
begin
  foreach t in array array['support_case', 'support_message', 'support_proposal'] loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('create policy own_company on %I to changeover_app using (company_id = '
      '(select nullif(current_setting(''changeover.company'', true), '''')::bigint))', t);
    execute format('create policy every_company on %I for select to changeover_operator using (true)', t);
  end loop;
end $$;
