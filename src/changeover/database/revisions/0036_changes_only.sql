-- Whether a source tells only what is new, changed or over, and not every open job each time.
alter table changeover.source add column tells_changes boolean not null default false;
update changeover.source set tells_changes = true where mapping ->> 'full' = 'false';
