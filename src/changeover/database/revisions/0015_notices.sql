-- Telling candidates what becomes of an application: only where the employer agreed, and a rejection not at once.
set local search_path = changeover;

alter table company add column notices boolean not null default false;

-- The candidate wants no more e-mail.
alter table application add column quiet_at timestamptz;

-- From when the candidate may see it; taken back before that; when the e-mail went out.
alter table application_action add column shown_at timestamptz, add column cancelled_at timestamptz,
  add column mailed_at timestamptz;
grant update (performed_at, told_at, who, shown_at, cancelled_at, mailed_at) on application_action to changeover_app;
