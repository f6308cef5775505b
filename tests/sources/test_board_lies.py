"""What ATS boards are known to lie about, each lie seen: caps, shrinking lists, wrong ids, other addresses."""

from __future__ import annotations

import json
from typing import Any

import pytest

from changeover.sources import ats_boards, registry
from changeover.sources.ats_boards.feeds import feed_at
from changeover.sources.source import Completeness, Reading

from . import board_plays
from .conftest import QUICK
from .local_server import Asked, LocalServer, Told


async def read(url: str, kind: str) -> Reading:
    return await registry.read(url, kind, QUICK)


def codes(of: Reading) -> list[str]:
    return [problem.code for problem in of.problems]


class Workday:
    """A tenant with more jobs than one query hands out: ``families`` has the job numbers of each job family."""

    def __init__(self, families: dict[str, range], without: range = range(0)) -> None:
        self.families, self.without = families, without

    def __call__(self, asked: Asked) -> Told:
        if asked.method == "GET":
            return Told(json.dumps({"jobPostingInfo": {"jobDescription": "<p>x</p>"}}).encode())
        sent = json.loads(asked.body)
        chosen = sent["appliedFacets"].get("jobFamilyGroup", list(self.families))
        numbers = [n for family in chosen for n in self.families[family]]
        numbers += [] if sent["appliedFacets"] else list(self.without)
        total = min(len(numbers), 2_000)
        offset = sent["offset"] % 2_000  # past the cap the pages begin again
        rows = [{"title": f"Job {n}", "externalPath": f"/job/J_R{n}"} for n in numbers[offset : offset + 20]]
        values = [{"id": name, "count": len(jobs)} for name, jobs in self.families.items()]
        place = {"facetParameter": "locationMainGroup", "values": [{"facetParameter": "locations", "values": []}]}
        worker = {"facetParameter": "workerSubType", "values": [{"id": "all", "count": len(numbers)}]}
        facets = [place, {"facetParameter": "jobFamilyGroup", "values": values}, worker]
        return Told(json.dumps({"total": total, "jobPostings": rows, "facets": facets}).encode())


