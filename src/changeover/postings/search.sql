-- Searching what is live, through the one view that the board may see.

-- name: meaning(words, place)
-- What was asked as queries of the index of words; null where the words hold nothing to search for.
select nullif(websearch_to_tsquery('changeover.board', plain(:words))::text, '') as words,
       nullif(to_tsquery('changeover.board', plain(:place))::text, '') as place;

-- name: walk_by_age()!
select set_config('enable_seqscan', 'off', true), set_config('enable_bitmapscan', 'off', true);

-- name: by_age(words, place, workplace, days, company, before, entries, size)
-- The newest that match, walking the index of the newest: the first so many of its entries, or as far as it takes. A
-- posting has an entry for each side. beyond: the posting of the next entry, none where there is none. entries: about
-- how many the index has.
with edge as materialized (
  select (select posting_id from public_newest where posting_id < :before order by posting_id desc offset :entries limit 1)
    as posting_id where :entries::bigint is not null)
select company_id, posting_id, employer, title, location, workplace_type, posted_at, (select posting_id from edge) as beyond,
  (select reltuples::bigint from pg_class where oid = 'job_newest'::regclass) as entries
from public_posting
where matches(search, :words, :place, :workplace, :days)
  and (:company::bigint is null or company_id = :company) and posting_id < :before
  and posting_id > coalesce((select posting_id from edge), 0)
order by posting_id desc limit :size;

-- name: look_up_words()!
select set_config('enable_seqscan', 'off', true), set_config('enable_bitmapscan', 'on', true);

-- name: some(words, place, workplace, days, company, before, most, size)
-- The newest of up to so many that match, by the index of words. Adding 0 keeps the planner from walking by age.
-- found: how many they were.
select company_id, posting_id, employer, title, location, workplace_type, posted_at, count(*) over () as found from (
  select company_id, posting_id, employer, title, location, workplace_type, posted_at from public_posting
  where matches(search, :words, :place, :workplace, :days)
    and (:company::bigint is null or company_id = :company) and posting_id + 0 < :before
  limit :most
) matching order by posting_id desc limit :size;

-- name: look_up_each()
-- The planner takes a few promoted for one, and would walk all of them, all jobs, or all companies for each. What is
-- found by keys takes less time to fetch than to plan for: one plan does for every search.
select set_config('enable_mergejoin', 'off', true), set_config('enable_hashjoin', 'off', true),
  set_config('enable_seqscan', 'off', true), set_config('enable_material', 'off', true),
  set_config('enable_bitmapscan', 'off', true), set_config('enable_sort', 'off', true),
  set_config('plan_cache_mode', 'force_generic_plan', true);

-- name: promoted(words, place, workplace, days, window, turn, size)
-- Some that match of the newest promoted: others with each turn.
select p.company_id, p.posting_id, p.employer, p.title, p.location, p.workplace_type, p.posted_at
from (select company_id, posting_id from public_promoted order by posting_id desc limit :window) newest
join public_posting p using (company_id, posting_id)
where matches(p.search, :words, :place, :workplace, :days) order by md5(p.posting_id || ' ' || :turn) limit :size;

-- name: boundaries(size)
-- Every so many-th posting by its id: where the parts of the sitemap begin.
select posting_id from (
  select posting_id, row_number() over (order by posting_id) as nth from public_posting) numbered
where mod(nth, :size) = 0 order by posting_id;

-- name: oldest(after, size)
select company_id, posting_id from public_posting where posting_id > :after order by posting_id limit :size;
