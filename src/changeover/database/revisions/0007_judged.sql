-- What readings are judged by beside their jobs, and on whose word a source is read.
set local search_path = changeover;

-- Jobs that this reading lacked for the first time, and what it was like as a whole.
alter table reading add column missed bigint[] not null default '{}';
alter table reading add column outline jsonb;

-- On whose word the source is read, and when that was said.
alter table source add column consent text not null default '';
alter table source add column consent_at timestamptz;
