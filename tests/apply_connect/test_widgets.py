"""An ATS on the wire shows widgets: on its `validJsSdkDomains`, as long as the employer has it enabled."""

from __future__ import annotations

from typing import Any

import httpx2

from apply_connect.wire import Wire
from changeover.apply import store
from changeover.apply_connect.payloads_answers import application_urn
from changeover.contracts import slots
from widgets.test_applicants import refusal

ORIGIN, SEAT = "https://ats.example", "recruiter@example.org"


async def connect(wire: Wire) -> dict[str, Any]:
    """The child's origin is registered, its recruiter has a seat; what it asks a token with."""
    urn = application_urn(wire.child.application.application_id)
    patch = {"patch": {"$set": {"description": "An ATS.", "validJsSdkDomains": [ORIGIN]}}}
    changed = await wire.call("POST", f"/v2/provisionedApplications/{urn}", patch, who=wire.parent)
    assert changed.status_code == 204, changed.text
    world = wire.face.world
    contract = await slots.add_contract(world.db, wire.company, "Gold", slots=1, seats=1, who="test")
    await slots.set_seat(world.db, wire.company, contract, SEAT, admin=True, active=True, who="test")
    context = f"urn:li:organization:{wire.company}"
    return {"integrationContext": context, "contract": f"urn:li:contract:{contract}", "origin": ORIGIN, "seat": SEAT}


async def show(wire: Wire, widget: str, token: str, **fields: str) -> httpx2.Response:
    data = {"token": token, "api_key": wire.child.application.client_id, **fields}
    return await wire.face.stranger.post(f"/widgets/{widget}", data=data, headers={"origin": ORIGIN})


async def test_a_childs_token_opens_a_profile_until_the_employer_disables_it(wire: Wire) -> None:
    wish, world = await connect(wire), wire.face.world
    async with world.db.company(wire.company) as conn:
        await conn.execute("insert into posting values (%s, 5, 5, null, 1)", (wire.company,))
        who = {"first_name": "Ada", "last_name": "Example"}
        made = await store.add(conn, wire.company, 5, "A", who, {"x": [{"note": "<b>Bakes</b>"}]}, world.db.now())
    answer = await wire.call("POST", "/v2/widgetTokens", wish)
    assert answer.status_code == 201, answer.text
    token = answer.json()["token"]
    named = {
        "li_job_application_id": f"urn:li:jobApplication:{made}",
        "integration_context": wish["integrationContext"],
    }
    shown = await show(wire, "applicant-highlights", token, **named)
    assert "Ada Example" in shown.text
    at = f"/api/v1/companies/{wire.company}/integrations"
    (integration,) = (await wire.face.person.get(at)).json()["integrations"]
    await wire.face.ask(f"{at}/{integration['id']}/disable")
    assert refusal(await show(wire, "applicant-highlights", token, **named))[:2] == (403, "NOT_ENABLED")
    # Its configuration is still to be had: there it is enabled again.
    assert "Not activated" in (await show(wire, "ats-integration", token)).text
    assert "Active" in (await show(wire, "ats-integration/activate", token)).text
    assert (await show(wire, "applicant-highlights", token, **named)).status_code == 200


async def test_a_token_is_refused_in_the_wires_own_words(wire: Wire) -> None:
    wish = await connect(wire)
    for name, value, status in (
        ("origin", "https://evil.example", 403),
        ("seat", "nobody@example.org", 403),
        ("integrationContext", "urn:li:organization:7", 403),
        ("contract", "gold", 422),
    ):
        answer = await wire.call("POST", "/v2/widgetTokens", {**wish, name: value})
        assert answer.status_code == status, answer.text
        assert answer.json()["message"]
    assert (await wire.call("POST", "/v2/widgetTokens", wish, who=wire.parent)).status_code == 403


async def test_applying_switched_off_is_told_to_the_ats(wire: Wire) -> None:
    token = (await wire.call("POST", "/v2/widgetTokens", await connect(wire))).json()["token"]
    saved = await show(wire, "ats-integration/choices", token)
    assert "Saved" in saved.text
    await wire.one(onsiteApplyConfiguration={"jobApplicationWebhookUrl": "https://ats.example/hook"})
    status = await wire.status("A-1")
    assert status["linkedInApplyStatus"] == "NOT_ENABLED"
    assert "switched applying" in status["linkedInApplyStatusDetail"]["statusMessage"]
