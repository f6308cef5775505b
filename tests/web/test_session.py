"""A session is begun by a link that works once, and cannot be made or changed without the secret."""

from __future__ import annotations

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from changeover.console.entrance import make_link
from changeover.web.session import SESSION_SECONDS, Signer
from face import Face, client

SECRET = b"s" * 32


class TestASignedWord:
    @given(st.text(), st.integers(0, 300), st.integers(1, 255))
    def test_that_was_changed_anywhere_is_nothing(self, word: str, at: int, by: int) -> None:
        signer = Signer(SECRET, clock=lambda: 0.0)
        signed = signer.sign("test", {"word": word}, seconds=10)
        assert (signer.read("test", signed) or {})["word"] == word
        at %= len(signed)
        changed = signed[:at] + chr((ord(signed[at]) + by) % 256) + signed[at + 1 :]
        assert signer.read("test", changed) is None

    @given(st.text())
    def test_that_nobody_signed_is_nothing(self, text: str) -> None:
        assert Signer(SECRET).read("test", text) is None

    def test_is_read_for_its_purpose_and_while_it_lasts(self) -> None:
        now = [0.0]
        signer = Signer(SECRET, clock=lambda: now[0])
        signed = signer.sign("enter", {}, seconds=10)
        assert signer.read("session", signed) is None
        assert Signer(b"t" * 32, clock=lambda: now[0]).read("enter", signed) is None
        now[0] = 9.9
        assert signer.read("enter", signed) is not None
        now[0] = 10.1
        assert signer.read("enter", signed) is None

    def test_wants_a_secret_worth_the_name(self) -> None:
        with pytest.raises(ValueError, match="32 bytes"):
            Signer(b"short")


def test_two_boards_on_one_machine_keep_their_sessions_apart() -> None:
    assert Signer(SECRET).cookie != Signer(b"t" * 32).cookie
    assert Signer(SECRET).cookie == Signer(SECRET).cookie


class TestALink:
    async def test_opens_the_console_once(self, face: Face) -> None:
        link = face.link("/companies/7")
        async with client(face.web) as first, client(face.web) as second:
            entered = await first.get(link)
            assert (entered.status_code, entered.headers["location"]) == (303, "/companies/7")
            assert (await first.get("/")).status_code == 200
            again = await second.get(link)
            assert again.status_code == 401
            assert "used already" in again.text
            assert (await second.get("/")).status_code == 401

    async def test_used_again_by_who_is_in_already_just_leads_on(self, face: Face) -> None:
        link = face.link("/jobs")
        for _ in range(2):
            answer = await face.person.get(link)
            assert (answer.status_code, answer.headers["location"]) == (303, "/jobs")

    async def test_sets_a_cookie_that_no_script_and_no_other_site_can_use(self, face: Face) -> None:
        async with client(face.web) as visitor:
            cookie = (await visitor.get(face.link())).headers["set-cookie"]
        assert cookie.startswith(f"{Signer(face.secret).cookie}=")
        for word in ("HttpOnly", "SameSite=strict", f"Max-Age={SESSION_SECONDS}", "Path=/"):
            assert word in cookie

    async def test_from_another_site_leads_on_by_a_page_for_a_strict_cookie_skips_redirects(self, face: Face) -> None:
        async with client(face.web) as visitor:
            answer = await visitor.get(face.link("/jobs"), headers={"sec-fetch-site": "cross-site"})
        assert answer.status_code == 200
        assert 'url=/jobs"' in answer.text

    @pytest.mark.parametrize("to", ["//evil.example/", "https://evil.example/", "/\\evil.example", "javascript:1", ""])
    async def test_leads_nowhere_but_here(self, face: Face, to: str) -> None:
        async with client(face.web) as visitor:
            answer: httpx2.Response = await visitor.get(face.link(to))
        assert answer.headers["location"] == "/"

    async def test_that_is_old_or_foreign_does_not_open(self, face: Face) -> None:
        for link in (
            make_link(face.secret, face.url, seconds=-1),
            make_link(b"other" * 8, face.url),
            f"{face.url}/enter?key=x.y",
            f"{face.url}/enter",
        ):
            async with client(face.web) as visitor:
                answer = await visitor.get(link)
                assert answer.status_code == 401
                assert "not valid" in answer.text
