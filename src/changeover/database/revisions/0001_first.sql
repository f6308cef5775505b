-- The first schema. Rules (docs/decisions): every table leads with company_id in its primary key,
-- unique indexes and foreign keys; no triggers, no identity columns; ids and times come from the
-- program. Roles are made before this runs (database/roles.py).

create schema changeover;
create schema background;
grant usage on schema changeover to changeover_app, changeover_operator, changeover_board, changeover_live;
grant usage on schema background to changeover_app, changeover_operator;
grant create on schema changeover to changeover_live;

set local search_path = changeover;

-- A company: its feed, its state and its revision, which is its lock.
create table company (
  company_id bigint primary key,
  name text not null check (name <> ''),
  ats text not null default '',
  state text not null default 'legacy'
    check (state in ('legacy', 'matching', 'ready', 'cut_over', 'finished')),
  feed text not null default 'legacy' check (feed in ('legacy', 'ats')),
  held boolean not null default false,
  held_by text not null default '',
  held_why text not null default '',
  ats_only_holds boolean not null default true,
  none_live_confirmed boolean not null default false,
  revision bigint not null default 0,
  flowed_revision bigint not null default 0,
  counts jsonb not null default '{}',
  blockers jsonb not null default '[]',
  activated_at timestamptz,
  cut_over_at timestamptz,
  way_back_until timestamptz,
  resolve_digest text,
  resolve_by text,
  resolve_at timestamptz,
  created_at timestamptz not null,
  -- Promise 3: exactly one lane feeds, and the state says which.
  constraint one_feed check ((feed = 'ats') = (state in ('cut_over', 'finished')))
)
-- Every change of a company writes its row again: room for that on the page it stands on.
with (fillfactor = 50);

-- Where a company's jobs come from. Pulled sources have a schedule; a push source has none.
create table source (
  company_id bigint not null references company (company_id),
  source_id bigint not null,
  lane text not null check (lane in ('legacy', 'ats')),
  kind text not null,
  location text not null,
  rank int not null default 0,
  every_minutes int,
  state text not null default 'active' check (state in ('active', 'revoked', 'off')),
  revoked_at timestamptz,
  next_read_at timestamptz,
  failures int not null default 0,
  -- Readings are numbered as they begin; one that ends after a later one has been settled is dropped.
  begun bigint not null default 0,
  settled bigint not null default 0,
  -- The company's revision and the time when the last believed whole reading began; whether it was the newest.
  whole_revision bigint,
  whole_at timestamptz,
  whole_now boolean not null default false,
  held_reading_id bigint,
  last_new_job_at timestamptz,
  created_at timestamptz not null,
  primary key (company_id, source_id)
);

-- What a source said once, and what was believed of it.
create table reading (
  company_id bigint not null,
  reading_id bigint not null,
  source_id bigint not null,
  began_at timestamptz not null,
  ended_at timestamptz not null,
  began_revision bigint not null,
  completeness text not null check (completeness in ('complete', 'partial', 'failed')),
  verdict text not null check (verdict in ('taken', 'held', 'failed', 'released', 'superseded')),
  code text not null default '',
  sentence text not null default '',
  jobs int not null,
  unreadable int not null default 0,
  appeared int not null default 0,
  changed int not null default 0,
  vanished int not null default 0,
  problems jsonb not null default '[]',
  primary key (company_id, reading_id),
  foreign key (company_id, source_id) references source (company_id, source_id)
);
create index reading_latest on reading (company_id, source_id, reading_id desc);

-- The jobs of a reading as it told them: zlib-compressed JSON lines, a part per 5,000 jobs.
create table snapshot_part (
  company_id bigint not null,
  reading_id bigint not null,
  part int not null,
  jobs bytea not null,
  primary key (company_id, reading_id, part),
  foreign key (company_id, reading_id) references reading (company_id, reading_id)
);

-- A live listing's identity: its id never changes; a posting merged into another redirects for ever.
create table posting (
  company_id bigint not null references company (company_id),
  posting_id bigint not null,
  origin_job_id bigint not null,
  alias_of bigint,
  created_revision bigint not null,
  primary key (company_id, posting_id),
  foreign key (company_id, alias_of) references posting (company_id, posting_id)
);
create index posting_alias on posting (company_id, alias_of) where alias_of is not null;
create index posting_origin on posting (company_id, origin_job_id);

-- An opening at one place as one source tells it. Never deleted: a job that vanishes is closed.
create table job (
  company_id bigint not null,
  job_id bigint not null,
  lane text not null check (lane in ('legacy', 'ats')),
  source_id bigint not null,
  source_job_id text not null,
  posting_id bigint not null,
  open boolean not null,
  valid boolean not null,
  flaw text not null default '',
  opened_revision bigint not null,
  closed_revision bigint,
  title text not null,
  location text not null default '',
  company_name text not null default '',
  employer_job_id text not null default '',
  requisition text not null default '',
  url text not null default '',
  apply_url text not null default '',
  workplace_type text not null default '',
  posted_at timestamptz,
  digest bytea not null,
  primary key (company_id, job_id),
  foreign key (company_id, source_id) references source (company_id, source_id),
  foreign key (company_id, posting_id) references posting (company_id, posting_id)
);
create unique index job_source_id on job (company_id, source_id, source_job_id);
-- Promise 2: an opening is one row; at most one open job of each lane stands on a posting. With what it includes, this
-- index alone says what is live, what would be, and whether a company is ready, in the order of postings.
create unique index job_side on job (company_id, posting_id, lane) include (valid, opened_revision) where open;
create index job_posting on job (company_id, posting_id, lane);
create index job_newest on job (posting_id desc) include (company_id, lane) where open and valid;

