-- All the SQL of candidates' data: found by address, taken out, erased, kept for so long, and the log of who looked.

-- name: companies()
-- Operator's view: where anything of anybody is kept.
select distinct company_id from application where erased_at is null order by company_id;

-- name: draft_companies()
-- Who may have drafts: those that take applications. Drafts themselves no overview sees.
select distinct company_id from apply_form order by company_id;

-- name: of_address(company, email)
select application_id from application
where company_id = :company and erased_at is null and lower(applicant ->> 'email') = :email order by application_id;

-- name: taken_out(company, applications)
select a.application_id, a.posting_id, a.applicant, a.answers, a.consent, a.applied_at, a.withdrawn_at,
  c.name as employer, coalesce(j.title, '') as title
from application a join company c using (company_id)
left join job j on j.company_id = :company and j.job_id = a.job_id
where a.company_id = :company and a.application_id = any(:applications) order by a.application_id;

-- name: files(company, applications)
select file_id, application_id, name, content from application_file
where company_id = :company and application_id = any(:applications) order by file_id;

-- name: erase_files(company, applications)!
delete from application_file where company_id = :company and application_id = any(:applications);

-- name: erase(company, applications, now)
update application set applicant = '{}', answers = '{}', erased_at = :now, withdrawn_at = coalesce(withdrawn_at, :now)
where company_id = :company and application_id = any(:applications) and erased_at is null returning application_id;

-- name: erase_deliveries(company, applications)!
-- What was on its way, or was kept to be sent again, holds the whole application.
delete from delivery d using unnest(:applications::bigint[]) as a (id)
where d.company_id = :company and strpos(d.body, '"urn:li:jobApplication:' || a.id || '"') > 0;

-- name: erase_draft_files(company, email)!
delete from draft_file f using application_draft d
where f.company_id = :company and d.company_id = :company and d.draft_hash = f.draft_hash
  and lower(d.fields -> 'contact.0.email' ->> 0) = :email;

-- name: erase_drafts(company, email)!
delete from application_draft where company_id = :company and lower(fields -> 'contact.0.email' ->> 0) = :email;

-- name: set_retention(company, days)!
update company set retention_days = :days where company_id = :company;

-- name: overdue_companies(now, days)
-- Operator's view.
select distinct a.company_id from application a join company c using (company_id)
where a.erased_at is null and coalesce(c.retention_days, :days) > 0
  and a.applied_at < :now::timestamptz - make_interval(days => coalesce(c.retention_days, :days));

-- name: overdue(company, now, days, size)
select a.application_id from application a join company c using (company_id)
where a.company_id = :company and a.erased_at is null and coalesce(c.retention_days, :days) > 0
  and a.applied_at < :now::timestamptz - make_interval(days => coalesce(c.retention_days, :days))
order by a.application_id limit :size;

-- name: looked(company, ids, applications, now, who, what)!
insert into profile_access (company_id, access_id, application_id, at, who, what)
select :company, m.id, m.application, :now, :who, :what
from unnest(:ids::bigint[], :applications::bigint[]) as m (id, application);

-- name: refused(company, id, application, now, who, code)!
insert into profile_access (company_id, access_id, application_id, at, who, what, code)
values (:company, :id, (select application_id from application where company_id = :company
                        and application_id = :application), :now, :who, 'refused', :code);

-- name: log(company, application, size)
select access_id, application_id, at, who, what, code from profile_access
where company_id = :company and (:application = 0 or application_id = :application)
order by access_id desc limit :size;

-- name: asked_lately(company, body, since)
select 1 from delivery where company_id = :company and channel = 'mail' and body = :body and created_at > :since limit 1;
