"""Each role sees and writes what it is for: a company's own rows, an overview, live postings, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest
from psycopg.errors import InsufficientPrivilege
from psycopg.rows import DictRow, dict_row
from psycopg.sql import SQL, Identifier

from changeover.database.connection import APP, BOARD, OPERATOR, Address
from changeover.database.embedded import Server
from changeover.database.roles import LOGIN_ROLES, ROLES
from program import fresh_database

OURS, THEIRS, NEW = 1, 2, 3
# What no overview shows: secrets, and what people say of themselves.
PRIVATE = {"application_draft", "draft_file", "application", "application_file", "seat", "delivery", "company_contact"}

# One row of a company in every table, in an order that foreign keys allow.
ROWS = {
    "company": "(company_id, name, created_at) values ({0}, 'Ferrous', now())",
    "source": "(company_id, source_id, lane, kind, location, created_at) values ({0}, 5, 'legacy', 'test', 'x', now())",
    "employer_name": "(company_id, source_id, key, name, seen_at) values ({0}, 5, 'ferrous', 'Ferrous', now())",
    "reading": "(company_id, reading_id, source_id, began_at, ended_at, began_revision, completeness, verdict, jobs) "
    "values ({0}, 6, 5, now(), now(), 1, 'complete', 'taken', 1)",
    "snapshot_part": "values ({0}, 6, 0, '')",
    "first_snapshot": "values ({0}, 5, 1, now(), 1, '{{}}')",
    "first_part": "values ({0}, 5, 1, 0, '')",
    "record_part": "values ({0}, 5, 0, '', '')",
    "raw_answer": "values ({0}, 5, 'x', 'y', 200, '{{}}', null, '', 0, '')",
    "posting": "values ({0}, 7, 8, null, 1), ({0}, 17, 18, 7, 1)",
    "job": "(company_id, job_id, lane, source_id, source_job_id, posting_id, open, valid, opened_revision, title, "
    "digest) values ({0}, 8, 'legacy', 5, 'L', 7, true, true, 1, 'Welder of {0}', ''), "
    "({0}, 18, 'ats', 5, 'A', 7, true, true, 1, 'Welder in the ATS of {0}', '')",
    "job_text": "values ({0}, 8, 'Welds.', '{{}}'), ({0}, 18, 'Welds.', '{{}}')",
    "decision": "values ({0}, 8, 18, 'confirmed', 'test', now(), 1)",
    "matched": "values ({0}, 1, 'matching', 1, 1, 0, '1')",
    "finding": "values ({0}, 8, 18, 'paired', 1, 'exact', 'Same.')",
    "revision": "values ({0}, 1, now(), 'added', 'test', 'why', 'legacy', 'legacy')",
    "job_open": "values ({0}, 8, 'legacy', 1, null)",
    "side": "values ({0}, 7, 'legacy', 8, 1, null)",
    "agreed_closing": "values ({0}, 1, 7, 8)",
    "apply_form": "values ({0}, 18, '{{}}')",
    "application_draft": "values ({0}, 'x', 7, '{{}}', now())",
    "draft_file": "values ({0}, 'x', 'resume', 11, 'a.pdf', 'application/pdf', 'pdf', 'x')",
    "application": "(company_id, application_id, posting_id, draft_hash, token_hash, applied_at) "
    "values ({0}, 12, 7, 'y', 'z', now())",
    "application_action": "values ({0}, 12, 'APPLICATION_VIEWED', now(), now(), 'test')",
    "application_file": "values ({0}, 13, 12, 'a.pdf', 'application/pdf', 'x', now())",
    "contract": "values ({0}, 30, 'Gold', 2, 1, now())",
    "seat": "values ({0}, 30, 'ada@example.org', 'Ada', now())",
    "wrap_rule": "values ({0}, 30, 31, 'all', '', 0, 'test', now())",
    "wrap": "values ({0}, 7, 30, 1, 'every posting', 1, null)",
    "company_contact": "values ({0}, 'bo@example.org', 'Bo', now())",
    "sunset": "(company_id, sunset_id, source_id, ends_at, announced_at, announced_by) "
    "values ({0}, 34, 5, now(), now(), 'test')",
    "slots_seen": "values ({0}, 1)",
    "support_case": "values ({0}, 33, '', '{{}}', now(), 'test')",
    "support_message": "values ({0}, 33, 34, 'employer', 'test', now(), 'Help.')",
    "support_proposal": "values ({0}, 33, 8, 18, 'test', now())",
    "dry_run": "(company_id, dry_run_id, legacy, ats, name, who, created_at) "
    "values ({0}, 35, 'x', 'y', '', 'test', now())",
    "profile_access": "values ({0}, 32, 12, now(), 'test', 'read')",
    "client": "values ({0}, 9, 'test', now())",
    "client_secret": "values ({0}, 9, 10, 'x', now(), null)",
    "wire_application": "(company_id, application_id, kind, name, created_at) values ({0}, 21, 'child', 'x', now())",
    "wire_secret": "values ({0}, 21, 22, 'x', now(), null)",
    "sealed_secret": "values ({0}, 22, 'x', 'y')",
    "wire_token": "values ({0}, 'x', 21, now())",
    "wire_link": "values ({0}, 21, {0})",
    "wire_integration": "(company_id, vendor_id, kind, tenant, provider, request_id, requested_at) "
    "values ({0}, 20, 'APPLY_CONNECT', 'JOBS', 'ATS', 23, now())",
    "wire_job": "(company_id, external_id, vendor_id, application_id, places, open, updated_at) "
    "values ({0}, 'A', 20, 21, array['A'], true, now())",
    "wire_task": "(company_id, task_id, application_id, external_id, place, operation, revision, created_at) "
    "values ({0}, 24, 21, 'A', 'A', 'CREATE', 1, now())",
    "wire_refusal": "values ({0}, 25, now(), 'x', 'y')",
    "subscription": "(company_id, subscription_id, url, secret_id, cursor, created_at) "
    "values ({0}, 30, 'x', 31, '', now())",
    "webhook": "(company_id, webhook_id, channel, recipient, url, created_at) values ({0}, 28, 'x', 'y', 'z', now())",
    "delivery": "(company_id, delivery_id, channel, recipient, event, body, created_at, next_at) "
    "values ({0}, 29, 'x', 'y', 'z', '', now(), now())",
    "audited": "values ({0}, 1, now(), now(), now(), 0, '', '[]')",
    "board": "values ({0}, 1)",
    "board_revision": "values ({0}, 1, now(), 'signed_in', 'test', 'why', '{{}}', 'x')",
    "account": "(company_id, account_id, email, name, role, created_at) "
    "values ({0}, 40, 'a@example.org', 'Ada', 'employer', now())",
    "account_company": "values ({0}, 40, {0})",
    "account_session": "values ({0}, 'x', 40, now(), now(), now(), null)",
    "account_link": "values ({0}, 'x', 40, now())",
    "recovery_code": "values ({0}, 40, 'x')",
    "failed_sign_in": "values ({0}, 'x', 1, now())",
    "rate_window": "values ({0}, 'k', now(), 1, 1)",
    "answered": "(company_id, key, digest, claim, made, begun_at, ends_at) values ({0}, 'k', 'x', 1, 2, now(), now())",
}
# What not even the operator reads.
SECRET = (
    "client_secret",
    "wire_secret",
    "sealed_secret",
    "wire_token",
    "account",
    "account_session",
    "account_link",
    "recovery_code",
    "failed_sign_in",
)
Owner = psycopg.Connection[DictRow]


def insert(table: str, company: int) -> str:
    return f"insert into {table} {ROWS[table].format(company)}"


@pytest.fixture(scope="module")
def peopled(server: Server, _template: None) -> Iterator[Address]:
    """A database with a row of two companies in every table."""
    with fresh_database(server) as address:
        with psycopg.connect(address.owner, options="-c search_path=changeover") as conn:
            for company in (OURS, THEIRS):
                for table in ROWS:
                    conn.execute(insert(table, company))
        yield address


@pytest.fixture
def catalog(peopled: Address) -> Iterator[Owner]:
    """The owner, who passes every wall, looking at the catalog."""
    with psycopg.connect(peopled.owner, row_factory=dict_row, options="-c search_path=changeover") as conn:
        yield conn
        conn.rollback()


@pytest.fixture
def ours(peopled: Address) -> Iterator[Owner]:
    """The program in a transaction of our company's."""
    with psycopg.connect(peopled.of(APP), row_factory=dict_row) as conn:
        conn.execute("select set_config('changeover.company', %s, true)", (str(OURS),))
        yield conn
        conn.rollback()


