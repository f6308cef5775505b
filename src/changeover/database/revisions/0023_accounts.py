"""People who sign in: accounts, sessions, one-time links, and the board's own line of revisions."""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the tables and their walls."""
    op.get_bind().exec_driver_sql(Path(__file__).with_suffix(".sql").read_text().replace("%", "%%"))
    op.get_bind().exec_driver_sql("set local search_path = public")
