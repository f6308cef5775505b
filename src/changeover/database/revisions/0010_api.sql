set local search_path = changeover;

-- What was answered to a request that carried an Idempotency-Key. The revision is written with the act itself; the
-- answer follows it. What is no company's yet, the adding of one, stands under company 0 with the id that was chosen.
create table answered (
  company_id bigint not null,
  key text not null,
  digest bytea not null,
  claim bigint not null,
  made bigint not null,
  begun_at timestamptz not null,
  ends_at timestamptz not null,
  revision bigint,
  status int,
  body text,
  location text not null default '',
  primary key (company_id, key)
);
create index answered_ends on answered (company_id, ends_at);

grant select, insert, update, delete on answered to changeover_app;
alter table answered enable row level security;
alter table answered force row level security;
create policy own_company on answered to changeover_app using (company_id =
  (select nullif(current_setting('changeover.company', true), '')::bigint));
create policy every_company on answered for select to changeover_operator using (true);
grant select on answered to changeover_operator;

-- A word of over 2,046 bytes is more than a vector can hold, and no word: nobody searches for one of 255 letters.
create or replace function plain(said text) returns text language sql immutable parallel safe return
  regexp_replace(
    case when octet_length(said) = length(said) then said
         else regexp_replace(normalize(said, nfd), '[\u0300-\u036f]', '', 'g') end, '\S{255,}', ' ', 'g');

create or replace function searched_by(title text, employer text, number text, place text, workplace text,
  posted timestamptz) returns tsvector language sql immutable parallel safe return
  setweight(to_tsvector('changeover.board', changeover.plain(title)), 'A')
  || setweight(to_tsvector('changeover.board', changeover.plain(employer || ' ' || number)), 'B')
  || setweight(to_tsvector('changeover.board', changeover.plain(place)), 'C')
  || array_to_tsvector(array_remove(array[
       case when workplace <> '' then 'workplace:' || left(lower(workplace), 100) end,
       'posted:' || coalesce((extract(epoch from posted)::bigint / 86400)::text, '')], null));
