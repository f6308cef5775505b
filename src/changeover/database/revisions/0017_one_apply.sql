-- Applications stand in one place, and so do apply forms: the wire keeps no second copy of either.
set local search_path = changeover;

-- Row-level security is forced for the owner too.
do $$
declare t text;
begin
  foreach t in array array['wire_submission', 'wire_submission_action', 'wire_submission_file', 'wire_job', 'application',
    'application_action', 'application_file'] loop
    execute format('alter table %I no force row level security', t);
  end loop;
end $$;

-- No draft and no page of a person's own leads to these: their hashes are of nothing that anyone holds.
insert into application (company_id, application_id, posting_id, external_job_id, applicant, answers, draft_hash,
  token_hash, applied_at)
select company_id, application_id, posting_id, external_job_id, applicant, answers, gone, gone, applied_at
from wire_submission cross join lateral (select sha256(uuid_send(gen_random_uuid())) as gone) made
on conflict do nothing;
insert into application_action (company_id, application_id, action, performed_at, told_at, who)
select company_id, application_id, action, performed_at, told_at, who from wire_submission_action on conflict do nothing;
insert into application_file (company_id, file_id, application_id, name, media_type, content, stored_at)
select company_id, file_id, application_id, name, media_type, content, stored_at from wire_submission_file
on conflict do nothing;
drop table wire_submission_file, wire_submission_action, wire_submission;

-- A number that changes with the apply form that was told: 0 where none was. 1 is no form's: it is told anew next time.
alter table wire_job add column form_number bigint not null default 0;
update wire_job set form_number = 1 where apply_form is not null;
alter table wire_job drop column apply_form;

do $$
declare t text;
begin
  foreach t in array array['wire_job', 'application', 'application_action', 'application_file'] loop
    execute format('alter table %I force row level security', t);
  end loop;
end $$;
set local search_path = public;
