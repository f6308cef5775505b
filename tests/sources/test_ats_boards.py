"""ATS job boards over real HTTP: paging, the proof that nothing is missing, and their known lies."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from changeover.sources import ats_boards, registry
from changeover.sources.ats_boards.board import reading, told
from changeover.sources.json_answer import read_json
from changeover.sources.source import Completeness, Reading

from .conftest import NOW, QUICK
from .local_server import Asked, LocalServer, Told


def greenhouse(number: int, **more: object) -> dict[str, Any]:
    return {
        "id": number, "internal_job_id": number + 1000,
        "title": f"Job {number}",
        "absolute_url": f"https://a.example/{number}",
        "location": {"name": "Boston"}, "requisition_id": f"R-{number}",
        "updated_at": "2026-02-24T04:46:10-05:00", **more,
    }  # fmt: skip


def lever(number: int, **more: object) -> dict[str, Any]:
    return {
        "id": f"u{number}", "text": f"Job {number}",
        "categories": {"location": "Boston", "allLocations": ["Boston", "NYC"]},
        "hostedUrl": f"https://jobs.lever.co/a/u{number}", "createdAt": 1764205361939, **more,
    }  # fmt: skip


def ashby(number: int, **more: object) -> dict[str, Any]:
    return {"id": f"a{number}", "title": f"Job {number}", "location": "Paris", "jobUrl": "https://j.example", **more}


def smart(number: int) -> dict[str, Any]:
    return {
        "id": str(number),
        "name": f"Job {number}",
        "refNumber": f"REF{number}",
        "location": {"city": "X", "country": "us"},
    }


def paged(records: list[Any], start: str, limit: str, wrap: Any = lambda part, _all: part, most: int = 100) -> Any:
    def page(asked: Asked) -> Told:
        first = int(asked.query.get(start, 0))
        size = min(int(asked.query.get(limit, most)), most)
        return Told(json.dumps(wrap(records[first : first + size], records)).encode())

    return page


async def read(url: str, kind: str | None = None) -> Reading:
    return await registry.read(url, kind, QUICK)


def codes(of: Reading) -> list[str]:
    return [problem.code for problem in of.problems]


class TestGreenhouse:
    async def test_the_total_proves_it_whole(self, site: LocalServer) -> None:
        site.pages["/v1/boards/acme/jobs"] = json.dumps({"jobs": [greenhouse(1), greenhouse(2)], "meta": {"total": 2}})
        found = await read(site.url + "/v1/boards/acme/jobs", "greenhouse")
        assert (found.kind, found.complete, found.claimed, len(found.jobs)) == ("greenhouse", True, 2, 2)
        assert site.asked[0].query == {"content": "true", "pay_transparency": "true"}
        [first, _] = found.jobs
        assert (first.id, first.employer_job_id, first.requisition) == ("1", "R-1", "R-1")

    async def test_fewer_than_the_total_is_not_whole(self, site: LocalServer) -> None:
        site.pages["/jobs"] = json.dumps({"jobs": [greenhouse(1)], "meta": {"total": 2}})
        found = await read(site.url + "/jobs")
        assert (found.completeness, codes(found)) == (Completeness.PARTIAL, ["COUNT_MISMATCH"])

    def test_content_is_decoded_twice_and_sanitised(self) -> None:
        content = "&lt;p&gt;Fish &amp;amp; Chips&lt;/p&gt;&lt;script&gt;x&lt;/script&gt;"
        found = read_json({"jobs": [greenhouse(1, content=content)], "meta": {"total": 1}}, "", "x", NOW)
        assert found.jobs[0].description == "<p>Fish &amp; Chips</p>"

    def test_a_post_without_a_requisition_is_grouped_by_its_job(self) -> None:
        found = read_json({"jobs": [greenhouse(1, requisition_id=None)], "meta": {"total": 1}}, "", "x", NOW)
        assert (found.jobs[0].employer_job_id, found.jobs[0].requisition) == ("", "1001")

    def test_a_place_that_is_none_comes_from_the_offices(self) -> None:
        job = greenhouse(1, location={"name": "Hybrid"}, offices=[{"name": "HQ", "location": "Boston, MA"}])
        [found] = read_json({"jobs": [job], "meta": {"total": 1}}, "", "x", NOW).jobs
        assert (found.location, found.workplace_type) == ("Boston, MA", "hybrid")

    @pytest.mark.parametrize(
        ("title", "unit"), [("Annual Salary Range", {"unit": "YEAR"}), ("Hourly", {"unit": "HOUR"}), ("Zone A", {})]
    )
    def test_what_it_pays_is_told_in_cents(self, title: str, unit: dict[str, str]) -> None:
        told = [{"min_cents": 5_000_000, "max_cents": 7_500_050, "currency_type": "USD", "title": title, "blurb": "x"}]
        job = greenhouse(1, pay_input_ranges=told)
        [found] = read_json({"jobs": [job], "meta": {"total": 1}}, "", "x", NOW).jobs
        assert found.extra["base_salary"] == {"min": 50_000.0, "max": 75_000.5, "currency": "USD", **unit}
        assert found.extra["pay_input_ranges"] == told

    async def test_an_empty_board_is_whole(self, site: LocalServer) -> None:
        site.pages["/jobs"] = json.dumps({"jobs": [], "meta": {"total": 0}})
        found = await read(site.url + "/jobs", "greenhouse")
        assert (found.complete, len(found.jobs)) == (True, 0)


class TestLever:
    async def test_all_parts_are_read(self, site: LocalServer) -> None:
        site.pages["/v0/postings/acme"] = paged([lever(n) for n in range(250)], "skip", "limit")
        found = await read(site.url + "/v0/postings/acme", "lever")
        assert (len(found.jobs), found.complete) == (250, True)
        assert [asked.query["skip"] for asked in site.asked] == ["0", "100", "200"]
        assert found.jobs[0].location == "Boston; NYC"
        assert found.jobs[0].posted_at is not None

    async def test_a_list_that_ends_on_a_full_part_asks_once_more(self, site: LocalServer) -> None:
        site.pages["/p"] = paged([lever(n) for n in range(200)], "skip", "limit")
        found = await read(site.url + "/p", "lever")
        assert (len(found.jobs), found.complete, len(site.asked)) == (200, True, 3)

    async def test_a_part_that_fails_leaves_it_partial(self, site: LocalServer) -> None:
        whole = paged([lever(n) for n in range(250)], "skip", "limit")
        site.pages["/p"] = lambda asked: Told(status=502) if asked.query["skip"] == "100" else whole(asked)
        found = await read(site.url + "/p", "lever")
        assert (len(found.jobs), found.completeness, codes(found)) == (100, Completeness.PARTIAL, ["HTTP_502"])

    async def test_parts_that_go_round_in_a_circle_are_seen(self, site: LocalServer) -> None:
        site.pages["/p"] = json.dumps([lever(n) for n in range(100)])
        found = await read(site.url + "/p", "lever")
        assert (len(found.jobs), codes(found)) == (100, ["PAGES_REPEAT"])
        assert len(site.asked) == 2

    async def test_the_shape_alone_leads_to_all_parts(self, site: LocalServer) -> None:
        site.pages["/p"] = paged([lever(n) for n in range(150)], "skip", "limit")
        found = await read(site.url + "/p")
        assert (found.kind, len(found.jobs), found.complete) == ("lever", 150, True)

    def test_the_description_has_all_its_parts(self) -> None:
        record = lever(
            1, description="<p>A</p>", lists=[{"text": "You & us", "content": "<li>B</li>"}], additional="<p>C</p>"
        )
        [found] = read_json([record], "", "x", NOW).jobs
        assert found.description == "<p>A</p><h3>You &amp; us</h3><ul><li>B</li></ul><p>C</p>"


class TestAshby:
    async def test_what_is_not_listed_is_not_public(self, site: LocalServer) -> None:
        jobs = [ashby(1, isListed=True), ashby(2, isListed=False)]
        site.pages["/posting-api/job-board/acme"] = json.dumps({"jobs": jobs, "apiVersion": "1"})
        found = await read(site.url + "/posting-api/job-board/acme", "ashby")
        assert ([job.id for job in found.jobs], found.complete) == (["a1"], True)
        assert site.asked[0].query == {"includeCompensation": "true"}

    def test_every_place_is_told(self) -> None:
        def place(city: str, country: str) -> dict[str, Any]:
            return {
                "location": city,
                "address": {"postalAddress": {"addressLocality": city, "addressCountry": country}},
            }

        record = ashby(1, **place("Paris", "France"), secondaryLocations=[place("Rome", "Italy")], isRemote=True)
        [found] = read_json({"jobs": [record], "apiVersion": "1"}, "", "x", NOW).jobs
        assert (found.location, found.workplace_type) == ("Paris, France; Rome, Italy", "remote")


class TestOthers:
    async def test_smartrecruiters_is_read_to_its_number_found(self, site: LocalServer) -> None:
        def wrap(part: list[Any], everything: list[Any]) -> dict[str, Any]:
            return {"offset": 0, "limit": 100, "totalFound": len(everything), "content": part}

        site.pages["/p"] = paged([smart(n) for n in range(130)], "offset", "limit", wrap)
        site.pages["*"] = lambda asked: Told(json.dumps({"id": asked.path.rsplit("/", 1)[1]}).encode())
        found = await read(site.url + "/p", "smartrecruiters")
        assert (len(found.jobs), found.complete, found.claimed) == (130, True, 130)

    @pytest.mark.parametrize(
        ("page", "kind", "endpoint"),
        [
            ("https://boards.greenhouse.io/acme", "greenhouse", "https://boards-api.greenhouse.io/v1/boards/acme/jobs"),
            (
                "https://job-boards.eu.greenhouse.io/acme/jobs/1",
                "greenhouse",
                "https://boards-api.greenhouse.io/v1/boards/acme/jobs",
            ),
            ("https://jobs.lever.co/acme", "lever", "https://api.lever.co/v0/postings/acme"),
            ("https://jobs.eu.lever.co/acme", "lever", "https://api.eu.lever.co/v0/postings/acme"),
            ("https://jobs.ashbyhq.com/acme", "ashby", "https://api.ashbyhq.com/posting-api/job-board/acme"),
            ("https://apply.workable.com/acme/", "workable", "https://apply.workable.com/api/v1/widget/accounts/acme"),
            ("https://acme.recruitee.com/", "recruitee", "https://acme.recruitee.com/api/offers/"),
        ],
    )
    def test_a_persons_page_leads_to_the_list(self, page: str, kind: str, endpoint: str) -> None:
        found = ats_boards.at_address(page)
        assert found is not None
        assert (found[0].kind, found[1]) == (kind, endpoint)

    def test_other_sites_are_no_board(self) -> None:
        assert ats_boards.at_address("https://careers.acme.example/jobs") is None

    async def test_a_web_page_under_200_is_not_an_empty_board(self, site: LocalServer) -> None:
        site.pages["/p"] = Told(b"<html>Sign in</html>", headers={"Content-Type": "application/json"})
        found = await read(site.url + "/p", "workable")
        assert (found.completeness, codes(found)) == (Completeness.FAILED, ["NOT_THIS_KIND"])

    async def test_a_board_that_is_not_there_is_failed_not_empty(self, site: LocalServer) -> None:
        found = await read(site.url + "/nothing", "greenhouse")
        assert (found.completeness, codes(found)) == (Completeness.FAILED, ["HTTP_404"])

    def test_a_row_for_each_place_is_kept_as_one_requisition(self) -> None:
        rows = [{"title": "A", "shortcode": "X", "country": country} for country in ("Spain", "Portugal")]
        found = read_json({"name": "Acme", "jobs": rows}, "", "x", NOW)
        assert len({job.id for job in found.jobs}) == 2
        assert {job.requisition for job in found.jobs} == {"X"}
        assert {job.company for job in found.jobs} == {"Acme"}

    def test_workdays_bullets_are_not_taken_for_ids(self) -> None:
        posting = {
            "title": "A",
            "externalPath": "/job/Boston/Nurse_R123-1",
            "locationsText": "Boston",
            "bulletFields": ["Posted"],
        }
        found = read_json({"total": 1, "jobPostings": [posting]}, "", "x", NOW)
        assert (found.kind, found.jobs[0].employer_job_id, found.jobs[0].id) == (
            "workday",
            "R123-1",
            posting["externalPath"],
        )


class TestNothingRaises:
    values = st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
        lambda inner: st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["id", "title", "name", "location", "jobs", "text", "categories", "content", "data",
                             "address",
                             "locations", "department", "company", "job", "lists", "city", "label", "offices"]),
            inner, max_size=5,
        ),
        max_leaves=20,
    )  # fmt: skip

    @pytest.mark.parametrize("board", ats_boards.BOARDS, ids=lambda board: board.kind)
    @given(value=values)
    def test_any_value_in_any_field_of_any_board(self, board: Any, value: Any) -> None:
        for job in _jobs(board, value):
            assert isinstance(job.digest(), bytes)

    @given(values)
    def test_any_json(self, value: Any) -> None:
        read_json(value, "", "x", NOW)


def _jobs(board: Any, value: Any) -> list[Any]:
    record = dict.fromkeys(_FIELDS, value)
    job = board.job(record, value)
    return [job] if job else []


_FIELDS = [
    "id",
    "Id",
    "uuid",
    "title",
    "Title",
    "name",
    "text",
    "location",
    "locations",
    "categories",
    "lists",
    "additional",
    "description",
    "content",
    "offices",
    "departments",
    "address",
    "secondaryLocations",
    "jobLocation",
    "company",
    "company_name",
    "data",
    "job",
    "workLocation",
    "department",
    "compensation",
    "meta",
    "requisition_id",
    "refNumber",
    "req_id",
    "jobAd",
    "createdAt",
    "publishedAt",
    "t_create",
    "isListed",
    "status",
    "externalPath",
    "bulletFields",
]


def test_elements_that_are_no_objects_are_counted_as_unread() -> None:
    board = ats_boards.named("greenhouse")
    assert board is not None
    said = told(board, {"jobs": [greenhouse(1), None, "x"], "meta": {"total": 3}})
    assert said is not None
    assert (reading(board, said).unreadable, len(said.jobs)) == (2, 1)
