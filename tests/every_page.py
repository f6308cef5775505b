"""Every kind of page, over companies in every state, with names that try to break the layout."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from changeover import acts
from changeover import flow as runs
from changeover.accounts import people
from changeover.accounts.account import Role
from changeover.accounts.clients import add_client, rotate, set_origins
from changeover.app import source_reader
from changeover.apply_connect.auth import add_child, add_vendor
from changeover.consolidated.handing import FEED, assign
from changeover.contracts import slots
from changeover.database.board import BOARD
from changeover.database.revise import revise
from changeover.dry_run import store as dry_run_store
from changeover.dry_run.store import State as DryRunState
from changeover.dry_run.trying import match, told
from changeover.job import Job, Lane
from changeover.refusal import Refusal
from changeover.settings import Settings
from changeover.snapshot import store as snapshots
from changeover.sources.source import Completeness, Reading
from changeover.subscriptions import publishing
from changeover.sunset import notice
from changeover.support import cases
from changeover.webhooks import store as webhooks
from changeover.webhooks.keys import Keys
from contracts.slots_world import contract
from face import ATS, LEGACY, Face, job, migrate
from program import World
from sources.unknown_feeds import chances

SIDES = (("legacy", [*LEGACY, job("L9", "")]), ("ats", ATS))
LONG = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaftsleiter"


async def every_page(served: Face, folder: Path) -> dict[str, str]:
    """Every kind of page, with companies in every state and names that try to break the layout."""
    world = served.world
    await world.employ()
    await migrate(world)
    world.tell(Lane.LEGACY, *LEGACY, *(job(f"L{n}", f"{LONG} {n}", place=LONG) for n in range(10, 40)))
    await world.read()
    world.tell(Lane.LEGACY, *LEGACY[:2])
    await world.read(Lane.LEGACY)
    held = served.at
    await embeds(world)
    case = await supported(world)
    made = await seated(world)
    await world.employ()
    world.tell(Lane.LEGACY, *LEGACY[:3])
    world.tell(Lane.ATS, *ATS[:3])
    await world.read(Lane.LEGACY)
    await acts.activate(world.flow, world.company, who="test")
    await world.read()
    moved = served.at
    sunset = await ends(world)
    mapped = await unknown_feed(world, folder)
    names = await consolidated(served)
    by_file = await told_by_a_file(served, folder)
    return {
        "overview": "/",
        "one state": "/?state=ready",
        "company": held,
        "company, moved": moved,
        "company, told by a file": by_file,
        "companies, none found": "/?find=zzz",
        "set up": "/setup",
        **await dry_runs(served),
        "review, searched": f"{held}/review?find=baker",
        "review": f"{held}/review",
        "review, all jobs": f"{held}/review?show=no-twin",
        "review, moved": f"{moved}/review",
        "applications": f"{held}/applications",
        "support": "/support",
        "cases": f"{held}/cases",
        "case": f"{held}/cases/{case}",
        "paid slots": f"{held}/slots",
        "paid slots, changed": f"{held}/slots/{made}/change?kind=title&value=Baker&priority=5",
        "resolve": f"{held}/resolve",
        "resolve, refused": f"{moved}/resolve",
        "revert": f"{moved}/revert",
        "mapping": f"{moved}/sources/{mapped}/mapping",
        "sunset": sunset,
        "widgets": f"{held}/widgets",
        "widgets, no client yet": f"{moved}/widgets",
        "account": "/account",
        "names": names,
        "names, none found": f"{names}?find=zzz",
        "integrations": f"{moved}/integrations",
        "events": await subscribed(world),
        **await let_in(world),
        **await ask_here(world),
        **await everybodys(served),
    }


async def everybodys(served: Face) -> dict[str, str]:
    """The pages that need no session."""
    board = (await served.stranger.get("/jobs")).text
    posting = board.split('data-posting="')[1].split('"')[0]
    return {
        "signing in": "/sign-in",
        "invitation, used or made up": "/invitations/none",
        "candidates": "/candidates",
        "nothing": "/nope",
        "board": "/jobs",
        "search": "/jobs?q=baker&place=Oslo&since=7",
        "search, none found": "/jobs?q=zzz",
        "job": f"/jobs/{posting}",
        "no job": "/jobs/7-7",
        "API reference": "/api/",
    }


async def dry_runs(served: Face) -> dict[str, str]:
    """The pages of a dry run that is under way, and of one that found something on both sides."""
    db, found = served.world.db, {lane: told(Reading("test", jobs, Completeness.COMPLETE)) for lane, jobs in SIDES}
    async with db.company(BOARD) as conn:
        asked = {"legacy": f"https://{LONG}.example/", "ats": "https://ats.example/", "name": LONG, "who": "test"}
        made = [await dry_run_store.add(conn, **asked, now=db.now()) for _ in range(2)]
        far = {"legacy": [3, 10], "ats": [7, None]}
        await dry_run_store.tell(conn, made[0], DryRunState.READING, progress=far, found={})
        matched = match({lane: Reading("test", jobs, Completeness.COMPLETE) for lane, jobs in SIDES}, None)
        await dry_run_store.tell(conn, made[1], DryRunState.DONE, progress=far, found=found, matched=matched)
    return {"dry run, under way": f"/setup/{made[0]}", "dry run": f"/setup/{made[1]}"}


async def ask_here(world: World) -> dict[str, str]:
    """The pages of programs: a company's with two tokens, a vendor with a customer, each under a long name."""
    client = int((await add_client(world.db, world.company, LONG, who="test")).split("_")[2])
    await rotate(world.db, world.company, client, who="test")
    keys = Keys(b"k" * 32)
    made = await add_vendor(world.db, keys, LONG)
    vendor = made.application.vendor_id
    async with world.db.company(vendor) as conn:
        await add_child(conn, world.db, keys, vendor, {"foreign_id": LONG, "name": LONG})
    return {
        "programs": "/programs",
        "programs, none found": "/programs?find=zzz",
        "program": f"/companies/{world.company}/clients/{client}",
        "vendor": f"/vendors/{made.application.client_id}",
    }