@pytest.fixture
def nobodys(peopled: Address) -> Iterator[Owner]:
    """The program in a transaction without a company."""
    with psycopg.connect(peopled.of(APP), row_factory=dict_row) as conn:
        yield conn
        conn.rollback()


def refused(conn: Owner, statement: str) -> bool:
    """True if the statement is refused for want of rights; the transaction lives on."""
    try:
        with conn.transaction():
            conn.execute(statement)
    except InsufficientPrivilege:
        return True
    return False


def changed(conn: Owner, statement: str) -> int:
    """How many rows the statement changed; none where it is refused."""
    try:
        with conn.transaction():
            return conn.execute(statement).rowcount
    except InsufficientPrivilege:
        return 0


def companies_in(conn: Owner, relation: str) -> set[int]:
    return {row["company_id"] for row in conn.execute(SQL("select company_id from {}").format(Identifier(relation)))}


def test_the_rows_of_these_tests_stand_in_every_table(catalog: Owner) -> None:
    tables = {row["tablename"] for row in catalog.execute("select * from pg_tables where schemaname = 'changeover'")}
    assert tables == set(ROWS)


def test_walls_stand_on_every_table_even_for_its_owner(catalog: Owner) -> None:
    open_tables = catalog.execute(
        "select relname from pg_class where relnamespace = 'changeover'::regnamespace and relkind in ('r', 'p') "
        "and not (relrowsecurity and relforcerowsecurity)"
    ).fetchall()
    assert open_tables == []


