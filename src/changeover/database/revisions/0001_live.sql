-- What is live, defined once: the side named by the company's feed, present, open and valid.
select j.company_id, j.posting_id, j.job_id, j.lane, c.name as employer, j.title, j.location,
       j.company_name, j.employer_job_id, t.description, j.url, j.apply_url, j.workplace_type,
       j.posted_at, t.extra, j.opened_revision, c.revision
from changeover.company c
join changeover.job j using (company_id)
left join changeover.job_text t on t.company_id = j.company_id and t.job_id = j.job_id
where j.open and j.valid and j.lane = c.feed
