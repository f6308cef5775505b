-- What the records of a source's last whole, large reading are recognised by.

-- name: forget_records(company, source)!
delete from record_part where company_id = :company and source_id = :source;

-- name: keep_records(company, source, part, seed, records, revision)!
insert into record_part (company_id, source_id, part, seed, records, revision)
values (:company, :source, :part, :seed, :records, :revision);

-- name: record_parts(company, source)
select count(*) as parts, sum(length(records)) as bytes, (array_agg(seed))[1] as seed, min(revision) as revision
from record_part where company_id = :company and source_id = :source;

-- name: records(company, source)
select records from record_part where company_id = :company and source_id = :source order by part;
