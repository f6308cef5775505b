"""Sources that tell changes only: the fact, taken over from the mappings that said so before."""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column, and fill it from the mappings."""
    op.get_bind().exec_driver_sql(Path(__file__).with_suffix(".sql").read_text())
