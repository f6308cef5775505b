-- What a source told in its first large reading, kept as soon as it was read; its jobs are written from it.
set local search_path = changeover;

-- A whole snapshot whose jobs have not all been written: what was told beside them, by the reading's number.
create table first_snapshot (
  company_id bigint not null,
  source_id bigint not null,
  number bigint not null,
  began_at timestamptz not null,
  began_revision bigint not null,
  told jsonb not null,
  primary key (company_id, source_id, number),
  foreign key (company_id, source_id) references source (company_id, source_id)
);

-- Its jobs, kept while it is read: JSON lines, mostly compressed by zlib, each part numbered by the place of its first.
create table first_part (
  company_id bigint not null,
  source_id bigint not null,
  number bigint not null,
  part int not null,
  jobs bytea not null,
  primary key (company_id, source_id, number, part),
  foreign key (company_id, source_id) references source (company_id, source_id)
);
-- It is not to be compressed again.
alter table first_part alter column jobs set storage external;

do $$
declare t text;
begin
  foreach t in array array['first_snapshot', 'first_part'] loop
    execute format('grant select, insert, update, delete on %I to changeover_app', t);
    execute format('grant select on %I to changeover_operator', t);
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('create policy own_company on %I to changeover_app using (company_id = '
      '(select nullif(current_setting(''changeover.company'', true), '''')::bigint))', t);
    execute format('create policy every_company on %I for select to changeover_operator using (true)', t);
  end loop;
end $$;
