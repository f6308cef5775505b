-- All the SQL of applications as the wire answers for them: files, and what became of each.

-- name: add(company, application, posting, external_job_id, applicant, answers, now)!
insert into wire_submission (company_id, application_id, posting_id, external_job_id, applicant, answers, applied_at)
values (:company, :application, :posting, :external_job_id, :applicant, :answers, :now);

-- name: application(company, application)
select * from wire_submission where company_id = :company and application_id = :application;

-- name: add_file(company, file, application, name, media_type, content, now)!
insert into wire_submission_file (company_id, file_id, application_id, name, media_type, content, stored_at)
values (:company, :file, :application, :name, :media_type, :content, :now);

-- name: file(company, file, since)
select name, media_type, content from wire_submission_file
where company_id = :company and file_id = :file and stored_at > :since;

-- name: newest_file(company, since)
select file_id from wire_submission_file where company_id = :company and stored_at > :since order by file_id desc limit 1;

-- name: act(company, application, action, performed, now, who)
insert into wire_submission_action (company_id, application_id, action, performed_at, told_at, who)
values (:company, :application, :action, :performed, :now, :who)
on conflict (company_id, application_id, action) do nothing returning action;

-- name: actions(company, application)
select action, performed_at, told_at, who from wire_submission_action
where company_id = :company and application_id = :application order by told_at;
