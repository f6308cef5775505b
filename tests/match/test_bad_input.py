"""Whatever is wrong with two tables, the answer is a correct match or a refusal that says what to do."""

from __future__ import annotations

from time import process_time

import orjson
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from changeover.match.intake import UnusableJobs
from changeover.match.pairing import pair
from match.jobs import Row, decided, job, jobs

SCRIPTS = "مهندس שלום 软件工程师 ソフト Инженер Köchin e\u0301te\u0301 \u202eflip\u202c \u200f 🚀 ﷺ ǆ ß İ \x00 \u2028"
PHRASES = (
    "Cook ",
    "R-1042",
    "(m/w/d)",
    "12-34 ",
    "3 months ",
    "Berlin; ",
    "New York | ",
    "<b>",
    "remote, ",
    "&amp;",
    "/",
)
# A megabyte in every field takes half a second; what grew with its square took minutes.
SECONDS = 8
LONG = ("title", "location", "company", "description", "url", "requisition", "posted_at", "workplace_type",
        "employment_types", "salary")  # fmt: skip
FIELD_OF = {"title": "wording", "location": "place", "company": "company"}
TEXTS = st.one_of(st.none(), st.text(max_size=40), st.text(alphabet=SCRIPTS, max_size=40))


def drawn_rows(prefix: str) -> st.SearchStrategy[list[Row]]:
    """Jobs with ids of their own and any text in every other field."""
    fields = ("title", "location", "employer_job_id", "company", "description", "url", "posted_at", "workplace_type")
    one = st.fixed_dictionaries(dict.fromkeys(fields, TEXTS))
    return st.lists(one, max_size=6).map(lambda rows: [{"id": f"{prefix}{n}", **row} for n, row in enumerate(rows)])


class TestAnyText:
    @given(drawn_rows("l"), drawn_rows("a"))
    @settings(max_examples=60, deadline=None)
    def test_is_told_about_every_job_once_or_more_and_paired_one_to_one(
        self, legacy: list[Row], ats: list[Row]
    ) -> None:
        rows = pair(jobs(*legacy), jobs(*ats)).to_pylist()
        for key, side in (("legacy_id", legacy), ("ats_id", ats)):
            assert {row[key] for row in rows if row[key]} == {one["id"] for one in side}
            paired = [row[key] for row in rows if row["decision"] == "paired"]
            assert len(paired) == len(set(paired))

    @given(drawn_rows("l"))
    @settings(max_examples=60, deadline=None)
    def test_with_one_side_empty_leaves_every_job_alone(self, rows: list[Row]) -> None:
        nothing = jobs()
        assert decided(jobs(*rows), nothing) == {(row["id"], None): "legacy_only" for row in rows}
        assert decided(nothing, jobs(*rows)) == {(None, row["id"]): "ats_only" for row in rows}


MEGABYTE = 1_000_000
PIECES = st.lists(st.one_of(st.text(min_size=1, max_size=12), st.sampled_from(PHRASES)), min_size=1, max_size=12)


