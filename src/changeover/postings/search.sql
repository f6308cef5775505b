-- Searching what is live, through the one view that the board may see.

-- name: meaning(words, place, filters)
-- What was asked as one query; empty where nothing can be searched for. words: how many of it the person's words made.
select (websearch_to_tsquery('changeover.board', plain(:words)) && to_tsquery('changeover.board', plain(:place))
        && :filters::tsquery)::text as wanted,
       numnode(websearch_to_tsquery('changeover.board', plain(:words))) as words;

-- name: among_newest(wanted, company, before, window, size)
-- Those of a few of the newest postings that match: a frequent word is found there.
select company_id, posting_id, employer, title, location, workplace_type, posted_at from (
  select company_id, posting_id, employer, title, location, workplace_type, posted_at, search from public_posting
  where posting_id < :before and (:company::bigint is null or company_id = :company)
  order by posting_id desc limit :window
) newest where search @@ :wanted::tsquery order by posting_id desc limit :size;

-- name: no_whole_scan()!
set local enable_seqscan = off;

-- name: some(wanted, company, before, most)
-- Up to so many that match, in no order, by the index of words. Adding 0 keeps the planner from walking by age.
select company_id, posting_id, employer, title, location, workplace_type, posted_at from public_posting
where search @@ :wanted::tsquery and posting_id + 0 < :before and (:company::bigint is null or company_id = :company)
limit :most;

-- name: walk_by_age()!
set local enable_bitmapscan = off;

-- name: by_age(wanted, company, before, size)
-- The newest that match, walking postings by age: for what so many match that they are not far apart.
select company_id, posting_id, employer, title, location, workplace_type, posted_at from public_posting
where search @@ :wanted::tsquery and posting_id < :before and (:company::bigint is null or company_id = :company)
order by posting_id desc limit :size;

-- name: look_up_each()
-- The planner takes a few promoted for one, and would walk all of them, all jobs, or all companies for each.
select set_config('enable_mergejoin', 'off', true), set_config('enable_hashjoin', 'off', true),
  set_config('enable_seqscan', 'off', true), set_config('enable_material', 'off', true),
  set_config('enable_bitmapscan', 'off', true), set_config('enable_sort', 'off', true);

-- name: promoted(wanted, window, size)
-- The newest promoted that match, of a few of the newest promoted. An empty query is matched by all.
select p.company_id, p.posting_id, p.employer, p.title, p.location, p.workplace_type, p.posted_at
from (select company_id, posting_id from public_promoted order by posting_id desc limit :window) newest
join public_posting p using (company_id, posting_id)
where :wanted = '' or p.search @@ :wanted::tsquery order by p.posting_id desc limit :size;

-- name: boundaries(size)
-- Every so many-th posting by its id: where the parts of the sitemap begin.
select posting_id from (
  select posting_id, row_number() over (order by posting_id) as nth from public_posting) numbered
where mod(nth, :size) = 0 order by posting_id;

-- name: oldest(after, size)
select company_id, posting_id from public_posting where posting_id > :after order by posting_id limit :size;
