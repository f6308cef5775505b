"""Every upgrade only expands, and keeps nobody waiting: programs of the version before run on while it is made."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

import changeover
from changeover.database import steps, upgrade
from changeover.database.connection import Address
from changeover.database.embedded import Server
from changeover.database.refused import DatabaseRefused
from program import fresh_database

REVISIONS = Path(changeover.__file__).parent / "database" / "revisions"
# Before this one nobody ran Changeover; from it on others do, while it is upgraded.
FIRST = "0022"
# Tables with a row for each job, posting, reading, application or event of a board.
LARGE = (
    "job", "job_text", "job_open", "side", "posting", "revision", "reading", "snapshot_part", "record_part",
    "first_part",
    "raw_answer", "finding", "decision", "delivery", "application", "application_action", "application_file",
    "profile_access", "wire_job", "wire_task", "answered",
)  # fmt: skip
_LARGE = rf"(?:changeover\.)?(?:{'|'.join(LARGE)})\b"
CONTRACTS = {
    r"\bdrop (table|column|view|schema|function|type)\b": "takes away what the version before uses",
    r"\brename\b": "takes a name away from the version before",
    r"\balter (column )?\w+ (set data )?type\b": "writes the table anew, and changes what the version before reads",
    r"\bset not null\b": "refuses what the version before writes",
    r"\badd column (?:(?!default)[^,;])*\bnot null\b(?:(?!default)[^,;])*(?=[,;]|$)": "refuses old rows",
    r"\badd column [^,;]*default (?:now|clock_timestamp|gen_random_uuid|random)\b": "writes every row anew",
}
WAITS = {
    rf"\bcreate (unique )?index (?!concurrently)[^;]*? on {_LARGE}": "stops who writes: make it concurrently",
    rf"(?:^|;)\s*(update|delete from) {_LARGE}": "holds rows all the while: leave it to the program, in parts",
    rf"\balter table {_LARGE}[^;]*\badd (constraint \w+ )?(check|foreign key)\b(?![^;]*not valid)": "reads the whole "
    "table under its lock: add it `not valid`, and validate it in the next revision",
    rf"\balter table {_LARGE}[^;]*\badd (constraint \w+ )?(unique|primary key)\b(?![^;]*using index)": "stops writers",
    r"\block table\b": "stops who uses it",
}


def text_of(path: Path) -> str:
    """What a revision says to the database, lower case, without comments, each table it makes itself left out."""
    told = path.read_text() + ("" if not path.with_suffix(".sql").exists() else path.with_suffix(".sql").read_text())
    text = re.sub(r"--[^\n]*|\"\"\"[^\"]*\"\"\"", "", told).lower()
    text = re.sub(r"\s+", " ", text)
    own = re.findall(r"create table (?:changeover\.)?(\w+)", text)
    return re.sub(rf"\b(on|alter table|update|from|into) ({'|'.join(own)})\b", r"\1 its_own", text) if own else text


def faults(text: str) -> Iterator[str]:
    for rule, why in {**CONTRACTS, **WAITS}.items():
        for match in re.finditer(rule, text, re.MULTILINE):
            yield f"{match[0].strip()[:80]}: {why}"


NEW = [path for path in sorted(REVISIONS.glob("[0-9]*.py")) if path.name >= FIRST]


@pytest.mark.parametrize("path", NEW, ids=lambda path: path.stem)
def test_a_revision_only_adds_and_keeps_nobody_waiting(path: Path) -> None:
    """CONTRIBUTING.md says how a column is taken away: two versions later, in a revision that says `CONTRACTS`."""
    if "CONTRACTS =" not in path.read_text():
        assert list(faults(text_of(path))) == []


@pytest.mark.parametrize(
    "said",
    [
        "alter table source drop column etag",
        "alter table source rename column etag to tag",
        "alter table source alter column etag type text",
        "alter table source alter etag set not null",
        "alter table source add column etag text not null",
        "create index job_title on job (title)",
        "update job set title = ''",
        "alter table job add check (title <> '')",
        "alter table job add constraint titled check (title <> '')",
        "drop table finding",
    ],
)
def test_what_breaks_or_stops_the_version_before_is_found(said: str) -> None:
    assert list(faults(said)) != []


@pytest.mark.parametrize(
    "said",
    [
        "alter table source add column etag text, add column seen int not null default 0",
        "create index concurrently job_title on job (title)",
        "alter table job add constraint titled check (title <> '') not valid",
        "create index company_name on company (name)",
        "drop index job_title",
    ],
)
def test_what_only_adds_is_let_through(said: str) -> None:
    assert list(faults(said)) == []


@pytest.mark.usefixtures("_template")
def test_an_upgrade_that_cannot_have_a_table_lets_others_go_on_and_says_so(
    server: Server, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(steps, "_LOCK_MILLISECONDS", 100)
    monkeypatch.setattr(steps, "_TRIES", 2)
    head = upgrade.head()
    for path in REVISIONS.glob("*"):
        if path.is_file():
            (tmp_path / path.name).write_bytes(path.read_bytes())
    (tmp_path / "9999_more.py").write_text(
        f'"""More."""\nfrom alembic import op\nrevision, down_revision = "9999", "{head}"\n'
        'branch_labels = depends_on = None\n\n\ndef upgrade() -> None:\n'
        '    op.get_bind().exec_driver_sql("alter table changeover.company add column more int")\n'
    )  # fmt: skip
    with fresh_database(server) as address, psycopg.connect(address.owner) as reader:
        reader.execute("select 1 from changeover.company")
        with pytest.raises(DatabaseRefused, match="for a minute"):
            steps.take(address.owner, tmp_path, "9999")
        with psycopg.connect(address.owner) as other:
            other.execute("select 1 from changeover.company")
        reader.rollback()
        steps.take(address.owner, tmp_path, "9999")
        assert stands(address) == "9999"


@pytest.mark.usefixtures("_template")
def test_an_index_that_was_cut_off_is_made_anew(server: Server) -> None:
    with fresh_database(server) as address:
        with psycopg.connect(address.owner) as conn:
            conn.execute(
                "update pg_index set indisvalid = false where indexrelid = 'changeover.revision_moved'::regclass"
            )
            conn.execute("update public.alembic_version set version_num = '0021'")
        steps.take(address.owner, REVISIONS, "0022")
        with psycopg.connect(address.owner) as conn:
            left = conn.execute("select count(*) from pg_index where not indisvalid").fetchone()
        assert left == (0,)


def stands(address: Address) -> str:
    with psycopg.connect(address.owner) as conn:
        row = conn.execute("select version_num from public.alembic_version").fetchone()
    return str(row[0]) if row else ""
