"""People sign in with an address and a password, and what they do bears their name."""

from __future__ import annotations

import pytest

from changeover.accounts import passwords, people
from changeover.accounts.account import Role, address
from changeover.accounts.people import Invited
from changeover.database.board import BOARD
from changeover.database.chain import chain
from changeover.database.revise import create_company
from changeover.refusal import Refusal
from face import Face, migrate
from program import World

from .signing import PASSWORD, invite, signed_in, token, visiting


class TestAnInvitation:
    async def test_lets_its_person_choose_a_password_and_in(self, face: Face) -> None:
        async with signed_in(face, "ada@example.org") as ada:
            assert (await ada.browser.get("/")).status_code == 200
            assert "Ada" in (await ada.browser.get("/account")).text
        async with visiting(face) as again:
            assert (await again.sign_in("ADA@example.org ")).headers["location"] == "/"
            assert (await again.browser.get("/")).status_code == 200

    async def test_works_once_and_not_for_ever(self, face: Face) -> None:
        made = await invite(face, "ada@example.org", Role.OPERATOR)
        path = f"/invitations/{made.secret}"
        async with visiting(face) as first, visiting(face) as second:
            page = (await first.browser.get(path)).text
            form = {"csrf": token((await second.browser.get(path)).text), "password": PASSWORD, "again": PASSWORD}
            taken = await first.browser.post(path, data={**form, "csrf": token(page)})
            assert taken.status_code == 303
            assert (await second.browser.post(path, data=form)).status_code == 404
            assert "used already" in (await second.browser.get(path)).text
            late = await invite(face, "ben@example.org", Role.OPERATOR)
            face.world.later(days=8)
            assert (await second.browser.get(f"/invitations/{late.secret}")).status_code == 404

    @pytest.mark.parametrize("password", ["", "too short", "ada@example.org", "aaaaaaaaaaaaaa", "x" * 201])
    async def test_takes_no_password_that_anyone_would_guess(self, face: Face, password: str) -> None:
        made = await invite(face, "ada@example.org", Role.OPERATOR)
        path = f"/invitations/{made.secret}"
        async with visiting(face) as visitor:
            said = {"password": password, "again": password, "csrf": token((await visitor.browser.get(path)).text)}
            answer = await visitor.browser.post(path, data=said)
            assert answer.status_code == 422
            assert "Nothing was done" in answer.text
            # The link is still good.
            assert (await visitor.browser.get(path)).status_code == 200

    async def test_of_a_strange_address_or_part_is_refused(self, face: Face, world: World) -> None:
        await world.employ()
        for email, role, companies in (
            ("no address", Role.OPERATOR, ()),
            ("a@b", Role.EMPLOYER, ()),
            ("a@b", Role.OPERATOR, (world.company,)),
            ("a@b", Role.EMPLOYER, (7,)),
            ("a@b", Role.EMPLOYER, (BOARD,)),
        ):
            refused = await people.add(world.db, email, "", role, companies, who="test")
            assert isinstance(refused, Refusal), (email, role, companies)
        await invite(face, "a@b", Role.OPERATOR)
        twice = await people.add(world.db, "A@b", "", Role.OPERATOR, (), who="test")
        assert isinstance(twice, Refusal)
        assert address("a b@c") == address("a@") == address("<a@b>") == ""


