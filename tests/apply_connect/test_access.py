"""Who may call the wire: tokens, secrets, and the walls between companies."""

from __future__ import annotations

from dataclasses import replace

import pytest

from apply_connect.wire import KEYS, Wire
from changeover.apply_connect import store
from changeover.apply_connect.auth import add_child, rotate


class TestAToken:
    async def test_lasts_thirty_minutes_and_is_told_in_whole_seconds(self, wire: Wire) -> None:
        answer = await wire.grant(wire.child.application.client_id, wire.child.secret)
        assert set(answer.json()) == {"access_token", "expires_in"}
        assert answer.json()["expires_in"] == 1800
        wire.tokens[wire.child.application.client_id] = answer.json()["access_token"]
        wire.face.world.later(minutes=29)
        assert (await wire.call("GET", "/v2/jobPostingStatus?ids=x")).status_code == 200
        wire.face.world.later(minutes=2)
        answer = await wire.call("GET", "/v2/jobPostingStatus?ids=x")
        assert (answer.status_code, answer.json()["serviceErrorCode"]) == (401, 65602)
        assert answer.json()["message"] == "The token used in the request has expired"

    @pytest.mark.parametrize("token", ["nonsense", "AQ", "AQ" + "A" * 64, "AQ" + "é" * 20, "Bearer x"])
    async def test_that_is_none_is_refused(self, wire: Wire, token: str) -> None:
        answer = await wire.face.stranger.get(
            "/v2/jobPostingStatus?ids=x", headers=[(b"authorization", f"Bearer {token}".encode())]
        )
        assert (answer.status_code, answer.json()["serviceErrorCode"]) == (401, 65600)
        assert answer.json()["message"] == "Invalid access token"

    async def test_may_stand_behind_several_blanks(self, wire: Wire) -> None:
        token = await wire.token(wire.child)
        answer = await wire.face.stranger.get(
            "/v2/jobPostingStatus?ids=x", headers={"authorization": f"Bearer   {token}"}
        )
        assert answer.status_code == 200

    async def test_is_not_given_for_what_is_wrong(self, wire: Wire) -> None:
        client, secret = wire.child.application.client_id, wire.child.secret
        for tried, status, code in (
            ((client, "wrong"), 401, "invalid_client"),
            (("nobody", secret), 401, "invalid_client"),
            ((client, ""), 400, "invalid_request"),
            ((client, secret, "password"), 400, "unsupported_grant_type"),
        ):
            answer = await wire.grant(*tried)
            assert (answer.status_code, answer.json()["error"]) == (status, code)

    async def test_is_kept_as_a_hash_only(self, wire: Wire) -> None:
        token = await wire.token(wire.child)
        async with wire.face.world.db.company(wire.child.application.vendor_id) as conn:
            rows = await (
                await conn.execute("select hash from wire_token union all select hash from wire_secret")
            ).fetchall()
        assert len(rows) >= 3
        for told in (token, wire.child.secret):
            assert all(told.encode() not in bytes(row["hash"]) for row in rows)


async def test_two_secrets_are_live_and_no_third(wire: Wire) -> None:
    client, db = wire.child.application.client_id, wire.face.world.db
    secrets = [wire.child.secret]
    for _ in range(2):
        wire.face.world.later(minutes=1)
        secrets.append(await rotate(db, KEYS, client) or "")
    assert [(await wire.grant(client, each)).status_code for each in secrets] == [401, 200, 200]
    wire.face.world.later(days=1, minutes=1)
    assert [(await wire.grant(client, each)).status_code for each in secrets] == [401, 401, 200]


class TestTheWalls:
    async def test_a_parent_may_not_post_jobs(self, wire: Wire) -> None:
        answer = await wire.call(
            "POST", "/v2/simpleJobPostings", {"elements": [wire.job()]}, who=wire.parent, rest="batch_create"
        )
        assert answer.status_code == 403
        assert answer.json()["message"] == "Not enough permissions to access: POST /simpleJobPostings"
        assert await wire.known() == {}

    async def test_a_child_may_not_provision(self, wire: Wire) -> None:
        answer = await wire.call("POST", "/v2/provisionedApplications/", {"uniqueForeignId": "x"})
        assert answer.status_code == 403

    async def test_another_companys_child_is_refused_and_noted(self, wire: Wire) -> None:
        db, vendor = wire.face.world.db, wire.parent.application.vendor_id
        async with db.company(vendor) as conn:
            other = await add_child(conn, db, KEYS, vendor, {"foreign_id": "customer-2", "name": "Other"})
        answer = await wire.call(
            "POST", "/v2/simpleJobPostings", {"elements": [wire.job()]}, who=other, rest="batch_create"
        )
        assert answer.status_code == 403
        assert await wire.known() == {}
        async with db.company(wire.company) as conn:
            (noted,) = await store.refusals(conn, wire.company)
        assert other.application.client_id in noted["application"]
        task = (await wire.push(wire.job()))[0]["id"]
        hidden = await wire.call("GET", f"/v2/simpleJobPostingTasks?ids={task}", who=other)
        assert hidden.json()["results"] == {}
        assert hidden.json()["errors"][task]["status"] == 404
        status = await wire.call("GET", "/v2/jobPostingStatus?ids=A-1", who=other)
        assert status.json()["results"] == {}

    async def test_one_element_of_another_company_is_refused_alone(self, wire: Wire) -> None:
        mine, theirs = await wire.push(wire.job("A-1"), wire.job("A-2", integrationContext="urn:li:organization:7"))
        assert mine["status"] == 202
        assert theirs["status"] == 403
        assert await wire.known() == {"A-1": True}

    async def test_an_integration_that_was_disabled_pushes_no_more(self, wire: Wire) -> None:
        await wire.push(wire.job())
        async with wire.face.world.db.company(wire.company) as conn:
            (it,) = await store.integrations(conn, wire.company)
        told = await wire.face.told(f"{wire.face.at}/integrations/{it.request_id}/disable")
        assert told.startswith("Disabled")
        answer = await wire.call("POST", "/v2/simpleJobPostings", {"elements": [wire.job("B")]}, rest="batch_create")
        assert answer.status_code == 403
        assert await wire.known() == {"A-1": True}


async def test_an_application_that_asks_too_often_is_refused_as_clients_know_it_until_its_minute_is_over(
    wire: Wire,
) -> None:
    here = wire.face.web.state.served
    settings = here.settings.model_copy(update={"wire_requests_per_minute": 2})
    wire.face.web.state.served = replace(here, settings=settings)
    answers = [await wire.call("GET", "/v2/jobPostingStatus?ids=x") for _ in range(3)]
    assert [each.status_code for each in answers] == [200, 200, 429]
    said = answers[-1].json()
    assert (said["status"], said["serviceErrorCode"], said["code"]) == (429, 101, "TOO_MANY_REQUESTS")
    assert "throttle" in said["message"]
    assert 0 < int(answers[-1].headers["retry-after"]) <= 60
    mine = await wire.call("GET", "/v2/provisionedApplications?q=credentialsByUniqueForeignId&uniqueForeignId=x",
                           who=wire.parent)  # fmt: skip
    assert mine.status_code == 200, "another application has a minute of its own"
    wire.face.world.later(minutes=1)
    assert (await wire.call("GET", "/v2/jobPostingStatus?ids=x")).status_code == 200
