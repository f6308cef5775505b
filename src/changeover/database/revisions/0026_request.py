"""The request that an event came of, to follow it through the logs."""

from __future__ import annotations

from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; empty is an event that no request caused."""
    op.get_bind().exec_driver_sql("alter table changeover.delivery add column request text not null default ''")
