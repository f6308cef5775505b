"""Large feeds: records to recognise, validators to ask by."""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add columns and a table, and make the long texts cheaper to write."""
    op.get_bind().exec_driver_sql(Path(__file__).with_suffix(".sql").read_text().replace("%", "%%"))
    op.get_bind().exec_driver_sql("set local search_path = public")
