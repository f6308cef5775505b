"""The board shows what is live, each posting at an address that never changes, to people and to readers."""

from __future__ import annotations

import json
import re

import pytest
from selectolax.lexbor import LexborHTMLParser

from changeover import acts
from changeover.demo.board_pages import Shown, parse_list, parse_posting
from changeover.job import Job, Lane
from changeover.match import store as matches
from face import ATS, LEGACY, Face, job, migrate, text
from program import World


async def listed(face: Face, path: str = "/jobs") -> dict[str, str]:
    """Titles by address over all pages of a list, as a reader from outside sees them."""
    found: dict[str, str] = {}
    following: str | None = path
    while following:
        answer = await face.stranger.get(following)
        assert answer.status_code == 200
        items, following = parse_list(answer.text, str(answer.url))
        for item in items:
            assert item.url not in found
            found[item.url] = item.title
    return found


@pytest.fixture
async def fed(world: World) -> World:
    await world.employ()
    world.tell(Lane.LEGACY, *LEGACY)
    await world.read(Lane.LEGACY)
    return world


class TestTheList:
    async def test_has_every_live_posting_once_over_all_its_pages(self, world: World, face: Face) -> None:
        await world.employ()
        world.tell(Lane.LEGACY, *(job(f"L{n}", f"Role {n}") for n in range(120)))
        await world.read(Lane.LEGACY)
        found = await listed(face)
        assert sorted(found.values()) == sorted(f"Role {n}" for n in range(120))
        assert await listed(face, f"/jobs?company={world.company}") == found

    async def test_of_a_company_has_its_postings_alone(self, fed: World, face: Face) -> None:
        first = fed.company
        await fed.employ()
        fed.tell(Lane.LEGACY, job("X1", "Beekeeper"))
        await fed.read(Lane.LEGACY)
        assert list((await listed(face, f"/jobs?company={fed.company}")).values()) == ["Beekeeper"]
        assert len(await listed(face, f"/jobs?company={first}")) == len(LEGACY)

    async def test_says_so_where_nothing_is_open(self, face: Face) -> None:
        assert "No job is open" in (await face.stranger.get("/jobs")).text
        assert "No job is open" in (await face.stranger.get("/jobs?company=7")).text

    @pytest.mark.parametrize("query", ["company=x", "after=x", "after=-1", f"after={2**63}", "company=1' or '1'='1"])
    async def test_that_cannot_be_is_not_there(self, face: Face, query: str) -> None:
        assert (await face.stranger.get(f"/jobs?{query}")).status_code == 404


