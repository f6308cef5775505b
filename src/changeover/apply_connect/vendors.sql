-- All the SQL by which whoever runs the board sees vendors and ends what their secrets open.

-- name: vendors(find, size)
-- Operator's view: each vendor by its parent application, and how many customers it has provisioned.
select a.company_id as vendor_id, a.application_id, a.kind, a.name, a.foreign_id, a.description, a.created_at, a.launched_at,
  (select count(*) from wire_application c where c.company_id = a.company_id and c.kind = 'child') as children
from wire_application a where a.kind = 'parent' and (:find = '' or a.name ilike :find)
order by a.company_id limit :size;

-- name: customers(company, find, size)
-- Operator's view: a vendor's child applications.
select company_id as vendor_id, application_id, kind, name, foreign_id, description, created_at, launched_at, 0 as children
from wire_application where company_id = :company and kind = 'child' and (:find = '' or name ilike :find)
order by application_id limit :size;

-- name: application(company, application)
-- Operator's view.
select company_id as vendor_id, application_id, kind, name, foreign_id, description, created_at, launched_at, 0 as children
from wire_application where company_id = :company and application_id = :application;

-- name: secrets_of(companies, applications, now)
-- Operator's view: the secrets of these applications, the newest first, those that ended too.
select company_id, application_id, secret_id, created_at, ends_at, used_at, coalesce(ends_at > :now, true) as live
from wire_secret where company_id = any(:companies::bigint[]) and application_id = any(:applications::bigint[])
order by secret_id desc;

-- name: end_secrets(company, application, now)!
-- Of a parent all of its vendor's.
update wire_secret s set ends_at = :now
where s.company_id = :company and (s.ends_at is null or s.ends_at > :now) and (s.application_id = :application or exists (
  select from wire_application a where a.company_id = :company and a.application_id = :application and a.kind = 'parent'));

-- name: end_tokens(company, application)!
delete from wire_token t where t.company_id = :company and (t.application_id = :application or exists (
  select from wire_application a where a.company_id = :company and a.application_id = :application and a.kind = 'parent'));
