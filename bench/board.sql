-- A board of :n live postings in :companies companies, each posting with a job of both sides: the rows that readings and
-- a match would have left. Run as the owner, who passes every wall. Words are as frequent as words of titles are: word k
-- is about 1/k as frequent as the first.
set session_replication_role = replica;
set synchronous_commit = off;
set search_path = changeover;

insert into company (company_id, name, ats, state, revision, flowed_revision, activated_at, created_at)
select c, 'Employer ' || c, 'Bench ATS', 'ready', 6, 6, now(), now() from generate_series(1, :companies) c;

insert into source (company_id, source_id, lane, kind, location, created_at)
select c, s.id, s.lane, 'records', 'bench', now()
from generate_series(1, :companies) c, (values (1, 'legacy'), (2, 'ats')) s (id, lane);

insert into posting (company_id, posting_id, origin_job_id, created_revision)
select 1 + g % :companies, :base + 3 * g, :base + 3 * g + 1, 2 from generate_series(1, :n) g;

create temporary table told as
select g, 1 + g % :companies as company_id,
  initcap(w.words[least(floor(exp(h1 * ln(400)))::int, 400)] || ' ' || w.words[least(floor(exp(h2 * ln(400)))::int, 400)])
    || ' ' || (array['Engineer', 'Manager', 'Nurse', 'Assistant', 'Analyst', 'Driver', 'Lead', 'Consultant'])[1 + (h3 * 8)::int % 8] as title,
  (array['Oslo, Norway', 'London, England', 'Berlin, Germany', 'Paris, France', 'Austin, TX', 'Leith, Scotland',
    'Ghent, Belgium', 'Porto, Portugal', 'Lyon, France', 'Graz, Austria'])[1 + floor(h4 * h4 * 10)::int % 10] as place,
  (array['onsite', 'onsite', 'hybrid', 'remote', ''])[1 + floor(h3 * 977)::int % 5] as workplace,
  now() - make_interval(days => floor(h1 * 60)::int) as posted_at
from (select g, random() h1, random() h2, random() h3, random() h4 from generate_series(1, :n) g) chances,
  (select array_agg(word order by k) words from (
    select k, (array['bra','cor','den','fil','gar','hel','jor','kel','lam','mor'])[1 + k % 10]
      || (array['ant','ent','ist','ory','ive','al','ic','er','on','um'])[1 + k / 10 % 10]
      || (array['a','o','e','i'])[1 + k / 100 % 4] as word from generate_series(0, 399) k) made) w;

insert into job (company_id, job_id, lane, source_id, source_job_id, posting_id, open, valid, opened_revision, title,
  location, employer_job_id, workplace_type, posted_at, digest, search)
select t.company_id, :base + 3 * t.g + s.at, s.lane, s.source, s.prefix || t.g, :base + 3 * t.g, true, true, 2,
  t.title, t.place, 'R-' || t.g, t.workplace, t.posted_at, '',
  searched_by(t.title, 'Employer ' || t.company_id, 'R-' || t.g, t.place, t.workplace, t.posted_at)
from told t, (values (1, 'legacy', 1, 'L'), (2, 'ats', 2, 'A')) s (at, lane, source, prefix);

insert into job_text (company_id, job_id, description)
select company_id, job_id, '<p>' || repeat('What the work is and whom we look for. ', 20) || '</p>' from job
where lane = 'legacy';
