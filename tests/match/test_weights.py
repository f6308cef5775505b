"""The weights are a file that a person can read, and can be learned again."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from changeover.match.evidence import COMPARED, LADDERS, at_most, blank, log_odds
from changeover.match.training import Board, common_words, learn, material, scores
from changeover.match.weights import read_weights, shipped_weights, write_weights
from match.jobs import job, jobs

FIELDS = ["Data", "Network", "Payroll", "Legal", "Safety", "Clinical", "Product", "Retail", "Energy", "Fraud"]


def board() -> Board:
    """Thirty companies whose ATS adds a word to each title, in ten fields each; half of the jobs have no twin."""
    legacy, ats, truth = [], [], set()
    for company in range(30):
        for n, name in enumerate(FIELDS):
            here, other = f"{company}-{n}", FIELDS[(n + company) % len(FIELDS)]
            legacy.append(job(f"l{here}", f"{name} Engineer", "Austin, TX", group=f"c{company}"))
            lone = n % 2
            title, place = (
                (f"Lead {other} Advisor", "Oslo") if lone else (f"{name} Engineer, Northern Branch", "Austin, TX")
            )
            ats.append(job(f"a{here}", title, place, group=f"c{company}"))
            if not lone:
                truth.add((f"l{here}", f"a{here}"))
    return Board(jobs(*legacy), jobs(*ats), frozenset(truth), frozenset())


class TestAFileOfAPersons:
    def test_may_have_whole_numbers(self) -> None:
        text = write_weights(shipped_weights()).replace("any_pair = -1.989", "any_pair = -2")
        assert log_odds(blank(3), read_weights(text)).dtype == float

    @pytest.mark.parametrize(
        ("was", "is_", "sentence"),
        [("any_pair = -1.989", "any_pair = true", "no number"), ("accept = 1.75", "accept = -99.0", "at most accept")],
    )
    def test_that_makes_no_sense_is_refused(self, was: str, is_: str, sentence: str) -> None:
        with pytest.raises(ValueError, match=sentence):
            read_weights(write_weights(shipped_weights()).replace(was, is_))


class TestTheShippedFile:
    def test_reads_back_as_it_was_written(self) -> None:
        weights = shipped_weights()
        assert read_weights(write_weights(weights)) == weights

    def test_names_fields_and_levels_that_there_are(self) -> None:
        unknown = {
            (field, level)
            for field, levels in shipped_weights().fields.items()
            for level in levels
            if level not in LADDERS.get(field, ())
        }
        assert unknown == set()

    def test_says_that_a_contradiction_speaks_against(self) -> None:
        fields = shipped_weights().fields
        assert all(fields[facet]["differs"] < 0 for facet in ("season", "number", "stage", "seniority", "degree"))
        assert fields["place"]["other_country"] < fields["place"]["other_region"] < fields["place"]["same_cities"]


class TestLearning:
    def test_finds_that_what_goes_together_speaks_for_a_pair(self) -> None:
        one = board()
        start = replace(shipped_weights(), rarity=common_words([one]))
        told = material(one, start)
        learned = learn([told], start)
        assert learned.fields["place"]["same_cities"] > learned.fields["place"]["other_country"]
        rivals, _, score, _ = scores(told, learned)
        assert score[told.label[rivals]].min() > score[~told.label[rivals]].max(initial=-99)

    def test_pays_no_heed_to_ids(self) -> None:
        one = board()
        marked = replace(one, legacy=one.legacy.append_column("employer_job_id", one.legacy.column("id")))
        assert isinstance(marked.legacy, pa.Table)
        weights = shipped_weights()
        assert (material(one, weights).levels == material(marked, weights).levels).all()


class TestWhatAPairCanStillReach:
    @given(st.integers(0, 2**32))
    @settings(max_examples=50, deadline=None)
    def test_is_never_less_than_what_it_reaches(self, seed: int) -> None:
        """A pair is dropped unread only if reading it could not have kept it."""
        chance = np.random.default_rng(seed)
        sizes = [len(ladder) for ladder in LADDERS.values()]
        levels = np.stack([chance.integers(0, size, 200) for size in sizes], axis=1).astype(np.int8)
        for unread in (COMPARED, COMPARED[1:]):
            assert (at_most(levels, unread, shipped_weights()) >= log_odds(levels, shipped_weights())).all()
