"""Every call of every face, made as everyone over real HTTP: who may not is refused, of another company always."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx2
import orjson
import pytest

from changeover.accounts import signing_in
from changeover.accounts.account import Role
from changeover.accounts.clients import add_client
from changeover.accounts.people import Invited, add
from changeover.accounts.scopes import Scope
from changeover.accounts.signing_in import From
from changeover.apply_connect.auth import add_child, add_vendor, grant
from changeover.database.revise import create_company
from changeover.web.access import who_may
from changeover.web.clearance import Who
from changeover.web.who_may_call import calls, page, scope_needed
from changeover.webhooks.keys import Keys
from face import READS, TOKEN, Face, migrate
from program import World

PAGE = Path(__file__).parents[2] / "docs" / "who-may-call.md"
# What ends the very session that asks, and streams that wait.
ENDS = {"/sign-out", "/account/sessions/end", "/account/password", "/account/factor/remove", "/sign-in/code"}
NO_TOKEN = {"/widgets/file"}
REFUSED = {"NO_SESSION", "SIGN_IN", "NO_CREDENTIAL", "NO_TOKEN", "NOT_YOURS", "WRONG_COMPANY", "MISSING_SCOPE"} | {
    "READ_ONLY",
    "EMPTY_ACCESS_TOKEN",
    "INVALID_ACCESS_TOKEN",
}
COMPANYS = {Who.RECRUITER, Who.EMPLOYER, Who.COMPANY_PROGRAM}
EVERYONES = {Who.ANYONE}
PERSONS = EVERYONES | {Who.HALF, Who.SIGNED_IN}


@dataclass
class Caller:
    """Someone who calls: what they may be of their own company, and of the board. ``scopes`` are those of a client."""

    browser: httpx2.AsyncClient
    home: int = 0
    own: set[Who] = field(default_factory=set)
    board: set[Who] = field(default_factory=set)
    scopes: frozenset[Scope] = frozenset()
    reads: bool = False

    def may(self, method: str, path: str, *, own: bool) -> bool:
        who = who_may(method, path)
        assert who is not None
        if who is Who.ANYONE:
            return True
        if scope_needed(method, path) in self.scopes and own:
            return True
        if self.reads and who in self.board and not scope_is_read(method, path):
            return False
        return who in self.board or (own and who in self.own)


def scope_is_read(method: str, path: str) -> bool:
    return method == "GET" or path.endswith(("/rehearse", "/guess"))


def address(path: str, company: int) -> str:
    told = path.replace("{company}", str(company))
    return re.sub(r"\{[a-z_]+(:int)?\}", "7", told)


async def refusal(browser: httpx2.AsyncClient, method: str, path: str, headers: Mapping[str, str]) -> str:
    """The code with which a call is refused for who makes it; empty if it is not."""
    content, kind = (None, {}) if method == "GET" else (b"{}", {"content-type": "application/json"})
    told = {"accept": "application/json", **kind, **headers}
    async with browser.stream(method, path, headers=told, content=content) as answer:
        if answer.status_code not in (303, 401, 403, 404):
            return ""
        if answer.status_code == 303:
            return "SIGN_IN" if answer.headers["location"].startswith("/sign-in") and path not in ENDS else ""
        said = await answer.aread()
    try:
        code = str(orjson.loads(said).get("code", ""))
    except orjson.JSONDecodeError:
        return "NOT_JSON" if answer.status_code in (401, 403) else ""
    return code if code in REFUSED | {"UNKNOWN_COMPANY"} else ""


@asynccontextmanager
async def callers(face: Face, other: int) -> AsyncIterator[dict[str, Caller]]:
    """Everyone who may call, each in a browser or program of their own."""
    db, own = face.world.db, face.world.company
    async with AsyncExitStack() as stack:

        async def fresh(**headers: str) -> httpx2.AsyncClient:
            browser = httpx2.AsyncClient(base_url=face.url, trust_env=False, headers=headers, timeout=60)
            return await stack.enter_async_context(browser)

        async def person(name: str, role: Role, company: int = 0) -> httpx2.AsyncClient:
            made = await add(db, f"{name}@example.org", name, role, [company] if company else [], who="test")
            assert isinstance(made, Invited)
            async with db.company(0) as conn:
                await conn.execute(
                    "update account set state = 'active' where account_id = %s", (made.account.account_id,)
                )
            lasting = face.web.state.served.lasting
            begun = await signing_in.begin(db, made.account, lasting, From("", ""), how="test", factor=True)
            browser = await fresh(cookie=f"{face.cookie}={begun.token}")
            csrf = (await browser.get("/api/v1/session")).json().get("csrf", "")
            browser.headers["x-csrf-token"] = csrf
            return browser

        async def client_of(company: int, *scopes: Scope) -> httpx2.AsyncClient:
            token = await add_client(db, company, "ATS", who="test", scopes=scopes)
            return await fresh(authorization=f"Bearer {token}")

        keys = Keys(b"k" * 32)
        vendor = await add_vendor(db, keys, "Vendor")
        async with db.company(vendor.application.vendor_id) as conn:
            said = {"kind": "child", "foreign_id": "c", "name": "Child", "description": ""}
            child = await add_child(conn, db, keys, vendor.application.vendor_id, said)
        wire = {
            name: await fresh(authorization=f"Bearer {await grant(db, it.application.client_id, it.secret)}")
            for name, it in (("parent", vendor), ("child", child))
        }
        employers = {Who.RECRUITER, Who.EMPLOYER, Who.COMPANY_PROGRAM}
        everything = employers | PERSONS | {Who.OPERATOR, Who.PROGRAM}
        programs = {Who.PROGRAM, Who.COMPANY_PROGRAM}
        yield {
            "nobody": Caller(await fresh()),
            "someone with a made-up cookie": Caller(await fresh(cookie=f"{face.cookie}=a.{'x' * 43}")),
            "a token that is none": Caller(await fresh(authorization=f"Bearer chg_{own}_7_{'x' * 43}")),
            "operator": Caller(await person("ada", Role.OPERATOR), board=everything),
            "employer": Caller(await person("eve", Role.EMPLOYER, own), own, own=employers, board=PERSONS),
            "recruiter": Caller(await person("rob", Role.RECRUITER, own), own, own={Who.RECRUITER}, board=PERSONS),
            "employer of another company": Caller(await person("out", Role.EMPLOYER, other), other, employers, PERSONS),
            "operator's program": Caller(await fresh(authorization=f"Bearer {TOKEN}"), board=programs),
            "operator's reader": Caller(await fresh(authorization=f"Bearer {READS}"), board=programs, reads=True),
            "client": Caller(await client_of(own, *Scope), own, scopes=frozenset(Scope)),
            "client that pushes": Caller(await client_of(own, Scope.PUSH), own, scopes=frozenset({Scope.PUSH})),
            "client that reads": Caller(await client_of(own, Scope.READ), own, scopes=frozenset({Scope.READ})),
            "client without a scope": Caller(await client_of(own), own),
            "client of another company": Caller(await client_of(other, *Scope), other, scopes=frozenset(Scope)),
            "vendor's parent": Caller(wire["parent"]),
            "vendor's child": Caller(wire["child"]),
        }


def is_wire(path: str) -> bool:
    return path.startswith(("/v2/", "/rest/", "/ambry"))


async def test_who_may_not_call_is_refused_whatever_the_call_and_whoever_it_is(served: Face, world: World) -> None:
    await migrate(world)
    other = await create_company(world.db, "Another", who="test")
    wrong = []
    asked = 0
    async with callers(served, other) as everyone:
        for method, path in calls(served.web):
            for name, caller in everyone.items():
                if is_wire(path) and name.startswith("vendor's"):
                    continue
                for company in (world.company, other) if "{company}" in path else (world.company,):
                    may = caller.may(method, path, own=company == caller.home or "{company}" not in path)
                    if may and path in ENDS:
                        continue
                    code = await refusal(caller.browser, method, address(path, company), {})
                    # A widget answers with a page of its own, also where its form carries no token.
                    code = code or (
                        "WIDGET" if who_may(method, path) is Who.SEAT and not may and path in NO_TOKEN else ""
                    )
                    if path == "/companies/{company}" and may and code == "UNKNOWN_COMPANY":
                        code = ""
                    asked += 1
                    if may == bool(code):
                        wrong.append((name, method, path, "own" if company == world.company else "other", code))
    assert not wrong, "\n".join(map(str, wrong))
    assert asked > 2_000


async def test_what_another_company_has_stays_as_it_was(served: Face, world: World) -> None:
    """Every call that changes something, by everyone who is of another company: no row of this one is written."""
    await migrate(world)
    other = await create_company(world.db, "Another", who="test")
    async with callers(served, other) as everyone, world.db.company(world.company) as conn:
        before = await (await conn.execute("select revision from company")).fetchone()
        outsiders = [everyone[name] for name in ("employer of another company", "client of another company")]
        for method, path in calls(served.web):
            if "{company}" in path and method != "GET":
                for caller in outsiders:
                    assert await refusal(caller.browser, method, address(path, world.company), {}), (method, path)
        after = await (await conn.execute("select revision from company")).fetchone()
    assert before == after


async def test_the_page_of_the_docs_is_the_table(face: Face) -> None:
    assert PAGE.read_text() == page(face.web), "write it anew: python tests/web/write_who_may_call.py"


@pytest.mark.parametrize("scope", list(Scope))
async def test_a_refusal_says_which_scope_is_missing(face: Face, world: World, scope: Scope) -> None:
    await migrate(world)
    token = await add_client(
        world.db, world.company, "ATS", who="test", scopes=[each for each in Scope if each != scope]
    )
    asked = {
        Scope.PUSH: ("POST", "/jobs"),
        Scope.CANDIDATES: ("GET", "/access-log"),
        Scope.READ: ("GET", "/pairs"),
        Scope.WRITE: ("POST", "/cases"),
        Scope.MIGRATE: ("POST", "/hold"),
    }
    method, path = asked[scope]
    answer = await face.stranger.request(
        method, f"/api/v1{face.at}{path}", headers={"authorization": f"Bearer {token}"}, json={}
    )
    assert (answer.status_code, answer.json()["code"], answer.json()["scope"]) == (403, "MISSING_SCOPE", scope)
    assert scope in answer.json()["detail"]
