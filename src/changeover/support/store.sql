-- All the SQL of support: cases, what was written in them, pairs that were proposed.

-- name: open(company, case, code, evidence, now, who)!
insert into support_case (company_id, case_id, code, evidence, opened_at, opened_by)
values (:company, :case, :code, :evidence, :now, :who);

-- name: case(company, case)
select company_id, case_id, code, evidence, opened_at, opened_by, cause, closed_at, closed_by
from support_case where company_id = :company and case_id = :case;

-- name: cases_of(company, size)
select c.company_id, c.case_id, c.code, c.opened_at, c.opened_by, c.cause, c.closed_at,
  (select count(*) from support_message m where m.company_id = :company and m.case_id = c.case_id) as messages
from support_case c where c.company_id = :company order by c.closed_at is not null, c.case_id desc limit :size;

-- name: open_cases(size)
-- Operator's view: what waits, the oldest first; whose word was the last.
select c.company_id, c.case_id, c.code, c.opened_at, o.name,
  (select m.side from support_message m where m.company_id = c.company_id and m.case_id = c.case_id
   order by m.message_id desc limit 1) as last_side
from support_case c join company o using (company_id) where c.closed_at is null order by c.opened_at limit :size;

-- name: open_count()
-- Operator's view.
select count(*) as cases from support_case where closed_at is null;

-- name: causes()
-- Operator's view.
select cause, count(*) as cases from support_case where closed_at is not null group by cause order by count(*) desc, cause;

-- name: write(company, case, message, side, who, now, words)!
insert into support_message (company_id, case_id, message_id, side, who, at, words)
values (:company, :case, :message, :side, :who, :now, :words);

-- name: messages(company, case)
select side, who, at, words from support_message where company_id = :company and case_id = :case order by message_id;

-- name: propose(company, case, legacy, ats, who, now)!
insert into support_proposal (company_id, case_id, legacy_job_id, ats_job_id, who, at)
values (:company, :case, :legacy, :ats, :who, :now) on conflict do nothing;

-- name: proposals(company, case)
-- What was proposed, and what the employer said of it.
select p.legacy_job_id, p.ats_job_id, p.who, p.at, l.title as legacy_title, l.source_job_id as legacy_id,
  a.title as ats_title, a.source_job_id as ats_id, coalesce(d.verdict, '') as said
from support_proposal p
join job l on l.company_id = :company and l.job_id = p.legacy_job_id
join job a on a.company_id = :company and a.job_id = p.ats_job_id
left join decision d on d.company_id = :company and d.legacy_job_id = p.legacy_job_id and d.ats_job_id = p.ats_job_id
where p.company_id = :company and p.case_id = :case order by p.at, p.legacy_job_id;

-- name: close(company, case, cause, who, now)!
update support_case set cause = :cause, closed_at = :now, closed_by = :who
where company_id = :company and case_id = :case and closed_at is null;
