-- Requests that carried an Idempotency-Key, and what was answered to each.

-- name: forget(company, now)!
delete from answered where company_id = :company and ends_at < :now;

-- name: claim(company, key, digest, claim, made, now, ends, stale)
-- One of several at once wins. A claim whose request died without having done anything is taken over.
insert into answered (company_id, key, digest, claim, made, begun_at, ends_at)
values (:company, :key, :digest, :claim, :made, :now, :ends)
on conflict (company_id, key) do update set claim = excluded.claim, begun_at = excluded.begun_at
  where answered.digest = excluded.digest and answered.status is null and answered.revision is null
    and answered.begun_at < :stale
returning made;

-- name: known(company, key)
select digest, begun_at, revision, status, body, location from answered where company_id = :company and key = :key;

-- name: acted(company, key, claim, revision)
-- Written in the act's own transaction; no row where another request has taken the claim over.
update answered set revision = :revision where company_id = :company and key = :key and claim = :claim returning key;

-- name: answered(company, key, claim, status, body, location)!
update answered set status = :status, body = :body, location = :location
where company_id = :company and key = :key and claim = :claim;

-- name: release(company, key, claim)!
-- Nothing was done, so the key may be used again.
delete from answered where company_id = :company and key = :key and claim = :claim and revision is null;
