-- All the SQL of applications: forms, drafts, who applied with which files, and what became of it.

-- name: set_forms(company, source, forms)!
-- The forms of a source's jobs by its own ids.
insert into apply_form (company_id, job_id, form)
select :company, j.job_id, f.form from json_to_recordset(:forms::json) as f (key text, form jsonb) cross join lateral (
  -- One look into the index for each, which the limit keeps so: joined whole, a push would cost a pass over all jobs.
  select job_id from job where company_id = :company and source_id = :source and source_job_id = f.key limit 1) j
on conflict (company_id, job_id) do update set form = excluded.form where apply_form.form <> excluded.form;

-- name: drop_forms(company, source, keys)!
delete from apply_form f using job j
where f.company_id = :company and j.company_id = :company and j.job_id = f.job_id and j.source_id = :source
  and j.source_job_id = any(:keys);

-- name: any_form(company)
select 1 from apply_form where company_id = :company limit 1;

-- name: open_form(company, posting)
-- Board's view: the form of a live posting.
select job_id, form from public_apply where company_id = :company and posting_id = :posting;

-- name: full(company, posting)
-- Whether a posting has as many applications as its company takes for free; not so in a paid slot.
select 1 from company c where c.company_id = :company
  and c.free_applicants <= (select count(*) from application a where a.company_id = :company and a.posting_id = :posting)
  and not exists (select 1 from wrap w where w.company_id = :company and w.posting_id = :posting and w.to_revision is null);

-- name: one_by_one(company, posting)
-- Where applications are limited, those for one posting are counted and taken one after another.
select 1 from posting p where p.company_id = :company and p.posting_id = :posting and exists (
  select 1 from company c where c.company_id = :company and c.free_applicants is not null)
for no key update of p;

-- name: known_form(company, posting)
-- The form of a posting's ATS side, also where it has closed since.
select j.job_id, j.source_job_id, j.source_id, j.title, f.form, c.name as employer,
  exists (select 1 from live l where l.company_id = :company and l.posting_id = :posting) as live,
  j.open and j.valid as open
from job j join apply_form f on f.company_id = :company and f.job_id = j.job_id
join company c on c.company_id = :company
where j.company_id = :company and j.posting_id = :posting and j.lane = 'ats' order by j.open desc, j.job_id desc limit 1;

-- name: in_line(key)!
-- One form sent several times at once is taken one after another: its draft, files and application lock each other.
select pg_advisory_xact_lock(:key::bigint);

-- name: keep_draft(company, draft, posting, fields, now)!
insert into application_draft (company_id, draft_hash, posting_id, fields, saved_at)
values (:company, :draft, :posting, :fields, :now)
on conflict (company_id, draft_hash) do update set fields = excluded.fields, saved_at = excluded.saved_at;

-- name: draft(company, draft, posting)
select fields, saved_at from application_draft
where company_id = :company and draft_hash = :draft and posting_id = :posting;

-- name: keep_draft_file(company, draft, question, file, name, media_type, kind, content)!
insert into draft_file (company_id, draft_hash, question, file_id, name, media_type, kind, content)
values (:company, :draft, :question, :file, :name, :media_type, :kind, :content)
on conflict (company_id, draft_hash, question) do update set file_id = excluded.file_id, name = excluded.name,
  media_type = excluded.media_type, kind = excluded.kind, content = excluded.content;

-- name: draft_files(company, draft)
select question, file_id, name, media_type, kind, octet_length(content) as size from draft_file
where company_id = :company and draft_hash = :draft order by file_id;

-- name: files_of_draft(company, draft, application, now, files)!
insert into application_file (company_id, file_id, application_id, name, media_type, content, stored_at)
select company_id, file_id, :application, name, media_type, content, :now from draft_file
where company_id = :company and draft_hash = :draft and file_id = any(:files);

-- name: forget_draft_files(company, draft)!
delete from draft_file where company_id = :company and draft_hash = :draft;

-- name: forget_draft(company, draft)!
delete from application_draft where company_id = :company and draft_hash = :draft;

-- name: forget_old_files(company, before)!
delete from draft_file f using application_draft d where f.company_id = :company and d.company_id = :company
  and d.draft_hash = f.draft_hash and d.saved_at < :before;

-- name: forget_old_drafts(company, before)!
delete from application_draft where company_id = :company and saved_at < :before;

-- name: sent_before(company, draft)
select application_id from application where company_id = :company and draft_hash = :draft;

-- name: receive(company, application, posting, external_job_id, applicant, answers, consent, draft, token, job, open, now)
insert into application (company_id, application_id, posting_id, external_job_id, applicant, answers, consent, draft_hash,
  token_hash, job_id, was_open, applied_at)
values (:company, :application, :posting, :external_job_id, :applicant, :answers, :consent, :draft, :token,
  :job, :open, :now)
on conflict (company_id, draft_hash) do nothing returning application_id;

-- name: add(company, application, posting, external_job_id, applicant, answers, draft, now)!
insert into application (company_id, application_id, posting_id, external_job_id, applicant, answers, draft_hash,
  token_hash, applied_at)
values (:company, :application, :posting, :external_job_id, :applicant, :answers, :draft, :draft, :now);

-- name: application(company, application)
select company_id, application_id, posting_id, job_id, external_job_id, applicant, answers, consent, draft_hash,
  token_hash, was_open, applied_at, withdrawn_at, erased_at, quiet_at
