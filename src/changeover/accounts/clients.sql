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
select s.hash, c.name, c.scopes from client_secret s join client c using (company_id, client_id)
where s.company_id = :company and s.client_id = :client and (s.ends_at is null or s.ends_at > :now);

-- name: clients(company)
select client_id, name, scopes, origins, created_at from client where company_id = :company order by client_id;

-- name: set_origins(company, client, origins)
update client set origins = :origins where company_id = :company and client_id = :client returning client_id;
