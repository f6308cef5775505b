-- People who sign in. A person may belong to several companies, so an account is the board's own: its company is 0.
set local search_path = changeover;

-- The board's own line: what is no company's is written as its next revision, each with the hash of the one before.
create table board (
  company_id bigint primary key,
  revision bigint not null
);
create table board_revision (
  company_id bigint not null references board (company_id),
  revision bigint not null,
  at timestamptz not null,
  kind text not null,
  who text not null,
  why text not null,
  detail jsonb not null default '{}',
  hash bytea not null,
  primary key (company_id, revision)
);

-- password: what argon2 makes of it, empty where there is none. issuer, subject: who it is at the OpenID provider.
-- The second factor's secret is derived from the board's key and factor_id (webhooks/keys); factor_step is the time step
-- whose code was taken last, so that none is taken twice.
create table account (
  company_id bigint not null,
  account_id bigint not null,
  email text not null,
  name text not null,
  role text not null check (role in ('operator', 'employer', 'recruiter')),
  state text not null default 'invited' check (state in ('invited', 'active', 'disabled')),
  password text not null default '',
  issuer text not null default '',
  subject text not null default '',
  factor_id bigint,
  factor_at timestamptz,
  factor_step bigint not null default 0,
  created_at timestamptz not null,
  primary key (company_id, account_id)
);
create unique index account_email on account (company_id, email);
create unique index account_subject on account (company_id, issuer, subject) where subject <> '';

-- The companies that an employer or a recruiter belongs to.
create table account_company (
  company_id bigint not null,
  account_id bigint not null,
  organization bigint not null,
  primary key (company_id, account_id, organization),
  foreign key (company_id, account_id) references account (company_id, account_id)
);

-- factor_at: when the second factor was shown in this session.
create table account_session (
  company_id bigint not null,
  hash bytea not null,
  account_id bigint not null,
  began_at timestamptz not null,
  seen_at timestamptz not null,
  ends_at timestamptz not null,
  factor_at timestamptz,
  agent text not null default '',
  primary key (company_id, hash),
  foreign key (company_id, account_id) references account (company_id, account_id)
);
create index account_session_of on account_session (company_id, account_id);

-- A link that works once: an invitation, or a new password for who has lost theirs.
create table account_link (
  company_id bigint not null,
  hash bytea not null,
  account_id bigint not null,
  ends_at timestamptz not null,
  primary key (company_id, hash),
  foreign key (company_id, account_id) references account (company_id, account_id)
);

-- In place of the second factor, each once.
create table recovery_code (
  company_id bigint not null,
  account_id bigint not null,
  hash bytea not null,
  primary key (company_id, account_id, hash),
  foreign key (company_id, account_id) references account (company_id, account_id)
);

-- How often signing in has failed, by what was tried: an account from an unknown browser, a known one, an address.
create table failed_sign_in (
  company_id bigint not null,
  key text not null,
  failures int not null,
  last_at timestamptz not null,
  primary key (company_id, key)
);

grant select, insert, update on board, account to changeover_app;
grant select, insert on board_revision to changeover_app;
grant select, insert, delete on account_company, account_link, recovery_code to changeover_app;
grant select, insert, update, delete on account_session, failed_sign_in to changeover_app;
grant select on board, board_revision, account_company to changeover_operator;
grant select (company_id, account_id, email, name, role, state, issuer, factor_at, created_at) on account
  to changeover_operator;

do $$
declare t text;
begin
  foreach t in array array['board', 'board_revision', 'account', 'account_company', 'account_session', 'account_link',
    'recovery_code', 'failed_sign_in'] loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('create policy own_company on %I to changeover_app using (company_id = '
      '(select nullif(current_setting(''changeover.company'', true), '''')::bigint))', t);
    execute format('create policy every_company on %I for select to changeover_operator using (true)', t);
  end loop;
end $$;
