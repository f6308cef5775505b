-- Several sources of one lane: of an opening that two of them tell one job shows, the others stand in its shadow.
set local search_path = changeover;

-- The job of another source of the lane that shows this opening; 0 while that is not decided. A job with this set is
-- told by its source and is not open: it shows nothing and pairs with nothing. Null: it speaks for itself.
alter table job add column shadow_of bigint check (shadow_of is null or not open);
create index job_shadow on job (company_id, shadow_of) where shadow_of is not null;
