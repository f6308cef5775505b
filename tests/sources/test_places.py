"""A place that a source tells in several fields is told whole, and no part of it is lost or said twice."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from changeover.sources.registry import read
from changeover.sources.xml_feed import read_feed

SAID = [
    (("Carlsbad", "CA", "US"), "Carlsbad, CA, US"),
    (("Indianapolis", "IN", "US"), "Indianapolis, IN, US"),
    (("Milano", "MI", "IT"), "Milano, MI, IT"),
    (("Colorado Springs", "CO", ""), "Colorado Springs, CO"),
    (("Austin TX", "TX", "US"), "Austin TX, US"),
    (("New York", "New York", "USA"), "New York, USA"),
    (("Austin, Texas", "TX", "US"), "Austin, Texas"),
    (("Leeds", "", ""), "Leeds"),
]


@pytest.mark.parametrize(("said", "means"), SAID)
def test_a_state_whose_letters_are_in_the_citys_name_is_not_lost(said: tuple[str, str, str], means: str) -> None:
    place, state, country = said
    feed = (
        f"<jobs><job><id>1</id><title>Baker</title><location>{place}</location><state>{state}</state>"
        f"<country>{country}</country></job></jobs>"
    )
    [job] = read_feed([feed.encode()]).jobs
    assert job.location == means


@pytest.mark.parametrize(("said", "means"), SAID)
async def test_a_list_in_json_tells_a_place_as_a_feed_does(
    said: tuple[str, str, str], means: str, tmp_path: Path
) -> None:
    place, state, country = said
    record = {"id": "1", "title": "Baker", "location": place, "state": state, "country": country}
    path = tmp_path / "jobs.json"
    path.write_text(json.dumps({"jobs": [record]}))
    [job] = (await read(str(path))).jobs
    assert job.location == means
