"""The change stream: each revision's place in the board's order, and jobs that were told anew."""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add two columns and the indexes that the stream reads by."""
    op.get_bind().exec_driver_sql(Path(__file__).with_suffix(".sql").read_text())
    op.get_bind().exec_driver_sql("set local search_path = public")
