-- All the SQL of contracts: seats, rules, and which postings hold slots.

-- name: add_contract(company, contract, name, slots, seats, now)!
insert into contract (company_id, contract_id, name, slots, seats, created_at)
values (:company, :contract, :name, :slots, :seats, :now);

-- name: contracts(company)
-- Every contract with how many slots are held and how many seats are taken.
select c.company_id, c.contract_id, c.name, c.slots, c.seats, c.created_at, (select count(*) from wrap w where
  w.company_id = :company and w.contract_id = c.contract_id
             and w.to_revision is null) as held,
  (select count(*) from seat s where s.company_id = :company and s.contract_id = c.contract_id) as taken
from contract c where c.company_id = :company order by c.contract_id;

-- name: set_slots(company, contract, slots)!
update contract set slots = :slots where company_id = :company and contract_id = :contract;

-- name: seats(company, contract)
select email, name, admin, taken_at from seat where company_id = :company and contract_id = :contract order by email;

-- name: take_seat(company, contract, email, name, admin, now)!
insert into seat (company_id, contract_id, email, name, admin, taken_at)
values (:company, :contract, :email, :name, :admin, :now)
on conflict (company_id, contract_id, email) do update set name = excluded.name, admin = excluded.admin;

-- name: leave_seat(company, contract, email)!
delete from seat where company_id = :company and contract_id = :contract and email = :email;

-- name: rules(company)
-- A pin on a posting that was merged into another is a pin on that one.
select r.contract_id, r.rule_id, r.kind, r.priority, coalesce(p.alias_of::text, r.value) as value
from wrap_rule r
left join posting p on p.company_id = :company and r.kind = 'pin' and p.posting_id::text = r.value
where r.company_id = :company order by r.contract_id, r.priority desc, r.rule_id;

-- name: add_rule(company, contract, rule, kind, value, priority, who, now)!
insert into wrap_rule (company_id, contract_id, rule_id, kind, value, priority, who, created_at)
values (:company, :contract, :rule, :kind, :value, :priority, :who, :now)
on conflict (company_id, contract_id, kind, value) do update set priority = excluded.priority;

-- name: drop_rule(company, contract, rule)!
delete from wrap_rule where company_id = :company and contract_id = :contract and rule_id = :rule;

-- name: unpin(company, postings)
-- Pins on these postings, also those made before they were merged.
delete from wrap_rule r where r.company_id = :company and r.kind = 'pin' and exists (
  select 1 from posting p where p.company_id = :company and p.posting_id::text = r.value
  and coalesce(p.alias_of, p.posting_id) = any(:postings))
returning r.contract_id, r.value;

-- name: slots_seen(company)
select revision from slots_seen where company_id = :company;

-- name: see_slots(company, revision)!
insert into slots_seen (company_id, revision) values (:company, :revision)
on conflict (company_id) do update set revision = greatest(slots_seen.revision, excluded.revision);

-- name: freed_since(company, revision)
-- Whether a slot was freed, a rule, a contract or the feed changed since: then others may be next than what changed.
select 1 from company c where c.company_id = :company and (
  exists (select from wrap w where w.company_id = :company and w.to_revision > :revision)
  or exists (select from revision r where r.company_id = :company and r.revision > :revision
             and r.kind in ('cut_over', 'resolved', 'reverted', 'contract_added', 'slots_changed', 'job_flagged')));

-- name: changed_candidates(company, texts, tags, since)
-- Of what is live only what was told, opened or paired since.
select l.posting_id, l.title, l.location, case when :texts then l.extra end as extra,
  case when :tags then array(select distinct lower(m[1])
                             from regexp_matches(l.description, '#([[:alpha:]][[:alnum:]_-]*)', 'g') as m) end as tags
from live l where l.company_id = :company and l.posting_id in (
  select posting_id from job where company_id = :company and match_revision > :since and open);

-- name: candidates(company, texts, tags)
-- What is live, as the rules see it; the long parts only where a rule looks at them.
select posting_id, title, location, case when :texts then extra end as extra,
  case when :tags then array(select distinct lower(m[1])
                             from regexp_matches(description, '#([[:alpha:]][[:alnum:]_-]*)', 'g') as m) end as tags
from live where company_id = :company;

-- name: wraps(company)
-- Who holds a slot, and whether the posting is live: a wrap on one that is not is parked.
select w.posting_id, w.contract_id, w.slot, w.rule, w.from_revision, r.at as since, l.posting_id is not null as live,
  l.title, l.location
from wrap w
join revision r on r.company_id = :company and r.revision = w.from_revision
left join live l on l.company_id = :company and l.posting_id = w.posting_id
where w.company_id = :company and w.to_revision is null order by w.contract_id, w.slot;

-- name: downgraded(company)
-- Postings that the ATS took out of their slot: a rule does not put them back, a pin does.
select posting_id from wrap where company_id = :company group by posting_id
having (array_agg(ended order by from_revision desc))[1] = 'downgraded';

-- name: end_wraps(company, postings, revision, why)!
update wrap set to_revision = :revision, ended = :why
where company_id = :company and posting_id = any(:postings) and to_revision is null;

-- name: begin_wraps(company, contract, postings, slots, rules, revision)!
insert into wrap (company_id, posting_id, contract_id, slot, rule, from_revision)
select :company, m.posting_id, :contract, m.slot, m.rule, :revision
from unnest(:postings::bigint[], :slots::int[], :rules::text[]) as m (posting_id, slot, rule);

-- name: closed_pins(company)
-- Pinned postings on which no job is open any more.
select p.posting_id from wrap_rule r
join posting p on p.company_id = :company and p.posting_id::text = r.value
where r.company_id = :company and r.kind = 'pin' and not exists (
  select 1 from job j where j.company_id = :company and j.posting_id = coalesce(p.alias_of, p.posting_id) and j.open);

-- name: is_posting(company, posting)
select coalesce(alias_of, posting_id) as posting_id from posting where company_id = :company and posting_id = :posting;

-- name: promoted(companies, postings)
-- Board's view.
select company_id, posting_id from public_promoted
where (company_id, posting_id) in (select * from unnest(:companies::bigint[], :postings::bigint[]));

-- name: wrapped(company, postings)
-- Which of these live postings hold a slot.
select w.posting_id, w.contract_id from wrap w
where w.company_id = :company and w.posting_id = any(:postings) and w.to_revision is null;

-- name: set_free_applicants(company, most)!
update company set free_applicants = :most where company_id = :company;
