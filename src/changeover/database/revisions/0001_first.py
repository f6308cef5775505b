"""The first schema: companies, sources, jobs, postings, history and the walls between them."""

from __future__ import annotations

from pathlib import Path

from alembic import op
from procrastinate.schema import SchemaManager

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_HERE = Path(__file__).parent


def _run(text: str) -> None:
    op.get_bind().exec_driver_sql(text.replace("%", "%%") if "%" in text else text)


def _views() -> str:
    """Two views of one text: ``live`` obeys the caller's walls, ``public_posting`` is what the board may see.

    A view of views would check the caller's rights on the tables, so the text stands in both.
    """
    live = (_HERE / "0001_live.sql").read_text()
    return "".join(
        (
            "create view changeover.live with (security_invoker = true) as ",
            live,
            "; create view changeover.public_posting as ",
            live,
            _GRANTS,
        )
    )


_GRANTS = """;
      create view changeover.public_alias as
        select company_id, posting_id, alias_of from changeover.posting;
      alter view changeover.public_posting owner to changeover_live;
      alter view changeover.public_alias owner to changeover_live;
      grant select on changeover.live to changeover_app, changeover_operator;
      grant select on changeover.public_posting, changeover.public_alias
        to changeover_board, changeover_operator;
      revoke create on schema changeover from changeover_live;
"""


def upgrade() -> None:
    """Build everything in the caller's transaction."""
    _run((_HERE / "0001_first.sql").read_text())
    _run((_HERE / "0001_walls.sql").read_text())
    _run(_views())
    _run("grant select on public.alembic_version to changeover_operator")
    _run("set local search_path = background")
    _run(SchemaManager.get_schema())
    _run("""
      grant select, insert, update, delete on all tables in schema background to changeover_app;
      grant usage, select on all sequences in schema background to changeover_app;
      grant select on all tables in schema background to changeover_operator;
    """)
    _run("set local search_path = public")
