"""Applying on the board: forms, drafts, applications with their files, and what became of them."""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the tables in the caller's transaction."""
    op.get_bind().exec_driver_sql(Path(__file__).with_suffix(".sql").read_text().replace("%", "%%"))
    op.get_bind().exec_driver_sql("set local search_path = public")