@st.composite
def megabyte(draw: st.DrawFn) -> str:
    """A megabyte in which hardly two words are the same: pieces of any script with a running number between them."""
    piece = "".join(draw(PIECES))
    first = draw(st.integers(0, 10**6))
    return piece.join(map(str, range(first, first + MEGABYTE // (len(piece) + 1) + 2)))[:MEGABYTE].ljust(MEGABYTE, "x")


@st.composite
def long_row(draw: st.DrawFn, key: str) -> Row:
    """A job whose every text is a megabyte; perhaps without an id, so that its texts are compared."""
    text = draw(megabyte())
    turned = {name: text[at * 1_000 :] + text[: at * 1_000] for at, name in enumerate(LONG)}
    return {**turned, "employer_job_id": draw(st.sampled_from([None, text])), "id": key}


class TestTexts:
    @given(long_row("l1"), long_row("a1"))
    @settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
    def test_of_a_megabyte_cost_no_more_than_seconds(self, legacy: Row, ats: Row) -> None:
        decided(jobs(job("l1", "Cook")), jobs(job("a1", "Cook")))
        began = process_time()
        told = decided(jobs(legacy), jobs(ats))
        assert process_time() - began < SECONDS
        assert "paired" not in told.values() or legacy["title"] == ats["title"]
        assert decided(jobs(legacy), jobs({**legacy, "id": "a1"})) == {("l1", "a1"): "paired"}

    @pytest.mark.parametrize("field", ["title", "location", "company"])
    @pytest.mark.parametrize("piece", ["Cook and baker ", "Leith; Oslo; ", "مهندس ", "1-2 "])
    @pytest.mark.parametrize("size", [2_000, MEGABYTE])
    def test_that_are_equal_only_at_the_beginning_are_not_the_same(self, field: str, piece: str, size: int) -> None:
        begin = (piece * size)[:size]
        one, other = (job("1", "Cook") | {"company": "Leith Mills", field: begin + end} for end in ("north", "south"))
        row = pair(jobs(one), jobs(other)).to_pylist()[0]
        assert row["rule"] not in ("same_text", "same_meaning") or field == "company"
        told = {step["field"]: step["level"] for step in orjson.loads(row["evidence"])}
        assert told.get(FIELD_OF[field]) not in ("same", "same_text", "same_words", "same_core", "same_cities")


class TestTitles:
    @given(st.lists(st.sampled_from([None, "", " ", "\t\n", "\u3000", "\x00"]), min_size=1, max_size=5))
    @settings(max_examples=40, deadline=None)
    def test_that_are_empty_pair_nothing_without_an_id(self, titles: list[str | None]) -> None:
        sides = (jobs(*(job(f"{side}{n}", title) for n, title in enumerate(titles))) for side in "la")
        assert "paired" not in decided(*sides).values()

    @given(st.integers(2, 60), st.integers(2, 60))
    @settings(max_examples=25, deadline=None)
    def test_that_are_all_the_same_never_pair_by_text(self, mine: int, yours: int) -> None:
        legacy = jobs(*(job(f"l{n}", "Cook") for n in range(mine)))
        ats = jobs(*(job(f"a{n}", "Cook") for n in range(yours)))
        assert "paired" not in decided(legacy, ats).values()


class TestIds:
    @pytest.mark.parametrize("side", [0, 1])
    def test_without_a_column_are_refused(self, side: int) -> None:
        sides = [jobs(job("1", "Cook")), jobs(job("1", "Cook"))]
        sides[side] = sides[side].drop_columns(["id"])
        with pytest.raises(UnusableJobs, match="no column 'id'") as refused:
            pair(*sides)
        assert refused.value.code == "NO_ID_COLUMN"

    @given(st.lists(st.sampled_from(["1", "2", "3", "4", "5"]), min_size=1, max_size=6), st.booleans())
    @settings(max_examples=60, deadline=None)
    def test_that_stand_twice_are_refused_and_others_are_not(self, ids: list[str], other: bool) -> None:
        one, two = jobs(*(job(i, "Cook") for i in ids)), jobs(job("9", "Cook"))
        sides = (two, one) if other else (one, two)
        if len(set(ids)) == len(ids):
            assert pair(*sides).num_rows
            return
        with pytest.raises(UnusableJobs, match="stands twice") as refused:
            pair(*sides)
        assert refused.value.code == "ID_USED_TWICE"

    def test_that_stand_twice_in_two_groups_are_two_jobs(self) -> None:
        rows = [job("1", "Cook", group="x"), job("1", "Cook", group="y")]
        assert pair(jobs(*rows), jobs(*rows)).column("decision").to_pylist() == ["paired", "paired"]

    def test_that_are_missing_are_refused(self) -> None:
        for missing in (None, "", "  "):
            table = pa.table({"id": pa.array(["1", missing], pa.string()), "title": ["Cook", "Baker"]})
            with pytest.raises(UnusableJobs) as refused:
                pair(table, jobs(job("9", "Cook")))
            assert refused.value.code == "JOB_WITHOUT_ID"
