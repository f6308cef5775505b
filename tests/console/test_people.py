"""An operator says on a page who may sign in; each act is asked for, told once, and in the board's own history."""

from __future__ import annotations

import re

from accounts.signing import PASSWORD, signed_in, token, visiting
from changeover.accounts import people
from changeover.accounts.account import Role
from changeover.database.board import BOARD
from changeover.database.chain import chain
from face import Face, migrate, text
from program import World


async def id_of(world: World, email: str) -> int:
    async with world.db.company(BOARD) as conn:
        row = await (await conn.execute("select account_id from account where email = %s", (email,))).fetchone()
    assert row is not None
    return int(row["account_id"])


async def kinds(world: World) -> list[str]:
    async with world.db.company(BOARD) as conn:
        rows = await (await conn.execute("select kind from board_revision order by revision")).fetchall()
    return [row["kind"] for row in rows]


async def test_nobody_yet_is_said_and_somebody_is_let_in_by_a_link_that_is_shown_once(face: Face, world: World) -> None:
    await migrate(world)
    assert "Nobody has an account yet" in text(await face.page("/people"), "#main")
    name = text(await face.page(face.at), "h1")
    said = {"email": "Eve@example.org", "name": "Eve", "role": "employer", "companies": f"{world.company}\n"}
    made = await face.press("/people", said)
    assert made.status_code == 200, made.text
    link = re.search(r"/invitations/[\w-]{43}", made.text)
    assert link is not None
    at = f"/people/{await id_of(world, 'eve@example.org')}"
    for page in ("/people", at):
        shown = (await face.person.get(page)).text
        assert link[0] not in shown
        assert "Invited" in shown
    async with visiting(face) as eve:
        form = {"csrf": token((await eve.browser.get(link[0])).text), "password": PASSWORD, "again": PASSWORD}
        assert (await eve.browser.post(link[0], data=form)).status_code == 303
        assert (await eve.browser.get(face.at)).status_code == 200
        shown = text(await face.page(at), "#main")
        assert "A password" in shown
        assert "just now" in shown
        assert name.partition(" ")[0] in shown
        assert (await eve.browser.get("/people")).status_code == 403, "an employer's person may not even look"
        changed = await face.told(f"{at}/role", {"role": "recruiter", "companies": name})
        assert changed == "eve@example.org is recruiter from now on, and signs in again."
        assert (await eve.browser.get(face.at)).status_code == 303
        await eve.sign_in("eve@example.org")
        assert (await eve.browser.get(face.at)).status_code == 403
        assert await face.told(f"{at}/sessions/end") == "1 session ended. Signing in works as before."
        assert (await eve.browser.get("/")).status_code == 303
        await eve.sign_in("eve@example.org")
        assert "may not sign in any more" in await face.told(f"{at}/lock")
        assert (await eve.sign_in("eve@example.org")).status_code == 422
        again = await face.press(f"{at}/reset")
        assert "/invitations/" in again.text
        assert "Invited" in again.text
    assert [each for each in await kinds(world) if each not in ("signed_in", "password_set")] == [
        "account_added", "account_role", "sessions_ended", "account_disabled", "account_reset",
    ]  # fmt: skip
    assert (await chain(world.db, BOARD)).broken_at is None


async def test_what_was_typed_wrong_is_said_and_kept(face: Face, world: World) -> None:
    await migrate(world)
    for said, why in (
        ({"email": "no address", "role": "operator"}, "BAD_ADDRESS"),
        ({"email": "a@b.example", "role": "employer", "companies": "Nobody & Sons"}, "UNKNOWN_COMPANY"),
        ({"email": "a@b.example", "role": "recruiter"}, "BAD_COMPANIES"),
        ({"email": "a@b.example", "role": "operator", "companies": str(world.company)}, "BAD_COMPANIES"),
    ):
        answer = await face.press("/people", said)
        assert answer.status_code == 422
        assert why in answer.text
        assert f'value="{said["email"]}"' in answer.text
    assert await kinds(world) == []


async def test_the_last_operator_stays_one_and_another_may_be_locked(face: Face, world: World) -> None:
    await migrate(world)
    async with signed_in(face, "ada@example.org"):
        ada = f"/people/{await id_of(world, 'ada@example.org')}"
        assert "last operator" in await face.told(f"{ada}/lock")
        demoted = await face.press(f"{ada}/role", {"role": "employer", "companies": world.company})
        assert demoted.status_code == 422
        assert "LAST_OPERATOR" in demoted.text
        async with signed_in(face, "ben@example.org") as ben:
            await ben.set_up_factor()
            own = await ben.browser.get(f"/people/{await id_of(world, 'ben@example.org')}")
            assert "This is you" in own.text
            assert "/lock" not in own.text
            assert (await ben.press(f"{ada}/lock")).status_code == 303
        assert "last operator" in await face.told(f"/people/{await id_of(world, 'ben@example.org')}/lock")


async def test_an_act_asks_for_the_second_factor_and_looking_does_not(face: Face, world: World) -> None:
    async with signed_in(face, "ada@example.org") as ada, signed_in(face, "eve@example.org"):
        eve = f"/people/{await id_of(world, 'eve@example.org')}"
        assert "you have none yet" in (await ada.browser.get("/people")).text
        refused = await ada.press(f"{eve}/lock")
        assert refused.status_code == 403
        assert "NO_SECOND_FACTOR" in refused.text
        phone, _ = await ada.set_up_factor()
        world.later(minutes=61)
        assert "show your second factor" in (await ada.browser.get(eve)).text
        assert (await ada.press(f"{eve}/reset")).status_code == 403
        await ada.press("/sign-in/code", at="/sign-in/code", code=ada.code(phone))
        assert (await ada.press(f"{eve}/lock")).status_code == 303


async def test_people_are_found_by_name_or_address_and_paged(face: Face, world: World) -> None:
    for number in range(53):
        await people.add(world.db, f"p{number:02}@example.org", f"Person {number}", Role.OPERATOR, (), who="test")
    page = await face.page("/people")
    assert len(page.css(".entry")) == 50
    following = page.css_first('a[rel="next"]')
    assert following is not None
    rest = await face.page(following.attributes["href"] or "")
    assert [each.text() for each in rest.css(".entry h3")] == ["Person 50", "Person 51", "Person 52"]
    found = await face.page("/people?find=p07%40")
    assert [each.text() for each in found.css(".entry h3")] == ["Person 7"]
    assert "Nobody is called that" in text(await face.page("/people?find=%25"), "#main")
