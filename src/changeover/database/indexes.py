"""Indexes on tables that are in use: made without stopping who reads or writes them."""

from __future__ import annotations

import re
from typing import Any

_NAME = re.compile(r"create (?:unique )?index concurrently (\w+) on ", re.IGNORECASE)


def make(op: Any, text: str) -> None:
    """Make the indexes of ``text``, statements of `create index concurrently`, each outside any transaction.

    An attempt that was cut off leaves an index that is not used; it is made anew, and one that is whole is left.
    ``op``: Alembic's. Nothing is waited for in vain: such an index waits for older transactions, and locks nobody out.
    """
    with op.get_context().autocommit_block():
        run = op.get_bind().exec_driver_sql
        before = run("show lock_timeout").scalar()
        run("set lock_timeout = 0")
        run("set search_path = changeover")
        for statement in filter(None, map(str.strip, re.sub(r"--[^\n]*", "", text).split(";"))):
            name = _NAME.match(statement)
            if name is None:
                raise ValueError(f"not an index made concurrently: {statement[:60]}")
            whole = run("select indisvalid from pg_index where indexrelid = to_regclass(%s)", (name[1],)).scalar()
            if whole is False:
                run(f"drop index concurrently {name[1]}")
            if not whole:
                run(statement)
        run("reset search_path")
        run(f"set lock_timeout = '{before}'")