from application where company_id = :company and application_id = :application;

-- name: applications_of(company, size)
select application_id, posting_id, applicant, applied_at, was_open, withdrawn_at, erased_at from application
where company_id = :company order by application_id desc limit :size;

-- name: withdraw(company, application, now)
update application set withdrawn_at = :now
where company_id = :company and application_id = :application and withdrawn_at is null returning application_id;

-- name: add_file(company, file, application, name, media_type, content, now)!
insert into application_file (company_id, file_id, application_id, name, media_type, content, stored_at)
values (:company, :file, :application, :name, :media_type, :content, :now);

-- name: file(company, file, since)
select application_id, name, media_type, content from application_file
where company_id = :company and file_id = :file and stored_at > :since;

-- name: files_of(company, application)
select file_id, name, media_type from application_file
where company_id = :company and application_id = :application order by file_id;

-- name: newest_file(company, since)
select file_id from application_file where company_id = :company and stored_at > :since order by file_id desc limit 1;

-- name: act(company, application, action, performed, now, who, shown)
-- Once; what was taken back may be told anew.
insert into application_action as a (company_id, application_id, action, performed_at, told_at, who, shown_at)
values (:company, :application, :action, :performed, :now, :who, :shown)
on conflict (company_id, application_id, action) do update set performed_at = excluded.performed_at,
  told_at = excluded.told_at, who = excluded.who, shown_at = excluded.shown_at, cancelled_at = null
where a.cancelled_at is not null returning action;

-- name: take_back(company, application, action, now)
-- As long as the candidate has not seen it.
update application_action set cancelled_at = :now
where company_id = :company and application_id = :application and action = :action and cancelled_at is null
  and shown_at > :now returning action;

-- name: actions(company, application)
select action, performed_at, told_at, who, shown_at, cancelled_at, mailed_at from application_action
where company_id = :company and application_id = :application order by performed_at, told_at, action;

-- name: shown_actions(company, application, now)
-- What the candidate may see: where the employer agreed, and when its time has come.
select action, performed_at from application_action a
where company_id = :company and application_id = :application and cancelled_at is null
  and coalesce(shown_at, told_at) <= :now
  and exists (select 1 from company c where c.company_id = :company and c.notices)
order by performed_at, told_at, action;

-- name: may_mail(company, application)
-- Whether the employer agreed to e-mail and the candidate asked for it.
select 1 from application a join company c using (company_id)
where a.company_id = :company and a.application_id = :application and c.notices
  and coalesce(a.consent ->> 'notices', '') = 'true' and a.quiet_at is null and a.erased_at is null
  and coalesce(a.applicant ->> 'email', '') <> '';

-- name: to_receive(company, application)
-- The e-mail that says it was received. It tells nothing of the employer's: no agreement is asked for.
select a.company_id, a.application_id, a.posting_id, a.applicant ->> 'email' as email,
  coalesce(a.applicant ->> 'first_name', '') as first_name, j.title, c.name as employer
from application a join company c using (company_id)
left join job j on j.company_id = :company and j.job_id = a.job_id
where a.company_id = :company and a.application_id = :application
  and coalesce(a.consent ->> 'notices', '') = 'true' and a.quiet_at is null and a.erased_at is null
  and coalesce(a.applicant ->> 'email', '') <> '';

-- name: to_mail(company, application, action, now)
-- The e-mail that is due, if everything that allows it still holds.
select a.company_id, a.application_id, a.posting_id, a.applicant ->> 'email' as email,
  coalesce(a.applicant ->> 'first_name', '') as first_name, j.title, c.name as employer
from application a join company c using (company_id)
join application_action t on t.company_id = :company and t.application_id = a.application_id and t.action = :action
left join job j on j.company_id = :company and j.job_id = a.job_id
where a.company_id = :company and a.application_id = :application and c.notices
  and coalesce(a.consent ->> 'notices', '') = 'true' and a.quiet_at is null and a.erased_at is null
  and coalesce(a.applicant ->> 'email', '') <> ''
  and t.cancelled_at is null and t.mailed_at is null and coalesce(t.shown_at, t.told_at) <= :now;

-- name: mailed(company, application, action, now)!
update application_action set mailed_at = :now
where company_id = :company and application_id = :application and action = :action;

-- name: be_quiet(company, application, now)!
-- No more e-mail to the address of this application from this company.
update application o set quiet_at = :now from application a
where a.company_id = :company and a.application_id = :application and o.company_id = :company and o.quiet_at is null
  and (o.application_id = :application or lower(o.applicant ->> 'email') = lower(a.applicant ->> 'email'));

-- name: set_notices(company, notices)!
update company set notices = :notices where company_id = :company;

-- name: set_apply_here(company, here)!
update company set apply_here = :here where company_id = :company;

-- name: actions_of(company, size)
-- What became of a company's newest applications, without a word of the candidates'.
select a.application_id, a.posting_id, a.applied_at, a.withdrawn_at, a.erased_at, coalesce(j.title, '') as title,
  c.name as employer
from application a join company c using (company_id) left join job j on j.company_id = :company and j.job_id = a.job_id
where a.company_id = :company order by a.application_id desc limit :size;

-- name: actions_among(company, applications)
select application_id, action, performed_at, shown_at, cancelled_at, mailed_at from application_action
where company_id = :company and application_id = any(:applications) order by performed_at, told_at, action;
