"""People sign in at a real OpenID provider over HTTP, and nothing that it did not say for this very try is believed."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import httpx2
import pytest
from joserfc.jwk import RSAKey
from pydantic import SecretStr

from changeover.accounts.account import Role
from changeover.database.board import BOARD
from face import Face

from .openid_provider import CLIENT, SECRET, OpenIDProvider, openid_provider
from .signing import Visitor, invite, signed_in, visiting

ADA = {"sub": "ada-at-work", "email": "Ada@example.org", "email_verified": True, "name": "Ada"}


@pytest.fixture(autouse=True)
def loopback_without_tls(monkeypatch: pytest.MonkeyPatch) -> None:
    """authlib's server refuses plain HTTP; this one is on loopback."""
    monkeypatch.setitem(os.environ, "AUTHLIB_INSECURE_TRANSPORT", "1")


@asynccontextmanager
async def board_with_provider(face: Face, user: dict[str, object]) -> AsyncIterator[OpenIDProvider]:
    async with openid_provider(f"{face.url}/sign-in/oidc/back", user) as it:
        served = face.web.state.served
        told = {"oidc_issuer": it.url, "oidc_client_id": CLIENT, "oidc_client_secret": SecretStr(SECRET)}
        face.web.state.served = replace(served, settings=served.settings.model_copy(update=told))
        yield it


async def go_there(visitor: Visitor, to: str = "/") -> str:
    """Press the button, and let the provider send the person back: the address that it sends them to."""
    sent = await visitor.browser.get("/sign-in/oidc", params={"next": to})
    assert sent.status_code == 303, sent.text
    async with httpx2.AsyncClient(trust_env=False) as elsewhere:
        back = await elsewhere.get(sent.headers["location"])
    assert back.status_code == 302, back.text
    return str(back.headers["location"])


async def test_who_has_an_account_comes_back_signed_in(face: Face) -> None:
    await invite(face, "ada@example.org", Role.OPERATOR)
    async with board_with_provider(face, ADA), visiting(face) as ada:
        assert "/sign-in/oidc" in (await ada.browser.get("/sign-in")).text
        entered = await ada.browser.get(await go_there(ada, "/support"))
        assert (entered.status_code, entered.headers["location"]) == (303, "/support")
        assert "Ada" in (await ada.browser.get("/account")).text
        # From another site a strict cookie is not sent along a redirect: a page leads on.
        again = await ada.browser.get(await go_there(ada), headers={"sec-fetch-site": "cross-site"})
        assert again.status_code == 200
        async with face.world.db.company(BOARD) as conn:
            rows = await (await conn.execute("select kind from board_revision order by revision")).fetchall()
        assert [row["kind"] for row in rows] == ["account_added", "provider_bound", "signed_in", "signed_in"]


async def test_is_known_by_the_providers_own_name_from_then_on(face: Face) -> None:
    await invite(face, "ada@example.org", Role.OPERATOR)
    async with board_with_provider(face, ADA) as provider, visiting(face) as ada, visiting(face) as thief:
        await ada.browser.get(await go_there(ada))
        provider.user = {**ADA, "email": "ada.new@example.org"}
        assert (await ada.browser.get(await go_there(ada))).status_code == 303
        # Somebody else who got her address at the provider is not her.
        provider.user = {**ADA, "sub": "another"}
        assert (await thief.browser.get(await go_there(thief))).status_code == 422


@pytest.mark.parametrize(
    "user",
    [
        {**ADA, "email": "nobody@example.org"},
        {**ADA, "email_verified": False},
        {"sub": "ada-at-work"},
        {**ADA, "email_verified": "true"},
    ],
)
async def test_nobody_gets_an_account_by_signing_in(face: Face, user: dict[str, object]) -> None:
    await invite(face, "ada@example.org", Role.OPERATOR)
    async with board_with_provider(face, user), visiting(face) as ada:
        refused = await ada.browser.get(await go_there(ada))
        assert refused.status_code == 422
        assert "nobody has made an account" in refused.text
        assert (await ada.browser.get("/api/v1/session")).status_code == 401


@pytest.mark.parametrize("lie", ["key", "issuer", "audience", "life", "nonce"])
async def test_a_token_that_is_not_for_this_try_is_not_believed(face: Face, lie: str) -> None:
    await invite(face, "ada@example.org", Role.OPERATOR)
    async with board_with_provider(face, ADA) as provider, visiting(face) as ada:
        back = await go_there(ada)
        if lie == "key":
            provider.key = RSAKey.generate_key(2048, {"kid": "1", "alg": "RS256"})
        if lie == "issuer":
            provider.issuer = "https://another.example"
        if lie == "audience":
            provider.audience = "another-board"
        if lie == "life":
            provider.life = -3600
        if lie == "nonce":
            next(iter(provider.codes.values())).nonce = "another"
        refused = await ada.browser.get(back)
        assert refused.status_code == 422, lie
        assert "cannot be believed" in refused.text
        assert (await ada.browser.get("/api/v1/session")).status_code == 401


async def test_an_answer_of_another_browser_or_a_second_time_is_refused(face: Face) -> None:
    await invite(face, "ada@example.org", Role.OPERATOR)
    async with board_with_provider(face, ADA), visiting(face) as ada, visiting(face) as victim:
        back = await go_there(ada)
        # Nobody is signed in as somebody else by a link that was sent to them.
        assert "another browser" in (await victim.browser.get(back)).text
        await go_there(victim)
        assert "another question" in (await victim.browser.get(back)).text
        kept = {"cookie": "; ".join(f"{name}={value}" for name, value in ada.browser.cookies.items())}
        assert (await ada.browser.get(back)).status_code == 303
        assert (await victim.browser.get(back, headers=kept)).status_code == 422


async def test_a_code_without_its_verifier_opens_nothing(face: Face) -> None:
    await invite(face, "ada@example.org", Role.OPERATOR)
    async with board_with_provider(face, ADA) as provider, visiting(face) as ada:
        back = await go_there(ada)
        next(iter(provider.codes.values())).code_challenge = "x" * 43
        assert "invalid_grant" in (await ada.browser.get(back)).text


async def test_more_than_a_password_there_counts_as_the_second_factor(face: Face) -> None:
    async with signed_in(face, "ada@example.org") as here:
        await here.set_up_factor()
    async with board_with_provider(face, ADA) as provider, visiting(face) as ada:
        assert (await ada.browser.get(await go_there(ada))).headers["location"].startswith("/sign-in/code")
        provider.user = {**ADA, "amr": ["pwd", "mfa"]}
        assert (await ada.browser.get(await go_there(ada))).headers["location"] == "/"


async def test_a_provider_that_does_not_answer_is_said_so(face: Face) -> None:
    async with board_with_provider(face, ADA):
        pass
    async with visiting(face) as ada:
        away = await ada.browser.get("/sign-in/oidc")
        assert away.status_code == 422
        assert "does not answer" in away.text


async def test_a_provider_that_answers_without_end_is_not_heard_out(face: Face) -> None:
    async with board_with_provider(face, ADA) as provider, visiting(face) as ada:
        provider.padding = "o" * 2_000_000
        endless = await ada.browser.get("/sign-in/oidc")
        assert endless.status_code == 422
        assert "more than a megabyte" in endless.text
