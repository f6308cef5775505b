"""Consolidated feeds: which name in a file of many companies is which company here."""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add one table, with its walls."""
    op.get_bind().exec_driver_sql(Path(__file__).with_suffix(".sql").read_text())
    op.get_bind().exec_driver_sql("set local search_path = public")
