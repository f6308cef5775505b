"""Jobs over the wire: every operation, every limit, one element's mistake never the batch's."""

from __future__ import annotations

import asyncio
from typing import Any

import orjson
import pytest

from apply_connect.wire import Wire
from changeover.contracts import slots
from changeover.job import Lane

URN = "urn:li:simpleJobPostingTask:"


class TestABatch:
    @pytest.mark.parametrize("path", ["/v2/simpleJobPostings", "/rest/simpleJobPostings"])
    async def test_is_committed_when_it_is_answered(self, wire: Wire, path: str) -> None:
        body = {"elements": [wire.job("A-1"), wire.job("A-2")]}
        answer = await wire.call("POST", path, body, rest="BATCH_CREATE", headers={"linkedin-version": "202601"})
        assert answer.status_code == 200
        elements = answer.json()["elements"]
        assert [each["status"] for each in elements] == [202, 202]
        assert all(
            each["id"].startswith(URN) and each["location"].startswith("/simpleJobPostings/") for each in elements
        )
        assert await wire.known() == {"A-1": True, "A-2": True}

    async def test_of_over_a_hundred_is_refused_whole(self, wire: Wire) -> None:
        answer = await wire.call(
            "POST", "/v2/simpleJobPostings", {"elements": [wire.job(str(n)) for n in range(101)]}, rest="batch_create"
        )
        assert answer.status_code == 400
        assert answer.json()["status"] == 400
        assert await wire.known() == {}

    async def test_without_its_method_is_refused(self, wire: Wire) -> None:
        answer = await wire.call("POST", "/v2/simpleJobPostings", {"elements": []})
        assert answer.status_code == 403
        assert "[/elements]" in answer.json()["message"]

    @pytest.mark.parametrize(
        ("body", "status"),
        [
            (b"", 400),
            (b"{", 400),
            (b"[]", 400),
            (b'{"elements": 3}', 400),
            (b'{"elements": ' + b"[" * 10_000 + b"]" * 10_000 + b"}", 400),
            (b" " * 30_000_000, 413),
        ],
    )
    async def test_that_is_none_is_refused(self, wire: Wire, body: bytes, status: int) -> None:
        answer = await wire.call("POST", "/v2/simpleJobPostings", body, rest="batch_create")
        assert answer.status_code == status
        assert answer.json()["status"] == status
        assert {"message", "serviceErrorCode"} <= set(answer.json())

    async def test_takes_the_first_of_two_with_one_id(self, wire: Wire) -> None:
        first, second = await wire.push(wire.job(title="First"), wire.job(title="Second"))
        assert first["status"] == 202
        assert second["error"]["status"] == 400
        assert await wire.known() == {"A-1": True}

    async def test_may_come_as_a_form_and_with_unknown_fields(self, wire: Wire) -> None:
        body = {"elements": [wire.job(countryCode="GB", postalCode="YO1", unheardOf={"deep": [1]})], "more": 1}
        kind = {"content-type": "application/x-www-form-urlencoded"}
        answer = await wire.call("POST", "/v2/simpleJobPostings", body, rest="batch_create", headers=kind)
        assert answer.json()["elements"][0]["status"] == 202


