-- When a secret of a program was used last, and when a person signed in last: empty until it happens again.
set local search_path = changeover;

alter table client_secret add column used_at timestamptz;
alter table wire_secret add column used_at timestamptz;
alter table account add column signed_in_at timestamptz;
-- The operator's pages tell how many secrets are live and when each was used; its hash they cannot read.
grant select (company_id, client_id, secret_id, created_at, ends_at, used_at) on client_secret to changeover_operator;
grant select (created_at, used_at) on wire_secret to changeover_operator;
