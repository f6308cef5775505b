"""Our own records: read in every form, written so that they come back the same."""

from __future__ import annotations

import csv
import io
import re

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from changeover.job import Job
from changeover.sources.content import ContentReader
from changeover.sources.records import csv_text, jsonl, read_csv, read_jsonl
from changeover.sources.source import Completeness, Reading
from changeover.sources.spreadsheet import guarded, unguarded
from changeover.sources.terms import with_terms

from .conftest import NOW

TEXT = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cn", "Co")), max_size=30)


def codes(reading: Reading) -> list[str]:
    return [problem.code for problem in reading.problems]


def read(body: bytes, kind: str = "") -> Reading:
    reader = ContentReader(NOW, kind, name="jobs")
    reader.feed(body)
    return reader.finish()


class TestForms:
    def test_jsonl(self) -> None:
        found = read(b'{"id": 1, "title": "Nurse", "location": "Boston", "group": "g"}\n{"id": "2", "title": "Cook"}\n')
        assert [(job.id, job.title) for job in found.jobs] == [("1", "Nurse"), ("2", "Cook")]
        assert found.jobs[0].extra == {"group": "g"}
        assert (found.kind, found.complete) == ("records", True)

    def test_one_record_or_a_list_of_them(self) -> None:
        assert len(read(b'{"id": "1", "title": "Nurse"}').jobs) == 1
        assert len(read(b'[{"id": "1", "title": "Nurse"}, {"id": "2", "title": ""}]').jobs) == 2

    @pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
    def test_csv_with_any_separator(self, separator: str) -> None:
        text = "\ufeffID;Title;Location;group\r\n1;Nurse;Boston;g\r\n".replace(";", separator)
        [job] = read(text.encode()).jobs
        assert (job.id, job.title, job.location, job.extra) == ("1", "Nurse", "Boston", {"group": "g"})

    def test_csv_whose_columns_have_other_names(self) -> None:
        [job] = read(b"Job ID,Job Title,City,Company Name\n1,Nurse,Boston,Acme\n").jobs
        assert (job.id, job.title, job.company, job.extra) == ("1", "Nurse", "Acme", {"City": "Boston"})

    def test_csv_in_another_encoding(self) -> None:
        assert read("id,title\n1,Köchin für Café Größe\n".encode("cp1252")).jobs[0].title == "Köchin für Café Größe"

    @pytest.mark.parametrize(
        ("body", "code"),
        [
            (b"legacy_id,ats_id,score\n1,2,0.9\n", "NOT_RECORDS"),
            (b"name,phone\nx,1\n", "NOT_RECORDS"),
            (b"just some words\n", "NOT_A_JOB_SOURCE"),
            (b"\x00\x01\x02\x03" * 10, "NOT_A_JOB_SOURCE"),
            (b"%PDF-1.7 x", "NOT_A_JOB_SOURCE"),
            (b'{"hello": "world"}', "NOT_A_JOB_SOURCE"),
            (b"[1, 2, 3]", "NOT_A_JOB_SOURCE"),
            (b"{", "BAD_JSON"),
            (b"", "EMPTY"),
            (b" \n\t ", "EMPTY"),
        ],
    )
    def test_what_is_no_list_of_jobs_is_said_in_one_sentence(self, body: bytes, code: str) -> None:
        found = read(body)
        assert (found.completeness, codes(found)) == (Completeness.FAILED, [code])

    @pytest.mark.parametrize("body", [b"[]", b'{"jobs": []}', b'{"data": [], "meta": {}}'])
    def test_a_list_without_jobs_is_whole(self, body: bytes) -> None:
        found = read(body)
        assert (len(found.jobs), found.complete) == (0, True)


class TestBrokenRecords:
    def test_a_broken_line_is_its_own_problem(self) -> None:
        found = read_jsonl('{"id":"1","title":"A"}\nnot json\n{"id":"2","title":"B"}\n')
        assert ([job.id for job in found.jobs], found.unreadable, codes(found)) == (["1", "2"], 1, ["BAD_LINE"])
        assert found.complete

    def test_a_cut_off_last_line_is_a_doubt(self) -> None:
        found = read_jsonl('{"id":"1","title":"A"}\n{"id":"2","ti')
        assert (len(found.jobs), found.completeness) == (1, Completeness.PARTIAL)
        assert codes(found)[0] == "CUT_OFF"

    def test_json_that_is_cut_off_gives_what_came_before(self) -> None:
        whole = orjson.dumps({"meta": {"x": [1, 2]}, "jobs": [{"id": str(n), "title": "A"} for n in range(5)]})
        found = read(whole[:-15])
        assert (len(found.jobs), found.completeness, codes(found)[0]) == (4, Completeness.PARTIAL, "CUT_OFF")

    def test_missing_and_repeated_ids_are_told(self) -> None:
        found = read_csv("id,title\n,Ghost\n1,Nurse\n1,Driver\n")
        assert ([job.title for job in found.jobs], found.unreadable) == (["Nurse"], 2)
        assert codes(found) == ["MISSING_ID", "ID_USED_TWICE"]

    def test_values_of_the_wrong_type_say_nothing(self) -> None:
        [job] = read(b'[{"id": 1, "title": ["x"], "location": {"a": 1}, "description": 7, "posted_at": {}}]').jobs
        assert (job.title, job.location, job.description, job.posted_at) == ("", "", "", None)


