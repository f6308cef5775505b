"""Matching again only what changed: the same findings as matching everything, whatever the change."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from changeover.match.pairing import pair
from changeover.match.settled import Standing, Ties, rests_on_id, standing, tie_keys
from match.jobs import Row, jobs, verdicts

TITLES = [
    "Cook",
    "Cook II",
    "Nurse",
    "Nurse, nights",
    "Nurse night",
    "Welder",
    "Senior Welder",
    "Clerk (m/w/d)",
    "clerk",
]
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
        assert standing(legacy, ats, pairs).settled == {("l1", "a1"): Ties({"id 1"}), ("l3", "a3"): Ties()}

    def test_is_a_pair_whose_text_no_other_job_has_and_whose_ids_none_has_or_names(self) -> None:
        legacy = jobs({"id": "l1", "title": "Cook", "location": "Oslo"}, {"id": "l2", "title": "Welder"},
                      {"id": "l3", "title": "Nurse", "url": "https://jobs.example/R-7000"})  # fmt: skip
        ats = jobs({"id": "a1", "title": "cook", "location": "Oslo, Norway"}, {"id": "a2", "title": "Welder"},
                   {"id": "a3", "title": "Nurse"}, {"id": "a4", "employer_job_id": "R-7000"})  # fmt: skip
        pairs = [("l1", "a1", "same_text"), ("l3", "a3", "same_text"), ("l2", "a2", "text")]
        assert set(standing(legacy, ats, pairs).settled) == {("l1", "a1")}

    @given(side("l"), side("a"), st.data())
    @settings(max_examples=300, deadline=None)
    def test_can_be_left_out_and_the_rest_is_found_as_before(
        self, legacy: dict[str, Row], ats: dict[str, Row], data: st.DataObject
    ) -> None:
        """The rest, with jobs that change, come and go beside the settled pairs: matched alone as with all.

        And where what changed stands by itself before and after and has nothing of the rest's: matched without it.
        """
        said = data.draw(st.sets(st.tuples(st.sampled_from(sorted(legacy)), st.sampled_from(sorted(ats))), max_size=2))
        rejected = said - {("l0", "a0")}
        word = verdicts(("l0", "a0", "confirmed"), *((*pair_, "rejected") for pair_ in sorted(rejected)))
        before = pair(*named((legacy, ats)), word).to_pylist()
        stands = standing(*named((legacy, ats)), paired(before), rejected)
        changed, touched = altered(data, legacy, ats)
        stay, touched, had = left_alone(stands, changed, touched)
        gone = {one for p in stay for one in p}
        rest = tuple({k: row for k, row in side.items() if k not in gone} for side in changed)
        elsewhere = {"": (len(stay), len(stay))}
        alone = pair(*named(rest), word, elsewhere=elsewhere).to_pylist()
        whole = pair(*named((changed[0], changed[1])), word).to_pylist()
        kept = [row for row in before if (row["legacy_id"], row["ats_id"]) in stay]
        assert findings(alone + kept) == findings(whole)
        if any(one in touched or had[0] & ties for (_, one), ties in stands.jobs.items()):
            return
        alike = any(had[1] & ties for ties in stands.jobs.values())
        few = tuple({k: row for k, row in side.items() if k in touched} for side in changed)
        again = pair(*named(few), word, elsewhere=elsewhere).to_pylist()
        if alike and not all(rests_on_id(row["rule"]) for row in again):
            return
        if len(standing(*named(few), paired(again), rejected).settled) == len(again) == len(stands.settled) - len(stay):
            untouched = [row for row in before if not touched & {row["legacy_id"], row["ats_id"]}]
            assert findings(again + untouched) == findings(whole)


def paired(rows: list[Row]) -> list[tuple[str, str, str]]:
    return [(r["legacy_id"], r["ats_id"], r["rule"]) for r in rows if r["decision"] == "paired"]


def altered(data: st.DataObject, *sides: dict[str, Row]) -> tuple[list[dict[str, Row]], set[str]]:
    """Both sides with some jobs changed, gone or new, and which."""
    changed = [dict(side) for side in sides]
    touched: set[str] = set()
    for at, prefix in ((0, "l"), (1, "a")):
        for n in data.draw(st.sets(st.integers(1, 9), max_size=2)):
            key = f"{prefix}{n}"
            touched.add(key)
            if data.draw(st.booleans()):
                changed[at][key] = data.draw(job(key))
            elif len(changed[at]) > 1:
                changed[at].pop(key, None)
    return changed, touched


def left_alone(
    stands: Standing, changed: list[dict[str, Row]], touched: set[str]
) -> tuple[dict[tuple[str, str], Ties], set[str], tuple[Ties, Ties]]:
    """The settled pairs that stay as they are, the jobs that do not, and what those have: ids, and texts."""
    stay, touched = dict(stands.settled), set(touched)
    while True:
        new = [{k: row for k, row in side.items() if k in touched} for side in changed]
        had = tie_keys(*named((new[0], new[1])))
        broken = {pair_ for pair_, ties in stay.items() if touched.intersection(pair_) or (had[0] | had[1]) & ties}
        if not broken:
            return stay, touched, had
        touched |= {one for pair_ in broken for one in pair_}
        stay = {pair_: ties for pair_, ties in stay.items() if pair_ not in broken}
