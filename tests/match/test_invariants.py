"""What holds for every match, whatever the jobs say."""

from __future__ import annotations

import json
import math
from collections import Counter
from typing import Any

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from changeover.match.pairing import pair
from match.jobs import Row, jobs

WORDS = st.sampled_from(
    ["Software", "Engineer", "Intern", "Data", "Senior", "II", "2026", "Summer", "Cook", "iOS", "مهندس", "エンジニア",
     "Köchin", "(m/w/d)", "Remote", "\u2013", "R-1042", "", "🚀"]
)  # fmt: skip
TITLES = st.one_of(st.none(), st.lists(WORDS, max_size=5).map(" ".join), st.text(max_size=30))
PLACES = st.one_of(
    st.none(), st.sampled_from(["Austin, TX", "Remote", "Paris", "2 Locations", "SF; NYC", ""]), st.text(max_size=20)
)
NUMBERS = st.one_of(st.none(), st.sampled_from(["R-1042", "1042", "r1042-1", "R-7", ""]), st.text(max_size=8))
DAYS = st.one_of(st.none(), st.sampled_from(["2026-01-01", "2026-01-03T10:00:00Z", "soon"]))


@st.composite
def side(draw: st.DrawFn, prefix: str) -> list[Row]:
    count = draw(st.integers(0, 7))
    return [
        {
            "id": f"{prefix}{n}", "title": draw(TITLES), "location": draw(PLACES), "employer_job_id": draw(NUMBERS),
            "posted_at": draw(DAYS), "description": draw(st.one_of(st.none(), st.text(max_size=20))),
            "url": draw(st.one_of(st.none(), st.sampled_from(["https://x.example/R-1042", "https://x.example/7"]))),
            "workplace_type": draw(st.one_of(st.none(), st.sampled_from(["remote", "On-site", "?"]))),
        }
        for n in range(count)
    ]  # fmt: skip


@st.composite
def decisions(draw: st.DrawFn) -> pa.Table:
    ids = [f"{n}" for n in range(7)]
    said = draw(
        st.dictionaries(
            st.tuples(st.sampled_from(ids), st.sampled_from(ids)),
            st.sampled_from(["confirmed", "rejected"]),
            max_size=4,
        )
    )
    return pa.table(
        {
            "legacy_id": pa.array([f"l{one}" for one, _ in said], pa.string()),
            "ats_id": pa.array([f"a{other}" for _, other in said], pa.string()),
            "verdict": pa.array(list(said.values()), pa.string()),
        }
    )


def answer(legacy: pa.Table, ats: pa.Table, said: pa.Table | None) -> list[tuple[Any, ...]]:
    return sorted((tuple(row.values()) for row in pair(legacy, ats, said).to_pylist()), key=str)


class TestEveryMatch:
    @given(side("l"), side("a"), decisions())
    @settings(max_examples=120, deadline=None)
    def test_is_one_to_one_and_leaves_nobody_out(self, legacy: list[Row], ats: list[Row], said: pa.Table) -> None:
        rows = pair(jobs(*legacy), jobs(*ats), said).to_pylist()
        paired = Counter(i for r in rows if r["decision"] == "paired" for i in (r["legacy_id"], r["ats_id"]))
        assert all(count == 1 for count in paired.values())
        for own, ids in (("legacy_id", legacy), ("ats_id", ats)):
            decisions_of = {i["id"]: {r["decision"] for r in rows if r[own] == i["id"]} for i in ids}
            assert all(len(kinds) == 1 for kinds in decisions_of.values()), decisions_of
            lone = [r[own] for r in rows if r["decision"] in ("legacy_only", "ats_only") and r[own]]
            assert len(lone) == len(set(lone))

    @given(side("l"), side("a"), decisions(), st.randoms(use_true_random=False))
    @settings(max_examples=80, deadline=None)
    def test_does_not_depend_on_the_order_of_the_jobs(
        self, legacy: list[Row], ats: list[Row], said: pa.Table, random: Any
    ) -> None:
        first = answer(jobs(*legacy), jobs(*ats), said)
        random.shuffle(legacy)
        random.shuffle(ats)
        assert (
            answer(jobs(*legacy), jobs(*ats), said.take(pa.array(range(said.num_rows - 1, -1, -1), pa.int64())))
            == first
        )

    @given(side("l"), side("a"), side("m"), side("b"))
    @settings(max_examples=60, deadline=None)
    def test_of_many_companies_is_the_match_of_each(
        self, legacy: list[Row], ats: list[Row], more: list[Row], others: list[Row]
    ) -> None:
        each = [pair(jobs(*one), jobs(*two)).to_pylist() for one, two in ((legacy, ats), (more, others))]
        grouped = [[row | {"group": name} for row in rows] for name, rows in (("x", legacy), ("y", more))]
        other = [[row | {"group": name} for row in rows] for name, rows in (("x", ats), ("y", others))]
        together = pair(jobs(*grouped[0], *grouped[1]), jobs(*other[0], *other[1])).to_pylist()
        for row in together:
            row.pop("group", None)
        assert sorted(map(str, together)) == sorted(str(row) for rows in each for row in rows)

    @given(side("l"), side("a"), decisions())
    @settings(max_examples=80, deadline=None)
    def test_has_evidence_that_adds_up_to_its_score(self, legacy: list[Row], ats: list[Row], said: pa.Table) -> None:
        for row in pair(jobs(*legacy), jobs(*ats), said).to_pylist():
            steps = json.loads(row["evidence"])
            if row["decision"] in ("legacy_only", "ats_only"):
                assert (row["score"], steps) == (0.0, [])
                continue
            total = max(-35.0, min(35.0, sum(step["weight"] for step in steps)))
            assert math.isclose(row["score"], 1 / (1 + math.exp(-total)), abs_tol=1e-3)

    @given(side("l"), side("a"), decisions())
    @settings(max_examples=60, deadline=None)
    def test_obeys_every_decision_that_it_can(self, legacy: list[Row], ats: list[Row], said: pa.Table) -> None:
        rows = {(r["legacy_id"], r["ats_id"]): r["decision"] for r in pair(jobs(*legacy), jobs(*ats), said).to_pylist()}
        here = {row["id"] for row in (*legacy, *ats)}
        spoken = [tuple(row.values()) for row in said.to_pylist() if {row["legacy_id"], row["ats_id"]} <= here]
        taken: set[str] = set()
        for one, other, verdict in sorted(spoken):
            if verdict == "rejected":
                assert (one, other) not in rows
            elif not taken & {one, other}:
                assert rows[one, other] == "paired"
                taken |= {one, other}
