-- All the SQL of accounts: people, their companies, sessions, links, recovery codes and failures.

-- name: any_account(company)
select from account where company_id = :company and state <> 'disabled' limit 1;

-- name: other_operator(company, account)
select from account where company_id = :company and role = 'operator' and state = 'active' and account_id <> :account
limit 1;

-- name: accounts(company, account, find, after, size, now)
-- One account, or a page of those whose address or name holds ``find``, by address.
select a.account_id, a.email, a.name, a.role, a.state, a.issuer, a.factor_at is not null as factor, a.created_at,
  a.signed_in_at, a.password <> '' as password,
  exists (select from account_link l where l.company_id = :company and l.account_id = a.account_id and l.ends_at > :now)
    as linked,
  array(select c.organization from account_company c where c.company_id = :company and c.account_id = a.account_id
        order by 1) as companies,
  (select max(s.seen_at) from account_session s where s.company_id = :company and s.account_id = a.account_id) as seen_at
from account a where a.company_id = :company and (:account::bigint = 0 or a.account_id = :account)
  and (:find = '' or a.email ilike :find or a.name ilike :find) and a.email > :after
order by a.email limit :size;

-- name: one(company, account, email, issuer, subject)
select a.account_id, a.email, a.name, a.role, a.state, a.password, a.issuer, a.subject, a.factor_id, a.factor_step,
  a.factor_at is not null as factor,
  array(select c.organization from account_company c where c.company_id = :company and c.account_id = a.account_id)
    as companies
from account a where a.company_id = :company
  and (a.account_id = :account or a.email = :email or (a.subject <> '' and a.issuer = :issuer and a.subject = :subject));

-- name: add(company, account, email, name, role, now)!
insert into account (company_id, account_id, email, name, role, created_at)
values (:company, :account, :email, :name, :role, :now);

-- name: join(company, account, organizations)!
insert into account_company (company_id, account_id, organization)
select :company, :account, o from unnest(:organizations::bigint[]) as o on conflict do nothing;

-- name: leave(company, account, organizations)!
delete from account_company
where company_id = :company and account_id = :account and organization <> all(:organizations::bigint[]);

-- name: known_companies(company, companies)
-- As the operator.
select company_id from company where company_id = any(:companies::bigint[]) and company_id <> :company;

-- name: set_state(company, account, state)!
update account set state = :state where company_id = :company and account_id = :account;

-- name: set_role(company, account, role)!
update account set role = :role where company_id = :company and account_id = :account;

-- name: signed_in(company, account, now)!
update account set signed_in_at = :now where company_id = :company and account_id = :account;

-- name: set_password(company, account, password)!
update account set password = :password, state = 'active' where company_id = :company and account_id = :account;

-- name: set_subject(company, account, issuer, subject)!
update account set issuer = :issuer, subject = :subject, state = 'active'
where company_id = :company and account_id = :account;

-- name: set_factor(company, account, factor, at)!
update account set factor_id = :factor, factor_at = :at where company_id = :company and account_id = :account;

-- name: take_step(company, account, step)!
update account set factor_step = :step
where company_id = :company and account_id = :account and factor_step < :step;

-- name: drop_recovery_codes(company, account)!
delete from recovery_code where company_id = :company and account_id = :account;

-- name: add_recovery_codes(company, account, hashes)!
insert into recovery_code (company_id, account_id, hash)
select :company, :account, h from unnest(:hashes::bytea[]) as h;

-- name: take_recovery_code(company, account, hash)!
delete from recovery_code where company_id = :company and account_id = :account and hash = :hash;

-- name: count_recovery_codes(company, account)
select count(*) as codes from recovery_code where company_id = :company and account_id = :account;

-- name: drop_links(company, account, now)!
delete from account_link where company_id = :company and (account_id = :account or ends_at <= :now);

-- name: add_link(company, hash, account, ends)!
insert into account_link (company_id, hash, account_id, ends_at) values (:company, :hash, :account, :ends);

-- name: linked(company, hash, now)
select account_id from account_link where company_id = :company and hash = :hash and ends_at > :now;

-- name: take_link(company, hash)!
delete from account_link where company_id = :company and hash = :hash;

-- name: forget_sessions(company, now)!
delete from account_session where company_id = :company and ends_at <= :now;

-- name: add_session(company, hash, account, began, now, ends, factor, agent)!
insert into account_session (company_id, hash, account_id, began_at, seen_at, ends_at, factor_at, agent)
values (:company, :hash, :account, :began, :now, :ends, :factor, :agent);

-- name: session(company, hash, now, idle)
select a.account_id, a.email, a.name, a.role, a.state, a.factor_at is not null as factor,
  array(select c.organization from account_company c where c.company_id = :company and c.account_id = a.account_id)
    as companies,
  s.began_at, s.seen_at, s.ends_at, s.factor_at
from account_session s join account a on a.company_id = s.company_id and a.account_id = s.account_id
where s.company_id = :company and s.hash = :hash and s.ends_at > :now and s.seen_at > :idle and a.state = 'active';

-- name: seen(company, hash, now)!
update account_session set seen_at = :now where company_id = :company and hash = :hash and seen_at < :now;

-- name: sessions(company, account, now, idle)
select hash, began_at, seen_at, ends_at, factor_at, agent from account_session
where company_id = :company and account_id = :account and ends_at > :now and seen_at > :idle
order by began_at desc;

-- name: end_session(company, hash)!
delete from account_session where company_id = :company and hash = :hash;

-- name: end_sessions(company, account)!
delete from account_session where company_id = :company and account_id = :account;

-- name: failures(company, keys)
select key, failures, last_at from failed_sign_in where company_id = :company and key = any(:keys);

-- name: count_failure(company, keys, now)!
insert into failed_sign_in as f (company_id, key, failures, last_at)
select :company, k, 1, :now from unnest(:keys::text[]) as k
on conflict (company_id, key) do update set failures = f.failures + 1, last_at = excluded.last_at;

-- name: forget_old_failures(company, before)!
delete from failed_sign_in where company_id = :company and last_at < :before;

-- name: forget_failures(company, keys)!
delete from failed_sign_in where company_id = :company and key = any(:keys);
