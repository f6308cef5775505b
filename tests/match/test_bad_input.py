"""Whatever is wrong with two tables, the answer is a correct match or a refusal that says what to do."""

from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from changeover.match.intake import UnusableJobs
from changeover.match.pairing import pair
from match.jobs import Row, decided, job, jobs

SCRIPTS = "مهندس שלום 软件工程师 ソフト Инженер Köchin e\u0301te\u0301 \u202eflip\u202c \u200f 🚀 ﷺ ǆ ß İ \x00 \u2028"
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
