-- What sources answered last, byte for byte.

-- name: heads(company, source)
select ask, url, status, headers, failure, digest, size from raw_answer
where company_id = :company and source_id = :source;

-- name: packed(company, source, ask)
select body from raw_answer where company_id = :company and source_id = :source and ask = :ask;

-- name: keep_answer(company, source, ask, url, status, headers, failure, digest, size, body)!
-- Without a body it is the one that is kept already.
insert into raw_answer (company_id, source_id, ask, url, status, headers, failure, digest, size, body)
values (:company, :source, :ask, :url, :status, :headers, :failure, :digest, :size, coalesce(:body::bytea, ''))
on conflict (company_id, source_id, ask) do update set url = excluded.url, status = excluded.status,
  headers = excluded.headers, failure = excluded.failure, digest = excluded.digest, size = excluded.size,
  body = case when :body::bytea is null and excluded.size > 0 then raw_answer.body else excluded.body end;

-- name: forget_answers(company, source, asks)!
delete from raw_answer where company_id = :company and source_id = :source and ask = any(:asks);

-- name: set_raw(company, source, reading)!
update source set raw_reading_id = :reading where company_id = :company and source_id = :source;

-- name: set_origins(company, source, origins)!
update source set origins = :origins where company_id = :company and source_id = :source;
