"""Each field of a job on the wire is taken for what it says, and each field of a status is told."""

from __future__ import annotations

from typing import Any

import pytest

from apply_connect.test_jobs import answered, cut_over
from apply_connect.test_promotion import FORM, gold, premium
from apply_connect.wire import BODY, Wire
from changeover.apply_connect.work import watch
from changeover.job import Lane
from face import job

# What is told, and what is kept of it beside the job.
KEPT: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({"categories": ["acct", "sale", "advr"]}, {"categories": ["acct", "sale", "advr"]}),
    ({"categories": ["nobody-knows-it"]}, {"categories": ["nobody-knows-it"]}),
    ({"skillsDescription": "<p>Bread</p><script>x</script>"}, {"skills": "<p>Bread</p>"}),
    ({"industries": ["urn:li:industry:4", "urn:li:industry:7"]}, {"industries": ["4", "7"]}),
    ({"employmentStatus": "PART_TIME"}, {"employment_type": "PART_TIME", "employment_types": ["PART_TIME"]}),
    ({"employmentStatus": "INTERNSHIP"}, {"employment_types": ["INTERN"]}),
    ({"experienceLevel": "MID_SENIOR_LEVEL"}, {"experience_level": "MID_SENIOR_LEVEL"}),
    ({"trackingPixelUrl": "https://ats.example/p.gif"}, {"tracking_pixel": "https://ats.example/p.gif"}),
    ({"posterEmail": "ada@ats.example", "showPosterInfo": True},
     {"poster_email": "ada@ats.example", "show_poster": True}),
]  # fmt: skip
# What is tolerated: it is of other products of the wire, or no longer of this one.
TOLERATED: list[dict[str, Any]] = [
    {"accessRestricted": True, "requisitionOwnerEmail": "a@b.example", "requisitionOwnerFirstName": "Ada",
     "requisitionOwnerLastName": "B"},
    {"budget": {"payForPerformanceTotalBudget": {"amount": "10", "currencyCode": "GBP"}}},
    {"companyDescription": "We bake."},
    {"countryCode": "GB", "postalCode": "YO1", "workRemoteAllowed": True},
]  # fmt: skip


async def kept(wire: Wire) -> dict[str, Any]:
    """The ATS's one job as it is kept."""
    async with wire.face.world.db.company(wire.company) as conn:
        cursor = await conn.execute(
            "select title, apply_url, workplace_type, employer_job_id, requisition, description, extra "
            "from job join job_text using (company_id, job_id) where lane = 'ats'"
        )
        (row,) = await cursor.fetchall()
    return dict(row)


@pytest.mark.parametrize(("said", "told"), KEPT, ids=lambda it: ",".join(it))
async def test_it_is_kept_with_the_job(wire: Wire, said: dict[str, Any], told: dict[str, Any]) -> None:
    assert "errorMessage" not in await wire.one(**said)
    assert told.items() <= (await kept(wire))["extra"].items()


@pytest.mark.parametrize("said", TOLERATED, ids=lambda it: next(iter(it)))
async def test_it_is_tolerated(wire: Wire, said: dict[str, Any]) -> None:
    assert "errorMessage" not in await wire.one(**said)


async def test_a_job_has_its_title_text_page_and_ids(wire: Wire) -> None:
    body = f"<h1>Who</h1>{BODY}<script>alert(1)</script>"
    await wire.one(
        title="x" * 200, description=body, companyJobCode="R-7", partnerRequisitionId="Q-7", workplaceTypes=["hybrid"],
        companyApplyUrl="https://ats.example/apply?job=7",
    )  # fmt: skip
    has = await kept(wire)
    assert (has["title"], has["employer_job_id"], has["requisition"]) == ("x" * 200, "R-7", "Q-7")
    assert (has["workplace_type"], has["apply_url"]) == ("hybrid", "https://ats.example/apply?job=7")
    assert BODY in has["description"]
    assert "script" not in has["description"]


@pytest.mark.parametrize(("said", "workplace"), [(None, "onsite"), (["On-site"], "onsite"), (["REMOTE"], "remote")])
async def test_where_nothing_is_said_of_the_workplace_it_is_on_site(wire: Wire, said: object, workplace: str) -> None:
    await wire.one(workplaceTypes=said)
    assert (await kept(wire))["workplace_type"] == workplace


@pytest.mark.parametrize(
    "named",
    [
        {"company": "urn:li:organization:{}"},
        {"companyName": "Ferrous & Sons"},
        {"companyPageUrl": "https://board.example/jobs?company={}"},
    ],
    ids=lambda it: next(iter(it)),
)
async def test_a_company_may_be_named_otherwise(wire: Wire, named: dict[str, str]) -> None:
    fields = {name: said.format(wire.company) for name, said in named.items()}
    (element,) = await wire.push(wire.job(integrationContext=None, **fields))
    assert element["status"] == 202


