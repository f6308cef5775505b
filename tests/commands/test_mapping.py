"""An unknown feed from the command line: looked at, corrected, kept with a source, and read so."""

from __future__ import annotations

import json

from sources.unknown_feeds import chances

from .conftest import Changeover, Outside


def test_an_unknown_feed_is_mapped_and_read(changeover: Changeover, outside: Outside) -> None:
    outside.pages["/export.xml"] = chances()
    where = f"{outside.url}/export.xml"
    assert "changeover source map" in changeover("read", where, status=2).err
    shown = changeover("source", "map", where)
    assert "kopf" in shown.out
    assert "Night Baker" in shown.out
    changeover("source", "map", where, "--set", "title=nope", status=2)
    assert "NO_ID" in changeover("source", "map", where, "--set", "id=", status=2).err

    made = changeover("company", "add", "Mapped").out.strip()
    told = changeover("source", "map", where, "--set", "company=wo/land", "--save", "m.json", "--company", made)
    assert "Kept with source" in told.err
    assert json.loads((changeover.folder / "m.json").read_text())["fields"]["company"] == ["wo/land"]
    read = changeover("source", "read", made, "--json").json
    assert [(each["became"], each["jobs"]) for each in read] == [("taken", 3)]

    # Corrected, the same source is read anew; and a file that was written can be begun with.
    changeover("source", "map", where, "--mapping", "m.json", "--incremental", "--company", made)
    assert len(changeover("source", "list", made, "--json").json) == 1
    again = changeover("source", "read", made, "--json", status=1).json
    assert again[0]["completeness"] == "partial"
    said = changeover("company", "show", made).out
    assert "is read by a mapping from now on" in said


def test_what_is_no_feed_is_said(changeover: Changeover, outside: Outside) -> None:
    outside.pages["/page"] = b"<html><body>hello</body></html>"
    assert "cannot be mapped" in changeover("source", "map", f"{outside.url}/page", status=2).err
    assert "404" in changeover("source", "map", f"{outside.url}/none", status=2).err
    changeover("source", "map", "nowhere.xml", status=2)


def test_after_a_correction_what_is_kept_is_read_again(changeover: Changeover, outside: Outside) -> None:
    outside.pages["/export.xml"] = chances()
    where = f"{outside.url}/export.xml"
    made = changeover("company", "add", "Corrected").out.strip()
    changeover("source", "map", where, "--set", "title=wo/land", "--company", made)
    assert "nothing is kept" in changeover("source", "reparse", made, status=2).err
    changeover("source", "read", made)
    changeover("source", "map", where, "--company", made)
    outside.pages.pop("/export.xml")
    [again] = changeover("source", "reparse", made, "--json").json
    assert (again["became"], again["changed"]) == ("taken", 3)


def test_a_mapping_can_be_taken_back(changeover: Changeover, outside: Outside) -> None:
    outside.pages["/export.xml"] = chances()
    where = f"{outside.url}/export.xml"
    made = changeover("company", "add", "Forgotten").out.strip()
    changeover("source", "map", where, "--company", made)
    assert "Forgotten" in changeover("source", "map", where, "--forget", "--company", made).err
    assert changeover("source", "list", made, "--json").json[0]["mapping"] is None
    assert "has no mapping" in changeover("source", "map", where, "--forget", "--company", made, status=2).err
    assert "--company" in changeover("source", "map", where, "--forget", status=2).err
