"""An unknown feed is mapped: guessed, corrected, refused with a sentence where it cannot be, and read so."""

from __future__ import annotations

import gzip
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from changeover.job import Job
from changeover.sources import mapped_feed
from changeover.sources.dates import Order
from changeover.sources.mapping import FieldMapping, Sample, corrected, flaw, from_record, guess, path_of, unclear_dates
from changeover.sources.source import Completeness, Problem, Reading

from .unknown_feeds import ABOUT, chances


@pytest.fixture
def feed(tmp_path: Path) -> Path:
    return write(tmp_path / "export.xml", chances())


def write(path: Path, body: bytes) -> Path:
    path.write_bytes(body)
    return path


async def looked(path: Path, record: str = "") -> Sample:
    found = await mapped_feed.look(str(path), record=record)
    assert isinstance(found, Sample), found
    return found


async def mapped(path: Path, *words: str, **changed: Any) -> Reading:
    sample = await looked(path)
    made = corrected(guess(sample), words, sample)
    assert isinstance(made, FieldMapping), made
    return await mapped_feed.read(str(path), replace(made, **changed))


def sample(*records: dict[str, str]) -> Sample:
    return Sample("job", tuple({path: [said] for path, said in record.items()} for record in records))


class TestGuessing:
    async def test_finds_records_and_fields_by_name_and_by_looks(self, feed: Path) -> None:
        found = await looked(feed)
        assert found.record == "chance"
        made = guess(found)
        assert {name: paths for name, paths in made.fields.items() if paths} == {
            "id": ("@nr",),
            "title": ("kopf",),
            "city": ("wo/stadt",),
            "country": ("wo/land",),
            "url": ("mehr",),
            "description": ("langtext",),
            "posted_at": ("seit",),
        }
        assert made.dates is Order.DAY_FIRST
        assert flaw(made, found) is None

    async def test_of_json_and_csv(self, tmp_path: Path) -> None:
        answer = {
            "ok": True,
            "hits": {
                "offres": [{"Ref": n, "Intitulé": "x", "titre": f"Chef {n}", "où": {"ville": "Lyon"}} for n in (1, 2)]
            },
        }
        (tmp_path / "a.json").write_text(json.dumps(answer))
        (tmp_path / "a.csv").write_text("Ref;Titre;Ville\n1;Chef 1;Lyon\n2;Chef 2;Lyon\n")
        for name, record in (("a.json", "hits/offres"), ("a.csv", ".")):
            reading = await mapped(tmp_path / name)
            assert (await looked(tmp_path / name)).record == record
            assert [(job.id, job.title, job.location) for job in reading.jobs] == [
                ("1", "Chef 1", "Lyon"),
                ("2", "Chef 2", "Lyon"),
            ]
            assert reading.completeness is Completeness.COMPLETE

    async def test_of_fields_that_an_attribute_names(self, tmp_path: Path) -> None:
        row = '<row no="{0}"><FL val="JOBOPENINGID">{0}7</FL><FL val="Posting Title">{1}</FL><FL val="City">Oslo</FL>'
        rows = "".join(row.format(n, title) + "</row>" for n, title in enumerate(("Baker", "Cook"), 1))
        found = await mapped(
            write(tmp_path / "zoho.xml", f"<response><result>{rows}</result></response>".encode()),
            "id=jobopeningid", "title=postingtitle",
        )  # fmt: skip
        assert [(job.id, job.title, job.location) for job in found.jobs] == [
            ("17", "Baker", "Oslo"),
            ("27", "Cook", "Oslo"),
        ]

    def test_prefers_what_tells_records_apart(self) -> None:
        rows = [{"id": "shop", "vacancyid": str(n), "title": f"Cook {n}"} for n in range(4)]
        assert guess(sample(*rows)).fields["id"] == ("vacancyid",)