@pytest.mark.parametrize("moment", [1_700_000_000, 1_700_000_000_000])
async def test_a_time_in_seconds_is_taken_for_what_it_is(wire: Wire, moment: int) -> None:
    await wire.one(listedAt=moment)
    assert (await wire.status("A-1"))["jobPostingInfo"]["listedAt"] == 1_700_000_000_000


async def test_a_job_that_names_no_end_ends_by_its_kind(wire: Wire) -> None:
    await wire.one()
    now, day = round(wire.face.world.clock[0].timestamp() * 1000), 86_400_000
    assert (await wire.status("A-1"))["jobPostingInfo"]["expireAt"] == now + 180 * day
    made = await gold(wire, 2)
    await answered(wire)
    for ends, status in ((91, 422), (90, 202)):
        (element,) = await wire.push(
            wire.job(jobPostingOperationType="UPDATE", expireAt=now + ends * day, **premium(made))
        )
        assert element["status"] == status
    await wire.one(externalJobPostingId="B", title="Miller", **premium(made))
    told = await wire.status("B")
    assert told["jobPostingInfo"]["expireAt"] == now + 30 * day


async def test_a_status_has_every_field_that_there_is_something_for(wire: Wire) -> None:
    made = await gold(wire)
    fields = {"partnerJobCampaign": "spring-7", "onsiteApplyConfiguration": FORM, **premium(made)}
    await wire.one(**fields)
    await cut_over(wire)
    await wire.one(jobPostingOperationType="UPDATE", **fields)
    told = await wire.status("A-1")
    assert told["externalJobPostingId"] == "A-1"
    assert (told["listingStatus"], told["promotionStatus"]) == ("LISTED", "PROMOTED")
    assert told["linkedInApplyStatus"] == "ENABLED"
    assert told["jobPostingUrl"].partition("/jobs/")[2].startswith(f"{wire.company}-")
    assert told["jobCampaign"] == f"urn:li:jobCampaign:{made}"
    assert (told["partnerJobCampaign"], told["rawLocation"]) == ("spring-7", "York, England")
    info = told["jobPostingInfo"]
    assert {"expireAt", "listedAt", "location", "companyDetails", "visibilityTag"} <= set(info)
    assert info["companyDetails"]["name"] == info["companyDetails"]["companyName"] == "Ferrous & Sons"
    assert info["companyDetails"]["pageUrl"] == info["companyDetails"]["companyPage"]
    assert info["visibilityTag"] == "PUBLIC"


async def test_a_sanctioned_country_and_a_missing_place_are_told_in_the_status(wire: Wire) -> None:
    for key, location, code in (("A", "Havana, Cuba", "BLOCKED_COUNTRY"), ("B", "", "MISSING_LOCATION"),
                                ("C", "Xyzzyville", "INVALID_LOCATION")):  # fmt: skip
        await wire.one(externalJobPostingId=key, location=location, title=f"Baker {key}")
        detail = (await wire.status(key))["listingStatusDetail"]
        assert detail["statusMessage"].startswith(code)
        assert detail["errorType"] == "CUSTOMER_ERROR"


async def test_jobs_without_a_twin_point_at_support_for_two_weeks_and_then_at_the_fix(wire: Wire) -> None:
    world = wire.face.world
    world.tell(Lane.LEGACY, job("L1", "Crane Operator", place="Hull, England", number="R-77"))
    await wire.one()
    world.later(minutes=10)
    await watch(world.flow, wire.company)
    await world.read(Lane.LEGACY)
    codes = {"A-1": "MIGRATION_MISSING_SCRAPED_JOB", "R-77": "MIGRATION_MISSING_JOB_POSTING"}
    for days, helped in ((0, True), (15, False)):
        world.later(days=days)
        wire.tokens.clear()
        for key, code in codes.items():
            detail = (await wire.status(key))["listingStatusDetail"]
            assert detail["errorType"] == "CUSTOMER_ERROR"
            assert detail["statusMessage"].startswith(code)
            assert (f"/companies/{wire.company}/review" in detail["statusMessage"]) is helped


async def test_of_over_a_hundred_ids_no_status_is_told(wire: Wire) -> None:
    answer = await wire.call("GET", "/v2/jobPostingStatus?" + "&".join(f"ids=A{n}" for n in range(101)))
    assert answer.status_code == 400
    assert answer.json()["status"] == 400
