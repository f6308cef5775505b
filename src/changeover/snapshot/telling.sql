-- Sources that tell changes only.

-- name: set_tells(company, source, changes)!
-- A mapping says the same, for whoever reads it. What was taken for whole by another rule is not.
update source set tells_changes = :changes,
  whole_revision = case when not :changes then whole_revision end,
  whole_at = case when not :changes then whole_at end, whole_now = false, etag = '', last_modified = '',
  mapping = jsonb_set(mapping, '{full}', to_jsonb(not :changes::boolean))
where company_id = :company and source_id = :source and tells_changes <> :changes;

-- name: set_full_from(company, source, full_from)!
update source set full_from = :full_from where company_id = :company and source_id = :source;

-- name: keep_whole(company, source, whole_revision, whole_at, since)!
update source set whole_revision = :whole_revision, whole_at = :whole_at, whole_now = true
where company_id = :company and source_id = :source and tells_changes and held_reading_id is null
  and whole_at >= :since;

-- name: not_whole(company, source)!
update source set whole_revision = null, whole_at = null, whole_now = false
where company_id = :company and source_id = :source and tells_changes;

-- name: told_everything(company, source)!
update source s set whole_revision = r.began_revision, whole_at = r.began_at, whole_now = true
from reading r
where s.company_id = :company and s.source_id = :source and s.state = 'active' and s.tells_changes
  and s.held_reading_id is null and r.company_id = s.company_id and r.verdict in ('taken', 'released')
  and r.reading_id = (select max(reading_id) from reading where company_id = :company and source_id = :source);
