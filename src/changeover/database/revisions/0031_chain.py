"""History is chained: each revision's row carries the hash of the one before."""

from __future__ import annotations

from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; rows of before are bound by the first one after them (database/chain)."""
    op.get_bind().exec_driver_sql("alter table changeover.revision add column hash bytea")
