"""A parent makes its children and asks to be a company's ATS; the employer says yes in the console."""

from __future__ import annotations

import pytest

from apply_connect.wire import Wire

CHILD = {"uniqueForeignId": "customer-9", "name": "Testing ATS - Nine", "description": "Nine", "validJsSdkDomains": []}


@pytest.mark.parametrize("slash", ["", "/"])
async def test_a_child_is_made_found_and_changed(wire: Wire, slash: str) -> None:
    made = await wire.call("POST", f"/v2/provisionedApplications{slash}", CHILD, who=wire.parent)
    assert made.status_code == 201, made.text
    credentials = made.json()["credentials"]
    assert (await wire.grant(credentials["client_id"], credentials["client_secret"])).status_code == 200
    again = await wire.call("POST", f"/v2/provisionedApplications{slash}", CHILD, who=wire.parent)
    assert again.status_code == 409
    query = "?q=credentialsByUniqueForeignId&uniqueForeignId=customer-9"
    patch = {"patch": {"$set": {"name": "Renamed", "validJsSdkDomains": ["https://ats.example"]}}}
    urn = made.json()["key"]
    assert (await wire.call("POST", f"/v2/provisionedApplications/{urn}", patch, who=wire.parent)).status_code == 204
    found = await wire.call("GET", f"/v2/provisionedApplications{slash}{query}", who=wire.parent)
    (told,) = found.json()["elements"]
    assert (told["name"], told["key"], told["credentials"]) == ("Renamed", urn, {"client_id": credentials["client_id"]})
    assert told["validJsSdkDomains"] == ["https://ats.example"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": "x" * 51},
        {"name": "LinkedIn jobs"},
        {"uniqueForeignId": ""},
        {"uniqueForeignId": "\x00"},
        {"description": " "},
        {"uniqueForeignId": 7},
        {"description": None},
        {"validJsSdkDomains": ["https://ats.example/"]},
    ],
)
async def test_a_child_that_cannot_be_made_is_refused(wire: Wire, wrong: dict[str, object]) -> None:
    answer = await wire.call("POST", "/v2/provisionedApplications", {**CHILD, **wrong}, who=wire.parent)
    assert answer.status_code == 400
    assert answer.json()["message"]


async def test_an_integration_is_asked_for_enabled_and_told(wire: Wire) -> None:
    await wire.face.world.employ()
    parts = {
        "integrationContext": f"urn:li:organization:{wire.company}",
        "integrationType": "APPLY_CONNECT",
        "tenantType": "JOBS",
        "dataProvider": "ATS",
    }
    query = "&".join(f"ids[0].{name}={value}" for name, value in parts.items())
    key = "&".join(f"{name}={value}" for name, value in parts.items())
    body = {"entities": {key: {"patch": {"$set": {"integrationName": "Apply Connect Integration"}}}}}
    asked = await wire.call("POST", f"/v2/atsIntegrations?{query}", body, who=wire.parent, rest="batch_partial_update")
    assert asked.json() == {"results": {key: {"status": 204}}, "statuses": {}, "errors": {}}
    refused = await wire.call("POST", "/v2/simpleJobPostings", {"elements": [wire.job()]}, rest="batch_create")
    assert refused.status_code == 403
    told = (await wire.call("GET", f"/v2/atsIntegrations?{query}", who=wire.parent)).json()["results"][key]
    assert told["integrationStatus"] == "PENDING"
    page = await wire.face.page(f"{wire.face.at}/integrations")
    assert "Apply Connect Integration" in page.text()
    button = page.css_first("form[action$=enable]")
    assert button is not None
    said = await wire.face.told(str(button.attributes["action"]))
    assert said.startswith("Enabled")
    told = (await wire.call("GET", f"/v2/atsIntegrations?{query}", who=wire.parent)).json()["results"][key]
    assert told["integrationStatus"] == "ENABLED"
    assert (await wire.push(wire.job()))[0]["status"] == 202
    at = f"/v2/atsIntegrations/{key}/configurations?ids=CALLBACK_URL"
    value = {"configurationValue": {"string": "https://ats.example/back"}}
    put = await wire.call("PUT", at, {"entities": {"CALLBACK_URL": value}}, who=wire.parent, rest="batch_update")
    assert put.status_code == 200
    assert (await wire.call("GET", at, who=wire.parent)).json()["results"] == {"CALLBACK_URL": value}


async def test_a_signal_of_an_application_that_is_not_there_is_refused(wire: Wire) -> None:
    signal = {"jobApplicationId": "urn:li:jobApplication:7", "action": "APPLICATION_VIEWED", "performedAt": 1}
    for body, status in (
        (signal, 404),
        ({**signal, "action": "APPLICATION_EATEN"}, 422),
        ({**signal, "jobApplicationId": "x"}, 422),
        ({**signal, "performedAt": "soon"}, 422),
        ({**signal, "integrationContext": "7"}, 403),
    ):
        answer = await wire.call("POST", "/v2/jobApplicationLifecycleActions", body, rest="create")
        assert answer.status_code == status, answer.text
    assert (await wire.call("GET", "/ambry/?x-li-ambry-ep=7-7")).status_code == 404


async def test_a_query_too_long_for_an_address_is_refused_and_may_come_as_a_form(wire: Wire) -> None:
    await wire.push(wire.job())
    keys = "&".join(f"ids={'x' * 60}{n}" for n in range(80)) + "&ids=A-1"
    assert (await wire.call("GET", f"/v2/jobPostingStatus?{keys}")).status_code == 414
    answer = await wire.call("POST", "/v2/jobPostingStatus", keys.encode(), headers={"x-http-method-override": "GET"})
    assert list(answer.json()["results"]) == ["A-1"]
    assert len(answer.json()["errors"]) == 80
