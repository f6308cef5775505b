-- Sources, their readings, and the jobs of readings that were kept.

-- name: add_source(company, source, lane, kind, location, rank, every, next_read, now)!
insert into source (company_id, source_id, lane, kind, location, rank, every_minutes, next_read_at, created_at)
values (:company, :source, :lane, :kind, :location, :rank, :every, :next_read, :now);

-- name: set_mapping(company, source, mapping)!
update source set mapping = :mapping where company_id = :company and source_id = :source;

-- name: sources(company)
select company_id, source_id, lane, kind, location, rank, every_minutes, state, revoked_at, next_read_at, failures,
  begun, settled, whole_revision, whole_at, whole_now, held_reading_id, last_new_job_at, created_at, mapping,
  consent, consent_at, etag, last_modified, full_read_at, origins, raw_reading_id, tells_changes, full_from
from source where company_id = :company order by lane, rank desc, source_id;

-- name: source(company, source)
select company_id, source_id, lane, kind, location, rank, every_minutes, state, revoked_at, next_read_at, failures,
  begun, settled, whole_revision, whole_at, whole_now, held_reading_id, last_new_job_at, created_at, mapping,
  consent, consent_at, etag, last_modified, full_read_at, origins, raw_reading_id, tells_changes, full_from
from source where company_id = :company and source_id = :source;

-- name: sources_of(companies)
-- Operator's view.
select company_id, source_id, lane, kind, location, rank, every_minutes, state, revoked_at, next_read_at, failures,
  begun, settled, whole_revision, whole_at, whole_now, held_reading_id, last_new_job_at, created_at, mapping,
  consent, consent_at, etag, last_modified, full_read_at, origins, raw_reading_id, tells_changes, full_from
from source where company_id = any(:companies) order by company_id, lane, rank desc, source_id;

-- name: held_readings(size)
-- Operator's view: readings that wait for a person, longest first.
select r.company_id, r.reading_id, r.source_id, r.began_at, r.ended_at, r.began_revision, r.completeness, r.verdict,
  r.code, r.sentence, r.jobs, r.unreadable, r.appeared, r.changed, r.vanished, r.problems, r.missed, r.outline,
  s.location, s.lane, c.name from source s
join reading r on r.company_id = s.company_id and r.reading_id = s.held_reading_id
join company c on c.company_id = s.company_id
where s.held_reading_id is not null and s.state = 'active'
order by r.reading_id limit :size;

-- name: read_soon(company, by)!
-- Sources whose newest reading was not whole are read again by then.
update source set next_read_at = least(next_read_at, :by)
where company_id = :company and state = 'active' and next_read_at is not null and not whole_now;

-- name: add_reading(company, reading, source, began, ended, began_revision, completeness, verdict, code, sentence, jobs, unreadable, appeared, changed, vanished, problems, missed, outline)!
insert into reading (company_id, reading_id, source_id, began_at, ended_at, began_revision, completeness, verdict, code,
  sentence, jobs, unreadable, appeared, changed, vanished, problems, missed, outline)
values (:company, :reading, :source, :began, :ended, :began_revision, :completeness, :verdict, :code, :sentence, :jobs,
  :unreadable, :appeared, :changed, :vanished, :problems, :missed, :outline);

-- name: last_believed(company, source)
-- What the newest reading that was believed lacked for the first time, and what it was like.
select missed, outline from reading
where company_id = :company and source_id = :source and verdict in ('taken', 'released')
order by reading_id desc limit 1;

-- name: missed_before(company, source, before)
-- What the newest reading that was believed and began by then lacked, in a row.
select missed from reading
where company_id = :company and source_id = :source and verdict in ('taken', 'released') and began_at <= :before
order by reading_id desc limit 1;

-- name: consent(company, source, consent, now)!
update source set consent = :consent, consent_at = :now where company_id = :company and source_id = :source;

-- name: keep_part(company, reading, part, jobs)!
insert into snapshot_part (company_id, reading_id, part, jobs) values (:company, :reading, :part, :jobs);

-- name: kept_parts(company, reading)
select jobs from snapshot_part where company_id = :company and reading_id = :reading order by part;