class TestReading:
    async def test_makes_the_jobs_that_the_preview_showed(self, feed: Path) -> None:
        reading = await mapped(feed)
        found = await looked(feed)
        assert mapped_feed.preview(guess(found), found) == reading.jobs
        first: Job = reading.jobs[0]
        assert (first.id, first.title, first.location) == ("70", "Night Baker", "Kiel, DE")
        assert first.posted_at is not None
        assert first.posted_at.date().isoformat() == "2026-04-13"
        assert ABOUT.strip() in first.description
        assert "kopf" not in first.extra
        assert reading.complete

    async def test_takes_the_first_path_that_says_something(self, tmp_path: Path) -> None:
        (tmp_path / "f.xml").write_text("<l><x><n>1</n><a></a><B>Baker</B></x><x><n>2</n><a>Chef</a><B>no</B></x></l>")
        reading = await mapped(tmp_path / "f.xml", "title=A,b", "id=N")
        assert [job.title for job in reading.jobs] == ["Baker", "Chef"]

    async def test_of_news_only_never_closes_anything(self, feed: Path) -> None:
        reading = await mapped(feed, full=False)
        assert reading.completeness is Completeness.PARTIAL
        assert [problem.code for problem in reading.problems] == ["INCREMENTAL"]

    async def test_of_a_cut_off_feed_is_partial(self, feed: Path) -> None:
        write(feed, chances(closed=False))
        assert (await mapped(feed)).completeness is Completeness.PARTIAL

    async def test_of_a_cut_off_gzip_is_partial(self, feed: Path) -> None:
        whole = gzip.compress(chances() + b"\n" * 200_000)
        write(feed, whole)
        assert (await mapped(feed)).complete
        made = guess(await looked(feed))
        write(feed, whole[:-9])
        assert not (await mapped_feed.read(str(feed), made)).complete

    async def test_of_a_list_that_says_it_has_more_is_partial(self, tmp_path: Path) -> None:
        said = {"result": {"total": 9, "chances": [{"nr": n, "kopf": f"Night Baker {n}"} for n in range(3)]}}
        reading = await mapped(write(tmp_path / "f.json", json.dumps(said).encode()), "title=kopf", "id=nr")
        assert (len(reading.jobs), reading.completeness) == (3, Completeness.PARTIAL)
        assert reading.problems[0].code == "COUNT_MISMATCH"

    async def test_of_a_table_as_a_spreadsheet_saves_it(self, tmp_path: Path) -> None:
        rows = '\ufeffsep=;\nNr;Kopf;Wo\n7;Baker;Kiel\n8;"Cook;Kiel\n'
        reading = await mapped(write(tmp_path / "f.csv", rows.encode()), "id=nr", "title=kopf", "location=wo")
        assert [(job.id, job.location) for job in reading.jobs] == [("7", "Kiel")]
        assert (reading.completeness, reading.problems[0].code) == (Completeness.PARTIAL, "CUT_OFF")

    async def test_names_that_stand_beside_their_values_can_be_mapped(self, tmp_path: Path) -> None:
        job = {"Questions": [{"QuestionName": n, "Value": v} for n, v in (("nr", "7"), ("a", "Baker"), ("b", "Kiel"))]}
        feed = write(tmp_path / "f.json", json.dumps({"Jobs": {"Job": [job]}}).encode())
        [read] = (await mapped(feed, "id=nr", "title=a", "location=b")).jobs
        assert (read.id, read.title, read.location) == ("7", "Baker", "Kiel")

    async def test_of_a_feed_that_has_changed_its_shape_fails(self, feed: Path) -> None:
        made = guess(await looked(feed))
        for body in (b"<html><body>Sorry</body></html>", b"<Export><Jobs></Jobs></Export>", b"", b"[]", b"\x89PNG\r\n"):
            write(feed, body)
            reading = await mapped_feed.read(str(feed), made)
            assert reading.completeness is Completeness.FAILED, body
            assert reading.problems[0].sentence

    async def test_entities_are_refused(self, feed: Path) -> None:
        write(feed, b'<!DOCTYPE x [<!ENTITY a "b">]><x><y><n>1</n><t>a b c</t></y></x>')
        found = await mapped_feed.look(str(feed))
        assert isinstance(found, Problem)

    async def test_leaves_no_script_in_anything(self, tmp_path: Path) -> None:
        bad = "<script>alert(1)</script>"
        (tmp_path / "f.json").write_text(
            json.dumps([{"nr": n, "kop": f"Chef {n} {bad}", "lang": f"{ABOUT}{bad}"} for n in (1, 2)])
        )
        reading = await mapped(tmp_path / "f.json", "title=kop", "description=lang")
        assert all("<script" not in job.description for job in reading.jobs)

    async def test_loopback_is_refused(self) -> None:
        found = await mapped_feed.look("http://127.0.0.1:9/feed.xml")
        assert isinstance(found, Problem)