# The program, one company at a time.


@pytest.mark.parametrize("table", ROWS)
def test_a_company_sees_its_own_rows_alone(table: str, ours: Owner) -> None:
    assert companies_in(ours, table) == {OURS}


@pytest.mark.parametrize("table", ROWS)
def test_a_company_writes_nothing_of_another(table: str, ours: Owner) -> None:
    assert refused(ours, insert(table, NEW))
    assert changed(ours, f"update {table} set company_id = company_id where company_id = {THEIRS}") == 0
    assert changed(ours, f"delete from {table} where company_id = {THEIRS}") == 0
    assert refused(ours, f"truncate {table} cascade")


@pytest.mark.parametrize("table", ROWS)
def test_a_company_gives_no_row_away(table: str, ours: Owner) -> None:
    assert refused(ours, f"update {table} set company_id = {NEW} where company_id = {OURS}")


@pytest.mark.parametrize("table", ROWS)
def test_without_a_company_nothing_is_seen_or_written(table: str, nobodys: Owner) -> None:
    assert companies_in(nobodys, table) == set()
    assert refused(nobodys, insert(table, NEW))
    assert changed(nobodys, f"update {table} set company_id = company_id") == 0
    assert changed(nobodys, f"delete from {table}") == 0


def test_the_company_is_forgotten_with_its_transaction(nobodys: Owner) -> None:
    nobodys.execute("select set_config('changeover.company', %s, true)", (str(OURS),))
    nobodys.commit()
    assert companies_in(nobodys, "job") == set()


def test_what_is_live_is_seen_through_the_companys_own_walls(ours: Owner, nobodys: Owner) -> None:
    assert companies_in(ours, "live") == {OURS}
    assert companies_in(nobodys, "live") == set()


@pytest.mark.parametrize(
    "rewriting",
    [
        "update revision set why = 'else' where company_id = 1",
        "delete from revision where company_id = 1",
        "update agreed_closing set posting_id = 17 where company_id = 1",
        "delete from agreed_closing where company_id = 1",
        "update job_open set from_revision = 0 where company_id = 1",
        "update job_open set job_id = 18 where company_id = 1",
        "update job_open set lane = 'ats' where company_id = 1",
        "delete from job_open where company_id = 1",
        "update side set from_revision = 0 where company_id = 1",
        "update side set posting_id = 17 where company_id = 1",
        "update side set job_id = 18 where company_id = 1",
        "update side set lane = 'ats' where company_id = 1",
        "delete from side where company_id = 1",
        "update wrap set posting_id = 17 where company_id = 1",
        "update wrap set slot = 2 where company_id = 1",
        "delete from wrap where company_id = 1",
        "update posting set alias_of = null; delete from posting where company_id = 1",
        "delete from job where company_id = 1",
        "delete from reading where company_id = 1",
        "update board_revision set why = 'else' where company_id = 1",
        "delete from board_revision where company_id = 1",
    ],
)
def test_history_is_not_rewritten(rewriting: str, ours: Owner) -> None:
    assert refused(ours, rewriting)


@pytest.mark.parametrize("table", ["job_open", "side", "wrap"])
def test_history_is_ended_once(table: str, ours: Owner) -> None:
    assert changed(ours, f"update {table} set to_revision = 2 where company_id = 1") == 1
    assert changed(ours, f"update {table} set to_revision = 3 where company_id = 1") == 0
    assert changed(ours, f"update {table} set to_revision = null where company_id = 1") == 0


# The board and the operator.


