"""Companies, their sources and their ATS's clients are set up; what cannot be is refused, and nothing half-done."""

from __future__ import annotations

import pytest

from .conftest import TITLES, Changeover, Outside


@pytest.fixture(scope="module")
def company(changeover: Changeover) -> str:
    return changeover("company", "add", "Tin & Co").out.strip()


def sources(changeover: Changeover, company: str) -> list[dict[str, object]]:
    found: list[dict[str, object]] = changeover("source", "list", company, "--json").json
    return found


class TestACompany:
    def test_is_known_by_its_id_and_by_its_name(self, changeover: Changeover, company: str) -> None:
        for word in (company, "Tin & Co", "tin & co"):
            assert changeover("company", "show", word, "--json").json["company"]["company_id"] == company
        assert company in changeover("company", "list").out

    def test_is_not_made_twice_by_mistake(self, changeover: Changeover, company: str) -> None:
        assert company in changeover("company", "add", " Tin  & Co", status=2).err

    @pytest.mark.parametrize("name", ["", " ", "n" * 201, "a\x1bb"])
    def test_has_a_name_that_can_be_read(self, changeover: Changeover, name: str) -> None:
        assert changeover("company", "add", name, status=2).err.startswith("Nothing was done: ")

    def test_that_is_unknown_or_not_the_only_one_is_refused(self, changeover: Changeover) -> None:
        assert "There is no company 'Nobody'" in changeover("status", "Nobody", status=2).err
        ids = [changeover("company", "add", "Two", "--namesake", "--json").json["company"] for _ in range(2)]
        assert ", ".join(ids) in changeover("status", "Two", status=2).err


class TestTrying:
    def test_tells_what_would_match_and_adds_nothing(self, changeover: Changeover, outside: Outside) -> None:
        old, new = outside.feed("/tried.xml", range(3)), outside.board("/tried.json", range(1, 4))
        ended = changeover("setup", "Tried & Co", old, new)
        assert ended.out.startswith("Tried & Co: what a dry run found")
        assert "2 jobs would match" in ended.out
        assert "1 are only at the old source, 1 only in the ATS" in ended.out
        assert TITLES[0] in ended.out
        assert "Nothing was added" in ended.err
        assert "Tried & Co" not in changeover("company", "list").out
        told = changeover("setup", "Tried & Co", old, new, "--json").json
        assert (told["legacy"]["kind"], told["ats"]["kind"], told["match"]["paired"]) == ("indeed", "greenhouse", 2)

    def test_adds_the_company_at_a_word(self, changeover: Changeover, outside: Outside) -> None:
        old, new = outside.feed("/added.xml", range(3)), outside.board("/added.json", range(3))
        told = changeover("setup", "Added & Co", old, new, "--yes", "--activate", "--json").json
        shown = changeover("company", "show", told["company"], "--json").json
        assert (shown["company"]["state"], shown["company"]["ats"]) == ("matching", "greenhouse")
        assert {row["location"] for row in shown["sources"]} == {old, new}
        assert "is here already" in changeover("setup", "Added & Co", old, new, "--yes", status=2).err

    def test_of_a_side_that_cannot_be_read_adds_nothing(self, changeover: Changeover, outside: Outside) -> None:
        missing = changeover("setup", "Missing & Co", f"{outside.url}/missing", "--yes", status=2)
        assert "could not be read" in missing.out
        assert "Nothing was added" in missing.err
        assert "is not an http or https address" in changeover("setup", "X", "/etc/passwd", status=2).err
        assert "--activate needs --yes" in changeover("setup", "X", "https://a.example/", "--activate", status=2).err


