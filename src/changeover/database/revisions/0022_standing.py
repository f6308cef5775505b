"""What the first page of the operator counts is counted in small indexes."""

from __future__ import annotations

from pathlib import Path

from alembic import op

from changeover.database.indexes import make

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the indexes."""
    make(op, Path(__file__).with_suffix(".sql").read_text())