class TestSigningIn:
    async def test_is_refused_with_one_sentence_whatever_is_wrong(self, face: Face) -> None:
        async with signed_in(face, "ada@example.org"):
            pass
        await invite(face, "ben@example.org", Role.OPERATOR)
        async with visiting(face) as visitor:
            told = set()
            for email, password in (
                ("ada@example.org", "not her password"),
                ("nobody@example.org", PASSWORD),
                ("ben@example.org", ""),
                ("", ""),
            ):
                answer = await visitor.sign_in(email, password)
                assert answer.status_code == 422
                told.add(answer.text.partition("<strong>Not done.")[2].partition("</p>")[0])
            assert len(told) == 1
            assert (await visitor.browser.get("/api/v1/session")).status_code == 401

    async def test_begins_a_session_of_its_own_each_time(self, face: Face) -> None:
        async with signed_in(face, "ada@example.org") as ada:
            name = face.cookie
            before = ada.browser.cookies[name]
            await ada.sign_in("ada@example.org")
            assert ada.browser.cookies[name] != before
            assert before.startswith("a.")

    async def test_wants_the_form_of_this_browser_and_this_site(self, face: Face) -> None:
        async with signed_in(face, "ada@example.org"):
            pass
        said = {"email": "ada@example.org", "password": PASSWORD, "next": "/"}
        async with visiting(face) as visitor, visiting(face) as other:
            page = (await visitor.browser.get("/sign-in")).text
            for csrf, headers in (
                ("", {}),
                (token((await other.browser.get("/sign-in")).text), {}),
                (token(page), {"origin": "https://evil.example"}),
            ):
                answer = await visitor.browser.post("/sign-in", data={**said, "csrf": csrf}, headers=headers)
                assert answer.status_code == 403, csrf
            assert (await visitor.browser.post("/sign-in", data={**said, "csrf": token(page)})).status_code == 303

    @pytest.mark.parametrize("to", ["//evil.example/", "https://evil.example/", "/\\evil.example", "javascript:1"])
    async def test_leads_nowhere_but_here(self, face: Face, to: str) -> None:
        async with signed_in(face, "ada@example.org") as ada:
            assert (await ada.sign_in("ada@example.org", to=to)).headers["location"] == "/"
            assert (await ada.sign_in("ada@example.org", to="/support")).headers["location"] == "/support"

    async def test_is_where_a_page_sends_who_has_no_session_once_there_are_accounts(self, face: Face) -> None:
        assert (await face.stranger.get("/support")).status_code == 401
        await invite(face, "ada@example.org", Role.OPERATOR)
        sent = await face.stranger.get("/support?x=1")
        assert (sent.status_code, sent.headers["location"]) == (303, "/sign-in?next=%2Fsupport%3Fx%3D1")
        # A program is not sent anywhere, and a link of this machine opens the console as before.
        assert (await face.stranger.get("/api/v1/companies")).status_code == 401
        async with visiting(face) as visitor:
            assert (await visitor.browser.get(face.link("/support"))).headers["location"] == "/support"

    async def test_waits_longer_after_each_failure_and_opens_by_itself(self, face: Face) -> None:
        async with signed_in(face, "ada@example.org") as ada, visiting(face) as thief:
            for _ in range(5):
                assert "WRONG" not in (await thief.sign_in("ada@example.org", "a guess of mine")).text
            kept_out = await thief.sign_in("ada@example.org", PASSWORD)
            assert "Wait 1 second " in kept_out.text
            # Her own browser is known, and does not wait for what was tried elsewhere.
            assert (await ada.sign_in("ada@example.org")).status_code == 303
            for _ in range(20):
                face.world.later(minutes=15)
                assert "do not belong together" in (await thief.sign_in("ada@example.org", "a guess of mine")).text
            assert "Wait 900 seconds" in (await thief.sign_in("ada@example.org", PASSWORD)).text
            face.world.later(minutes=15)
            assert (await thief.sign_in("ada@example.org", PASSWORD)).status_code == 303
            # And what succeeded is forgotten.
            assert "do not belong together" in (await thief.sign_in("ada@example.org", "a guess of mine")).text


