"""The field mapping of a source: how the records of an unknown feed become jobs."""

from __future__ import annotations

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; null is no mapping, and then the feed is recognised by its shape."""
    op.get_bind().exec_driver_sql("alter table changeover.source add column mapping jsonb")
