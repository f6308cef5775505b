"""A client of the wire that pushes over real HTTP, and what the board has of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import httpx2

from apply_connect.wire import Receivers, Wire, enable, new_wire
from changeover.apply_connect.payloads_answers import parse_task
from changeover.webhooks.outbox import Outbox
from face import new_face, served_face
from killed.child import push_wire, register_once
from killed.killing import ask
from killed.receiving import Receiver
from program import World

BATCHES, SIZE = 40, 10


@dataclass
class Client:
    """A vendor's client with a token; ``answered`` are the tasks that it was told of, by the ATS's ids."""

    world: World
    wire: Wire
    token: str
    answered: dict[str, str] = field(default_factory=dict)

    def batches(self) -> list[list[dict[str, Any]]]:
        """Every open job, a request's worth at a time."""
        return [[self.wire.job(f"K-{nth}-{n}") for n in range(SIZE)] for nth in range(BATCHES)]

    async def push(self, url: str, batch: list[dict[str, Any]]) -> None:
        """One request; its tasks are noted when it has been answered. Raises httpx2.HTTPError where it is not."""
        for told, said in zip(batch, await push_wire(url, self.token, batch), strict=True):
            assert said["status"] == 202, said
            self.answered[told["externalJobPostingId"]] = said["id"]

    async def push_until_it_fails(self, url: str) -> None:
        """Batch after batch, until nobody answers."""
        try:
            for batch in self.batches():
                await self.push(url, batch)
        except httpx2.HTTPError:
            return

    def lacking(self) -> list[str]:
        """What was answered and is not there in exactly one state: one open job with its history, one receipt."""
        stood = self.stood()
        keys = [row["key"] for row in stood]
        tasks = [parsed[1] for urn in self.answered.values() if (parsed := parse_task(urn))]
        (kept,) = ask(self.world, "select count(*) as n from wire_task where task_id = any(%s)", tasks)
        missing = [key for key in self.answered if keys.count(key) != 1]
        return missing if kept["n"] == len(self.answered) else [*missing, f"{kept['n']} receipts"]

    def stood(self) -> list[dict[str, Any]]:
        """The ATS's open jobs as every table tells them, and the revision of each."""
        return ask(
            self.world,
            "select source_job_id as key, opened_revision, told_revision, posting_id from job"
            " join job_open using (company_id, job_id) join job_text using (company_id, job_id)"
            " join wire_job w on w.company_id = job.company_id and w.external_id = job.source_job_id and w.open"
            " where job.company_id = %s and job.lane = 'ats' and job.open and to_revision is null order by job_id",
            self.world.company,
        )

    def revision(self) -> int:
        """The company's revision."""
        (row,) = ask(self.world, "select revision from company where company_id = %s", self.world.company)
        return int(row["revision"])


async def client(world: World) -> Client:
    """A client that may push for a company of its own."""
    await world.employ(push=True)
    outbox = Outbox(world.db, world.flow.queue, Receivers())
    register_once(outbox)
    async with new_face(world) as face:
        wire = await new_wire(face, Receivers(), outbox)
        await enable(wire)
        return Client(world, wire, await wire.token(wire.child))


async def told_again_changes_nothing(it: Client, url: str) -> None:
    """The client tells everything again: what stood stays as it was, and then all of it stands."""
    before = {row["key"]: row for row in it.stood()}
    for batch in it.batches():
        await it.push(url, batch)
    after = {row["key"]: row for row in it.stood()}
    assert {key: after[key] for key in before} == before
    assert len(after) == BATCHES * SIZE
    assert it.lacking() == []
    stands = it.revision()
    for batch in it.batches():
        await it.push(url, batch)
    assert it.revision() == stands


async def told_once(world: World, _outside: Receiver) -> dict[str, Any]:
    """A company that the wire has told two jobs; next it closes one, changes the other and tells a third."""
    it = await client(world)
    async with served_face(world) as face:
        await it.push(face.url, [it.wire.job("K-1"), it.wire.job("K-2")])
    batch = [
        {**it.wire.job("K-1"), "jobPostingOperationType": "CLOSE"},
        it.wire.job("K-2", jobPostingOperationType="UPDATE", title="Day Baker"),
        it.wire.job("K-3"),
    ]
    return {"company": world.company, "token": it.token, "elements": batch}


async def tell_again(world: World, order: dict[str, Any]) -> None:
    """The client, who was not answered, tells it again."""
    async with served_face(world) as face:
        await push_wire(face.url, order["token"], order["elements"])


_BEFORE, _AFTER = {"K-1": "Night Baker K-1", "K-2": "Night Baker K-2"}, {"K-2": "Day Baker", "K-3": "Night Baker K-3"}


def told_whole(world: World, order: dict[str, Any]) -> bool:
    """Whether all elements of the batch stand."""
    return _open(world, order) == _AFTER


def told_amiss(world: World, _outside: Receiver, order: dict[str, Any]) -> list[str]:
    """All of the batch stands or none, in every table alike, and each receipt with what it is of."""
    company, opened = order["company"], _open(world, order)
    listed = ask(world, "select external_id from wire_job where company_id = %s and open", company)
    receipts = ask(world, "select external_id, operation from wire_task where company_id = %s and failed = ''", company)
    postings = ask(world, "select posting_id from job where company_id = %s and open", company)
    kept = {(row["external_id"], row["operation"]) for row in receipts}
    should = {("K-1", "CREATE"), ("K-2", "CREATE")}
    if opened == _AFTER:
        should |= {("K-1", "CLOSE"), ("K-2", "UPDATE"), ("K-3", "CREATE")}
    found = [] if opened in (_BEFORE, _AFTER) else [f"company {company} has {opened}"]
    if sorted(row["external_id"] for row in listed) != sorted(opened):
        found.append(f"company {company} has {listed} on the wire and {sorted(opened)} as jobs")
    if kept != should:
        found.append(f"company {company} has the receipts {sorted(kept)}, and should have {sorted(should)}")
    if len({row["posting_id"] for row in postings}) != len(opened):
        found.append(f"company {company} has {len(postings)} jobs on {postings}")
    return found


def _open(world: World, order: dict[str, Any]) -> dict[str, str]:
    rows = ask(
        world,
        "select source_job_id, title from job where company_id = %s and lane = 'ats' and open",
        order["company"],
    )
    return {row["source_job_id"]: row["title"] for row in rows}