class TestASession:
    async def test_ends_when_it_is_not_used_and_at_the_latest_after_half_a_day(self, face: Face) -> None:
        async with signed_in(face, "ada@example.org") as ada, signed_in(face, "ben@example.org") as ben:
            for _ in range(7):
                face.world.later(minutes=90)
                assert (await ada.browser.get("/")).status_code == 200
            assert (await ben.browser.get("/")).status_code == 303
            face.world.later(minutes=90)
            assert (await ada.browser.get("/")).status_code == 303

    async def test_ends_at_signing_out_and_everywhere_if_so_wished(self, face: Face) -> None:
        async with signed_in(face, "ada@example.org") as here, visiting(face) as there:
            await there.sign_in("ada@example.org")
            kept = f"{face.cookie}={there.browser.cookies[face.cookie]}"
            out = await there.press("/sign-out")
            assert out.headers["location"] == "/sign-in"
            # The server has ended it, whatever the browser kept.
            assert (await there.browser.get("/", headers={"cookie": kept})).status_code == 303
            assert (await here.browser.get("/")).status_code == 200
            await there.sign_in("ada@example.org")
            assert (await here.press("/account/sessions/end")).status_code == 303
            for visitor in (here, there):
                assert (await visitor.browser.get("/")).status_code == 303

    async def test_ends_when_the_account_is_disabled_or_reset(self, face: Face) -> None:
        async with signed_in(face, "ada@example.org") as ada, signed_in(face, "ben@example.org") as ben:
            assert await people.disable(face.world.db, "ada@example.org", who="test") is None
            link = await people.reset(face.world.db, "ben@example.org", factor=False, who="test")
            assert isinstance(link, Invited)
            for visitor in (ada, ben):
                assert (await visitor.browser.get("/")).status_code == 303
            assert (await ada.sign_in("ada@example.org")).status_code == 422
            back = await people.reset(face.world.db, "ada@example.org", factor=False, who="test")
            assert isinstance(back, Invited)

    async def test_is_kept_as_a_hash_alone(self, face: Face) -> None:
        async with signed_in(face, "ada@example.org") as ada:
            cookie = ada.browser.cookies[face.cookie]
            async with face.world.db.company(BOARD) as conn:
                rows = await (await conn.execute("select s::text as said from account_session s")).fetchall()
                people_rows = await (await conn.execute("select a::text as said from account a")).fetchall()
            assert rows
            assert all(cookie not in row["said"] for row in rows)
            assert all(PASSWORD not in row["said"] and "argon2id" in row["said"] for row in people_rows)

    async def test_has_cookies_that_no_script_and_no_other_site_can_use(self, face: Face) -> None:
        async with visiting(face) as visitor:
            made = await invite(face, "ada@example.org", Role.OPERATOR)
            path = f"/invitations/{made.secret}"
            said = {"password": PASSWORD, "again": PASSWORD, "csrf": token((await visitor.browser.get(path)).text)}
            for cookie in (await visitor.browser.post(path, data=said)).headers.get_list("set-cookie"):
                assert "HttpOnly" in cookie
                assert "SameSite=strict" in cookie

    async def test_changes_the_password_and_ends_every_other(self, face: Face) -> None:
        async with signed_in(face, "ada@example.org") as here, visiting(face) as there:
            await there.sign_in("ada@example.org")
            new = {"new": "quite another sentence", "again": "quite another sentence"}
            wrong = await here.press("/account/password", old="a guess of mine", **new)
            assert wrong.status_code == 422
            assert (await here.press("/account/password", old=PASSWORD, **new)).status_code == 303
            assert (await here.browser.get("/")).status_code == 200
            assert (await there.browser.get("/")).status_code == 303
            assert (await there.sign_in("ada@example.org")).status_code == 422
            assert (await there.sign_in("ada@example.org", "quite another sentence")).status_code == 303


