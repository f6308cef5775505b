"""Weights are learned from labels and judged on companies they never saw; what people said is enough."""

from __future__ import annotations

import json
import random
from typing import Any

import numpy as np
import pytest

from changeover.match.crossvalidation import Judged, Made, thresholds, train
from changeover.match.intake import UnusableJobs
from changeover.match.labels import KIND, installation, line, view
from changeover.match.training import Board
from changeover.match.weights import read_weights, shipped_weights, write_weights
from match.openings import company

COMPANIES = 12


def labelled(companies: int = COMPANIES, each: int = 12) -> tuple[list[Any], list[Any], list[tuple[str, str]]]:
    """Companies whose ATS rewords titles; jobs of both sides and the true pairs."""
    legacy, ats = [], []
    for seed in range(companies):
        mine, yours = company(each, seed, f"c{seed}")
        legacy += mine
        rnd = random.Random(seed)
        ats += [{**job, "title": f"{job['title']} {rnd.choice(('(Hybrid)', 'North', ''))}".strip()} for job in yours]
    there = {job["id"][1:] for job in ats}
    return legacy, ats, [(job["id"], f"a{job['id'][1:]}") for job in legacy if job["id"][1:] in there]


def texts(companies: int = COMPANIES) -> tuple[str, str, str]:
    """The same as the files of a view."""
    legacy, ats, truth = labelled(companies)
    pairs = "legacy_id,ats_id\n" + "".join(f"{one},{two}\n" for one, two in truth)
    return "".join(map(line, legacy)), "".join(map(line, ats)), pairs


@pytest.fixture(scope="module")
def board() -> Board:
    return view(*texts())


class TestTraining:
    def test_judges_each_part_by_what_did_not_know_it(self, board: Board) -> None:
        found = train([board], shipped_weights(), precision=0.99, count=3)
        pooled = sum(found.folds[1:], found.folds[0])
        assert pooled.companies == COMPANIES
        assert pooled.true == len(board.truth)
        assert pooled.precision >= 0.97
        assert pooled.recall >= 0.6
        # The file that is written is the file that is read.
        assert read_weights(write_weights(found.weights)) == found.weights

    def test_refuses_what_teaches_nothing(self) -> None:
        with pytest.raises(UnusableJobs, match="With fewer than 10 companies"):
            train([view(*texts(5))], shipped_weights(), precision=0.99, count=3)

    def test_refuses_labels_without_a_true_pair(self) -> None:
        legacy, ats, _ = texts()
        with pytest.raises(UnusableJobs, match="0 true pairs"):
            train([view(legacy, ats, "legacy_id,ats_id\n")], shipped_weights(), precision=0.99, count=3)


class TestTheThreshold:
    @staticmethod
    def made(log_odds: list[float], right: list[bool]) -> Made:
        return Made(1, sum(right), np.array(log_odds), np.array(right))

    def test_is_the_lowest_that_holds(self) -> None:
        part = self.made([5.0, 4.0, 3.0, 2.0], [True, True, True, False])
        assert thresholds([{0.3: part}, {0.3: part}], 0.9) == (0.3, 3.0)

    def test_does_not_hang_on_one_part(self) -> None:
        """At 3 two thirds of a half are right; that all together hold .8 is the work of the other part."""
        good, bad = self.made([5.0] * 6, [True] * 6), self.made([4.0, 3.0, 3.0], [True, True, False])
        assert thresholds([{0.3: good}, {0.3: bad}], 0.8) == (0.3, 4.0)

    def test_accepts_nothing_where_nothing_holds(self) -> None:
        part = self.made([5.0, 4.0], [False, True])
        _, accept = thresholds([{0.3: part}, {0.3: part}], 0.9)
        assert part.at(accept).paired == 0

    def test_accepts_no_pair_that_is_rather_false(self) -> None:
        part = self.made([5.0, -0.5], [True, True])
        assert thresholds([{0.3: part}, {0.3: part}], 0.9) == (0.3, 5.0)


class TestWhatPeopleSaid:
    def test_is_enough_to_learn_from(self) -> None:
        legacy, ats, truth = labelled()
        lines = [{"kind": KIND, "version": 1}]
        lines += [{**job, "lane": lane} for lane, jobs in (("legacy", legacy), ("ats", ats)) for job in jobs]
        lines += [{"legacy_id": one, "ats_id": two, "verdict": "confirmed"} for one, two in truth[::2]]
        lines += [
            {"legacy_id": one, "ats_id": truth[n - 1][1], "verdict": "rejected"} for n, (one, _) in enumerate(truth)
        ]
        board = installation("".join(map(line, lines)))
        assert len(board.truth) == len(truth[::2])
        knows = board.knows()
        assert knows(truth[0][0], truth[3][1])
        assert not knows(truth[1][0], truth[5][1])
        found = train([board], shipped_weights(), precision=0.99, count=3)
        assert sum(found.folds[1:], found.folds[0]).precision >= 0.95

    @pytest.mark.parametrize("text", ["", "{}\n", "not json\n", "[]\n", json.dumps({"kind": KIND}) + '\n{"id": 1}\n'])
    def test_of_another_kind_is_refused(self, text: str) -> None:
        with pytest.raises(UnusableJobs):
            installation(text)


def test_nothing_paired_is_no_wrong_pair() -> None:
    nothing = Judged(1, 0, 0, 0)
    assert (nothing.precision, nothing.recall) == (1.0, 1.0)
