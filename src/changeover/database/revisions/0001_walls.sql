-- Who may do what. The program's roles own nothing; row-level security is forced everywhere.
set local search_path = changeover;

grant select, insert, update on company, source, reading, posting, job, job_text, decision, finding, client, client_secret
  to changeover_app;
grant delete on decision, finding, snapshot_part to changeover_app;
grant select, insert on snapshot_part, revision, agreed_closing, job_open, side to changeover_app;
-- History may be ended, once, and never rewritten.
grant update (to_revision) on job_open, side to changeover_app;
create policy ended_once on job_open as restrictive for update to changeover_app
  using (to_revision is null) with check (to_revision is not null);
create policy ended_once on side as restrictive for update to changeover_app
  using (to_revision is null) with check (to_revision is not null);
grant select on all tables in schema changeover to changeover_operator;
revoke select on client_secret from changeover_operator;
grant select on company, job, job_text, posting to changeover_live;

do $$
declare t text;
begin
  foreach t in array array['company', 'source', 'reading', 'snapshot_part', 'posting', 'job', 'job_text', 'decision',
    'finding', 'revision', 'job_open', 'side', 'agreed_closing', 'client', 'client_secret'] loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('create policy own_company on %I to changeover_app using (company_id = '
      '(select nullif(current_setting(''changeover.company'', true), '''')::bigint))', t);
    execute format('create policy every_company on %I for select to changeover_operator using (true)', t);
    execute format('create policy live_only on %I for select to changeover_live using (true)', t);
  end loop;
end $$;
