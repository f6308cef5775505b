-- How far down the newest postings a search walks, and how a posting answers to each of its fields.
set local search_path = changeover;

-- The numbers of postings that have an open side, once for each, and nothing else of them.
create view public_newest as select posting_id from job where open and valid;
grant create on schema changeover to changeover_live;
alter view public_newest owner to changeover_live;
revoke create on schema changeover from changeover_live;
grant select on public_newest to changeover_board, changeover_operator;

-- An empty field asks for nothing. Each is a condition of its own of the index of words: as one query they cost up to ten
-- times as much, since the thirty days of a month were then looked up for every word. The planner puts this text in the
-- place of the call.
create function matches(search tsvector, words text, place text, workplace text, days text) returns boolean
language sql immutable parallel safe return
  (words = '' or search @@ words::tsquery) and (place = '' or search @@ place::tsquery)
  and (workplace = '' or search @@ workplace::tsquery) and (days = '' or search @@ days::tsquery);
grant execute on function matches to changeover_board, changeover_operator;
set local search_path = public;
