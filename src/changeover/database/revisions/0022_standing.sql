-- What the operator's first page counts is counted in indexes that hold only that.
create index concurrently company_standing on company (state, held);
create index concurrently revision_moved on revision (at) where kind in ('activated', 'cancelled', 'become_ready', 'fall_back',
  'cut_over', 'resolved', 'reverted', 'finished');
create index concurrently source_held on source (company_id) where held_reading_id is not null and state = 'active';
create index concurrently delivery_dead on delivery (company_id) where state = 'dead';
create index concurrently support_case_open on support_case (opened_at) where closed_at is null;
