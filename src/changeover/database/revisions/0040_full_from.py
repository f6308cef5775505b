"""Sources that tell changes only: the address at which they tell everything."""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column."""
    op.get_bind().exec_driver_sql(Path(__file__).with_suffix(".sql").read_text())