# What is wrong with an element, its status, and a part of its message: the error table of the reference.
WRONG: list[tuple[dict[str, Any], int, str]] = [
    ({"title": None}, 422, "ERROR :: /title :: field is required but not found and has no default value\n"),
    ({"description": None}, 422, "/description :: field is required"),
    ({"companyApplyUrl": None}, 422, "/companyApplyUrl :: field is required"),
    ({"externalJobPostingId": None}, 422, "/externalJobPostingId :: field is required"),
    ({"externalJobPostingId": ""}, 422, "/externalJobPostingId"),
    ({"externalJobPostingId": "\x00"}, 422, "/externalJobPostingId"),
    ({"externalJobPostingId": "x" * 201}, 422, "/externalJobPostingId :: length is out of range"),
    ({"externalJobPostingId": 4711}, 422, "/externalJobPostingId :: 4711 cannot be coerced to String"),
    ({"listedAt": None}, 422, "/listedAt :: field is required"),
    ({"listedAt": "yesterday"}, 422, "/listedAt :: yesterday cannot be coerced to Long"),
    ({"listedAt": 32_503_680_000_000}, 422, "listedAt"),
    ({"listedAt": 2**62}, 422, "/listedAt"),
    ({"location": None}, 422, "/location :: field is required"),
    ({"title": "x" * 201}, 422, "/title :: length is out of range"),
    ({"title": 7}, 422, "/title :: 7 cannot be coerced to String"),
    ({"title": ["x"]}, 422, "/title"),
    ({"employmentStatus": "SOMETIMES"}, 422, '"SOMETIMES" is not an enum symbol'),
    ({"employmentStatus": 7}, 422, "is not an enum symbol"),
    ({"experienceLevel": "WIZARD"}, 422, '"WIZARD" is not an enum symbol'),
    ({"jobPostingOperationType": "DELETE"}, 422, '"DELETE" is not an enum symbol'),
    ({"listingType": "GOLD"}, 422, '"GOLD" is not an enum symbol'),
    ({"availability": "SECRET"}, 422, '"SECRET" is not an enum symbol'),
    ({"workplaceTypes": ["Remote", "Hybrid"]}, 400, "workplaceTypes"),
    ({"workplaceTypes": ["Moon"]}, 422, "is not an enum symbol"),
    ({"companyApplyUrl": "not a url"}, 400, "companyApplyUrl"),
    ({"companyApplyUrl": "javascript:alert(1)"}, 400, "companyApplyUrl"),
    ({"integrationContext": None}, 400, "companyPageUrl"),
    ({"integrationContext": "urn:li:organization:x"}, 403, "Not enough permissions"),
    ({"alternateLocations": ["a"] * 8}, 422, "at most 7"),
    ({"categories": ["a"] * 4}, 422, "at most 3"),
    ({"skillsDescription": "x" * 4_001}, 422, "/skillsDescription"),
    ({"listingType": "PREMIUM"}, 422, "contract"),
    ({"expireAt": 1}, 422, "expireAt"),
    ({"compensation": {"compensations": [{"value": {}, "period": "FORTNIGHTLY"}]}}, 422, "is not an enum symbol"),
    ({"onsiteApplyConfiguration": {}}, 422, "/onsiteApplyConfiguration/jobApplicationWebhookUrl"),
]


@pytest.mark.parametrize(("fields", "status", "message"), WRONG, ids=lambda it: str(it)[:40])
async def test_one_wrong_element_is_refused_and_the_other_is_taken(
    wire: Wire, fields: dict[str, Any], status: int, message: str
) -> None:
    wrong, right = await wire.push(wire.job("B-1", **fields), wire.job("A-1"))
    assert wrong["status"] == wrong["error"]["status"] == status
    assert message in wrong["error"]["message"]
    assert right["status"] == 202
    assert await wire.known() == {"A-1": True}


class TestAnOperation:
    async def test_create_is_taken_once_and_told_again_changes_nothing(self, wire: Wire) -> None:
        await wire.one()
        before = await revision(wire)
        again = await wire.one()
        assert again["status"] == "PROCESSED"
        assert "errorMessage" not in again
        assert await revision(wire) == before

    async def test_create_of_an_open_job_that_says_else_is_dropped(self, wire: Wire) -> None:
        await wire.one()
        task = await wire.one(title="Day Baker")
        assert task["status"] == "FAILED"
        assert "same partnerIdentifier already exists" in task["errorMessage"]
        assert await titles(wire) == ["Night Baker A-1"]

    async def test_update_of_a_job_that_nobody_told_fails(self, wire: Wire) -> None:
        await answered(wire)
        task = await wire.one(jobPostingOperationType="UPDATE")
        assert task["status"] == "FAILED"
        assert await wire.known() == {}

    async def test_update_answers_a_resync_with_jobs_that_were_lost(self, wire: Wire) -> None:
        task = await wire.one(jobPostingOperationType="UPDATE")
        assert task["status"] == "PROCESSED"
        assert await wire.known() == {"A-1": True}

    async def test_update_changes_the_job(self, wire: Wire) -> None:
        await answered(wire)
        await wire.one()
        await wire.one(jobPostingOperationType="UPDATE", title="Day Baker")
        assert await titles(wire) == ["Day Baker"]

    async def test_close_closes_and_twice_is_an_error(self, wire: Wire) -> None:
        await wire.one()
        assert (await wire.one(jobPostingOperationType="CLOSE"))["status"] == "PROCESSED"
        assert await wire.known() == {"A-1": False}
        again = await wire.one(jobPostingOperationType="CLOSE")
        assert again["error"]["status"] == 409
        assert again["error"]["message"] == "Cannot close job which is already closed or does not exist"

    async def test_close_needs_the_id_alone(self, wire: Wire) -> None:
        await wire.one()
        closing = {
            "externalJobPostingId": "A-1",
            "jobPostingOperationType": "CLOSE",
            "company": f"urn:li:organization:{wire.company}",
        }
        assert (await wire.push(closing))[0]["status"] == 202
        assert await wire.known() == {"A-1": False}

    async def test_renew_moves_the_end_by_thirty_days(self, wire: Wire) -> None:
        now = wire.face.world.clock[0]
        ends = round(now.timestamp() * 1000) + 10 * 86_400_000
        await wire.one(expireAt=ends)
        await answered(wire)
        await wire.one(jobPostingOperationType="RENEW")
        assert (await wire.status("A-1"))["jobPostingInfo"]["expireAt"] == ends + 30 * 86_400_000
        assert (await wire.one(externalJobPostingId="B", jobPostingOperationType="RENEW"))["status"] == "FAILED"

    async def test_upgrade_and_downgrade_keep_the_job(self, wire: Wire) -> None:
        await wire.one()
        made = await slots.add_contract(wire.face.world.db, wire.company, "Gold", slots=1, seats=0, who="test")
        contract = {"contract": f"urn:li:contract:{made}"}
        for operation in ("UPGRADE", "DOWNGRADE"):
            task = await wire.one(jobPostingOperationType=operation, **contract)
            assert task["status"] == "PROCESSED", task
        premium = await wire.one(jobPostingOperationType="UPDATE", listingType="PREMIUM", **contract)
        assert premium["status"] == "PROCESSED"
        assert (await wire.status("A-1"))["promotionStatus"] == "NOT_PROMOTED"
        assert await wire.known() == {"A-1": True}

    async def test_of_the_older_form_lists_changes_and_closes(self, wire: Wire) -> None:
        old = {"jobPostingOperationType": None, "availability": None}
        assert (await wire.one(**old, state="LISTED"))["status"] == "PROCESSED"
        await wire.one(**old, state="LISTED", title="Day Baker")
        assert await titles(wire) == ["Day Baker"]
        await wire.one(**old, state="CLOSED")
        assert await wire.known() == {"A-1": False}

    async def test_update_that_comes_after_a_close_opens_nothing(self, wire: Wire) -> None:
        await answered(wire)
        await wire.one()
        closing = wire.push(wire.job(jobPostingOperationType="CLOSE"))
        updates = [wire.push(wire.job(jobPostingOperationType="UPDATE", title=f"T{n}")) for n in range(5)]
        await asyncio.gather(closing, *updates)
        assert await wire.known() == {"A-1": False}