-- name: forget_old(company, source, keep)!
-- Of each source the jobs of the newest readings are kept; of older ones only the line.
delete from snapshot_part where company_id = :company and reading_id in (
  select reading_id from reading where company_id = :company and source_id = :source
  order by reading_id desc offset :keep
) and reading_id is distinct from (select held_reading_id from source where company_id = :company and source_id = :source);

-- name: forget_first(company, source, number)!
-- Of a source's first large readings, up to this number where it is given, the snapshots: their jobs stand by
-- themselves, or never will.
with gone as (
  delete from first_snapshot where company_id = :company and source_id = :source and (:number::bigint is null or number <= :number)
)
delete from first_part
where company_id = :company and source_id = :source and (:number::bigint is null or number <= :number);

-- name: set_validators(company, source, etag, last_modified, full_read)!
update source set etag = :etag, last_modified = :last_modified, full_read_at = coalesce(:full_read, full_read_at)
where company_id = :company and source_id = :source;

-- name: source_whole(company, source, whole_revision, whole_at)!
update source set whole_revision = :whole_revision, whole_at = :whole_at, whole_now = true, held_reading_id = null,
  failures = 0
where company_id = :company and source_id = :source;

-- name: settle_source(company, source, number, failed)!
-- A reading was settled. Whether it was whole is said after this.
update source set settled = :number, whole_now = false, etag = '', last_modified = '', failures = case when :failed then failures + 1 else 0 end
where company_id = :company and source_id = :source;

-- name: source_held(company, source, reading)!
update source set held_reading_id = :reading where company_id = :company and source_id = :source;

-- name: new_job_seen(company, source, now)!
update source set last_new_job_at = :now where company_id = :company and source_id = :source;

-- name: set_reading_verdict(company, reading, verdict)!
update reading set verdict = :verdict where company_id = :company and reading_id = :reading;

-- name: supersede_held(company, source, reading)!
update reading set verdict = 'superseded'
where company_id = :company and source_id = :source and verdict = 'held' and reading_id < :reading;

-- name: latest_readings(company, source, size)
select company_id, reading_id, source_id, began_at, ended_at, began_revision, completeness, verdict, code, sentence,
  jobs, unreadable, appeared, changed, vanished, problems, missed, outline
from reading where company_id = :company and source_id = :source order by reading_id desc limit :size;

-- name: held_alike(company, source, jobs, near)
-- When the newest readings in a row began that were held and told about as many jobs, newest first.
select began_at from reading
where company_id = :company and source_id = :source and reading_id > coalesce((
  select reading_id from reading
  where company_id = :company and source_id = :source
    and (verdict not in ('held', 'superseded') or abs(jobs - :jobs) > :near)
  order by reading_id desc limit 1), 0)
order by reading_id desc;

-- name: readings_before(company, source, before, size)
select company_id, reading_id, source_id, began_at, ended_at, began_revision, completeness, verdict, code, sentence,
  jobs, unreadable, appeared, changed, vanished, problems, missed, outline
from reading where company_id = :company and source_id = :source and reading_id < :before
order by reading_id desc limit :size;

-- name: reading(company, reading)
select company_id, reading_id, source_id, began_at, ended_at, began_revision, completeness, verdict, code, sentence,
  jobs, unreadable, appeared, changed, vanished, problems, missed, outline
from reading where company_id = :company and reading_id = :reading;

-- name: revoke_source(company, source, now)!
update source set state = 'revoked', revoked_at = :now, next_read_at = null
where company_id = :company and source_id = :source and state = 'active';

-- name: switch_off(company, lane)!
-- They are read no more, so nothing is written from what was kept of a first reading.
with off as (
  update source set state = 'off', next_read_at = null where company_id = :company and lane = :lane and state = 'active'
  returning source_id
), unread as (
  delete from first_snapshot where company_id = :company and source_id in (select source_id from off)
)
delete from first_part where company_id = :company and source_id in (select source_id from off);

-- name: read_by_another(company, source)!
-- A part of a consolidated feed has no time of its own: it is read with the feed.
update source set next_read_at = null where company_id = :company and source_id = :source;

-- name: read_soon_one(company, source, by)!
update source set next_read_at = least(next_read_at, :by)
where company_id = :company and source_id = :source and state = 'active';

-- name: held_count()
-- Operator's view.
select count(*) as readings from source where held_reading_id is not null and state = 'active';
