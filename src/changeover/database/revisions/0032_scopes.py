"""What the token of a client opens."""

from __future__ import annotations

from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column: those there are may what they could."""
    op.get_bind().exec_driver_sql(
        "alter table changeover.client add column scopes text[] not null default '{push,candidates}'"
    )
