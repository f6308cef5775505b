"""An operator says on a page what programs may do: companies' clients, their tokens, what each opens."""

from __future__ import annotations

import re

from accounts.signing import signed_in
from changeover.accounts.account import Role
from changeover.database.revise import create_company
from face import Face, migrate, text
from program import World


async def opens(face: Face, token: str, path: str = "/pairs") -> int:
    asked = await face.stranger.get(f"/api/v1{face.at}{path}", headers={"authorization": f"Bearer {token}"})
    return asked.status_code


async def test_a_companys_program_gets_a_token_that_is_shown_once_changed_and_revoked(face: Face, world: World) -> None:
    await migrate(world)
    assert "No company has a program yet" in text(await face.page("/programs"), "#clients")
    made = await face.press("/programs", {"company": world.company, "name": "Our script", "scopes": "read"})
    token = re.findall(r"chg_\d+_\d+_[\w-]{43}", made.text)[0]
    at = f"{face.at}/clients/{token.split('_')[2]}"
    assert token not in (await face.person.get(at)).text
    assert "Has not asked yet" in text(await face.page("/programs"), "#clients")
    assert await opens(face, token) == 200
    world.later(minutes=5)
    shown = text(await face.page(at), "#main")
    assert "read : read what the console shows of the company" in shown
    assert "Last shown 5 minutes ago" in shown
    again = re.findall(r"chg_\d+_\d+_[\w-]{43}", (await face.press(f"{at}/rotate")).text)[0]
    assert "Two tokens" in text(await face.page("/programs"), "#clients")
    assert [await opens(face, each) for each in (token, again)] == [200, 200]
    changed = await face.person.post(f"{at}/scopes", data={"csrf": await face.csrf(), "scopes": ["write", "push"]})
    assert changed.status_code == 303
    assert await opens(face, again) == 403
    assert "tokens open nothing any more" in await face.told(f"{at}/revoke")
    assert [await opens(face, each) for each in (token, again)] == [401, 401]
    assert "Revoked" in text(await face.page("/programs"), "#clients")
    assert "NO_TOKEN_LEFT" in await face.told(f"{at}/revoke")
    history = [row["kind"] for row in (await face.person.get(f"/api/v1{face.at}/history")).json()["events"]]
    assert {"client_added", "client_rotated", "client_scopes", "client_revoked"} <= set(history)


async def test_what_was_typed_wrong_is_said_and_kept(face: Face, world: World) -> None:
    await migrate(world)
    for said, code in (
        ({"company": "Nobody & Sons", "name": "ATS"}, "UNKNOWN_COMPANY"),
        ({"company": world.company, "name": " "}, "BAD_NAME"),
    ):
        answer = await face.press("/programs", said)
        assert answer.status_code == 422
        assert code in answer.text
        assert f'value="{said["company"]}"' in answer.text.replace("&amp;", "&")
    assert "BAD_NAME" in (await face.press("/vendors", {"name": ""})).text


async def test_programs_are_found_by_company_or_name_and_paged(face: Face, world: World) -> None:
    await migrate(world)
    other = await create_company(world.db, "Another Board & Co", who="test")
    for number in range(51):
        await face.press("/programs", {"company": world.company, "name": f"Script {number}"})
    await face.press("/programs", {"company": other, "name": "Nightly"})
    page = await face.page("/programs")
    assert len(page.css("#clients .entry")) == 50
    following = page.css_first('a[rel="next"]')
    assert following is not None
    rest = await face.page(following.attributes["href"] or "")
    assert [each.text() for each in rest.css("#clients .entry h3")] == ["Script 50", "Nightly"]
    for find, found in (("another board", ["Nightly"]), ("script 7", ["Script 7"]), ("%", [])):
        page = await face.page(f"/programs?find={find.replace('%', '%25')}")
        assert [each.text() for each in page.css("#clients .entry h3")] == found


async def test_an_act_asks_for_the_second_factor_and_an_employers_person_is_refused(face: Face, world: World) -> None:
    await migrate(world)
    token = (await face.press("/programs", {"company": world.company, "name": "ATS", "scopes": "push"})).text
    at = f"{face.at}/clients/{re.findall(r'chg_[0-9]+_([0-9]+)_', token)[0]}"
    async with (
        signed_in(face, "ada@example.org") as ada,
        signed_in(face, "eve@example.org", Role.EMPLOYER, [world.company]) as eve,
    ):
        assert "you have none yet" in (await ada.browser.get(at)).text
        assert "NO_SECOND_FACTOR" in (await ada.press(f"{at}/scopes", scopes="migrate")).text
        csrf = (await ada.browser.get("/api/v1/session")).json()["csrf"]
        told = await ada.browser.post(f"/api/v1{at}/revoke", headers={"x-csrf-token": csrf})
        assert (told.status_code, told.json()["code"]) == (403, "NO_SECOND_FACTOR")
        await ada.set_up_factor()
        assert (await ada.press(f"{at}/scopes", scopes="migrate")).status_code == 303
        for path in ("/programs", at):
            assert (await eve.browser.get(path)).status_code == 403
        assert (await eve.press(f"{at}/scopes", scopes="push")).status_code == 403
