"""What stands in the sandbox: a vendor, its child, a company, a posted job, an application for it."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from changeover import flow as runs
from changeover.app import Program
from changeover.apply import store as applications
from changeover.apply_connect import enabling, store
from changeover.apply_connect.auth import Application, Credentials, add_child, add_vendor
from changeover.apply_connect.hooks import add_event_url
from changeover.apply_connect.ingest import Board, Receipted, ingest
from changeover.apply_connect.payloads import sample, told_of
from changeover.apply_connect.payloads_apps import Key
from changeover.apply_connect.told import Told
from changeover.database.revise import create_company, revise
from changeover.flow import Push
from changeover.job import Lane
from changeover.postings import store as postings
from changeover.refusal import Refusal
from changeover.snapshot import store as snapshots
from changeover.web.served import Served
from changeover.webhooks.keys import keys_of

WHO = "sandbox"
SAMPLE = "sample-0001"


class NotReady(Exception):
    """The sandbox could not be made ready; the message says why."""


@dataclass(frozen=True, slots=True)
class Ready:
    """What a client needs; the names are those of the command's first line."""

    url: str
    parent_client_id: str
    parent_client_secret: str
    client_id: str
    client_secret: str
    organization: str
    webhook_url: str
    job_application_id: str

    def as_dict(self) -> dict[str, str]:
        """The line as it is printed."""
        return asdict(self)


async def vendor(program: Program) -> tuple[Credentials, Credentials]:
    """A vendor's parent application and one child of it."""
    keys = keys_of(program.settings)
    parent = await add_vendor(program.db, keys, "Sandbox ATS")
    async with program.db.company(parent.application.vendor_id) as conn:
        fields = {"foreign_id": "sandbox-customer", "name": "Sandbox ATS - Sandbox Company"}
        child = await add_child(conn, program.db, keys, parent.application.vendor_id, fields)
    return parent, child


async def stand(
    program: Program, here: Served, parent: Application, child: Application, webhook: str
) -> tuple[int, int]:
    """The company, moved to the vendor's child, and the sample application: their numbers."""
    if program.outbox is not None:
        await add_event_url(program.outbox, parent, webhook)
    company = await create_company(program.db, "Sandbox Company", ats="Sandbox ATS", who=WHO)
    async with revise(
        program.db, company, kind="source_added", who=WHO, why="An old source that is read no more."
    ) as it:
        legacy = await snapshots.add_source(it, lane=Lane.LEGACY, kind="xml_feed", location="sandbox: an old feed")
        await snapshots.revoke(it, legacy)
    made = await enabling.ask(here, child, Key(company, "APPLY_CONNECT", "JOBS", "ATS"), "Sandbox ATS")
    if made is None:
        raise NotReady("The sandbox's company is gone.")
    refusal = await enabling.enable(program.flow, program.outbox, company, made.request_id, who=WHO)
    if refusal is not None:
        raise NotReady(str(refusal))
    await _sample_job(program, child, company, webhook)
    await runs.run(program.flow, company)
    return company, await _sample_application(program, company)


async def _sample_job(program: Program, child: Application, company: int, webhook: str) -> None:
    """Post a job as a client would, and say that this is every open one."""
    async with program.db.company(company) as conn:
        integration = await enabling.enabled(conn, company)
    (told,) = told_of([sample(SAMPLE, company, webhook, program.db.now())], program.db.now())
    if integration is None or not isinstance(told, Told):
        raise NotReady(f"The sample job cannot be posted: {told}")
    board = Board(program.settings.public_url or "", frozenset())
    done = await ingest(program.flow, child, company, [told], board)
    if isinstance(done, Refusal) or not isinstance(done[0], Receipted):
        raise NotReady(f"The sample job was not taken: {done}")
    async with runs.pushing(program.flow, company, who=WHO) as push:
        if isinstance(push, Push):
            await push.whole()
            await store.resync(push.change.conn, integration, "done", push.change.at)


async def _sample_application(program: Program, company: int) -> int:
    async with program.db.company(company) as conn:
        posting = await postings.pushed_posting(conn, company, SAMPLE)
        if posting is None:
            raise NotReady("The sample job was not posted.")
        now = program.db.now()
        applicant = {"first_name": "Sample", "last_name": "Applicant", "email": "applicant@example.com"}
        made = await applications.add(conn, company, posting, SAMPLE, applicant, {}, now)
        resume = b"%PDF-1.4\n% The sample applicant's resume.\n%%EOF\n"
        await applications.add_file(conn, company, made, "resume.pdf", "application/pdf", resume, now)
    return made