class TestWorkday:
    PATH = "/wday/cxs/acme/Careers/jobs"

    @pytest.fixture
    def lists_only(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Thousands of jobs one by one would only make the test slow."""
        import dataclasses

        board = ats_boards.named("workday")
        assert board
        bare = tuple(dataclasses.replace(b, detail=None) if b is board else b for b in ats_boards.BOARDS)
        monkeypatch.setattr(ats_boards, "BOARDS", bare)

    @pytest.mark.usefixtures("lists_only")
    async def test_over_the_cap_every_family_is_read(self, site: LocalServer) -> None:
        site.pages["*"] = Workday({"a": range(1_500), "b": range(1_500, 2_600)})
        reading = await read(site.url + self.PATH, "workday")
        assert (len(reading.jobs), reading.completeness, codes(reading)) == (2_600, Completeness.COMPLETE, [])
        assert reading.claimed == 2_600

    @pytest.mark.usefixtures("lists_only")
    async def test_jobs_of_no_family_are_missed_and_that_is_seen(self, site: LocalServer) -> None:
        families = {"a": range(1_500), "b": range(1_500, 2_300)}

        def answer(asked: Asked) -> Told:
            told = Workday(families, without=range(3_000, 3_020))(asked)
            said = json.loads(told.body)
            for facet in said.get("facets", []):
                if facet["facetParameter"] == "workerSubType":
                    facet["values"].append({"id": "other", "count": 0})
            return Told(json.dumps(said).encode())

        site.pages["*"] = answer
        reading = await read(site.url + self.PATH, "workday")
        assert (reading.completeness, codes(reading)) == (Completeness.PARTIAL, ["COUNT_MISMATCH"])

    @pytest.mark.usefixtures("lists_only")
    async def test_over_the_cap_without_facets_is_not_whole(self, site: LocalServer) -> None:
        site.pages["*"] = Workday({"a": range(2_500)})
        reading = await read(site.url + self.PATH, "workday")
        assert (len(reading.jobs), reading.completeness) == (2_000, Completeness.PARTIAL)
        assert codes(reading) == ["CAPPED"]

    async def test_the_jobs_address_and_requisition_come_from_its_own_answer(self, site: LocalServer) -> None:
        site.pages["*"] = lambda asked: board_plays.workday(asked, 1)
        [job] = (await read(site.url + self.PATH, "workday")).jobs
        assert (job.url, job.requisition) == (f"{site.url}/Careers/job/Bern/J_R0", "R0")
        assert job.description == "<p>Told</p>"


class TestLists:
    async def test_a_list_that_shrinks_while_it_is_read_is_not_whole(self, site: LocalServer) -> None:
        def answer(asked: Asked) -> Told:
            return board_plays.jibe(asked, 30 if asked.query["page"] == "1" else 29)

        site.pages["/api/jobs"] = answer
        reading = await read(site.url + "/api/jobs", "jibe")
        assert (reading.completeness, "LIST_SHRANK" in codes(reading)) == (Completeness.PARTIAL, True)

    async def test_a_job_that_moves_to_the_next_page_is_one_job(self, site: LocalServer) -> None:
        rows = [{"data": {"slug": str(n), "title": f"Job {n}"}} for n in range(25)]

        def answer(asked: Asked) -> Told:
            page = int(asked.query["page"])
            listed = rows if page == 1 else [{"data": {"slug": "new", "title": "New"}}, *rows]
            part = listed[10 * page - 10 : 10 * page]
            return Told(json.dumps({"jobs": part, "totalCount": len(listed)}).encode())

        site.pages["/api/jobs"] = answer
        reading = await read(site.url + "/api/jobs", "jibe")
        assert (len(reading.jobs), codes(reading)) == (25, ["COUNT_MISMATCH"])

    async def test_a_job_in_two_languages_is_one_job(self, site: LocalServer) -> None:
        def answer(asked: Asked) -> Told:
            if asked.method == "POST":
                row = {"response": {"id": 7, "unifiedStandardTitle": "Nurse"}}
                return Told(json.dumps({"jobSearchResult": [row], "totalJobs": 1}).encode())
            return board_plays.successfactors_site(asked, 1)

        site.pages["*"] = answer
        reading = await read(site.url + "/", "successfactors_site")
        assert ([job.id for job in reading.jobs], reading.complete) == (["7"], True)

    async def test_bamboohrs_older_page_is_read_where_the_list_is_gone(self, site: LocalServer) -> None:
        row = (
            '<li id="bhrJobs_7"><a href="/jobs/view.php?id=7">Nurse</a><span class="BambooHR-ATS-Location">Bern</span>'
        )
        site.pages["/jobs/embed2.php"] = f'<div class="BambooHR-ATS-board"><ul>{row}</li></ul></div>'
        site.pages["/careers/7/detail"] = json.dumps({"result": {"jobOpening": {"description": "<p>x</p>"}}})
        [job] = (await read(site.url + "/careers/list", "bamboohr")).jobs
        assert (job.id, job.title, job.location, job.url) == ("7", "Nurse", "Bern", site.url + "/careers/7")


class TestDetails:
    async def _read(self, site: LocalServer, gone: set[int], status: int = 404) -> Reading:
        def answer(asked: Asked) -> Told:
            told = board_plays.rippling(asked, 20)
            number = asked.path.rsplit("/r", 1)[-1]
            return Told(status=status) if number.isdigit() and int(number) in gone else told

        site.pages["*"] = answer
        return await read(site.url + "/v1/board/acme/jobs", "rippling")

    async def test_a_job_that_closed_since_the_list_was_told_is_gone(self, site: LocalServer) -> None:
        reading = await self._read(site, {3})
        assert (len(reading.jobs), reading.complete, reading.unreadable) == (19, True, 0)

    async def test_many_jobs_that_are_gone_at_once_are_not_believed(self, site: LocalServer) -> None:
        reading = await self._read(site, set(range(20)))
        assert (len(reading.jobs), reading.completeness, reading.unreadable) == (0, Completeness.PARTIAL, 20)

    async def test_one_that_cannot_be_read_is_unread_not_gone(self, site: LocalServer) -> None:
        reading = await self._read(site, {3}, 403)
        assert (len(reading.jobs), reading.unreadable, codes(reading)) == (19, 1, ["HTTP_403"])

    async def test_a_site_that_stops_answering_is_not_asked_for_every_job(self, site: LocalServer) -> None:
        site.pages["*"] = lambda asked: (
            board_plays.rippling(asked, 200) if asked.path.endswith("/jobs") else Told(status=403)
        )
        reading = await read(site.url + "/v1/board/acme/jobs", "rippling")
        assert (reading.unreadable, len(site.asked) < 30) == (200, True)


@pytest.mark.parametrize(
    ("page", "kind", "endpoint"),
    [
        (
            "https://acme.wd5.myworkdayjobs.com/en-US/Careers/job/x",
            "workday",
            "https://acme.wd5.myworkdayjobs.com/wday/cxs/acme/Careers/jobs",
        ),
        (
            "https://wd1.myworkdaysite.com/recruiting/acme/Careers",
            "workday",
            "https://wd1.myworkdaysite.com/wday/cxs/acme/Careers/jobs",
        ),
        (
            "https://x.fa.us2.oraclecloud.com/hcmUI/CandidateExperience/en/sites/CX_2001/jobs",
            "oracle",
            "https://x.fa.us2.oraclecloud.com/hcmRestApi/resources/latest/recruitingCEJobRequisitions"
            "?finder=findReqs;siteNumber=CX_2001",
        ),
        ("https://careers-acme.icims.com/jobs/intro", "icims", "https://careers-acme.icims.com/jobs/search"),
        ("https://acme.jibeapply.com/jobs", "jibe", "https://acme.jibeapply.com/api/jobs"),
        (
            "https://ats.rippling.com/en-GB/acme/jobs",
            "rippling",
            "https://api.rippling.com/platform/api/ats/v1/board/acme/jobs",
        ),
        ("https://acme.pinpointhq.com/en/postings", "pinpoint", "https://acme.pinpointhq.com/postings.json"),
        (
            "https://acme.eightfold.ai/careers?x=1&domain=acme.com",
            "eightfold",
            "https://acme.eightfold.ai/api/apply/v2/jobs?domain=acme.com",
        ),
        ("https://acme.bamboohr.com/careers/86", "bamboohr", "https://acme.bamboohr.com/careers/list"),
        ("https://acme.breezy.hr/p/1-x", "breezy", "https://acme.breezy.hr/json"),
    ],
)
def test_a_persons_page_leads_to_the_list(page: str, kind: str, endpoint: str) -> None:
    found = ats_boards.at_address(page)
    assert found is not None
    assert (found[0].kind, found[1]) == (kind, endpoint)


@pytest.mark.parametrize(
    ("page", "feed"),
    [
        ("https://acme.jobs.personio.de/job/1", ("personio", "https://acme.jobs.personio.de/xml")),
        ("https://acme.teamtailor.com/jobs", ("teamtailor", "https://acme.teamtailor.com/jobs.rss")),
        ("https://acme.jobs.personio.de/xml?language=en", None),
        ("https://careers.acme.example/jobs", None),
    ],
)
def test_a_persons_page_leads_to_the_feed(page: str, feed: Any) -> None:
    assert feed_at(page) == feed
