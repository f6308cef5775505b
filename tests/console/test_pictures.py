"""Pictures say in words what they draw, and draw what is there to scale."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from changeover.console.charts import Line, Point, chart
from changeover.console.pictures import Sides, bands
from changeover.job import Lane
from changeover.migration.state import State

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
SOME = st.integers(0, 200_000)


@given(st.sampled_from(State), SOME, SOME, SOME)
def test_the_two_sources_stay_within_the_picture(state: State, paired: int, legacy: int, ats: int) -> None:
    drawn = str(bands(state, Sides(paired, legacy, ats), "what it says"))
    assert 'aria-label="what it says"' in drawn
    paths = re.findall(r' d="([^"]+)"', drawn)
    # What has one decimal is a height.
    heights = [float(found) for path in paths for found in re.findall(r"-?\d+\.\d", path)]
    assert all(-0.1 <= height <= 200.1 for height in heights)


@pytest.mark.parametrize(("state", "through"), [(State.MATCHING, "legacy"), (State.CUT_OVER, "ats")])
def test_only_the_side_that_feeds_reaches_the_board(state: State, through: str) -> None:
    drawn = re.findall(r'class="band ([^"]+)" d="([^"]+)"', str(bands(state, Sides(10, 3, 2), "")))
    assert len(drawn) == 4
    assert {kind.split()[0] for kind, path in drawn if "H600" in path} == {through}


def test_a_source_that_is_not_there_is_not_drawn() -> None:
    assert "band ats" not in str(bands(State.LEGACY, Sides(0, 9, 0), ""))
    assert "band legacy" not in str(bands(State.FINISHED, Sides(0, 0, 9), ""))


def test_jobs_over_time_are_said_in_words_and_marked_where_not_believed() -> None:
    points = [Point(NOON + timedelta(hours=n), jobs, believed=jobs > 0) for n, jobs in enumerate((20, 30, 0, 25))]
    made = chart([Line(Lane.LEGACY, "Old source, <b>XML</b>", points)], NOON, NOON + timedelta(hours=4))
    assert made is not None
    told = str(made.drawing)
    assert "from 20 to 25 jobs, between 0 and 30, 1 reading not believed" in told
    assert "<b>" not in told
    assert told.count("<circle") == 1
    assert chart([], NOON, NOON) is None
