-- Widgets in the ATS: where a client may show them, which seat may configure, and every look that was refused.
set local search_path = changeover;

-- The origins of the pages on which a client may show widgets.
alter table client add column origins jsonb not null default '[]';

-- A recruiter who may also activate the integration and change what candidates meet.
alter table seat add column admin boolean not null default false;

-- Applying on the board: off, the button of every posting leads to the employer.
alter table company add column apply_here boolean not null default true;

-- What a file says, read when somebody first wants to see it; it goes with the file.
alter table application_file add column words text;
grant update (words) on application_file to changeover_app;

-- A look that was refused stands in the same log, with the code of its reason; it may have named no application.
alter table profile_access alter column application_id drop not null;
alter table profile_access add column code text not null default '';
alter table profile_access drop constraint profile_access_what_check;
alter table profile_access add constraint profile_access_what_check
  check (what in ('read', 'file', 'exported', 'erased', 'refused')) not valid;

-- As before, and nowhere where the employer has switched it off.
create or replace view public_apply as
select j.company_id, j.posting_id, j.job_id, f.form
from company c
join job j using (company_id)
join apply_form f on f.company_id = j.company_id and f.job_id = j.job_id
where c.state <> 'legacy' and c.apply_here and j.lane = 'ats' and j.open and j.valid
  and exists (select 1 from job s where s.company_id = j.company_id and s.posting_id = j.posting_id and s.lane = c.feed
              and s.open and s.valid)
  and (c.free_applicants is null
       or exists (select 1 from wrap w where w.company_id = j.company_id and w.posting_id = j.posting_id
                  and w.to_revision is null)
       or (select count(*) from application a where a.company_id = j.company_id and a.posting_id = j.posting_id)
          < c.free_applicants);

set local search_path = public;