async def let_in(world: World) -> dict[str, str]:
    """The pages of people, one of whom was let in under a long name."""
    made = await people.add(world.db, "eve@example.org", LONG, Role.EMPLOYER, [world.company], who="test")
    assert not isinstance(made, Refusal), made
    at = f"/people/{made.account.account_id}"
    return {"people": "/people", "people, none found": "/people?find=zzz", "person": at}


async def unknown_feed(world: World, folder: Path) -> int:
    """A source of no known kind."""
    (folder / "export.xml").write_bytes(chances().replace(b"Night Baker", f"Night Baker {LONG}".encode()))
    async with revise(world.db, world.company, kind="source_added", who="test", why="A feed.") as change:
        where = str(folder / "export.xml")
        return await snapshots.add_source(change, lane=Lane.LEGACY, kind="xml_feed", location=where)


async def subscribed(world: World) -> str:
    """The page of events: a receiver at a long address, which one could not be delivered to."""
    url = f"https://board.example/{LONG.replace(' ', '-')}"
    kept, _ = await publishing.subscribe(world.db, Keys(b"k" * 32), url, [])
    who, now = str(kept.subscription_id), world.db.now()
    async with world.db.company(BOARD) as conn:
        sent = await webhooks.queue(conn, BOARD, publishing.CHANNEL, who, "posting.opened", "{}", now)
        row = {"company_id": BOARD, "delivery_id": sent}
        await webhooks.tried(conn, row, "dead", now, problem=f"It answered 500. {LONG}")
    return "/subscriptions"


async def told_by_a_file(served: Face, folder: Path) -> str:
    """A company whose source was really read, so that it is known where its fields stood and what it said is kept."""
    world = served.world
    await world.employ()
    (folder / "jobs.csv").write_text(f"id,{LONG},title,town,country\n1,x,Baker,Oslo,NO\n2,x,Cook,,NO\n")
    async with revise(world.db, world.company, kind="source_added", who="test", why="A file.") as change:
        where = str(folder / "jobs.csv")
        source = await snapshots.add_source(change, lane=Lane.LEGACY, kind="csv", location=where)
    await runs.read_source(replace(world.flow, read=source_reader(Settings())), world.company, source)
    return served.at


async def consolidated(served: Face) -> str:
    """A feed of many companies: one name waits, one is handed over, one is left out."""
    world, where, ferrous = served.world, "test:all", served.world.company
    await world.employ()
    names = (f"{LONG} & Söhne", "Ferrous", "Test account")
    jobs = [Job(id=str(n), title=f"Welder {n}", company=name) for n, name in enumerate(names)]
    async with revise(world.db, world.company, kind="source_added", who="test", why="A feed.") as change:
        feed = await snapshots.add_source(change, lane=Lane.LEGACY, kind=FEED, location=where)
    world.says[where] = Reading("test", jobs, Completeness.COMPLETE)
    await runs.read_source(world.flow, world.company, feed)
    await assign(world.flow, world.company, feed, "Ferrous", ferrous, who="test")
    await assign(world.flow, world.company, feed, "Test account", None, who="test")
    return f"{served.at}/sources/{feed}/names"


async def embeds(world: World) -> None:
    """A client whose pages may show widgets, and one that has told none."""
    for name in (LONG, "ATS"):
        token = await add_client(world.db, world.company, name, who="test")
    origins = ["https://ats.example", f"https://{LONG[:60].lower().replace('ä', 'a')}.example"]
    assert await set_origins(world.db, world.company, int(token.split("_")[2]), origins, who="test") == origins


async def ends(world: World) -> str:
    """The page of an old source whose end is announced, with somebody who is told of it."""
    at = (world.db, world.company)
    assert (
        await notice.set_contact(*at, f"{LONG[:50].lower()}@ferrous.example", name=LONG, write=True, who="test") is None
    )
    by = world.db.now() + timedelta(days=30)
    made = await notice.announce(*at, world.legacy, by, who="test", why=LONG)
    assert not isinstance(made, Refusal), made
    return f"/companies/{world.company}/sources/{world.legacy}/sunset"


async def supported(world: World) -> str:
    """An open case with a proposal; its number."""
    case = await cases.open_case(world.db, world.company, "", f"{LONG}\n{LONG}", side="employer", who="test")
    await cases.propose(world.db, world.company, int(str(case)), "L1", "A1", who="test")
    return str(case)


async def seated(world: World) -> int:
    """A contract for paid slots with somebody on one of its seats."""
    made = await contract(world, 2, seats=2)
    await slots.set_seat(world.db, world.company, made, "ada@example.org", name=LONG, active=True, who="test")
    return made
