"""An employer is moved from the command line: every step, its exit status, and what it leaves as it was."""

from __future__ import annotations

import csv

import pytest

from .conftest import Changeover, Outside

FERROUS = "Ferrous & Sons"


@pytest.fixture
def company(changeover: Changeover, outside: Outside, request: pytest.FixtureRequest) -> str:
    """The id of a company of its own: six jobs on its feed, five of them in its ATS."""
    name = f"{FERROUS} {request.node.name}"
    made = changeover("company", "add", name, "--ats", "Greenhouse").out.strip()
    changeover("source", "add", name, outside.feed("/jobs.xml", range(6)))
    changeover("source", "add", made, outside.board("/ats.json", [0, 1, 2, 4, 5]))
    return made


def test_there_and_back_with_a_person_in_between(changeover: Changeover, company: str, outside: Outside) -> None:
    ended = changeover.process("activate", company, status=1)
    assert "6 jobs of the old source, 5 of the ATS, 5 paired." in ended.out
    assert "MIGRATION_MISSING_JOB_POSTING" in ended.out

    changeover("review", company, "--csv", "review.csv", status=1)
    with (changeover.folder / "review.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["legacy_id"] for row in rows if row["decision"] == "legacy_only"] == ["L-3"]
    assert sum(row["decision"] == "paired" for row in rows) == 5

    rehearsal = changeover("rehearse", company, "--json", status=1).json
    assert [line["title"] for line in rehearsal["closing"]] == ["Payroll Clerk"]
    assert (rehearsal["kept"], rehearsal["move"]) == (5, "resolve")

    # Without the word nothing is done.
    assert "Add --yes" in changeover("resolve", company, status=1).err
    assert changeover("status", company, "--json", status=1).json["feed"] == "legacy"

    assert changeover("resolve", company, "--yes", "--json").json["outcome"]["closed"] == 1
    assert changeover("status", company, "--json").json["state"] == "cut_over"
    again = changeover("resolve", company, "--yes", status=2)
    assert again.err.startswith("Nothing was done: this company is already active")
    assert again.out == ""

    assert changeover("rehearse", company, "--json").json["move"] == "revert"
    assert changeover("revert", company, "--yes", "--json").json["outcome"]["opened"] == 1
    held = changeover("status", company, "--json", status=1).json
    assert (held["state"], held["feed"], held["held"]) == ("matching", "legacy", True)

    # The missing job comes to the ATS, the company is let go, and moves by itself.
    outside.board("/ats.json", range(6))
    assert changeover("source", "read", company, "--json").json[0]["became"] == "taken"
    changeover("unhold", company)
    assert changeover("status", company, "--json").json["state"] == "cut_over"
    told = changeover("verify", company, "--json").json
    assert (told["gaps"], told["duplicates"], told["cut_over"], told["reverted"]) == (0, 0, 2, 1)


def test_a_persons_word_holds_until_cancelled(changeover: Changeover, company: str) -> None:
    for act in (("hold", company), ("cancel", company, "--yes"), ("revert", company, "--yes")):
        assert changeover(*act, status=2).err.startswith("Nothing was done: ")
    changeover("activate", company, status=1)
    changeover("hold", company, "--why", "Launch day")
    assert "Launch day" in changeover("status", company, status=1).out

    changeover("confirm", company, "L-3", "4005")
    assert [row["legacy_id"] for row in changeover("review", company, "--json", status=1).json] == ["L-5"]
    changeover("reject", company, "L-3", "4005")
    assert [row["legacy_id"] for row in changeover("review", company, "--json", status=1).json] == ["L-3"]
    unknown = changeover("confirm", company, "L-99", "4005", status=2)
    assert "no job L-99" in unknown.err

    assert "Add --yes" in changeover("cancel", company, status=1).err
    changeover("cancel", company, "--yes")
    assert changeover("status", company, "--json").json["state"] == "legacy"


def test_a_feed_that_shrank_is_held_until_a_person_accepts_it(
    changeover: Changeover, company: str, outside: Outside
) -> None:
    changeover("source", "read", company)
    outside.feed("/jobs.xml", [])
    read = changeover("source", "read", company, "--json", status=1).json
    assert [row["became"] for row in read if row["location"].endswith(".xml")] == ["held"]
    changeover("source", "list", company, status=1)
    for words in (("status", company), ("status",)):
        said = changeover(*words, status=1).err
        assert "1 reading is held" in said
        assert "changeover source accept" in said
    assert changeover("source", "accept", company, "--json").json == {"appeared": 0, "changed": 0, "closed": 6}
    assert "is held" not in changeover("status", company).err
    assert changeover("source", "accept", company, status=2).err.startswith("Nothing was done: no reading is held")
    changeover("source", "list", company)


def test_a_source_that_is_gone_changes_nothing(changeover: Changeover, company: str, outside: Outside) -> None:
    where = f"{outside.url}/jobs.xml"
    changeover("source", "read", company, "--source", where)
    del outside.pages["/jobs.xml"]
    ended = changeover("source", "read", company, "--source", where, status=2)
    assert "the postings stay as they are" in ended.err
    changeover("source", "revoke", company, where)
    assert changeover("source", "revoke", company, where, status=2).err.startswith("Nothing was done: ")


def test_the_live_set_is_written_whole_and_reads_back_the_same(
    changeover: Changeover, company: str, outside: Outside
) -> None:
    changeover("source", "read", company, status=0)
    first = changeover("export").out
    again = changeover("export")
    assert (again.out, "set public_url" in again.err) == (first, True)
    changeover("export", "--format", "xml", "--output", "live.xml")
    changeover("export", "--format", "sitemap", "--output", "sitemap.xml")
    ours = [line for line in first.splitlines() if company in line]
    assert len(ours) == 6
    (changeover.folder / "live.jsonl").write_text(first)
    as_json, as_xml = (changeover("read", name).out.splitlines() for name in ("live.jsonl", "live.xml"))
    assert len(as_json) == len(as_xml) == len(first.splitlines())
    assert (changeover.folder / "sitemap.xml").read_text().count("<loc>") == len(as_json)
