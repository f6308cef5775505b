"""The board's key is changed while everything runs: nothing breaks, and in the end the old key is not needed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import httpx2
import pytest
from pydantic import SecretStr
from standardwebhooks import Webhook

from accounts.signing import PASSWORD, Visitor, signed_in, token
from changeover.app import Program
from changeover.apply.notices import quiet_token
from changeover.apply_connect.auth import Credentials, add_vendor, signing_secrets
from changeover.database.board import BOARD
from changeover.faces import make_web
from changeover.serving import signing_secrets as session_secrets
from changeover.settings import Settings, SettingsRefused, load
from changeover.subscriptions import publishing
from changeover.web.session import Signer
from changeover.webhooks import sealed
from changeover.webhooks.keys import Keys, keys_of
from face import HOME, Face
from program import World

OLD, NEW = "o" * 32, "n" * 32


def settings(key: str, older: str | None = None) -> Settings:
    return Settings(secret_key=SecretStr(key), older_secret_keys=SecretStr(older) if older else None)


@asynccontextmanager
async def restarted(face: Face, told: Settings, before: httpx2.AsyncClient | None = None) -> AsyncIterator[Visitor]:
    """The same board under other settings, in the browser of before."""
    secret, *older = session_secrets(told)
    program = Program(told, face.world.db, face.world.flow.queue, face.world.flow)
    web = make_web(program, secret, HOME, older_secrets=older)
    cookies = before.cookies if before else None
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app=web), base_url=HOME, cookies=cookies) as browser:
        yield Visitor(Face(face.world, web, secret, HOME, browser, browser), browser, "ada@example.org")


async def signed_with(world: World, keys: Keys, subscription: int, secret: str) -> bool:
    """Whether an event to a subscription is signed with the secret that its receiver knows."""
    row = {"recipient": str(subscription), "delivery_id": 7, "body": "{}"}
    target = await publishing.channel(world.db, lambda: keys).target(row)
    right = Webhook(secret).sign("7", world.db.now(), "{}")
    return right in target.headers.get("webhook-signature", "").split()


@dataclass
class Given:
    """What people and programs were given under the old key."""

    subscription: int
    secret: str
    vendor: Credentials

    async def holds(self, world: World, keys: Keys) -> bool:
        app = self.vendor.application
        found = await signing_secrets(world.db, keys, app.vendor_id, app.application_id)
        return self.vendor.secret in found and await signed_with(world, keys, self.subscription, self.secret)


async def given(world: World, keys: Keys) -> Given:
    subscription, secret = await publishing.subscribe(world.db, keys, "https://board.example/hooks", [])
    return Given(subscription.subscription_id, secret, await add_vendor(world.db, keys, "Vendor"))


async def reseal(world: World, keys: Keys) -> tuple[int, int]:
    made = await sealed.seal_anew(world.db, keys, lambda _so_far: None)
    return made.sealed, made.closed


async def unreadable(world: World, keys: Keys) -> int:
    async with world.db.operator() as conn:
        return await sealed.unreadable(conn, keys, world.db.now())


@pytest.mark.parametrize("by", ["this version", "the version before, which sealed nothing"])
async def test_nothing_breaks_while_the_key_is_changed_and_then_the_old_one_can_go(face: Face, by: str) -> None:
    world = face.world
    before, both, after = settings(OLD), settings(NEW, OLD), settings(NEW)
    old = keys_of(before)
    async with restarted(face, before) as first, signed_in(first.face, "ada@example.org") as ada:
        phone, _ = await ada.set_up_factor()
        held = await given(world, old)
        shown = token((await ada.browser.get("/account")).text)
        link = old.sealed("candidate", "ben@example.org", world.db.now())
        quiet = quiet_token(old, 5, 7)
        if by != "this version":
            for company in (BOARD, held.vendor.application.vendor_id):
                async with world.db.company(company) as conn:
                    await conn.execute("delete from sealed_secret where company_id = %s", (company,))

        async with restarted(face, both, ada.browser) as during:
            # The session goes on, and so does the page that was open.
            assert (await during.browser.get("/account")).status_code == 200
            assert (await during.browser.post("/account/sessions/end", data={"csrf": shown})).status_code == 303
            assert (await during.browser.get(f"/candidates/{link}")).status_code == 200
            assert (await during.browser.get(f"/unsubscribe/{quiet}")).status_code == 200
            assert await held.holds(world, keys_of(both))
            world.later(minutes=1)
            await during.sign_in("ada@example.org", PASSWORD)
            code = during.code(phone)
            assert (await during.press("/sign-in/code", at="/sign-in/code", code=code)).status_code == 303
            newer = await given(world, keys_of(both))
            # A client, a subscription and a factor of before; what was made since is under the new key already.
            assert await reseal(world, keys_of(both)) == (3, 0)
            assert await reseal(world, keys_of(both)) == (0, 0)

            async with restarted(face, after, during.browser) as done:
                assert (await done.browser.get("/account")).status_code == 200
                assert await held.holds(world, keys_of(after))
                assert await newer.holds(world, keys_of(after))
                assert await unreadable(world, keys_of(after)) == 0
                world.later(minutes=1)
                await done.sign_in("ada@example.org", PASSWORD)
                code = done.code(phone)
                assert (await done.press("/sign-in/code", at="/sign-in/code", code=code)).status_code == 303
                # Only what was mailed under the old key ends with it.
                assert (await done.browser.get(f"/candidates/{link}")).status_code == 404


async def test_a_key_that_is_dropped_too_early_is_told_and_can_be_named_again(world: World) -> None:
    old, both, new = keys_of(settings(OLD)), keys_of(settings(NEW, OLD)), keys_of(settings(NEW))
    held = await given(world, old)
    assert (await unreadable(world, new), await unreadable(world, both)) == (2, 0)
    assert not await held.holds(world, new)
    assert await reseal(world, new) == (0, 2)
    assert await reseal(world, both) == (2, 0)
    assert await held.holds(world, new)


async def test_a_sealed_secret_opens_nothing_in_the_place_of_another(world: World) -> None:
    keys = keys_of(settings(OLD))
    held = await given(world, keys)
    async with world.db.company(BOARD) as conn:
        await conn.execute("update sealed_secret set secret_id = secret_id + 1 where company_id = %s", (BOARD,))
        subscription = held.subscription
        row = await (await conn.execute("select secret_id from subscription")).fetchone()
        assert row is not None
        moved = row["secret_id"] + 1
        assert await sealed.secrets(conn, keys, BOARD, BOARD, subscription, moved, now=world.db.now()) == []


def test_cookies_of_two_boards_stay_apart_and_those_of_two_keys_are_one_boards() -> None:
    signer = Signer(b"n" * 32, b"o" * 32)
    older = Signer(b"o" * 32)
    assert signer.cookie == Signer(b"n" * 32).cookie
    assert signer.cookie_of({older.cookie: "a"}) == "a"
    assert signer.cookie_of({older.cookie: "a", signer.cookie: "b"}) == "b"
    assert signer.cookie_of({Signer(b"x" * 32).cookie: "a"}) == ""


def test_older_keys_that_cannot_be_any_are_refused_without_being_quoted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHANGEOVER_OLDER_SECRET_KEYS", "file,too-short")
    with pytest.raises(SettingsRefused) as refusal:
        load()
    assert "at least 32 characters" in str(refusal.value)
    assert "too-short" not in str(refusal.value)