class TestPlaces:
    async def test_each_has_its_own_task_and_job(self, wire: Wire) -> None:
        places = ["York, England", "Leeds, England", "Hull, England"]
        elements = await wire.push(wire.job(alternateLocations=places))
        assert len(elements) == 3
        told = [(await wire.task(each["id"]))["location"] for each in elements]
        assert told == places
        assert len(await wire.known()) == 3
        await wire.push(wire.job(jobPostingOperationType="UPDATE", alternateLocations=places[:2]))
        assert sorted((await wire.known()).values()) == [False, True, True]
        await wire.one(jobPostingOperationType="CLOSE")
        assert set((await wire.known()).values()) == {False}

    @pytest.mark.parametrize(
        ("location", "workplace", "code"),
        [
            ("", "On-site", "STANDARDIZED_LOCATION"),
            ("Xyzzyville", "On-site", "GEO_LOCATION"),
            ("Germany", "On-site", "GEO_LOCATION"),
            ("Havana, Cuba", "Remote", "COUNTRY_CODE"),
        ],
    )
    async def test_that_cannot_be_found_fail_their_task(
        self, wire: Wire, location: str, workplace: str, code: str
    ) -> None:
        task = await wire.one(location=location, workplaceTypes=[workplace])
        assert task["status"] == "PROCESSED"
        assert f"JOB_FIELD_PROCESSOR_{code}" in task["errorMessage"]
        status = await wire.status("A-1")
        assert status["listingStatus"] == "NOT_LISTED"
        assert status["rawLocation"] == location

    async def test_a_country_is_enough_for_remote_work(self, wire: Wire) -> None:
        assert "errorMessage" not in await wire.one(location="Germany", workplaceTypes=["remote"])

    async def test_a_mistake_in_an_update_takes_nothing_from_the_board(self, wire: Wire) -> None:
        await wire.one()
        task = await wire.one(jobPostingOperationType="UPDATE", location="Xyzzyville", title="Lost")
        assert "errorMessage" in task
        assert await titles(wire) == ["Night Baker A-1"]


@pytest.mark.parametrize(
    "value",
    [
        {
            "range": {
                "start": {"amount": "30000", "currencyCode": "GBP"},
                "end": {"amount": "35000", "currencyCode": "GBP"},
            }
        },
        {"start": {"amount": 30000, "currencyCode": "gbp"}, "end": {"amount": "35000", "currencyCode": "GBP"}},
    ],
)
async def test_pay_is_read_with_and_without_its_wrapper(wire: Wire, value: object) -> None:
    paid = {"compensations": [{"period": "YEARLY", "type": "BASE_SALARY", "value": value}]}
    await wire.one(compensation=paid)
    async with wire.face.world.db.company(wire.company) as conn:
        row = await (await conn.execute("select extra from job_text")).fetchone()
    assert row is not None
    (kept,) = row["extra"]["compensation"]
    assert kept == {"type": "BASE_SALARY", "period": "YEARLY", "from": "30000", "to": "35000", "currency": "GBP"}