class TestRefusing:
    @pytest.mark.parametrize(
        ("word", "code"),
        [("id=", "NO_ID"), ("title=", "NO_TITLE"), ("title=nope", "NAME_NOT_THERE"), ("id=wo/land", "ONE_ID")],
    )
    async def test_a_mapping_that_cannot_be_used(self, feed: Path, word: str, code: str) -> None:
        found = await looked(feed)
        made = corrected(guess(found), [word], found)
        assert isinstance(made, FieldMapping)
        wrong = flaw(made, found)
        assert wrong is not None
        assert wrong.code == code
        assert wrong.sentence.endswith((".", "one."))

    @pytest.mark.parametrize("word", ["nope=kopf", "title", "=", "__class__=kopf"])
    async def test_a_field_that_no_job_has(self, feed: Path, word: str) -> None:
        found = await looked(feed)
        assert isinstance(corrected(guess(found), [word], found), Problem)

    @pytest.mark.parametrize(
        "said",
        [None, [], {}, {"fields": []}, {"fields": {"nope": ["a"]}}, {"fields": {"id": [1]}}, {"fields": {"id": 3}},
         {"fields": {"id": ["a"]}, "dates": "never"}],
    )  # fmt: skip
    def test_what_is_no_mapping(self, said: object) -> None:
        assert isinstance(from_record(said), Problem)

    async def test_records_that_are_not_there(self, feed: Path) -> None:
        found = await mapped_feed.look(str(feed), record="stelle")
        assert isinstance(found, Problem)
        assert "chance" in found.sentence


def test_a_path_is_found_however_it_is_written() -> None:
    known = ["wo/stadt", "@nr", "kopf", "link@href"]
    for written in ("Wo/Stadt", "wo.stadt", " WO/STADT ", "kopf", "Kopf", "@NR", "Link@Href"):
        assert path_of(written, known) in known


NAME = st.text(st.characters(codec="utf-8"), max_size=12)


@given(
    st.lists(st.dictionaries(NAME, st.one_of(NAME, st.none(), st.integers(), st.lists(NAME, max_size=3))), max_size=5)
)
def test_whatever_json_says_is_guessed_and_told_in_bounded_form(rows: list[dict[str, Any]]) -> None:
    from changeover.sources.record_stream import RecordStream

    stream = RecordStream("x")
    found = [*stream.feed(json.dumps(rows).encode()), *stream.finish()]
    records = tuple(fields for fields in found if fields)
    if records:
        made = guess(Sample(stream.record, records))
        assert from_record(made.as_record()) == replace(made, fields={k: v for k, v in made.fields.items() if v})
        mapped_feed.preview(made, Sample(stream.record, records))
        flaw(made, Sample(stream.record, records))


def test_two_settings_in_one_word_are_two() -> None:
    sample = Sample("job", ({"headline": ["Baker"], "firm": ["Acme"], "no": ["1"]},))
    made = corrected(FieldMapping("job", {}), ["title=headline,company=firm", "id=no,ref"], sample)
    assert isinstance(made, FieldMapping)
    assert made.fields == {"title": ("headline",), "company": ("firm",), "id": ("no", "ref")}


@pytest.mark.parametrize(
    ("dates", "order", "unclear"),
    [
        (["03/04/2026", "05/06/2026"], Order.UNKNOWN, True),
        (["03/04/2026", "15/06/2026"], Order.UNKNOWN, False),
        (["03/04/2026"], Order.DAY_FIRST, False),
        (["2026-03-04"], Order.UNKNOWN, False),
        ([], Order.UNKNOWN, False),
    ],
)
def test_dates_that_can_all_be_read_two_ways_are_said_to_be_unclear(
    dates: list[str], order: Order, unclear: bool
) -> None:
    sample = Sample("job", tuple({"date": [date]} for date in dates))
    found = unclear_dates(FieldMapping("job", {"posted_at": ("date",)}, order), sample)
    assert (found is not None and found.code == "DATES_UNCLEAR") is unclear


class TestTermsOfAJob:
    def test_are_guessed_by_name_where_what_stands_there_can_be_read_so(self) -> None:
        pay = {"salary/min": "10", "salary/max": "20"}
        made = guess(sample({"id": "1", "title": "Baker", **pay, "jobtype": "Full-time", "type": "job"}))
        assert made.fields["employment_type"] == ("jobtype",)
        assert (made.fields["salary_min"], made.fields["salary_max"]) == (("salary/min",), ("salary/max",))

    async def test_are_taken_from_the_fields_that_a_person_names(self, tmp_path: Path) -> None:
        body = "".join(
            f"<offer><nr>{number}</nr><kopf>Baker {number}</kopf><art>Teilzeit</art><zahl><ab>2000</ab><bis>2500</bis>"
            "<in>EUR</in><je>Monat</je></zahl></offer>"
            for number in (1, 2)
        )
        path = write(tmp_path / "export.xml", f"<offers>{body}</offers>".encode())
        reading = await mapped(
            path, "id=nr", "title=kopf", "employment_type=art", "salary_min=zahl/ab", "salary_max=zahl/bis",
            "salary_currency=zahl/in", "salary_period=zahl/je",
        )  # fmt: skip
        [job, _] = reading.jobs
        assert job.extra["employment_types"] == ["PART_TIME"]
        assert job.extra["base_salary"] == {"min": 2000, "max": 2500, "currency": "EUR", "unit": "MONTH"}
        assert job.extra["art"] == "Teilzeit"