class TestWhatAPersonDoes:
    async def test_bears_their_name_in_the_companys_history(self, face: Face, world: World) -> None:
        await migrate(world)
        async with signed_in(face, "ada@example.org") as ada:
            assert (await ada.press(f"{face.at}/hold", why="Wait.")).status_code == 303
            assert "Ada (ada@example.org)" in (await ada.browser.get(face.at)).text

    async def test_stands_in_the_boards_own_history(self, face: Face, world: World) -> None:
        async with signed_in(face, "ada@example.org") as ada:
            await ada.press("/account/sessions/end")
        async with world.db.company(BOARD) as conn:
            rows = await (await conn.execute("select * from board_revision order by revision")).fetchall()
        assert [row["kind"] for row in rows] == ["account_added", "password_set", "signed_in", "signed_out"]
        assert [row["revision"] for row in rows] == [1, 2, 3, 4]
        assert {row["who"] for row in rows[1:]} == {"Ada (ada@example.org)"}

    async def test_in_a_case_of_support_is_of_their_own_side(self, face: Face, world: World) -> None:
        await migrate(world)
        async with (
            signed_in(face, "ada@example.org") as operator,
            signed_in(face, "eve@example.org", Role.EMPLOYER, [world.company]) as employer,
        ):
            opened = await employer.press(f"{face.at}/cases", words="Help", **{"as": "operator"})
            case = opened.headers["location"]
            await operator.press(f"{case}/messages", words="Here", **{"as": "employer"})
            page = (await employer.browser.get(case)).text
            assert page.index("<strong>Employer</strong>") < page.index("<strong>Support</strong>")
            assert 'name="as"' not in page
            assert 'name="as"' in (await face.person.get(case)).text


class TestAnEmployer:
    async def test_sees_their_own_companies_and_no_other(self, face: Face, world: World) -> None:
        await migrate(world)
        other = await create_company(world.db, "Another", who="test")
        async with signed_in(face, "eve@example.org", Role.EMPLOYER, [world.company]) as eve:
            assert (await eve.browser.get("/")).headers["location"] == face.at
            assert (await eve.browser.get(face.at)).status_code == 200
            theirs, nobodys = await eve.browser.get(f"/companies/{other}"), await eve.browser.get("/companies/7")
            assert theirs.status_code == nobodys.status_code == 404
            assert theirs.text.replace(str(other), "7") == nobodys.text
            assert (await eve.browser.get("/support")).status_code == 403
            assert await people.set_companies(world.db, eve.email, [other, world.company], who="test") is None
            page = (await eve.browser.get("/")).text
            assert "Another" in page
            assert "Ferrous" in page

    async def test_of_no_company_any_more_reaches_it_no_more(self, face: Face, world: World) -> None:
        await migrate(world)
        other = await create_company(world.db, "Another", who="test")
        async with signed_in(face, "eve@example.org", Role.EMPLOYER, [world.company]) as eve:
            assert await people.set_companies(world.db, eve.email, [other], who="test") is None
            assert (await eve.browser.get(face.at)).status_code == 404

    async def test_given_another_part_signs_in_again_and_has_it_alone(self, face: Face, world: World) -> None:
        await migrate(world)

        async def given(role: Role, *companies: int) -> Refusal | None:
            return await people.set_role(world.db, "eve@example.org", role, companies, who="test")

        async with signed_in(face, "eve@example.org", Role.EMPLOYER, [world.company]) as eve:
            for refused in (await given(Role.OPERATOR, world.company), await given(Role.RECRUITER, 7)):
                assert refused is not None, "an operator is of no company, and nobody of one that is not here"
            assert await given(Role.EMPLOYER) is None
            assert (await eve.browser.get(face.at)).status_code == 200, "what was so already changes nothing"
            assert await given(Role.RECRUITER) is None
            assert (await eve.browser.get(face.at)).status_code == 303
            await eve.sign_in("eve@example.org")
            assert (await eve.browser.get(face.at)).status_code == 403
            assert (await eve.browser.get(f"{face.at}/slots")).status_code == 200
            assert await given(Role.OPERATOR) is None
            await eve.sign_in("eve@example.org")
            assert (await eve.browser.get("/support")).status_code == 200
            refused = await given(Role.EMPLOYER)
            assert refused is not None, "who was an operator is of no company yet"
            assert refused.code == "BAD_COMPANIES"
            assert await given(Role.EMPLOYER, world.company) is None
            await eve.sign_in("eve@example.org")
            assert (await eve.browser.get("/support")).status_code == 403
        async with world.db.company(BOARD) as conn:
            rows = await (await conn.execute("select why from board_revision where kind = 'account_role'")).fetchall()
        assert len(rows) == 3
        assert (await chain(world.db, BOARD)).broken_at is None


