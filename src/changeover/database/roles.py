"""The roles the program connects as: they own nothing, and each sees only what it is for."""

from __future__ import annotations

import psycopg
from psycopg import sql

# app: one company's rows, set per transaction. operator: reads all. board: live postings only.
# live: owns the public views, logs in never.
LOGIN_ROLES = ("changeover_app", "changeover_operator", "changeover_board")
ROLES = (*LOGIN_ROLES, "changeover_live")


def make_roles(conn: psycopg.Connection[tuple[object, ...]], *, login: bool) -> None:
    """Make the roles where absent, and let the connected user act as them.

    Roles belong to the whole server, so two upgrades may race here; the second finds them made.
    ``login`` is for the embedded server, whose socket only its own user can reach.
    """
    for role in ROLES:
        name = sql.Identifier(role)
        try:
            with conn.transaction():
                conn.execute(sql.SQL("create role {} nologin noinherit").format(name))
        except (psycopg.errors.DuplicateObject, psycopg.errors.UniqueViolation):
            pass
        if login and role in LOGIN_ROLES and not _can_login(conn, role):
            with conn.transaction():
                conn.execute(sql.SQL("alter role {} login").format(name))
        if not login and not _is_member(conn, role):
            with conn.transaction():
                conn.execute(sql.SQL("grant {} to current_user").format(name))


def _can_login(conn: psycopg.Connection[tuple[object, ...]], role: str) -> bool:
    row = conn.execute("select rolcanlogin from pg_roles where rolname = %s", (role,)).fetchone()
    return bool(row and row[0])


def _is_member(conn: psycopg.Connection[tuple[object, ...]], role: str) -> bool:
    row = conn.execute("select pg_has_role(current_user, %s, 'member')", (role,)).fetchone()
    return bool(row and row[0])
