-- All the SQL of clients: the programs that may push a company's jobs, and their secrets.

-- name: add_client(company, client, name, scopes, now)!
insert into client (company_id, client_id, name, scopes, created_at)
values (:company, :client, :name, :scopes, :now);

-- name: set_scopes(company, client, scopes)!
update client set scopes = :scopes where company_id = :company and client_id = :client;

-- name: add_secret(company, client, secret, hash, now)!
insert into client_secret (company_id, client_id, secret_id, hash, created_at)
values (:company, :client, :secret, :hash, :now);

-- name: end_older(company, client, until, now)!
-- A rotation leaves one older secret for a while; those before it end at once.
update client_secret s set ends_at = case
  when s.secret_id = (select max(secret_id) from client_secret
                      where company_id = :company and client_id = :client and coalesce(ends_at, :until) > :now)
  then :until else :now end
where s.company_id = :company and s.client_id = :client and coalesce(s.ends_at, :until) > :now;

-- name: live_secrets(company, client, now)
select s.secret_id, s.hash, s.used_at, c.name, c.scopes from client_secret s join client c using (company_id, client_id)
where s.company_id = :company and s.client_id = :client and (s.ends_at is null or s.ends_at > :now);

-- name: used(company, client, secret, now, before)!
-- No revision: nothing that a company has is another by it.
update client_secret set used_at = :now
where company_id = :company and client_id = :client and secret_id = :secret and (used_at is null or used_at < :before);

-- name: end_secrets(company, client, now)!
update client_secret set ends_at = :now
where company_id = :company and client_id = :client and (ends_at is null or ends_at > :now);

-- name: every_client(find, company, client, size)
-- Operator's view: a page of the programs of all companies, those whose company or name holds ``find``.
select c.company_id, c.client_id, c.name, c.scopes, c.created_at, o.name as company
from client c join company o using (company_id)
where (c.company_id, c.client_id) > (:company::bigint, :client::bigint)
  and (:find = '' or c.name ilike :find or o.name ilike :find)
order by c.company_id, c.client_id limit :size;

-- name: secrets_of(companies, clients, now)
-- Of these clients, on a company's connection or the operator's: the newest first, those that ended too.
select company_id, client_id, secret_id, created_at, ends_at, used_at, coalesce(ends_at > :now, true) as live
from client_secret where company_id = any(:companies::bigint[]) and client_id = any(:clients::bigint[])
order by secret_id desc;

-- name: clients(company)
select company_id, client_id, name, scopes, origins, created_at from client where company_id = :company order by client_id;

-- name: set_origins(company, client, origins)
update client set origins = :origins where company_id = :company and client_id = :client returning client_id;
