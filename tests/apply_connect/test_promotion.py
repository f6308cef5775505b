"""Paid slots on the wire: claimed, refused when there is none, given back; and the limit of free applicants."""

from __future__ import annotations

from typing import Any

import pytest

from apply_connect.wire import Wire
from changeover import flow as runs
from changeover.apply import store as applications
from changeover.contracts import slots
from changeover.contracts.slots import Wish
from changeover.contracts.wrapping import Kind, Rule
from changeover.job import Lane
from contracts.slots_world import agree, contract, promoted
from face import job
from promises import broken

FORM = {"jobApplicationWebhookUrl": "https://ats.example/hook"}


@pytest.fixture
async def moved(wire: Wire) -> Wire:
    """The company has cut over, with one job of the ATS on the board."""
    world = wire.face.world
    world.tell(Lane.LEGACY, job("L1", "Night Baker A-1", number="A-1"))
    await world.read(Lane.LEGACY)
    await wire.one(location="York, England", onsiteApplyConfiguration=FORM)
    world.later(minutes=31)
    wire.tokens.clear()
    await runs.run(world.flow, wire.company)
    await world.read(Lane.LEGACY)
    return wire


def premium(made: int, **more: Any) -> dict[str, Any]:
    return {"listingType": "PREMIUM", "contract": f"urn:li:contract:{made}", **more}


async def gold(wire: Wire, number: int = 1) -> int:
    """A contract without rules."""
    world = wire.face.world
    return await slots.add_contract(world.db, wire.company, "Gold", slots=number, seats=0, who="test")


async def test_premium_takes_a_slot_at_once_and_is_told(moved: Wire) -> None:
    made = await gold(moved)
    assert (await moved.status("A-1"))["promotionStatus"] == "NOT_PROMOTED"
    await moved.one(jobPostingOperationType="UPDATE", **premium(made))
    assert (await moved.status("A-1"))["promotionStatus"] == "PROMOTED"
    assert await promoted(moved.face.world) == {"Night Baker A-1"}
    assert broken(moved.face.world.db.address.owner) == []


async def test_without_a_free_slot_it_is_402_and_nothing_is_written(moved: Wire) -> None:
    made = await gold(moved)
    await moved.one(jobPostingOperationType="UPGRADE", **premium(made))
    (first, second) = await moved.push(
        moved.job("B", title="Day Baker", **premium(made)), moved.job("C", title="Miller")
    )
    assert (first["status"], first["error"]["code"]) == (402, "INSUFFICIENT_JOB_SLOTS")
    assert second["status"] == 202
    assert await moved.known() == {"A-1": True, "C": True}
    # Told again, who has the slot needs no second one.
    assert "id" in (await moved.push(moved.job(jobPostingOperationType="UPDATE", title="Baker", **premium(made))))[0]


async def test_two_of_one_batch_do_not_claim_one_slot(moved: Wire) -> None:
    made = await gold(moved)
    answers = await moved.push(
        moved.job("B", title="Day Baker", **premium(made)), moved.job("C", title="Miller", **premium(made))
    )
    assert [each["status"] for each in answers] == [202, 402]


async def test_another_companys_contract_is_403(moved: Wire) -> None:
    (answer,) = await moved.push(moved.job("B", **premium(12345)))
    assert (answer["status"], answer["error"]["code"]) == (403, "CONTRACT_NOT_AUTHORIZED")


async def test_a_downgrade_frees_the_slot_for_another_and_no_rule_takes_it_back(moved: Wire) -> None:
    world = moved.face.world
    made = await gold(moved)
    await moved.one(jobPostingOperationType="UPGRADE", **premium(made))
    await agree(world, made, Wish(add=Rule(Kind.ALL)))
    await moved.one(jobPostingOperationType="DOWNGRADE", contract=f"urn:li:contract:{made}")
    await runs.run(world.flow, moved.company)
    assert (await moved.status("A-1"))["promotionStatus"] == "NOT_PROMOTED"
    assert await promoted(world) == set()
    await moved.one(jobPostingOperationType="UPGRADE", **premium(made))
    assert await promoted(world) == {"Night Baker A-1"}


async def test_a_slot_is_kept_for_a_job_that_is_not_listed_yet(wire: Wire) -> None:
    """In migration the old source feeds: the pinned posting gets its slot when it is live, and rules leave it."""
    world = wire.face.world
    world.tell(Lane.LEGACY, job("L9", "Miller"))
    await world.read(Lane.LEGACY)
    made = await contract(world, 1, Rule(Kind.TITLE, "nobody"))
    await wire.one(**premium(made))
    status = await wire.status("A-1")
    assert (status["promotionStatus"], status["listingStatus"]) == ("NOT_PROMOTED", "IN_PROGRESS")
    (second,) = await wire.push(wire.job("B", **premium(made)))
    assert second["status"] == 402
    world.tell(Lane.LEGACY, job("L1", "Night Baker A-1", number="A-1"), job("L9", "Miller"))
    await world.read(Lane.LEGACY)
    assert await promoted(world) == {"Night Baker A-1"}
    assert (await wire.status("A-1"))["listingStatus"] == "LISTED"


async def test_at_the_limit_of_free_applicants_applying_is_off_and_a_slot_lifts_it(moved: Wire) -> None:
    world = moved.face.world
    (posting,) = await world.live()
    await slots.set_free_applicants(world.db, moved.company, 2, who="test")
    for _ in range(2):
        assert (await moved.status("A-1"))["linkedInApplyStatus"] == "ENABLED"
        async with world.db.company(moved.company) as conn:
            await applications.add(conn, moved.company, posting, "A-1", {}, {}, world.db.now())
    status = await moved.status("A-1")
    assert status["linkedInApplyStatus"] == "NOT_ENABLED"
    assert status["linkedInApplyStatusDetail"]["errorCode"] == 1157
    page = (await moved.face.stranger.get(f"/jobs/{moved.company}-{posting}")).text
    assert "Apply here" not in page
    assert "https://ats.example/apply" in page
    made = await gold(moved)
    await moved.one(jobPostingOperationType="UPGRADE", onsiteApplyConfiguration=FORM, **premium(made))
    assert (await moved.status("A-1"))["linkedInApplyStatus"] == "ENABLED"
    page = (await moved.face.stranger.get(f"/jobs/{moved.company}-{posting}")).text
    assert "Apply here" in page
    assert "Promoted" in page