-- The long part of a job, apart, so that pairing and counting a company's jobs touches narrow rows.
create table job_text (
  company_id bigint not null,
  job_id bigint not null,
  description text not null default '',
  extra jsonb not null default '{}',
  primary key (company_id, job_id),
  foreign key (company_id, job_id) references job (company_id, job_id)
);

-- A person's word on a pair. It outlives every re-match.
create table decision (
  company_id bigint not null,
  legacy_job_id bigint not null,
  ats_job_id bigint not null,
  verdict text not null check (verdict in ('confirmed', 'rejected')),
  who text not null,
  decided_at timestamptz not null,
  revision bigint not null,
  primary key (company_id, legacy_job_id, ats_job_id),
  foreign key (company_id, legacy_job_id) references job (company_id, job_id),
  foreign key (company_id, ats_job_id) references job (company_id, job_id)
);
create unique index decision_legacy on decision (company_id, legacy_job_id) where verdict = 'confirmed';
create unique index decision_ats on decision (company_id, ats_job_id) where verdict = 'confirmed';

-- What matching found: a pair, a suggestion or a lone job (the missing id is 0), and why.
create table finding (
  company_id bigint not null references company (company_id),
  legacy_job_id bigint not null,
  ats_job_id bigint not null,
  decision text not null check (decision in ('paired', 'review', 'legacy_only', 'ats_only')),
  score double precision not null,
  rule text not null,
  reason text not null,
  code text not null default '',
  fix text not null default '',
  evidence jsonb not null default '[]',
  primary key (company_id, legacy_job_id, ats_job_id)
);
create index finding_decision on finding (company_id, decision, legacy_job_id, ats_job_id);
create index finding_ats on finding (company_id, ats_job_id);

-- History: one row a revision with when, who and why. It is the event row of the design.
create table revision (
  company_id bigint not null references company (company_id),
  revision bigint not null,
  at timestamptz not null,
  kind text not null,
  who text not null,
  why text not null,
  feed text not null check (feed in ('legacy', 'ats')),
  state text not null,
  detail jsonb not null default '{}',
  primary key (company_id, revision)
);

create index revision_moves on revision (company_id, revision) where kind in ('cut_over', 'resolved', 'reverted');

-- History: from which to which revision a job was open and valid in its source.
create table job_open (
  company_id bigint not null,
  job_id bigint not null,
  lane text not null check (lane in ('legacy', 'ats')),
  from_revision bigint not null,
  to_revision bigint check (to_revision > from_revision),
  primary key (company_id, job_id, from_revision),
  foreign key (company_id, job_id) references job (company_id, job_id)
);
create unique index job_open_now on job_open (company_id, job_id) where to_revision is null;

-- History: from which to which revision an open, valid job was a posting's side.
create table side (
  company_id bigint not null,
  posting_id bigint not null,
  lane text not null check (lane in ('legacy', 'ats')),
  job_id bigint not null,
  from_revision bigint not null,
  to_revision bigint check (to_revision > from_revision),
  primary key (company_id, job_id, from_revision),
  foreign key (company_id, posting_id) references posting (company_id, posting_id),
  foreign key (company_id, job_id) references job (company_id, job_id)
);
create unique index side_now on side (company_id, posting_id, lane) where to_revision is null;
create unique index side_job_now on side (company_id, job_id) where to_revision is null;
create index side_posting on side (company_id, posting_id, lane, from_revision);

-- The postings that a person agreed to close at a move of the feed.
create table agreed_closing (
  company_id bigint not null,
  revision bigint not null,
  posting_id bigint not null,
  job_id bigint not null,
  primary key (company_id, revision, posting_id),
  foreign key (company_id, posting_id) references posting (company_id, posting_id)
);

-- A program that may push a company's jobs; two secrets may be live for rotation.
create table client (
  company_id bigint not null references company (company_id),
  client_id bigint not null,
  name text not null,
  created_at timestamptz not null,
  primary key (company_id, client_id)
);
create table client_secret (
  company_id bigint not null,
  client_id bigint not null,
  secret_id bigint not null,
  hash bytea not null,
  created_at timestamptz not null,
  ends_at timestamptz,
  primary key (company_id, client_id, secret_id),
  foreign key (company_id, client_id) references client (company_id, client_id)
);

-- These grow by whole companies at once: statistics and visibility must follow soon, whatever else is in the table.
alter table job set (autovacuum_analyze_scale_factor = 0.02, autovacuum_vacuum_scale_factor = 0.05,
  autovacuum_vacuum_insert_scale_factor = 0.05);
alter table posting set (autovacuum_analyze_scale_factor = 0.02, autovacuum_vacuum_scale_factor = 0.05,
  autovacuum_vacuum_insert_scale_factor = 0.05);
alter table side set (autovacuum_analyze_scale_factor = 0.02, autovacuum_vacuum_scale_factor = 0.05,
  autovacuum_vacuum_insert_scale_factor = 0.05);
alter table job_open set (autovacuum_analyze_scale_factor = 0.02, autovacuum_vacuum_scale_factor = 0.05,
  autovacuum_vacuum_insert_scale_factor = 0.05);
alter table finding set (autovacuum_analyze_scale_factor = 0.02);
