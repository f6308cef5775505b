-- Searching what is live. The vector of a job is written by the statements that write the job.
set local search_path = changeover;

-- English stems without stop words: "IT support" must find IT, and "head of" is part of a title. Words of other
-- languages are stemmed alike where they are stored and where they are asked for, so they meet.
create text search dictionary stem (template = pg_catalog.snowball, language = english);
create text search configuration board (copy = pg_catalog.english);
alter text search configuration board alter mapping
  for asciiword, asciihword, hword_asciipart, word, hword, hword_part with changeover.stem;

-- Letters without their accents, for people who type without them.
create function plain(said text) returns text language sql immutable parallel safe return
  case when octet_length(said) = length(said) then said
       else regexp_replace(normalize(said, nfd), '[\u0300-\u036f]', '', 'g') end;

-- What a posting is found by. Weights say where a word stands: A title, B employer and its number, C place. Workplace
-- and day are words that nobody can type.
create function searched_by(title text, employer text, number text, place text, workplace text, posted timestamptz)
returns tsvector language sql immutable parallel safe return
  setweight(to_tsvector('changeover.board', changeover.plain(title)), 'A')
  || setweight(to_tsvector('changeover.board', changeover.plain(employer || ' ' || number)), 'B')
  || setweight(to_tsvector('changeover.board', changeover.plain(place)), 'C')
  || array_to_tsvector(array_remove(array[
       case when workplace <> '' then 'workplace:' || lower(workplace) end,
       'posted:' || coalesce((extract(epoch from posted)::bigint / 86400)::text, '')], null));

grant execute on function plain, searched_by to changeover_app, changeover_operator, changeover_board, changeover_live;

alter table job add column search tsvector not null default '';
-- Row-level security is forced for the owner too.
alter table job no force row level security;
alter table company no force row level security;
update job j set search = searched_by(j.title, case when j.company_name = '' then c.name else c.name || ' ' || j.company_name end,
  j.employer_job_id, j.location, j.workplace_type, j.posted_at)
from company c where c.company_id = j.company_id;
alter table company force row level security;
alter table job force row level security;
create index job_search on job using gin (search) where open and valid;