class TestASecondFactor:
    async def test_is_asked_for_at_signing_in_once_it_is_set_up(self, face: Face, world: World) -> None:
        async with signed_in(face, "ada@example.org") as ada:
            phone, _ = await ada.set_up_factor()
            assert (await ada.browser.get("/")).status_code == 200
            world.later(minutes=1)
            half = await ada.sign_in("ada@example.org", to="/support")
            assert half.headers["location"] == "/sign-in/code?next=%2Fsupport"
            assert (await ada.browser.get("/")).headers["location"].startswith("/sign-in/code")
            assert (await ada.browser.get("/api/v1/companies")).json()["code"] == "SECOND_FACTOR"
            before = ada.browser.cookies[face.cookie]
            code = ada.code(phone)
            shown = await ada.press("/sign-in/code", at="/sign-in/code", code=code, next="/support")
            assert shown.headers["location"] == "/support"
            assert ada.browser.cookies[face.cookie] != before
            assert (await ada.browser.get("/")).status_code == 200
            # A code is good once, also for who looked over her shoulder.
            await ada.sign_in("ada@example.org")
            again = await ada.press("/sign-in/code", at="/sign-in/code", code=code)
            assert again.status_code == 422

    async def test_that_is_lost_gives_way_to_recovery_codes_that_work_once_each(self, face: Face) -> None:
        async with signed_in(face, "ada@example.org") as ada:
            _, codes = await ada.set_up_factor()
            assert len(set(codes)) == 10
            for expected in (303, 422):
                await ada.sign_in("ada@example.org")
                answer = await ada.press("/sign-in/code", at="/sign-in/code", code=f" {codes[0].upper()} ")
                assert answer.status_code == expected
            link = await people.reset(face.world.db, "ada@example.org", factor=True, who="test")
            assert isinstance(link, Invited)

    async def test_is_not_guessed(self, face: Face) -> None:
        async with signed_in(face, "ada@example.org") as ada:
            phone, _ = await ada.set_up_factor()
            await ada.sign_in("ada@example.org")
            for _ in range(5):
                await ada.press("/sign-in/code", at="/sign-in/code", code="000000")
            face.world.later(seconds=0.5)
            kept_out = await ada.press("/sign-in/code", at="/sign-in/code", code=ada.code(phone))
            assert "failed too often" in kept_out.text
            face.world.later(minutes=1)
            assert (await ada.press("/sign-in/code", at="/sign-in/code", code=ada.code(phone))).status_code == 303

    async def test_is_wanted_for_the_acts_of_the_setting(self, face: Face, world: World) -> None:
        await migrate(world)
        async with signed_in(face, "ada@example.org") as ada:
            for act in ("resolve", "revert"):
                assert "none yet" in (await ada.browser.get(f"{face.at}/{act}")).text
            refused = await ada.press(f"{face.at}/cancel")
            assert refused.status_code == 403
            phone, _ = await ada.set_up_factor()
            assert (await ada.browser.get(f"{face.at}/resolve")).status_code == 200
            world.later(minutes=61)
            due = await ada.browser.get(f"{face.at}/resolve?closing=1")
            assert due.headers["location"].startswith("/sign-in/code?next=%2Fcompanies")
            assert (await ada.press(f"{face.at}/cancel")).status_code == 403
            await ada.press("/sign-in/code", at="/sign-in/code", code=ada.code(phone))
            assert (await ada.press(f"{face.at}/cancel")).status_code == 303

    async def test_can_be_taken_away(self, face: Face) -> None:
        async with signed_in(face, "ada@example.org") as ada:
            await ada.set_up_factor()
            assert (await ada.press("/account/factor/remove")).status_code == 303
            assert (await ada.sign_in("ada@example.org", to="/support")).headers["location"] == "/support"


async def test_a_password_is_one_however_its_letters_are_written() -> None:
    kept = await passwords.hashed("caf\u00e9 au lait s'il vous plait")
    assert await passwords.right(kept, "cafe\u0301 au lait s'il vous plait")
    assert not await passwords.right("", "anything at all")
    assert passwords.flaw("correct horse battery", "ada@example.org") == ""
