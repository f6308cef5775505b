"""Matching again only what changed: the same findings as matching everything, whatever the change."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from changeover.match.pairing import pair
from changeover.match.settled import BY_WORD, id_keys, settled_keys
from match.jobs import Row, jobs, verdicts

TITLES = ["Cook", "Cook II", "Nurse", "Nurse, nights", "Welder", "Senior Welder", "Clerk (m/w/d)"]
NUMBERS = [None, "R-1", "R-2", "R2", "R-3", "r-0003", "R-4", "R-5", "5", "R-6"]
TEXTS = [None, "We weld.", "We weld and cook at great length."]


@st.composite
def job(draw: st.DrawFn, key: str) -> Row:
    number = draw(st.sampled_from(NUMBERS))
    return {
        "id": key, "title": draw(st.sampled_from(TITLES)), "location": draw(st.sampled_from(["Leith", "Oslo", None])),
        "employer_job_id": number, "description": draw(st.sampled_from(TEXTS)),
        "url": draw(st.sampled_from([None, "https://jobs.example/R-1005", "https://jobs.example/R-4"])),
    }  # fmt: skip


@st.composite
def side(draw: st.DrawFn, prefix: str) -> dict[str, Row]:
    return {f"{prefix}{n}": draw(job(f"{prefix}{n}")) for n in range(draw(st.integers(1, 8)))}


def findings(rows: list[Row]) -> set[tuple[Any, ...]]:
    return {(*row.values(),) for row in rows}


def named(sides: tuple[dict[str, Row], ...]) -> tuple[Any, Any]:
    return jobs(*sides[0].values()), jobs(*sides[1].values())


class TestWhatIsSettled:
    def test_is_a_pair_that_has_its_id_to_itself_or_a_persons_word(self) -> None:
        legacy = jobs({"id": "l1", "employer_job_id": "R-1"}, {"id": "l2", "employer_job_id": "R-2"}, {"id": "l3"})
        ats = jobs({"id": "a1", "employer_job_id": "r1"}, {"id": "a2", "employer_job_id": "2"},
                   {"id": "a3", "employer_job_id": "R2"})  # fmt: skip
        pairs = [("l1", "a1", "employer_job_id"), ("l2", "a2", "employer_job_id"), ("l3", "a3", "confirmed")]
        assert settled_keys(legacy, ats, pairs) == {("l1", "a1"): "1", ("l3", "a3"): BY_WORD}

    @given(side("l"), side("a"), st.data())
    @settings(max_examples=100, deadline=None)
    def test_can_be_left_out_and_the_rest_is_found_as_before(
        self, legacy: dict[str, Row], ats: dict[str, Row], data: st.DataObject
    ) -> None:
        """The rest, with jobs that change, come and go beside the settled pairs: matched alone as with all."""
        word = verdicts(*((one, other, "confirmed") for one, other in zip(legacy, ats, strict=False) if one == "l0"))
        before = pair(*named((legacy, ats)), word).to_pylist()
        told = [(r["legacy_id"], r["ats_id"], r["rule"]) for r in before if r["decision"] == "paired"]
        settled = settled_keys(*named((legacy, ats)), told)
        changed = [dict(legacy), dict(ats)]
        touched: set[str] = set()
        for at, prefix in ((0, "l"), (1, "a")):
            for n in data.draw(st.sets(st.integers(1, 9), max_size=2)):
                key = f"{prefix}{n}"
                touched.add(key)
                if data.draw(st.booleans()):
                    changed[at][key] = data.draw(job(key))
                elif len(changed[at]) > 1:
                    changed[at].pop(key, None)
        keys = {key for row in (*changed[0].values(), *changed[1].values(), *legacy.values(), *ats.values())
                if row["id"] in touched for key in id_keys([row["employer_job_id"]]) if key}  # fmt: skip
        stay = {p: key for p, key in settled.items() if not touched & set(p) and key not in keys}
        gone = {one for p in stay for one in p}
        rest = tuple({k: row for k, row in side.items() if k not in gone} for side in changed)
        count = len(stay)
        alone = pair(*named(rest), word, elsewhere={"": (count, count)}).to_pylist()
        whole = pair(*named((changed[0], changed[1])), word).to_pylist()
        kept = [row for row in before if (row["legacy_id"], row["ats_id"]) in stay]
        assert findings(alone + kept) == findings(whole)