class TestASource:
    def test_is_recognised_and_stands_on_its_side(self, changeover: Changeover, outside: Outside) -> None:
        made = changeover("company", "add", "Recognised").out.strip()
        feed = changeover("source", "add", made, outside.feed("/jobs.xml", range(3)), "--json")
        assert (feed.json["kind"], feed.json["lane"], feed.json["jobs"]) == ("indeed", "legacy", 3)
        ats = changeover("source", "add", made, outside.board("/ats.json", range(3)), "--json").json
        assert (ats["kind"], ats["lane"]) == ("greenhouse", "ats")
        twice = changeover("source", "add", made, f"{outside.url}/jobs.xml", status=2)
        assert feed.json["source"] in twice.err

    def test_in_a_file_is_found_from_every_folder(self, changeover: Changeover) -> None:
        made = changeover("company", "add", "Of a file").out.strip()
        (changeover.folder / "jobs.jsonl").write_text('{"id": "1", "title": "Cook", "location": "Leith"}\n')
        changeover("source", "add", made, "jobs.jsonl")
        assert sources(changeover, made)[0]["location"] == str(changeover.folder / "jobs.jsonl")

    def test_that_pushes_has_a_client_whose_token_is_shown_once(self, changeover: Changeover) -> None:
        made = changeover("company", "add", "Pushed").out.strip()
        changeover("source", "add", made, "push")
        client = changeover("client", "add", made, "--name", "Our ATS", "--json").json
        assert client["token"].startswith(f"chg_{made}_{client['client']}_")
        rotated = changeover("client", "rotate", made, "Our ATS", "--json").json
        assert rotated["client"] == client["client"]
        assert rotated["token"] != client["token"]
        assert client["token"] not in changeover("client", "list", made).out
        assert "no client Theirs" in changeover("client", "rotate", made, "Theirs", status=2).err
        assert "has no source that is read" in changeover("source", "read", made, status=2).err

    @pytest.mark.parametrize(
        ("words", "why"),
        [
            (["-"], "standard input cannot be read again"),
            (["missing.xml"], "There is no file or folder"),
            (["http://no-such-host.invalid/jobs.xml"], "no-such-host.invalid"),
            (["push", "--lane", "legacy"], "only an ATS pushes"),
            (["jobs.xml", "--kind", "nonsense"], "there is no kind nonsense"),
            (["jobs.xml", "--every", "0"], "greater than or equal to 1"),
        ],
    )
    def test_that_cannot_be_is_refused(self, changeover: Changeover, company: str, words: list[str], why: str) -> None:
        assert why in changeover("source", "add", company, *words, status=2).err

    def test_on_a_private_address_is_refused_unless_that_is_allowed(
        self, changeover: Changeover, company: str, outside: Outside
    ) -> None:
        where = outside.feed("/private.xml", range(3))
        ended = changeover("source", "add", company, where, status=2, CHANGEOVER_ALLOW_PRIVATE_ADDRESSES="false")
        assert "private" in ended.err

    @pytest.mark.parametrize("what", ["a DTD", "nothing", "no jobs", "a wrong encoding"])
    def test_that_says_nothing_of_use_is_refused(
        self, changeover: Changeover, company: str, outside: Outside, what: str
    ) -> None:
        outside.pages["/bad.xml"] = {
            "a DTD": b'<?xml version="1.0"?><!DOCTYPE s [<!ENTITY x "y">]><source><job>&x;</job></source>',
            "nothing": b"",
            "no jobs": b"<html><body><p>Hello</p></body></html>",
            "a wrong encoding": b'<?xml version="1.0" encoding="utf-16"?>\xff\xfe<source>',
        }[what]
        ended = changeover("source", "add", company, f"{outside.url}/bad.xml", status=2)
        assert ended.err.count("\n") == 1
        assert ended.out == ""

    def test_that_was_refused_was_not_kept(self, changeover: Changeover, company: str) -> None:
        assert sources(changeover, company) == []

    def test_that_breaks_off_is_kept_and_told(self, changeover: Changeover, outside: Outside) -> None:
        made = changeover("company", "add", "Cut off").out.strip()
        ended = changeover("source", "add", made, outside.feed("/cut.xml", range(4), cut=True), status=1)
        assert "CUT_OFF" in ended.err
        assert len(sources(changeover, made)) == 1


def test_a_feed_of_many_companies_is_handed_out_by_their_names(changeover: Changeover, outside: Outside) -> None:
    (changeover.folder / "all.jsonl").write_text(
        '{"id": "1", "title": "Cooper", "location": "Oslo", "company": "Stave & Hoop"}\n'
        '{"id": "2", "title": "Glazier", "location": "Oslo", "company": "Pane Ltd"}\n'
    )
    changeover("company", "add", "Every Job")
    stave = changeover("company", "add", "Stave & Hoop").out.strip()
    changeover("company", "add", "Pane")
    changeover("source", "add", "Every Job", "all.jsonl", "--consolidated")
    changeover("source", "read", "Every Job")
    waiting = changeover("source", "names", "Every Job", "--json", status=1)
    assert [(n["name"], n["handed_to"]) for n in waiting.json] == [("Pane Ltd", None), ("Stave & Hoop", stave)]
    assert "1 job under 1 name waits" in waiting.err
    changeover("source", "hand", "Every Job", "Pane Ltd", "Pane")
    changeover("source", "names", "Every Job")
    assert changeover("company", "show", "Pane", "--json").json["sources"][0]["kind"] == "consolidated_part"
    assert "--leave-out" in changeover("source", "hand", "Every Job", "Pane Ltd", status=2).err
