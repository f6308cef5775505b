-- A pair may rest on its text, and then on no other job having or naming its employer job ids: several things. And what
-- the jobs that are in no such pair have tells whether a change is any business of theirs.
set local search_path = changeover;

-- settled: the pair rests on nothing but itself. ties: on what, or else what its jobs have, that another job may have
-- too: a hash each, with the company in it.
alter table finding drop column settled;
alter table finding add column settled boolean not null default false;
alter table finding add column ties bigint[] not null default '{}';
create index finding_unsettled on finding (company_id) where not settled;
create index finding_ties on finding using gin (ties);
-- What is settled is not known until all has been matched once.
delete from matched;
