"""An upgrade that is killed: of a database of its own, from nothing to this version's schema."""

from __future__ import annotations

import asyncio
import itertools
from typing import Any

import psycopg
from psycopg.conninfo import make_conninfo
from psycopg.sql import SQL, Identifier

from changeover.database.connection import Address
from changeover.database.upgrade import head, upgrade
from killed.receiving import Receiver
from program import World

# Taken again and again, so that what is left of the killed does not fill the disk.
_NAMES = itertools.cycle(f"upgraded_{number}" for number in range(8))
# All that a schema is made of, a line each; pg_catalog alone is on the path, so that every name is said in full.
_SCHEMA = """
with mine as (select oid, nspname from pg_namespace where nspname in ('changeover', 'background', 'public')),
  rel as (select c.* from pg_class c join mine on mine.oid = relnamespace)
select concat_ws(' ', 'relation', oid::regclass, relkind, relrowsecurity, relforcerowsecurity, relacl, reloptions)
  from rel where relkind <> 'i'
union all select concat_ws(' ', 'column', attrelid::regclass, attname, format_type(atttypid, atttypmod), attnotnull,
  attacl, pg_get_expr(adbin, adrelid)) from pg_attribute join rel on rel.oid = attrelid
  left join pg_attrdef on adrelid = attrelid and adnum = attnum where attnum > 0 and not attisdropped
union all select concat_ws(' ', 'constraint', conrelid::regclass, conname, pg_get_constraintdef(c.oid), convalidated)
  from pg_constraint c join mine on mine.oid = connamespace
union all select concat_ws(' ', 'index', pg_get_indexdef(indexrelid), indisvalid, indisready)
  from pg_index join rel on rel.oid = indexrelid
union all select concat_ws(' ', 'view', oid::regclass, pg_get_viewdef(oid)) from rel where relkind in ('v', 'm')
union all select concat_ws(' ', 'function', p.oid::regprocedure, proacl, md5(pg_get_functiondef(p.oid)))
  from pg_proc p join mine on mine.oid = pronamespace where prokind in ('f', 'p')
union all select concat_ws(' ', 'trigger', pg_get_triggerdef(t.oid)) from pg_trigger t join rel on rel.oid = tgrelid
  where not tgisinternal
union all select concat_ws(' ', 'type', t.oid::regtype, typtype,
  (select string_agg(enumlabel, ',' order by enumsortorder) from pg_enum where enumtypid = t.oid))
  from pg_type t join mine on mine.oid = typnamespace where typtype in ('e', 'd', 'c')
union all select concat_ws(' ', 'policy', schemaname, tablename, policyname, permissive, roles, cmd, qual, with_check)
  from pg_policies
union all select concat_ws(' ', 'stands at', version_num) from public.alembic_version
"""


async def empty(world: World, _outside: Receiver) -> dict[str, Any]:
    """A database without a schema."""
    name = next(_NAMES)
    with psycopg.connect(world.db.address.owner, dbname="postgres", autocommit=True) as conn:
        conn.execute(SQL("drop database if exists {} with (force)").format(Identifier(name)))
        conn.execute(SQL("create database {}").format(Identifier(name)))
    return {"company": 0, "owner": make_conninfo(world.db.address.owner, dbname=name)}


def stands_at_head(_world: World, order: dict[str, Any]) -> bool:
    """Whether the last revision has been taken."""
    with psycopg.connect(order["owner"]) as conn:
        (there,) = conn.execute("select to_regclass('public.alembic_version') is not null").fetchone() or (False,)
        return bool(there) and conn.execute("select version_num from public.alembic_version").fetchall() == [(head(),)]


async def go_on(_world: World, order: dict[str, Any]) -> None:
    await asyncio.to_thread(upgrade, Address(order["owner"], login_by_role=True))


def schema_amiss(world: World, _outside: Receiver, order: dict[str, Any]) -> list[str]:
    """At the last revision the schema is that of a database whose upgrade nobody killed, to the last index."""
    if not stands_at_head(world, order):
        return []
    here, whole = _schema(order["owner"]), _schema(world.db.address.owner)
    return sorted(f"{line} is {'too much' if line in here else 'missing'}" for line in here ^ whole)


def _schema(owner: str) -> set[str]:
    with psycopg.connect(owner, options="-c search_path=pg_catalog") as conn:
        return {str(line) for (line,) in conn.execute(_SCHEMA)}