class TestRoundTrips:
    jobs = st.builds(
        Job,
        id=st.text("abc-=+@'\"1, ", min_size=1, max_size=8).filter(lambda s: s == s.strip() and "  " not in s),
        title=st.sampled_from(
            ["=cmd|' /C calc'!A0", "'Tis the season", "Nurse, RN", 'The "best"', "-5 days", "\uff1d1+1", "ä😀"]
        ),
        location=st.sampled_from(["", "Boston, MA", "+1 Place", "@home"]),
        description=st.sampled_from(["", "<p>=1+1</p>", "<p>a</p>\n-b\n<p>c</p>", "<p>x</p>\r\n'=y".replace("\r", "")]),
        posted_at=st.sampled_from([None, NOW]),
        extra=st.dictionaries(
            st.sampled_from(["group", "salary", "Tags", "=x"]),
            st.sampled_from(["=1", "x", "1", "'=x", "[not json", "a\n=b"])
            | st.lists(st.sampled_from(["a", "=b"]), min_size=1),
        ).map(with_terms),
    )

    @given(st.lists(jobs, max_size=5, unique_by=lambda job: job.id))
    def test_csv_comes_back_the_same(self, jobs: list[Job]) -> None:
        if not jobs:
            return
        found = read_csv("".join(csv_text(jobs)))
        assert [job.as_record() for job in found.jobs] == [job.as_record() for job in jobs]

    @given(st.lists(jobs, min_size=1, max_size=5, unique_by=lambda job: job.id))
    def test_jsonl_comes_back_the_same(self, jobs: list[Job]) -> None:
        found = read(b"".join(jsonl(job) for job in jobs))
        assert [job.as_record() for job in found.jobs] == [job.as_record() for job in jobs]

    def test_columns_stand_in_the_contracts_order_and_every_cell_is_quoted(self) -> None:
        header, row = csv_text([Job("1", "A", extra={"zeta": 1, "alpha": True})])
        assert header.startswith('"id","title","location","company","employer_job_id"')
        assert header.endswith('"alpha","zeta"\r\n')
        assert row.endswith('"true","1"\r\n')


class TestSpreadsheetGuard:
    @given(st.text())
    def test_unguarding_undoes_guarding(self, cell: str) -> None:
        assert unguarded(guarded(cell)) == cell

    @given(st.text(st.sampled_from("'=+-@\t\r\n \u00a0\uff1dab"), max_size=12))
    def test_also_for_every_mix_of_the_signs_that_matter(self, cell: str) -> None:
        assert unguarded(guarded(cell)) == cell

    @given(st.text())
    def test_no_line_of_a_guarded_cell_begins_dangerously(self, cell: str) -> None:
        for line in re.split(r"\r\n|\r|\n", guarded(cell)):
            assert not re.match(r"[\s\u00a0]*[=+\-@\uff1d\uff0b\uff0d\uff20]|\t", line)

    def test_a_plain_apostrophe_stays_as_it_is(self) -> None:
        assert guarded("'Tis") == unguarded("'Tis") == "'Tis"

    @given(TEXT)
    def test_a_cell_survives_the_csv_module(self, cell: str) -> None:
        line = "".join(csv_text([Job("1", "A", extra={"x": cell})])).split("\r\n", 1)[1]
        row = next(csv.reader(io.StringIO(line, newline="")))
        assert unguarded(row[-1]) == cell or not cell


class TestNothingRaises:
    @given(st.text())
    def test_any_text(self, text: str) -> None:
        read_csv(text)
        read_jsonl(text)

    @given(st.binary(max_size=400))
    def test_any_bytes_of_any_shape(self, body: bytes) -> None:
        for kind in ("", "csv", "jsonl", "json", "records", "pages", "greenhouse", "lever"):
            read(body, kind)
            read(b"{" + body, kind)
