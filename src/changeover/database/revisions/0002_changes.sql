-- What the change stream reads: where each revision stands in the board's order, and when a job was told anew.
set local search_path = changeover;

-- The number of the transaction that wrote the revision, given by the program: none below the lowest that is still
-- under way can appear any more, so a follower that reads up to there skips nothing.
alter table revision add column position bigint not null default 0;
create index revision_position on revision (position, company_id, revision);

-- The revision at which an open job's content was told differently; 0 while it is as first told.
alter table job add column told_revision bigint not null default 0;
create index job_told on job (company_id, told_revision) where told_revision > 0;

create index side_from on side (company_id, from_revision);
create index side_to on side (company_id, to_revision) where to_revision is not null;
