-- All the SQL of widgets: where a client may show them, who has the seat, and what a profile is made of.

-- name: client(company, client)
select name, origins from client where company_id = :company and client_id = :client;

-- name: vendors_application(vendor, application)
-- In the vendor's own rows.
select name, js_domains as origins from wire_application where company_id = :vendor and application_id = :application;

-- name: integration(company, vendor, application)
-- The employer's word on a vendor's application.
select state, request_id from wire_integration where company_id = :company and vendor_id = :vendor and kind = 'APPLY_CONNECT'
  and coalesce(application_id, :application) = :application limit 1;

-- name: is_company(company)
select 1 from company where company_id = :company;

-- name: seat(company, contract, email)
select s.name, s.admin, c.name as contract from seat s join contract c using (company_id, contract_id)
where s.company_id = :company and s.contract_id = :contract and s.email = :email;

-- name: applied(company, application)
-- An application with its posting as the ATS tells it, and how many applied there.
select a.application_id, a.posting_id, a.applicant, a.answers, a.applied_at, a.was_open, a.withdrawn_at, a.erased_at,
  c.name as employer, j.job_id, coalesce(j.title, '') as title, coalesce(j.location, '') as location,
  coalesce(t.description, '') as description, coalesce(t.extra, '{}') as extra, f.form,
  (select count(*) from application o where o.company_id = :company and o.posting_id = a.posting_id
     and o.erased_at is null and o.withdrawn_at is null) as applicants
from application a
join company c using (company_id)
left join lateral (
  select job_id, title, location from job j where j.company_id = :company
    and (j.job_id = a.job_id or a.job_id is null and j.posting_id = a.posting_id)
  order by j.lane = 'ats' desc, j.open desc, j.job_id desc limit 1
) j on true
left join job_text t on t.company_id = :company and t.job_id = j.job_id
left join apply_form f on f.company_id = :company and f.job_id = j.job_id
where a.company_id = :company and a.application_id = :application;

-- name: others(company, application)
-- What else the same person has applied for here.
select o.application_id, o.applied_at, coalesce(j.title, 'a job') as title
from application a
join application o on o.company_id = :company and o.application_id <> a.application_id and o.erased_at is null
  and o.withdrawn_at is null and lower(o.applicant ->> 'email') = lower(a.applicant ->> 'email')
left join job j on j.company_id = :company and j.job_id = o.job_id
where a.company_id = :company and a.application_id = :application and coalesce(a.applicant ->> 'email', '') <> ''
order by o.application_id desc limit 20;

-- name: files(company, application)
select file_id, name, media_type, length(content) as size, words from application_file
where company_id = :company and application_id = :application order by file_id;

-- name: file(company, application, file)
select name, media_type, content from application_file
where company_id = :company and application_id = :application and file_id = :file;

-- name: keep_words(company, file, words)!
update application_file set words = :words where company_id = :company and file_id = :file;

-- name: sign(company, application, contract, email)
-- What a widget shows changes when one of these does.
select concat_ws(' ', a.withdrawn_at, a.erased_at,
  (select string_agg(concat(action, told_at, cancelled_at), ',' order by action) from application_action
   where company_id = :company and application_id = :application),
  (select count(*) from application o where o.company_id = :company and o.erased_at is null and o.withdrawn_at is null
     and (o.posting_id = a.posting_id or lower(o.applicant ->> 'email') = lower(a.applicant ->> 'email'))),
  (select 1 from seat where company_id = :company and contract_id = :contract and email = :email)) as sign
from application a where a.company_id = :company and a.application_id = :application;

-- name: choices_sign(company, contract, email)
-- The same of the configuration.
select concat_ws(' ', c.state, c.notices, c.apply_here, c.free_applicants,
  (select string_agg(concat(request_id, state), ',' order by request_id) from wire_integration where company_id = :company),
  (select admin from seat where company_id = :company and contract_id = :contract and email = :email)) as sign
from company c where c.company_id = :company;

-- name: vendors_of(company)
-- The vendors' applications that speak for a company, in its own rows.
select vendor_id, application_id, name, state from wire_integration
where company_id = :company and kind = 'APPLY_CONNECT' order by requested_at, vendor_id;
