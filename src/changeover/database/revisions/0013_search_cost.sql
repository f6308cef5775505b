-- The same vector at a third of the cost: plain letters and short words, which is nearly all there is, need no cleaning.
set local search_path = changeover;

create or replace function searched_by(title text, employer text, number text, place text, workplace text,
  posted timestamptz) returns tsvector language plpgsql immutable parallel safe as $$
declare
  said text := employer || ' ' || number;
  day text := 'posted:' || coalesce((extract(epoch from posted)::bigint / 86400)::text, '');
begin
  -- Fewer bytes than the longest word that is kept: no word is too long, and as many bytes as letters: no accents.
  if octet_length(title) <> length(title) or length(title) >= 255 then
    title := changeover.plain(title);
  end if;
  if octet_length(said) <> length(said) or length(said) >= 255 then
    said := changeover.plain(said);
  end if;
  if octet_length(place) <> length(place) or length(place) >= 255 then
    place := changeover.plain(place);
  end if;
  return setweight(to_tsvector('changeover.board', title), 'A')
    || setweight(to_tsvector('changeover.board', said), 'B')
    || setweight(to_tsvector('changeover.board', place), 'C')
    || array_to_tsvector(
         case when workplace <> '' then array['workplace:' || left(lower(workplace), 100), day] else array[day] end);
end $$;
set local search_path = public;
