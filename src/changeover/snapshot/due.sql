-- When sources are read.

-- name: due_sources(now, size, since, after)
-- Sources whose time has come, of companies whose state reads their lane. Operator's view.
select s.company_id, s.source_id, s.next_read_at from source s join company c using (company_id)
where s.state = 'active' and s.next_read_at <= :now
  and (s.next_read_at, s.source_id) > (coalesce(:since::timestamptz, '-infinity'), :after)
  and (s.lane = 'legacy' and c.state <> 'finished' or s.lane = 'ats' and c.state <> 'legacy')
order by s.next_read_at, s.source_id limit :size;

-- name: claim_source(company, source, next_read)
-- What has no time of its own is not given one.
update source set next_read_at = case when next_read_at is not null then :next_read::timestamptz end, begun = begun + 1
where company_id = :company and source_id = :source returning begun;
