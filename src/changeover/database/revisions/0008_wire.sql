-- The Apply Connect wire, applications, and what leaves us. An ATS vendor is a tenant of its own: in the rows that are
-- a vendor's, company_id is the vendor's id.
set local search_path = changeover;

-- A vendor's applications: one parent, and a child for each customer.
create table wire_application (
  company_id bigint not null,
  application_id bigint not null,
  kind text not null check (kind in ('parent', 'child')),
  foreign_id text not null default '',
  name text not null,
  description text not null default '',
  callback_urls jsonb not null default '[]',
  js_domains jsonb not null default '[]',
  created_at timestamptz not null,
  primary key (company_id, application_id)
);
create unique index wire_application_foreign on wire_application (company_id, foreign_id) where kind = 'child';

-- Two may be live. A secret is derived from the board's key (webhooks/keys): what it signs can be signed again.
create table wire_secret (
  company_id bigint not null,
  application_id bigint not null,
  secret_id bigint not null,
  hash bytea not null,
  created_at timestamptz not null,
  ends_at timestamptz,
  primary key (company_id, application_id, secret_id),
  foreign key (company_id, application_id) references wire_application (company_id, application_id)
);

create table wire_token (
  company_id bigint not null,
  hash bytea not null,
  application_id bigint not null,
  expires_at timestamptz not null,
  primary key (company_id, hash),
  foreign key (company_id, application_id) references wire_application (company_id, application_id)
);

-- Which companies a child application speaks for.
create table wire_link (
  company_id bigint not null,
  application_id bigint not null,
  organization bigint not null,
  primary key (company_id, application_id, organization),
  foreign key (company_id, application_id) references wire_application (company_id, application_id)
);

-- A vendor's wish to be a company's ATS, and the employer's word on it.
create table wire_integration (
  company_id bigint not null references company (company_id),
  vendor_id bigint not null,
  kind text not null,
  tenant text not null,
  provider text not null,
  application_id bigint,
  name text not null default '',
  configurations jsonb not null default '{}',
  state text not null default 'requested' check (state in ('requested', 'enabled', 'disabled')),
  request_id bigint not null,
  requested_at timestamptz not null,
  decided_at timestamptz,
  -- The full resync that was asked for last, the newest push since, and when it counted as answered or was given up.
  resync_at timestamptz,
  resync_last_at timestamptz,
  resync_done_at timestamptz,
  primary key (company_id, vendor_id, kind, tenant, provider)
);

-- A job of the wire by the ATS's id: what a source's job does not hold. places are its jobs' own ids, the first one first.
create table wire_job (
  company_id bigint not null references company (company_id),
  external_id text not null,
  vendor_id bigint not null,
  application_id bigint not null,
  places text[] not null,
  location text not null default '',
  open boolean not null,
  flaw text not null default '',
  flaw_detail text not null default '',
  apply_flaw text not null default '',
  listing text not null default 'BASIC',
  contract text not null default '',
  campaign text not null default '',
  webhook_url text not null default '',
  apply_form jsonb,
  sameness bigint not null default 0,
  listed_at timestamptz,
  expires_at timestamptz,
  updated_at timestamptz not null,
  announced text not null default '',
  primary key (company_id, external_id)
);
create index wire_job_same on wire_job (company_id, sameness) where open and sameness <> 0;
create index wire_job_ends on wire_job (expires_at, company_id) where open;

-- A task is the receipt of one job at one place, kept 30 days. What became of it is read from the job, unless it failed.
create table wire_task (
  company_id bigint not null references company (company_id),
  task_id bigint not null,
  application_id bigint not null,
  external_id text not null,
  place text not null,
  operation text not null,
  revision bigint not null,
  failed text not null default '',
  message text not null default '',
  created_at timestamptz not null,
  primary key (company_id, task_id)
);
create index wire_task_age on wire_task (created_at, company_id);

-- Someone asked for what is another company's.
create table wire_refusal (
  company_id bigint not null,
  refusal_id bigint not null,
  at timestamptz not null,
  application text not null,
  asked text not null,
  primary key (company_id, refusal_id)
);

-- A person's application for a job, and what became of it.
create table wire_submission (
  company_id bigint not null references company (company_id),
  application_id bigint not null,
  posting_id bigint not null,
  external_job_id text not null default '',
  applicant jsonb not null default '{}',
  answers jsonb not null default '{}',
  applied_at timestamptz not null,
  primary key (company_id, application_id),
  foreign key (company_id, posting_id) references posting (company_id, posting_id)
);
create table wire_submission_action (
  company_id bigint not null,
  application_id bigint not null,
  action text not null,
  performed_at timestamptz not null,
  told_at timestamptz not null,
  who text not null,
  primary key (company_id, application_id, action),
  foreign key (company_id, application_id) references wire_submission (company_id, application_id)
);
create table wire_submission_file (
  company_id bigint not null,
  file_id bigint not null,
  application_id bigint not null,
  name text not null,
  media_type text not null,
  content bytea not null,
  stored_at timestamptz not null,
  primary key (company_id, file_id),
  foreign key (company_id, application_id) references wire_submission (company_id, application_id)
);

-- Where events are sent. It must pass the challenge before anything is, and every two hours again.
create table webhook (
  company_id bigint not null,
  webhook_id bigint not null,
  channel text not null,
  recipient text not null,
  event text not null default '',
  url text not null,
  state text not null default 'new' check (state in ('new', 'active', 'blocked', 'off')),
  failures int not null default 0,
  problem text not null default '',
  checked_at timestamptz,
  check_at timestamptz,
  created_at timestamptz not null,
  primary key (company_id, webhook_id)
);
create unique index webhook_once on webhook (company_id, channel, recipient, event, url);
create index webhook_due on webhook (check_at) where check_at is not null;

-- The outbox: written with what it tells, sent at least once, kept where it can be sent again.
create table delivery (
  company_id bigint not null,
  delivery_id bigint not null,
  channel text not null,
  recipient text not null,
  event text not null,
  url text not null default '',
  body text not null,
  state text not null default 'waiting' check (state in ('waiting', 'delivered', 'dead')),
  attempts int not null default 0,
  problem text not null default '',
  created_at timestamptz not null,
  next_at timestamptz not null,
  ended_at timestamptz,
  primary key (company_id, delivery_id)
);
create index delivery_due on delivery (next_at, company_id) where state = 'waiting';

create index revision_doubts on revision (company_id, revision) where kind in ('activated', 'reverted', 'reading_held');

grant select, insert, update on wire_application, wire_secret, wire_link, wire_integration, wire_job, wire_submission,
  webhook, delivery to changeover_app;
grant select, insert on wire_token, wire_task, wire_refusal, wire_submission_action, wire_submission_file to changeover_app;
grant delete on wire_token, wire_task, delivery to changeover_app;
grant select on wire_application, wire_link, wire_integration, wire_job, wire_task, wire_refusal, wire_submission,
  wire_submission_action, webhook, delivery to changeover_operator;

do $$
declare t text;
begin
  foreach t in array array['wire_application', 'wire_secret', 'wire_token', 'wire_link', 'wire_integration', 'wire_job',
    'wire_task', 'wire_refusal', 'wire_submission', 'wire_submission_action', 'wire_submission_file', 'webhook', 'delivery'] loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('create policy own_company on %I to changeover_app using (company_id = '
      '(select nullif(current_setting(''changeover.company'', true), '''')::bigint))', t);
    execute format('create policy every_company on %I for select to changeover_operator using (true)', t);
  end loop;
end $$;
