-- One company with :n postings, each with a job of both sides, ready to cut over: the rows that its readings and its
-- match would have left, history included. Run as the owner, who passes every wall; ids rise with time as ours do.
set session_replication_role = replica;
set synchronous_commit = off;
set search_path = changeover;

insert into company (company_id, name, ats, state, revision, flowed_revision, activated_at, created_at)
values (:company, 'Measured & Co', 'Bench ATS', 'ready', 6, 6, now(), now());

insert into source (company_id, source_id, lane, kind, location, every_minutes, begun, settled, whole_revision, whole_at,
  whole_now, created_at)
values (:company, 1, 'legacy', 'xml_feed', 'bench:legacy', 1440, 1, 1, 4, now(), true, now()),
       (:company, 2, 'ats', 'records', 'bench:ats', 1440, 1, 1, 4, now(), true, now());

insert into revision (company_id, revision, at, kind, who, why, feed, state)
select :company, r.revision, now(), r.kind, 'bench', '', 'legacy', r.state
from (values (1, 'company_added', 'legacy'), (2, 'reading_taken', 'legacy'), (3, 'activated', 'matching'),
  (4, 'reading_taken', 'matching'), (5, 'matched', 'matching'), (6, 'become_ready', 'ready')) r (revision, kind, state);

-- Of four ids in a row: the legacy job and its posting, the ATS's job and the posting it came with, an alias by now.
insert into posting (company_id, posting_id, origin_job_id, alias_of, created_revision)
select :company, :base + 4 * g + 1, :base + 4 * g, null, 2 from generate_series(1, :n) g;
insert into posting (company_id, posting_id, origin_job_id, alias_of, created_revision)
select :company, :base + 4 * g + 3, :base + 4 * g + 2, :base + 4 * g + 1, 4 from generate_series(1, :n) g;

insert into job (company_id, job_id, lane, source_id, source_job_id, posting_id, open, valid, opened_revision, title,
  location, employer_job_id, url, digest)
select :company, :base + 4 * g + s.at, s.lane, s.source, s.prefix || g, :base + 4 * g + 1, true, true, s.opened,
  'Engineer of kind ' || g % 977, 'Oslo, Norway', 'R-' || g, 'https://employer.example/jobs/' || g,
  decode(md5(s.prefix || g), 'hex')
from generate_series(1, :n) g,
  (values (0, 'legacy', 1, 'L', 2), (2, 'ats', 2, 'A', 4)) s (at, lane, source, prefix, opened);

insert into job_text (company_id, job_id, description)
select company_id, job_id, '<p>' || repeat('What the work is and whom we look for. ', 20) || '</p>' from job
where company_id = :company;

insert into job_open (company_id, job_id, lane, from_revision)
select company_id, job_id, lane, opened_revision from job where company_id = :company;

insert into side (company_id, posting_id, lane, job_id, from_revision, to_revision)
select company_id, posting_id, lane, job_id, 2, null from job where company_id = :company and lane = 'legacy'
union all
select company_id, job_id + 1, lane, job_id, 4, 5 from job where company_id = :company and lane = 'ats'
union all
select company_id, posting_id, lane, job_id, 5, null from job where company_id = :company and lane = 'ats';

-- The peer: what feeds each posting, kept beside it and updated one by one.
create table if not exists bench_feeder (company_id bigint, posting_id bigint, feed text not null, primary key (company_id, posting_id));
insert into bench_feeder select company_id, posting_id, 'legacy' from posting
where company_id = :company and alias_of is null;
