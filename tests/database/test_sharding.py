"""Every table can be sharded by company: one query over the catalog says what stands in the way."""

from __future__ import annotations

import psycopg
import pytest
from psycopg.rows import DictRow

# The rules of the schema (the head of revision 0001) as one query: a row for each table that breaks one.
BROKEN = r"""
with t as (
  select c.oid, c.relname,
    (select a.attnum from pg_attribute a where a.attrelid = c.oid and a.attname = 'company_id'
       and a.atttypid = 'bigint'::regtype and a.attnotnull and not a.attisdropped) as company
  from pg_class c where c.relnamespace = 'changeover'::regnamespace and c.relkind in ('r', 'p', 'f')
)
select relname as table, 'no company_id that is a bigint and never null' as fault from t where company is null
union all
select relname, 'no primary key' from t
where not exists (select from pg_index i where i.indrelid = t.oid and i.indisprimary)
union all
select relname, 'unique, and company_id is not first: ' || i.indexrelid::regclass
from t join pg_index i on i.indrelid = t.oid and (i.indisunique or i.indisexclusion)
where i.indkey[0] is distinct from t.company
union all
select t.relname, 'a foreign key that may lead to another company: ' || f.conname
from t join pg_constraint f on f.conrelid = t.oid and f.contype = 'f'
left join t r on r.oid = f.confrelid
where not exists (
  select from unnest(f.conkey, f.confkey) as pair (here, there) where here = t.company and there = r.company)
union all
select relname, 'a trigger: ' || g.tgname from t join pg_trigger g on g.tgrelid = t.oid where not g.tgisinternal
union all
select relname, 'an identity column: ' || a.attname from t join pg_attribute a on a.attrelid = t.oid
where a.attidentity <> ''
union all
select relname, 'a default that is not a constant: ' || a.attname
from t join pg_attribute a on a.attrelid = t.oid
join pg_attrdef d on d.adrelid = t.oid and d.adnum = a.attnum
where pg_get_expr(d.adbin, d.adrelid) !~ '^(-?[0-9.]+|true|false|''[^'']*''(::[a-z ]+(\[\])?)?)$'
order by 1, 2
"""

_TABLE = "create table faulty (company_id bigint not null, id bigint not null, {})"
FAULTS = {
    "no company at all": ("create table faulty (id bigint primary key)", "no company_id"),
    "a company that may be null": (
        "create table faulty (company_id bigint, id bigint primary key)",
        "no company_id that is a bigint and never null",
    ),
    "a company in another type": (
        "create table faulty (company_id int, id bigint, primary key (company_id, id))",
        "no company_id that is a bigint",
    ),
    "no primary key": (_TABLE.format("title text"), "no primary key"),
    "the company second in the primary key": (_TABLE.format("primary key (id, company_id)"), "company_id is not first"),
    "a unique index across companies": (
        _TABLE.format("name text unique, primary key (company_id, id)"),
        "unique, and company_id is not first: faulty_name_key",
    ),
    "a partial unique index across companies": (
        "create unique index faulty on source (location) where state = 'active'",
        "unique, and company_id is not first: faulty",
    ),
    "a foreign key past the company": (
        "create unique index faulty on posting (posting_id); alter table job add constraint to_any "
        "foreign key (posting_id) references posting (posting_id)",
        "a foreign key that may lead to another company: to_any",
    ),
    "a foreign key that crosses its columns": (
        "alter table job add constraint crossed foreign key (posting_id, company_id) "
        "references posting (company_id, posting_id)",
        "a foreign key that may lead to another company: crossed",
    ),
    "a trigger": (
        "create trigger faulty before update on job for each row execute function suppress_redundant_updates_trigger()",
        "a trigger: faulty",
    ),
    "an identity column": (
        _TABLE.format("n bigint generated always as identity, primary key (company_id, id)"),
        "an identity column: n",
    ),
    "a number from a sequence": (
        _TABLE.format("n bigserial, primary key (company_id, id)"),
        "a default that is not a constant: n",
    ),
    "a time from the server": (
        "alter table job add column at timestamptz default now()",
        "a default that is not a constant: at",
    ),
    "a time from the server under its other name": (
        "alter table job add column at timestamptz default current_timestamp",
        "a default that is not a constant: at",
    ),
}


def faults(conn: psycopg.Connection[DictRow]) -> list[str]:
    return [f"{row['table']}: {row['fault']}" for row in conn.execute(BROKEN).fetchall()]


def test_every_table_leads_with_its_company_and_makes_nothing_by_itself(owner: psycopg.Connection[DictRow]) -> None:
    assert faults(owner) == []


def test_the_rules_are_held_against_more_than_a_dozen_tables(owner: psycopg.Connection[DictRow]) -> None:
    row = owner.execute("select count(*) as tables from pg_tables where schemaname = 'changeover'").fetchone()
    assert row is not None
    assert row["tables"] >= 15


@pytest.mark.parametrize("name", FAULTS)
def test_the_query_finds(name: str, owner: psycopg.Connection[DictRow]) -> None:
    planted, found = FAULTS[name]
    owner.execute(planted)
    assert [fault for fault in faults(owner) if found in fault], faults(owner)
