"""A migrated database for tests that look at the schema, shared by those that leave nothing behind."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest
from psycopg.rows import DictRow, dict_row

from changeover.database.connection import Address
from changeover.database.embedded import Server
from program import fresh_database


@pytest.fixture(scope="module")
def migrated(server: Server, _template: None) -> Iterator[Address]:
    """A database at this version's revision, of this module alone."""
    with fresh_database(server) as address:
        yield address


@pytest.fixture
def owner(migrated: Address) -> Iterator[psycopg.Connection[DictRow]]:
    """The owner's transaction, rolled back at the test's end."""
    with psycopg.connect(migrated.owner, row_factory=dict_row, options="-c search_path=changeover") as conn:
        yield conn
        conn.rollback()
