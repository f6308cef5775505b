"""Searching what is live: a search vector on each job, written by the program, and its index."""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_HERE = Path(__file__).parent


def _views() -> str:
    """Both views of what is live, of one text as before, with the vector as their last column."""
    live = (_HERE / "0001_live.sql").read_text().replace("c.revision", "c.revision, j.search", 1)
    # Replacing a view forgets its options: without this one it would obey its owner's walls instead of its caller's.
    return (
        f"create or replace view changeover.live with (security_invoker = true) as {live}; "
        f"create or replace view changeover.public_posting as {live}"
    )


def upgrade() -> None:
    """Add the column, fill it, and let the views show it."""
    op.get_bind().exec_driver_sql((_HERE / "0004_search.sql").read_text().replace("%", "%%"))
    op.get_bind().exec_driver_sql(_views())
    op.get_bind().exec_driver_sql("set local search_path = public")
