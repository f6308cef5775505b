-- As of which revision a source's records are those of all its open jobs.
set local search_path = changeover;

-- Null where that is not so, or not known: then each job is asked for. Programs of the version before leave it null.
alter table record_part add column revision bigint;
set local search_path = public;
