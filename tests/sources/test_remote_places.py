"""Remote, CA: California or Canada, by what else the source says; told as it was written where nothing decides."""

from __future__ import annotations

from typing import Any

import pytest

from changeover.job import Job
from changeover.match.places import Nearness, nearness
from changeover.sources.identity import settle
from changeover.sources.json_answer import read_json
from changeover.sources.remote_places import TOLD
from changeover.sources.xml_feed import read_feed

from .conftest import NOW


def settled(location: str, *others: str, **extra: Any) -> Job:
    jobs = [Job("1", "Baker", location, extra=extra), *(Job(f"o{n}", "Cook", at) for n, at in enumerate(others))]
    return settle(jobs).jobs[0]


@pytest.mark.parametrize(
    ("location", "others", "extra", "meant"),
    [
        ("Remote, CA", ("Toronto, ON, Canada", "Halifax, Canada"), {}, "Remote, Canada"),
        ("Remote, CA", ("Austin, TX", "Boston, MA"), {}, "Remote, California"),
        ("CA - Remote", ("Toronto, Canada",), {}, "Remote, Canada"),
        ("Remote (DE)", ("Berlin, Germany", "Hamburg, DE"), {}, "Remote, Germany"),
        ("remote - DE", ("Wilmington, DE", "New York, NY"), {}, "Remote, Delaware"),
        ("Remote, IN", (), {"base_salary": {"min": 900000, "currency": "INR"}}, "Remote, India"),
        ("Remote, IN", ("Pune, India",), {"base_salary": {"min": 60000, "currency": "USD"}}, "Remote, Indiana"),
        ("Remote, CA", ("Austin, TX",), {"country": "Canada"}, "Remote, Canada"),
    ],
)
def test_it_is_written_out_and_the_words_of_the_source_are_kept(
    location: str, others: tuple[str, ...], extra: dict[str, Any], meant: str
) -> None:
    job = settled(location, *others, **extra)
    assert (job.location, job.extra[TOLD]) == (meant, location)


@pytest.mark.parametrize(
    ("location", "others"),
    [
        ("Remote, CA", ()),
        ("Remote, CA", ("Austin, TX", "Toronto, Canada")),
        ("Remote, TX", ("Toronto, Canada",)),
        ("Remote, CA, US", ("Toronto, Canada",)),
        ("Sacramento, CA", ("Toronto, Canada",)),
        ("Remote", ("Toronto, Canada",)),
    ],
)
def test_what_is_clear_or_cannot_be_decided_stays_as_it_was_told(location: str, others: tuple[str, ...]) -> None:
    job = settled(location, *others)
    assert (job.location, TOLD in job.extra) == (location, False)


@pytest.mark.parametrize(("field", "meant"), [("country", "Remote, Canada"), ("state", "Remote, California")])
def test_a_country_or_a_state_in_a_field_of_its_own_decides(field: str, meant: str) -> None:
    told = f"<jobs><job><id>1</id><title>A</title><city>Remote</city><{field}>CA</{field}></job></jobs>"
    listed = {"jobs": [{"id": 1, "title": "A", "location": {"city": "Remote", field: "CA"}}]}
    assert read_feed([told.encode()]).jobs[0].location == meant
    assert read_json(listed, "", "x", NOW).jobs[0].location == meant


def test_undecided_it_contradicts_neither() -> None:
    for other in ("Remote, Canada", "Remote, California", "Remote, US"):
        assert nearness("Remote, CA", other) < Nearness.OTHER_NUMBER
    assert nearness("Remote, California", "Remote, Canada") == Nearness.OTHER_COUNTRY
