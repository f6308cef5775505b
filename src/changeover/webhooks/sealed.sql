-- Secrets as they are kept: sealed under a key of the board.

-- name: keep(company, secret, key, sealed)!
insert into sealed_secret (company_id, secret_id, key_id, sealed) values (:company, :secret, :key, :sealed)
on conflict (company_id, secret_id) do update set key_id = excluded.key_id, sealed = excluded.sealed;

-- name: sealed(company, secret)
select sealed from sealed_secret where company_id = :company and secret_id = :secret;

-- name: to_seal(key, now, after_company, after_secret, size)
-- What is in use and not kept under a key, by place.
select d.company_id, d.secret_id, d.ids, s.key_id
from derived_secret d left join sealed_secret s on s.company_id = d.company_id and s.secret_id = d.secret_id
where s.key_id is distinct from :key and (d.ends_at is null or d.ends_at > :now)
  and (d.company_id, d.secret_id) > (:after_company::bigint, :after_secret::bigint)
order by d.company_id, d.secret_id limit :size;

-- name: unreadable(keys, now)
-- How many are kept under a key that is none of these.
select count(*) as secrets
from derived_secret d join sealed_secret s on s.company_id = d.company_id and s.secret_id = d.secret_id
where s.key_id <> all (:keys::text[]) and (d.ends_at is null or d.ends_at > :now);

-- name: hash(company, secret)
select hash from wire_secret where company_id = :company and secret_id = :secret;

-- name: tidy(company)!
-- What nothing has any more.
delete from sealed_secret s where s.company_id = :company
  and not exists (select from derived_secret d where d.company_id = :company and d.secret_id = s.secret_id);
