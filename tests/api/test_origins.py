"""Origins are kept as a browser sends them, and nothing else gets into the header that names them."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from changeover.accounts.origins import origin, read
from changeover.refusal import Refusal


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        ("https://ATS.example/", "https://ats.example"),
        ("https://ats.example:443", "https://ats.example"),
        ("https://ats.example:8443", "https://ats.example:8443"),
        ("http://127.0.0.1:9000", "http://127.0.0.1:9000"),
        ("http://[::1]:9000", "http://[::1]:9000"),
        ("http://localhost", "http://localhost"),
        ("http://ats.example", None),
        ("https://*.ats.example", None),
        ("https://ats.example/jobs", None),
        ("https://user@ats.example", None),
        ("https://ats.example; script-src *", None),
        ("https://ats.example 'self'", None),
        ("javascript:alert(1)", None),
        ("https://ats.example:99999", None),
        ("*", None),
        ("", None),
    ],
)
def test_an_origin_is_known_by_what_it_is(told: str, kept: str | None) -> None:
    assert origin(told) == kept


@given(st.text(max_size=80) | st.text(max_size=40).map("https://{}".format))
def test_what_is_kept_is_one_word_of_a_header_and_is_kept_the_same_again(told: str) -> None:
    kept = origin(told)
    assert kept is None or (re.fullmatch(r"https?://[a-z0-9.:\[\]-]+", kept) and origin(kept) == kept)


def test_each_is_kept_once_and_the_first_that_is_none_is_named() -> None:
    assert read(["https://a.example", "https://A.example"]) == ["https://a.example"]
    refused = read(["https://a.example", "ftp://b.example"])
    assert isinstance(refused, Refusal)
    assert "ftp://b.example" in refused.sentence