@pytest.mark.parametrize(
    ("fields", "flaw"),
    [
        ({"description": "Short."}, "DESCRIPTION_TOO_SHORT"),
        ({"description": "x" * 25_100}, "ERROR_JOB_DESCRIPTION_TOO_LONG"),
        ({"availability": "PRIVATE_TO_ATS_INTEGRATION"}, "NOT_PUBLIC"),
    ],
)
async def test_a_job_that_may_not_be_posted_is_kept_and_says_why(wire: Wire, fields: dict[str, Any], flaw: str) -> None:
    await wire.one(**fields)
    status = await wire.status("A-1")
    assert status["listingStatus"] == "NOT_LISTED"
    assert status["listingStatusDetail"]["statusMessage"].startswith(flaw)
    await wire.one(jobPostingOperationType="UPDATE")
    assert "listingStatusDetail" not in await wire.status("A-1") or flaw not in str(await wire.status("A-1"))


async def test_a_second_job_that_says_the_same_names_the_first(wire: Wire) -> None:
    await wire.one(companyJobCode="R-7", title="Night Baker")
    task = await wire.one(externalJobPostingId="A-2", companyJobCode="R-7", title="Night Baker")
    assert "ErrorCode:2009" in task["errorMessage"]
    assert "/jobs/" in task["errorMessage"]
    assert (await wire.status("A-2"))["listingStatusDetail"]["errorCode"] == 2009


async def test_a_task_is_kept_for_thirty_days(wire: Wire) -> None:
    (element,) = await wire.push(wire.job())
    for days, there in ((29, True), (2, False)):
        wire.face.world.later(days=days)
        wire.tokens.clear()
        answer = await wire.call("GET", f"/v2/simpleJobPostingTasks?ids={element['id']}")
        assert (element["id"] in answer.json()["results"]) is there


@pytest.mark.parametrize("urn", ["nonsense", URN + "7", URN + "z" * 36, "urn:li:job:7"])
async def test_a_task_of_no_such_name_is_refused(wire: Wire, urn: str) -> None:
    answer = await wire.call("GET", f"/v2/simpleJobPostingTasks?ids={urn}")
    assert answer.status_code == 400
    assert answer.json()["message"].startswith("Batch key parameter value is invalid")


async def test_tasks_succeed_when_the_ats_feeds_the_board(wire: Wire) -> None:
    world = wire.face.world
    (element,) = await wire.push(wire.job())
    assert (await wire.task(element["id"]))["status"] == "PROCESSED"
    await cut_over(wire)
    task = await wire.task(element["id"])
    assert task["status"] == "SUCCEEDED"
    assert task["jobPosting"].startswith("urn:li:jobPosting:")
    status = await wire.status("A-1")
    assert (status["listingStatus"], status["linkedInApplyStatus"]) == ("LISTED", "NOT_ENABLED")
    page = await wire.face.stranger.get("/jobs/" + status["jobPostingUrl"].rpartition("/")[2])
    assert "Night Baker A-1" in page.text
    assert len(await world.live()) == 1


async def revision(wire: Wire) -> int:
    async with wire.face.world.db.company(wire.company) as conn:
        row = await (await conn.execute("select revision from company")).fetchone()
    assert row is not None
    return int(row["revision"])


async def titles(wire: Wire) -> list[str]:
    async with wire.face.world.db.company(wire.company) as conn:
        cursor = await conn.execute("select title from job where lane = 'ats' and open and valid order by job_id")
        return [row["title"] for row in await cursor.fetchall()]


async def answered(wire: Wire) -> None:
    """The resync that activation asked for is over."""
    async with wire.face.world.db.company(wire.company) as conn:
        await conn.execute("update wire_integration set resync_done_at = resync_at")


async def cut_over(wire: Wire) -> None:
    """The old source has nothing that the ATS has not, and the ATS is whole."""
    from changeover.apply_connect.work import watch

    world = wire.face.world
    world.later(minutes=10)
    await watch(world.flow, wire.company)
    async with world.db.company(wire.company) as conn:
        await conn.execute("update company set ats_only_holds = false")
    await world.read(Lane.LEGACY)
    wire.tokens.clear()


def test_deep_json_is_no_surprise() -> None:
    with pytest.raises(orjson.JSONDecodeError):
        orjson.loads(b"[" * 10_000 + b"]" * 10_000)