def test_the_board_reads_live_postings_and_numbers_of_all_and_nothing_else(peopled: Address, catalog: Owner) -> None:
    held = catalog.execute(
        """
        select c.relname, p.name from pg_class c
        cross join unnest('{select,insert,update,delete,truncate,references,trigger,maintain}'::text[]) as p (name)
        where c.relnamespace in ('changeover'::regnamespace, 'background'::regnamespace)
          and c.relkind in ('r', 'v', 'p', 'm', 'f')
          and (has_table_privilege(%(board)s, c.oid, p.name) or p.name in ('select', 'insert', 'update', 'references')
               and has_any_column_privilege(%(board)s, c.oid, p.name))
        """,
        {"board": BOARD},
    ).fetchall()
    assert sorted((row["relname"], row["name"]) for row in held) == [
        ("public_alias", "select"),
        ("public_apply", "select"),
        ("public_newest", "select"),
        ("public_posting", "select"),
        ("public_promoted", "select"),
    ]
    with psycopg.connect(peopled.of(BOARD), row_factory=dict_row) as conn:
        shown = conn.execute("select company_id, title from public_posting order by company_id").fetchall()
        assert [row["title"] for row in shown] == ["Welder of 1", "Welder of 2"]
        assert companies_in(conn, "public_alias") == {OURS, THEIRS}
        for table in ROWS:
            assert refused(conn, f"select from {table}"), table


@pytest.mark.parametrize("table", ROWS)
def test_the_operator_reads_every_company_and_writes_nothing(table: str, peopled: Address) -> None:
    with psycopg.connect(peopled.of(OPERATOR), row_factory=dict_row) as conn:
        if table in PRIVATE or table in SECRET:
            assert refused(conn, f"select * from {table}")
        else:
            assert companies_in(conn, table) == {OURS, THEIRS}
        for statement in (
            insert(table, NEW),
            f"update {table} set company_id = company_id",
            f"delete from {table}",
            f"truncate {table} cascade",
        ):
            assert refused(conn, statement), statement
        conn.rollback()


def test_the_operator_reads_the_queue_and_writes_nothing_of_it(catalog: Owner) -> None:
    held = catalog.execute(
        """
        select c.relname, p.name from pg_class c
        cross join unnest('{insert,update,delete,truncate}'::text[]) as p (name)
        where c.relnamespace = 'background'::regnamespace and c.relkind in ('r', 'v', 'p')
          and has_table_privilege(%s, c.oid, p.name)
        """,
        (OPERATOR,),
    ).fetchall()
    assert held == []


# The roles and the views themselves.


def test_no_role_of_the_program_passes_walls_or_owns_what_it_reads(catalog: Owner) -> None:
    mighty = catalog.execute(
        "select rolname from pg_roles where rolname = any(%s) and (rolsuper or rolbypassrls or rolcreatedb "
        "or rolcreaterole or rolreplication or rolinherit)",
        (list(ROLES),),
    ).fetchall()
    assert mighty == []
    memberships = catalog.execute(
        "select m.roleid::regrole::text as role, m.member::regrole::text as member from pg_auth_members m "
        "where m.member::regrole::text = any(%s)",
        (list(ROLES),),
    ).fetchall()
    assert memberships == []
    owned = catalog.execute(
        "select r.rolname, d.objid::regclass::text as owned from pg_shdepend d join pg_roles r on r.oid = d.refobjid "
        "where d.deptype = 'o' and d.dbid = (select oid from pg_database where datname = current_database()) "
        "and r.rolname = any(%s) order by 1, 2",
        (list(ROLES),),
    ).fetchall()
    # The public views answer with the rights of a role that never logs in.
    assert [(row["rolname"], row["owned"].rpartition(".")[2]) for row in owned] == [
        ("changeover_live", "public_alias"),
        ("changeover_live", "public_apply"),
        ("changeover_live", "public_newest"),
        ("changeover_live", "public_posting"),
        ("changeover_live", "public_promoted"),
    ]
    logins = catalog.execute("select rolname from pg_roles where rolcanlogin and rolname = any(%s)", (list(ROLES),))
    assert {row["rolname"] for row in logins.fetchall()} <= set(LOGIN_ROLES)


def test_no_role_of_the_program_makes_anything_in_the_schema(catalog: Owner) -> None:
    makers = catalog.execute(
        "select r.rolname, s.name from pg_roles r cross join (values ('changeover'), ('background'), ('public')) "
        "as s (name) where r.rolname = any(%s) and has_schema_privilege(r.oid, s.name, 'create')",
        (list(ROLES),),
    ).fetchall()
    assert makers == []


def test_what_is_live_is_defined_once(catalog: Owner) -> None:
    row = catalog.execute(
        "select pg_get_viewdef('live'::regclass) = pg_get_viewdef('public_posting'::regclass) as same, "
        "(select reloptions from pg_class where oid = 'live'::regclass) as live"
    ).fetchone()
    assert row == {"same": True, "live": ["security_invoker=true"]}
