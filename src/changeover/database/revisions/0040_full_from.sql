-- Where a source that tells changes only tells every open job; empty where nobody has said that it does anywhere.
alter table changeover.source add column full_from text not null default '';
