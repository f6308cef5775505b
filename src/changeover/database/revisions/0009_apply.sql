-- Applying on the board. Files stand in rows, so that an application and its files are one transaction.
set local search_path = changeover;

-- What an ATS job asks of those who apply here, in our own words (docs/apply.md). No row: applied for at the employer.
create table apply_form (
  company_id bigint not null,
  job_id bigint not null,
  form jsonb not null,
  primary key (company_id, job_id),
  foreign key (company_id, job_id) references job (company_id, job_id)
);

-- What a person has filled in so far, by the hash of the form's own key: nobody who reads this row can go on with it.
create table application_draft (
  company_id bigint not null,
  draft_hash bytea not null,
  posting_id bigint not null,
  fields jsonb not null,
  saved_at timestamptz not null,
  primary key (company_id, draft_hash),
  foreign key (company_id, posting_id) references posting (company_id, posting_id)
);
create table draft_file (
  company_id bigint not null,
  draft_hash bytea not null,
  question text not null,
  file_id bigint not null,
  name text not null,
  media_type text not null,
  kind text not null,
  content bytea not null,
  primary key (company_id, draft_hash, question),
  foreign key (company_id, draft_hash) references application_draft (company_id, draft_hash)
);

-- A person's application for a posting. One draft makes one application, however often its form is sent. token_hash: of
-- what stands in the address of the person's own page. was_open: the job was live when it came. Erased: what the person said is gone, that there was one stays.
create table application (
  company_id bigint not null references company (company_id),
  application_id bigint not null,
  posting_id bigint not null,
  job_id bigint,
  external_job_id text not null default '',
  applicant jsonb not null default '{}',
  answers jsonb not null default '{}',
  consent jsonb not null default '{}',
  draft_hash bytea not null,
  token_hash bytea not null,
  was_open boolean not null default true,
  applied_at timestamptz not null,
  withdrawn_at timestamptz,
  erased_at timestamptz,
  primary key (company_id, application_id),
  foreign key (company_id, posting_id) references posting (company_id, posting_id),
  foreign key (company_id, job_id) references job (company_id, job_id)
);
create unique index application_once on application (company_id, draft_hash);

create table application_action (
  company_id bigint not null,
  application_id bigint not null,
  action text not null,
  performed_at timestamptz not null,
  told_at timestamptz not null,
  who text not null,
  primary key (company_id, application_id, action),
  foreign key (company_id, application_id) references application (company_id, application_id)
);
create table application_file (
  company_id bigint not null,
  file_id bigint not null,
  application_id bigint not null,
  name text not null,
  media_type text not null,
  content bytea not null,
  stored_at timestamptz not null,
  primary key (company_id, file_id),
  foreign key (company_id, application_id) references application (company_id, application_id)
);
create index application_files on application_file (company_id, application_id);

grant select, insert, update on apply_form, application_draft, draft_file, application to changeover_app;
grant select, insert on application_action, application_file to changeover_app;
grant delete on apply_form, application_draft, draft_file, application_file to changeover_app;
-- What people said of themselves is read one company at a time; the operator's overview counts.
grant select on apply_form, application_action to changeover_operator;
grant select (company_id, application_id, posting_id, job_id, external_job_id, was_open, applied_at, withdrawn_at,
  erased_at) on application to changeover_operator;
grant select on apply_form to changeover_live;

do $$
declare t text;
begin
  foreach t in array array['apply_form', 'application_draft', 'draft_file', 'application', 'application_action',
    'application_file'] loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('create policy own_company on %I to changeover_app using (company_id = '
      '(select nullif(current_setting(''changeover.company'', true), '''')::bigint))', t);
    execute format('create policy every_company on %I for select to changeover_operator using (true)', t);
  end loop;
end $$;
create policy live_only on apply_form for select to changeover_live using (true);

-- Where one can apply here: a live posting whose ATS side is open and has a form, from the day its company's migration
-- began. Whichever side feeds the posting, applications go to the ATS.
create view public_apply as
select j.company_id, j.posting_id, j.job_id, f.form
from company c
join job j using (company_id)
join apply_form f on f.company_id = j.company_id and f.job_id = j.job_id
where c.state <> 'legacy' and j.lane = 'ats' and j.open and j.valid
  and exists (select 1 from job s where s.company_id = j.company_id and s.posting_id = j.posting_id and s.lane = c.feed
              and s.open and s.valid);
grant create on schema changeover to changeover_live;
alter view public_apply owner to changeover_live;
revoke create on schema changeover from changeover_live;
grant select on public_apply to changeover_board, changeover_operator;
