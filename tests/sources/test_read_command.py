"""changeover read: results on stdout, messages on stderr, exit status 0, 1 or 2."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from changeover.cli.read import register

from .test_xml_feed import feed, job

runner = CliRunner()


@pytest.fixture
def app(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> typer.Typer:
    monkeypatch.chdir(tmp_path)
    made = typer.Typer()
    made.callback()(lambda: None)
    register(made)
    return made


def run(app: typer.Typer, *args: str, stdin: bytes = b"") -> Result:
    result = runner.invoke(app, ["read", *args], input=stdin)
    assert result.exception is None or isinstance(result.exception, SystemExit)
    assert "Traceback" not in result.stderr
    return result


def test_a_whole_source_is_printed_and_ends_with_0(app: typer.Typer, tmp_path: Path) -> None:
    (tmp_path / "a.xml").write_bytes(feed(job(1), job(2, title="Cook")))
    result = run(app, "a.xml")
    assert [json.loads(line)["title"] for line in result.stdout.splitlines()] == ["Nurse", "Cook"]
    assert result.stderr == "indeed: 2 jobs, complete.\n"
    assert result.exit_code == 0


def test_a_cut_off_source_is_printed_as_far_as_it_goes_and_ends_with_1(app: typer.Typer) -> None:
    result = run(app, "-", stdin=feed(job(1), job(2)).removesuffix(b"</source>"))
    assert len(result.stdout.splitlines()) == 2
    assert "CUT_OFF: " in result.stderr
    assert result.exit_code == 1


def test_a_job_without_an_id_needs_a_person(app: typer.Typer) -> None:
    result = run(app, "-", stdin=feed(job(1), job("")))
    assert "MISSING_ID: " in result.stderr
    assert "1 record could not be read" in result.stderr
    assert result.exit_code == 1


def test_a_job_without_a_title_is_printed_and_told(app: typer.Typer) -> None:
    result = run(app, "-", stdin=feed(job(1, title="")))
    assert json.loads(result.stdout)["title"] == ""
    assert "MISSING_TITLE: " in result.stderr


@pytest.mark.parametrize(
    ("source", "code"),
    [
        ("nothing.xml", "NO_SUCH_FILE"),
        ("http://no-such-host.invalid/", "HOST_NOT_FOUND"),
        ("http://127.0.0.1/", "PRIVATE_ADDRESS"),
    ],
)
def test_what_cannot_be_read_is_one_sentence_and_ends_with_2(app: typer.Typer, source: str, code: str) -> None:
    result = run(app, source)
    assert result.stdout == ""
    assert result.stderr.startswith(f"{code}: ")
    assert result.stderr.count("\n") == 1
    assert result.exit_code == 2


def test_csv_reads_back_the_same(app: typer.Typer, tmp_path: Path) -> None:
    (tmp_path / "a.xml").write_bytes(feed(job(1, title="=1+1"), job(2)))
    straight = run(app, "a.xml").stdout
    (tmp_path / "a.csv").write_text(run(app, "a.xml", "--format", "csv").stdout)
    again = run(app, "a.csv").stdout
    assert sorted(straight.splitlines()) != []
    assert [json.loads(line) for line in again.splitlines()] == [json.loads(line) for line in straight.splitlines()]


def test_a_table_for_a_person(app: typer.Typer) -> None:
    result = run(app, "-", "--format", "table", stdin=feed(job(1)))
    assert "employer job id" in result.stdout
    assert "Nurse" in result.stdout


def test_the_kind_may_be_given(app: typer.Typer) -> None:
    assert run(app, "-", "--kind", "ziprecruiter", stdin=feed(job(1))).stderr.startswith("ziprecruiter: 1 job,")
    assert run(app, "-", "--kind", "nonsense").exit_code == 2


def test_help_has_an_example(app: typer.Typer) -> None:
    assert "changeover read https://" in run(app, "--help").stdout


def test_where_each_field_stood_in_the_source_is_told_with_explain(app: typer.Typer) -> None:
    result = run(app, "-", "--explain", stdin=feed(job(1), job(2, title="Cook")))
    rows = [line.split() for line in result.stdout.splitlines()]
    assert ["title", "title", "Nurse"] in rows
    assert rows[0][:3] == ["field", "taken", "from"]
    assert result.exit_code == 0


def test_where_the_fields_of_one_job_stood_is_told_wherever_it_stands(app: typer.Typer) -> None:
    jobs = [job(n) for n in range(60)]
    jobs[55] = "<job><referencenumber>55</referencenumber><jobtitle>Cook</jobtitle><location>Bergen</location></job>"
    result = run(app, "-", "--explain", "--job", "55", stdin=feed(*jobs))
    rows = {line.split()[0]: line.split()[1:] for line in result.stdout.splitlines()[1:]}
    assert rows == {"id": ["referencenumber", "55"], "title": ["jobtitle", "Cook"], "location": ["location", "Bergen"],
                    "employer_job_id": ["referencenumber", "55"]}  # fmt: skip
