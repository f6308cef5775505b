"""Indexes of what is promoted, and how far free slots have been looked at."""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the indexes and the table."""
    op.get_bind().exec_driver_sql(Path(__file__).with_suffix(".sql").read_text().replace("%", "%%"))
    op.get_bind().exec_driver_sql("set local search_path = public")
