"""Places are the same, near or apart as a person would say."""

from __future__ import annotations

import pytest

from changeover.match.places import LONGEST_LOCATION, Nearness, nearness, read_place


class TestOnePlace:
    @pytest.mark.parametrize(
        ("one", "other"),
        [
            ("SF", "San Francisco, CA"),
            ("NYC", "New York, New York, United States"),
            ("US-IA-CEDAR RAPIDS-137", "Cedar Rapids, Iowa"),
            ("US, CA, Santa Clara", "Santa Clara, CA"),
            ("Bengaluru, Karnataka, IN", "Bangalore, India"),
            ("München", "Munich, Germany"),
            ("IN - Lafayette", "Lafayette, Indiana"),
            ("Washington, D.C.", "Washington, DC"),
            ("LA", "Los Angeles, CA"),
            ("Seattle, Washington, United States", "WA - Seattle"),
            ("Portland, OR, Austin, TX", "Austin, TX; Portland, OR"),
        ],
    )
    def test_is_the_same_however_it_is_written(self, one: str, other: str) -> None:
        assert nearness(one, other) in (Nearness.SAME_TEXT, Nearness.SAME_CITIES)

    @pytest.mark.parametrize(
        ("one", "other", "expected"),
        [
            ("Seattle, WA", "Seattle, WA; Austin, TX", Nearness.ONE_IN_COMMON),
            ("Redwood City, CA", "San Carlos, CA", Nearness.NEAR),
            ("Remote", "Remote in USA", Nearness.BOTH_REMOTE),
            ("California", "Palo Alto, CA", Nearness.SAME_REGION),
            ("United States", "Austin, TX", Nearness.SAME_COUNTRY),
            ("Austin, TX", "2 Locations", Nearness.NOT_ALL_NAMED),
            ("Austin, TX", "Boston, MA +3", Nearness.NOT_ALL_NAMED),
            ("Austin, TX", "Hybrid", Nearness.UNKNOWN),
            ("Austin, TX", "Dallas, TX", Nearness.OTHER_CITY),
            ("Austin, TX", "Denver, CO", Nearness.OTHER_REGION),
            ("Remote - Poland", "Remote US", Nearness.OTHER_COUNTRY),
            ("Austin, TX 017", "Austin, TX 018", Nearness.OTHER_NUMBER),
        ],
    )
    def test_is_as_near_as_it_is(self, one: str, other: str, expected: Nearness) -> None:
        assert nearness(one, other) is expected
        assert nearness(other, one) is expected


class TestAName:
    def test_that_is_a_state_and_a_country_is_read_by_its_neighbour(self) -> None:
        assert read_place("Tbilisi, Georgia").countries == {"GE"}
        assert read_place("Atlanta, Georgia").regions == {"US-GA"}

    def test_that_is_a_word_and_a_state_is_a_state_in_capitals_only(self) -> None:
        assert read_place("Remote in USA").regions == frozenset()
        assert read_place("IN").regions == {"US-IN"}

    def test_of_a_small_town_is_not_its_namesake_elsewhere(self) -> None:
        assert read_place("Essex, UK").countries == {"GB"}

    def test_that_nobody_knows_is_kept_as_a_word(self) -> None:
        assert read_place("Chicago River Point").words == {"river", "point"}

    def test_of_any_length_is_read_in_bounded_time(self) -> None:
        assert len(read_place("Austin, " * 200_000).text) <= LONGEST_LOCATION
