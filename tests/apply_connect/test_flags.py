"""An operator takes a job from the board, the ATS is told why, and gives it back."""

from __future__ import annotations

import pytest

from apply_connect.wire import Wire


@pytest.fixture
async def listed(wire: Wire) -> Wire:
    """The wire, with jobs that are on the board."""
    await wire.push(wire.job(companyJobCode="R-1"), wire.job("A-2", companyJobCode="R-2"))
    async with wire.face.world.db.company(wire.company) as conn:
        await conn.execute("update company set feed = 'ats', state = 'cut_over' where company_id = %s", (wire.company,))
    assert (await wire.status("A-1"))["listingStatus"] == "LISTED"
    return wire


async def flag(wire: Wire, code: str | None) -> str:
    answer = await wire.face.ask(f"/api/v1/companies/{wire.company}/flags", {"job": "A-1", "flag": code})
    assert answer.status_code == 200, answer.text
    return str(answer.json()["sentence"])


@pytest.mark.parametrize("code", ["MEMBER_REPORTED", "CUSTOMER_EXCLUDED"])
async def test_a_flagged_job_leaves_the_board_and_its_status_says_why(listed: Wire, code: str) -> None:
    await flag(listed, code)
    told = await listed.status("A-1")
    assert told["listingStatus"] == "NOT_LISTED"
    assert told["listingStatusDetail"]["errorType"] == "CUSTOMER_ERROR"
    assert told["listingStatusDetail"]["statusMessage"].startswith(f"{code}: ")
    assert "jobPostingUrl" not in told
    assert (await listed.status("A-2"))["listingStatus"] == "LISTED"
    await flag(listed, None)
    assert (await listed.status("A-1"))["listingStatus"] == "LISTED"


@pytest.mark.parametrize(("code", "listing"), [("MEMBER_REPORTED", "LISTED"), ("CUSTOMER_EXCLUDED", "NOT_LISTED")])
async def test_telling_the_job_again_confirms_it_and_lifts_no_rule_of_exclusion(
    listed: Wire, code: str, listing: str
) -> None:
    await flag(listed, code)
    changed = listed.job(companyJobCode="R-1", title="Night Baker of the town", jobPostingOperationType="UPDATE")
    (said,) = await listed.push(changed)
    assert said["status"] == 202
    assert (await listed.status("A-1"))["listingStatus"] == listing


async def test_what_was_excluded_stays_so_when_it_is_closed_and_opened_again(listed: Wire) -> None:
    await flag(listed, "CUSTOMER_EXCLUDED")
    await listed.push(listed.job(jobPostingOperationType="CLOSE"))
    await listed.push(listed.job(companyJobCode="R-1"))
    told = await listed.status("A-1")
    assert told["listingStatusDetail"]["statusMessage"].startswith("CUSTOMER_EXCLUDED: ")


async def test_a_job_that_nobody_told_cannot_be_flagged(wire: Wire) -> None:
    answer = await wire.face.ask(f"/api/v1/companies/{wire.company}/flags", {"job": "Z", "flag": "MEMBER_REPORTED"})
    assert (answer.status_code, answer.json()["code"]) == (409, "UNKNOWN_JOB")


async def test_the_employer_s_word_on_an_integration_is_given_by_a_program_too(wire: Wire) -> None:
    at = f"/api/v1/companies/{wire.company}/integrations"
    (it,) = (await wire.face.person.get(at)).json()["integrations"]
    assert (it["kind"], it["state"]) == ("APPLY_CONNECT", "enabled")
    assert (await wire.face.ask(f"{at}/{it['id']}/disable")).status_code == 200
    refused = await wire.call("POST", "/v2/simpleJobPostings", {"elements": [wire.job()]}, rest="batch_create")
    assert refused.status_code == 403
    assert (await wire.face.ask(f"{at}/{it['id']}/enable")).status_code == 200
    (taken,) = await wire.push(wire.job())
    assert taken["status"] == 202
    assert (await wire.face.ask(f"{at}/7/enable")).status_code == 404
