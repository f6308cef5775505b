"""An e-mail to a candidate is what it should be, whatever stands in titles and names."""

from __future__ import annotations

from email import message_from_bytes
from email.policy import default

import pytest
from hypothesis import given
from hypothesis import strategies as st

from changeover.apply.letters import Letter, compose

EVIL = "Baker\r\nBcc: everybody@example.org\r\n\r\n<script>alert(1)</script>"


def letter(**more: str) -> Letter:
    said = {"to": "ada@example.org", "subject": "Viewed", "sender": "Ferrous", **more}
    return Letter(
        **said,
        paragraphs=("Hello,", said["subject"]),
        number="7.viewed",
        links={"The job": "https://x.example/"},
        quiet="https://x.example/unsubscribe/1",
    )


def test_it_has_text_and_html_and_says_how_to_end_it() -> None:
    made = compose(letter(), "jobs@board.example")
    assert made is not None
    parsed = message_from_bytes(made.as_bytes(), policy=default)
    assert parsed["From"] == "Ferrous <jobs@board.example>"
    assert parsed["Message-ID"] == "<7.viewed@board.example>"
    assert parsed["List-Unsubscribe"] == "<https://x.example/unsubscribe/1>"
    assert parsed["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    for kind in ("plain", "html"):
        body = parsed.get_body((kind,))
        assert body is not None
        assert "https://x.example/unsubscribe/1" in body.get_content()


@given(st.text(max_size=300), st.text(max_size=300))
def test_no_word_from_outside_makes_a_header(subject: str, sender: str) -> None:
    for told in (subject, f"{EVIL}{subject}"):
        made = compose(letter(subject=told, sender=f"{sender}{EVIL}"), "jobs@board.example")
        assert made is not None
        parsed = message_from_bytes(made.as_bytes(), policy=default)
        assert parsed["Bcc"] is None
        assert parsed["To"] == "ada@example.org"
        assert {name.lower() for name in parsed} == {
            "to", "from", "subject", "message-id", "auto-submitted", "list-unsubscribe", "list-unsubscribe-post",
            "mime-version", "content-type",
        }  # fmt: skip
        html = parsed.get_body(("html",))
        assert html is not None
        assert "<script>" not in html.get_content()


@pytest.mark.parametrize("to", ["", "x", "a@b\r\nBcc: c@d.example", "a@b, c@d", "<a@b.example>", "a b@c.example"])
def test_an_address_that_is_none_gets_nothing(to: str) -> None:
    assert compose(letter(to=to), "jobs@board.example") is None