class TestAPosting:
    async def test_says_what_the_source_says(self, world: World, face: Face) -> None:
        await world.employ()
        told = Job(
            id="L1",
            title="Night Baker",
            location="York, England",
            employer_job_id="CB-801",
            description="<h2>At night</h2><p>You bake.</p>",
            apply_url="https://careers.example/apply",
            workplace_type="remote",
        )
        world.tell(Lane.LEGACY, told)
        await world.read(Lane.LEGACY)
        (address,) = await listed(face)
        answer = await face.stranger.get(address)
        page = LexborHTMLParser(answer.text)
        assert text(page, "h1") == "Night Baker"
        assert "You bake." in text(page, ".prose")
        assert parse_posting(answer.text) == Shown("night baker", "york, england, gb", "cb-801")
        canonical = page.css_first("link[rel=canonical]")
        assert canonical is not None
        assert canonical.attributes["href"] == address
        apply = page.css_first("a.primary")
        assert apply is not None
        assert apply.attributes["href"] == "https://careers.example/apply"
        assert apply.attributes["rel"] == "nofollow noopener"
        said = json.loads(page.css_first('script[type="application/ld+json"]').text())  # type: ignore[union-attr]
        assert said["hiringOrganization"]["name"] == "Ferrous & Sons"
        assert said["jobLocationType"] == "TELECOMMUTE"

    async def test_without_an_employers_number_claims_none(self, world: World, face: Face) -> None:
        await world.employ()
        world.tell(Lane.LEGACY, job("L1", "Night Baker"))
        await world.read(Lane.LEGACY)
        (address,) = await listed(face)
        assert '"identifier"' not in (await face.stranger.get(address)).text

    async def test_runs_nothing_that_a_source_said(self, world: World, face: Face) -> None:
        await world.employ()
        evil = Job(
            id="L1",
            title="</script><script>alert(1)</script>",
            location='"><img src=x onerror=alert(1)>',
            description='<p onclick="alert(1)">Hi<script>alert(1)</script><a href="javascript:alert(1)">x</a></p>',
            apply_url="javascript:alert(1)",
            url="data:text/html,x",
        )
        world.tell(Lane.LEGACY, evil)
        await world.read(Lane.LEGACY)
        (address,) = await listed(face)
        for path in (address, "/jobs"):
            answer = (await face.stranger.get(path)).text
            page = LexborHTMLParser(answer)
            assert [node.attributes.get("type") for node in page.css("script")] in ([], ["application/ld+json"])
            assert page.css_first("img[onerror], [onclick]") is None
            assert not re.search(r'href="(javascript|data):', answer)
            assert page.css_first("a.primary") is None

    async def test_keeps_its_address_through_cut_over_and_revert(self, world: World, face: Face) -> None:
        await migrate(world)
        before = await listed(face)
        seen = (await acts.preview(world.flow, world.company)).preview.digest
        await acts.resolve(world.flow, world.company, seen=seen, who="test")
        during = await listed(face)
        assert len(before.keys() & during.keys()) == 3
        seen = (await acts.preview(world.flow, world.company)).preview.digest
        await acts.revert(world.flow, world.company, seen=seen, who="test")
        assert await listed(face) == before

    async def test_that_closed_says_so_kindly(self, fed: World, face: Face) -> None:
        gone = next(address for address, title in (await listed(face)).items() if title == "Night Baker")
        fed.tell(Lane.LEGACY, *LEGACY[1:])
        await fed.read(Lane.LEGACY)
        answer = await face.stranger.get(gone)
        assert answer.status_code == 410
        assert "This job has closed" in answer.text
        assert f"/jobs?company={fed.company}" in answer.text

    async def test_that_was_joined_with_another_leads_there_for_ever(self, world: World, face: Face) -> None:
        await migrate(world)
        async with world.db.company(world.company) as conn:
            (row,) = await matches.review_page(conn, world.company, ["review"])
        old = f"/jobs/{world.company}-{row['ats_posting']}"
        new = f"/jobs/{world.company}-{row['legacy_posting']}"
        assert (await face.stranger.get(old)).status_code == 410
        await acts.decide_pair(world.flow, world.company, row["legacy_job_id"], row["ats_job_id"], "confirmed", who="t")
        answer = await face.stranger.get(old)
        assert (answer.status_code, answer.headers["location"]) == (308, new)
        assert (await face.stranger.get(new)).status_code == 200

    @pytest.mark.parametrize("posting", ["7-7", "x", "7", "7-7-7", f"{2**63}-1", "0-1", "1-0", "٣-٣", "../companies"])
    async def test_that_never_was_is_not_there(self, fed: World, face: Face, posting: str) -> None:
        answer = await face.stranger.get(f"/jobs/{posting}")
        assert answer.status_code == 404

    async def test_is_asked_for_anew_each_time(self, fed: World, face: Face) -> None:
        (address, *_) = await listed(face)
        for path in ("/jobs", address):
            assert (await face.stranger.get(path)).headers["cache-control"] == "no-cache"


async def test_an_ats_job_that_is_not_live_shows_nothing_of_itself(world: World, face: Face) -> None:
    await migrate(world)
    assert set((await listed(face)).values()) == {each.title for each in LEGACY}
    async with world.db.company(world.company) as conn:
        rows = await matches.review_page(conn, world.company, ["ats_only"])
    answer = await face.stranger.get(f"/jobs/{world.company}-{rows[0]['ats_posting']}")
    assert answer.status_code == 410
    assert ATS[-1].title not in answer.text
