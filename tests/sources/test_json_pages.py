"""JSON lists of unknown systems over several pages: followed by the addresses they tell, and never guessed at."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from changeover.sources import json_pages, registry
from changeover.sources.raw import Raw
from changeover.sources.source import Completeness, Reading, Tells

from .conftest import NOW, QUICK
from .local_server import Asked, LocalServer, Told
from .test_raw import Kept
from .test_raw import told as all_of

Listed = list[dict[str, Any]]


def job(number: int, **more: Any) -> dict[str, Any]:
    return {"id": number, "title": f"Job {number}", "city": "Oslo", **more}


def told(value: Any, status: int = 200, **headers: str) -> Told:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Told(json.dumps(value).encode(), status, {"Content-Type": "application/json", **named})


def pages(site: LocalServer, *each: Any) -> None:
    """The site's list ``/jobs`` and its further pages ``/jobs?page=2`` and so on."""
    for number, page in enumerate(each, 1):
        answer = page if isinstance(page, Told) else told(page)
        site.pages["/jobs" if number == 1 else f"/jobs?page={number}"] = answer


async def read(site: LocalServer, path: str = "/jobs", kind: str | None = None, **more: Any) -> Reading:
    reading = await registry.read(site.url + path, kind, QUICK, now=NOW, **more)
    assert all(problem.sentence.endswith(".") and len(problem.sentence) < 600 for problem in reading.problems)
    return reading


def ids(reading: Reading) -> list[str]:
    return [job.id for job in reading.jobs]


def codes(reading: Reading) -> list[str]:
    return [problem.code for problem in reading.problems]


LINKS: dict[str, Callable[[Listed, str], Any]] = {
    "next": lambda jobs, url: {"jobs": jobs, "next": url or None},
    "HAL": lambda jobs, url: {"_embedded": {"jobs": jobs}, "_links": {"next": {"href": url}} if url else {}},
    "JSON:API": lambda jobs, url: {
        "data": [
            {"id": one["id"], "type": "jobs", "attributes": {"title": one["title"], "city": "Oslo"}} for one in jobs
        ],
        "links": {"next": url or None},
    },
    "JSON:API, a link as an object": lambda jobs, url: {
        "data": jobs,
        "links": {"next": {"href": url} if url else None},
    },
    "OData": lambda jobs, url: {"value": jobs, **({"@odata.nextLink": url} if url else {})},
    "OData 2": lambda jobs, url: {"d": {"results": jobs, **({"__next": url} if url else {})}},
    "pagination": lambda jobs, url: {"results": jobs, "pagination": {"next": url}},
    "Laravel": lambda jobs, url: {"data": jobs, "next_page_url": url or None, "total": 3},
    "Fractal": lambda jobs, url: {"data": jobs, "meta": {"pagination": {"links": {"next": url} if url else []}}},
    "Hydra": lambda jobs, url: {"hydra:member": jobs, "hydra:view": {"hydra:next": url} if url else {}},
    "a list of links": lambda jobs, url: {
        "items": jobs,
        "links": [{"rel": "self", "href": "/jobs"}, *([{"rel": "next", "href": url}] if url else [])],
    },
    "JSON Feed": lambda jobs, url: {"version": "https://jsonfeed.org/version/1.1", "items": jobs, "next_url": url},
    "inside": lambda jobs, url: {"data": {"jobs": {"nodes": jobs, "pageInfo": {"next": url}}}},
}


@pytest.mark.parametrize("form", LINKS)
@pytest.mark.parametrize("absolute", [True, False])
async def test_the_next_page_is_read_by_each_kind_of_link(site: LocalServer, form: str, absolute: bool) -> None:
    url = f"{site.url}/jobs?page=2" if absolute else "/jobs?page=2"
    pages(site, LINKS[form]([job(1), job(2)], url), LINKS[form]([job(3)], ""))
    reading = await read(site)
    assert (ids(reading), reading.completeness, codes(reading)) == (["1", "2", "3"], Completeness.COMPLETE, [])
    assert [(job.title, job.location) for job in reading.jobs][2] == ("Job 3", "Oslo")
    assert len(site.asked) == 2


@pytest.mark.parametrize(
    "link",
    [
        '<{}>; rel="next"',
        '<{}>; title="a, b"; rel=next',
        '</jobs>; rel="first", <{}>; rel="last next"',
        "<{}>;REL='NEXT'",
    ],
)
async def test_the_next_page_is_read_by_a_link_header(site: LocalServer, link: str) -> None:
    pages(site, told([job(1)], Link=link.format("?page=2")), told([job(2)], Link='</jobs>; rel="prev"'))
    reading = await read(site)
    assert (ids(reading), reading.completeness) == (["1", "2"], Completeness.COMPLETE)


@pytest.mark.parametrize(
    "link", ['</jobs>; rel="next-archive"', '</x>; rel="prev"; title="next"', "next", '<>; rel="next"']
)
async def test_other_links_of_a_header_lead_nowhere(site: LocalServer, link: str) -> None:
    pages(site, told([job(1)], Link=link))
    assert ((await read(site)).complete, len(site.asked)) == (True, 1)


async def test_all_pages_are_read_to_the_last_and_judged_by_the_total(site: LocalServer) -> None:
    pages(
        site,
        *(
            {"jobs": [job(3 * n), job(3 * n + 1), job(3 * n + 2)], "total": 12, "next": f"?page={n + 2}"}
            for n in range(3)
        ),
        {"jobs": [job(9), job(10), job(11)], "total": 12},
    )
    reading = await read(site)
    assert (len(reading.jobs), reading.claimed, reading.complete, len(site.asked)) == (12, 12, True, 4)


async def test_a_total_that_the_pages_do_not_meet_leaves_it_partial(site: LocalServer) -> None:
    pages(site, {"jobs": [job(1), job(2)], "total": 4, "next": "?page=2"}, {"jobs": [job(3)], "total": 4})
    reading = await read(site)
    assert (len(reading.jobs), codes(reading), reading.completeness) == (3, ["COUNT_MISMATCH"], Completeness.PARTIAL)
    assert "4 jobs, and its 2 pages told 3" in reading.problems[0].sentence


async def test_a_total_that_a_header_tells_is_kept_to(site: LocalServer) -> None:
    pages(site, told([job(1)], X_WP_Total="2", Link='<?page=2>; rel="next"'), told([job(2)], X_WP_Total="2"))
    assert (await read(site)).complete
    for first in (told([job(1)], X_Total_Count="2"), told([job(1)], 206, Content_Range="offers 0-0/2")):
        pages(site, first)
        assert codes(await read(site)) == ["COUNT_MISMATCH"]
    pages(site, told([job(1)], 206, Content_Range="0-0/*"))
    assert (await read(site)).complete


async def test_a_number_that_counts_each_page_is_no_total(site: LocalServer) -> None:
    pages(site, {"jobs": [job(1), job(2)], "recordCount": 2, "next": "?page=2"}, {"jobs": [job(3)], "recordCount": 1})
    reading = await read(site)
    assert (ids(reading), reading.complete, reading.claimed) == (["1", "2", "3"], True, None)


async def test_a_list_that_shrinks_while_it_is_read_is_not_whole(site: LocalServer) -> None:
    pages(site, {"jobs": [job(1), job(2)], "total": 4, "next": "?page=2"}, {"jobs": [job(4)], "total": 3})
    assert codes(await read(site)) == ["LIST_SHRANK"]


async def test_of_a_job_that_slips_onto_the_next_page_one_is_kept_and_of_its_other_places_all(
    site: LocalServer,
) -> None:
    pages(site, {"jobs": [job(1), job(2)], "next": "?page=2"}, {"jobs": [job(2), job(2, city="Bergen"), job(3)]})
    reading = await read(site)
    assert [(one.title, one.location) for one in reading.jobs] == [
        ("Job 1", "Oslo"), ("Job 2", "Oslo"), ("Job 2", "Bergen"), ("Job 3", "Oslo"),
    ]  # fmt: skip
    assert reading.complete


@pytest.mark.parametrize("back", ["/jobs", "/jobs?page=2"])
async def test_pages_that_go_round_in_a_circle_are_seen(site: LocalServer, back: str) -> None:
    pages(site, {"jobs": [job(1)], "next": "?page=2"}, {"jobs": [job(2)], "next": back})
    reading = await read(site)
    assert (ids(reading), codes(reading), reading.completeness) == (["1", "2"], ["PAGES_REPEAT"], Completeness.PARTIAL)
    assert len(site.asked) == 2


async def test_pages_that_repeat_the_same_jobs_at_ever_new_addresses_are_seen(site: LocalServer) -> None:
    def page(asked: Asked) -> Told:
        return told({"jobs": [job(1)], "next": f"/jobs?page={int(asked.query.get('page', 1)) + 1}"})

    site.pages["/jobs"] = page
    reading = await read(site)
    assert (ids(reading), codes(reading), len(site.asked)) == (["1"], ["PAGES_REPEAT"], 2)


@pytest.mark.parametrize(
    ("page", "code"),
    [
        (Told(b"no", 500), "HTTP_500"),
        (Told(b"no", 429, {"Retry-After": "3600"}), "HTTP_429"),
        (Told(b"no", 404), "HTTP_404"),
        (Told(b'{"jobs": [', length=100), "CUT_OFF"),
        (Told(b"<html>Sign in</html>"), "NOT_A_LIST"),
        (Told(b"{}"), "NOT_A_LIST"),
        (Told(b'{"jobs": [], "next": "?page=3"}'), "PAGES_REPEAT"),
        (Told(b'{"error": "busy", "jobs": []}'), "ERROR_TOLD"),
        (Told(b"", 302, {"Location": "http://169.254.169.254/latest"}), "PRIVATE_ADDRESS"),
    ],
)
async def test_a_page_that_fails_leaves_it_partial_with_its_reason(site: LocalServer, page: Told, code: str) -> None:
    pages(site, {"jobs": [job(1), job(2)], "next": "?page=2"}, page)
    reading = await read(site)
    assert (ids(reading), reading.completeness, codes(reading)[0]) == (["1", "2"], Completeness.PARTIAL, code)


async def test_an_error_that_passes_leaves_no_trace(site: LocalServer) -> None:
    def second(_asked: Asked) -> Told:
        return told("busy", 503) if site.times("/two") == 1 else told({"jobs": [job(2)]})

    site.pages |= {"/jobs": told({"jobs": [job(1)], "next": "/two"}), "/two": second}
    assert (await read(site)).complete


async def test_an_empty_page_ends_the_list(site: LocalServer) -> None:
    pages(site, {"jobs": [job(1)], "next": "?page=2"}, {"jobs": [], "next": None})
    reading = await read(site)
    assert (ids(reading), reading.complete) == (["1"], True)


@pytest.mark.parametrize("page", [Told(b"no", 404), Told(b'{"jobs": [], "next": "?page=3"}'), told({"jobs": [job(1)]})])
async def test_what_comes_after_all_that_the_list_says_it_has_is_nothing(site: LocalServer, page: Told) -> None:
    pages(site, {"jobs": [job(1)], "total": 1, "next": "?page=2"}, page)
    reading = await read(site)
    assert (ids(reading), reading.complete, reading.claimed) == (["1"], True, 1)


@pytest.mark.parametrize(
    "where",
    ["http://169.254.169.254/latest", "https://other.example/jobs?page=2", "//other.example/2", "http://127.0.0.1:1/"],
)
async def test_a_page_on_another_host_is_not_asked_for(site: LocalServer, where: str) -> None:
    for first in (told({"jobs": [job(1)], "next": where}), told([job(1)], Link=f'<{where}>; rel="next"')):
        pages(site, first)
        reading = await read(site)
        assert (ids(reading), codes(reading), reading.complete) == (["1"], ["PAGE_ELSEWHERE"], False)
    assert len(site.asked) == 2


async def test_a_page_that_an_https_list_tells_with_http_is_read_over_https(secure: LocalServer) -> None:
    plain = secure.url.replace("https://", "http://")
    pages(secure, {"jobs": [job(1)], "next": f"{plain}/jobs?page=2"}, {"jobs": [job(2)]})
    assert ids(await read(secure)) == ["1", "2"]


async def test_a_page_that_leads_from_https_to_http_is_not_followed(secure: LocalServer, site: LocalServer) -> None:
    site.pages["/jobs"] = told({"jobs": [job(2)]})
    pages(secure, {"jobs": [job(1)], "next": "?page=2"}, Told(b"", 302, {"Location": site.url + "/jobs"}))
    reading = await read(secure)
    assert (ids(reading), codes(reading)) == (["1"], ["REDIRECT_TO_HTTP"])
    assert site.asked == []


@pytest.mark.parametrize(
    "said",
    [{"hasMore": True}, {"next": "eyJpZCI6MTB9"}, {"next": 2}, {"page": 1, "total_pages": 2}, {"next_cursor": "b"}],
)
async def test_a_page_without_an_address_is_not_guessed_at(site: LocalServer, said: dict[str, Any]) -> None:
    pages(site, {"jobs": [job(1)], **said})
    reading = await read(site)
    assert (codes(reading), reading.complete, len(site.asked)) == (["MORE_PAGES"], False, 1)


@pytest.mark.parametrize("last", [{"hasMore": True}, {"total_pages": 3}])
async def test_a_last_page_that_says_there_are_more_leaves_it_partial(site: LocalServer, last: dict[str, Any]) -> None:
    pages(site, {"jobs": [job(1)], "next": "?page=2"}, {"jobs": [job(2)], **last})
    assert codes(await read(site)) == ["MORE_PAGES"]


@pytest.mark.parametrize("limit", [(2, 1_000_000, "TOO_MANY_PAGES"), (2_000, 300, "TOO_LARGE")])
async def test_a_list_without_an_end_is_left(
    site: LocalServer, limit: tuple[int, int, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def page(asked: Asked) -> Told:
        number = int(asked.query.get("page", 1))
        return told({"jobs": [job(number)], "next": f"/jobs?page={number + 1}"})

    monkeypatch.setattr(json_pages, "_MOST", limit[0])
    monkeypatch.setattr(json_pages, "MAX_HELD", limit[1])
    site.pages["/jobs"] = page
    reading = await read(site)
    assert (codes(reading), reading.complete) == ([limit[2]], False)
    assert 1 < len(reading.jobs) < 6


async def test_changes_told_over_pages_are_still_changes_only(site: LocalServer) -> None:
    pages(
        site,
        {"jobs": [job(1, action="add")], "next": "?page=2"},
        {"jobs": [job(2, action="delete")]},
    )
    reading = await read(site)
    assert (ids(reading), reading.gone, reading.tells) == (["1"], ["2"], Tells.CHANGES)
    pages(site, {"jobs": [job(1, action="add")], "next": "?page=2"}, Told(b"no", 404))
    assert (await read(site)).tells is Tells.UNSAID


async def test_what_jobs_are_related_to_is_found_on_its_own_page(site: LocalServer) -> None:
    def page(number: int, **more: Any) -> dict[str, Any]:
        return {
            "data": [{"id": number, "type": "jobs", "attributes": {"title": "Baker"}, "relationships": {
                "locations": {"data": [{"type": "locations", "id": f"L{number}"}]}}}],
            "included": [{"id": f"L{number}", "type": "locations", "attributes": {"city": f"Place {number}"}}],
            **more,
        }  # fmt: skip

    pages(site, page(1, links={"next": "?page=2"}), page(2))
    assert [one.location for one in (await read(site)).jobs] == ["Place 1", "Place 2"]


async def test_records_and_job_postings_are_read_over_pages_as_on_one(site: LocalServer) -> None:
    own = [{"id": str(n), "title": "Baker", "location": "Oslo"} for n in range(2)]
    pages(site, told(own[:1], Link='<?page=2>; rel="next"'), own[1:])
    reading = await read(site)
    assert (reading.kind, ids(reading), reading.complete) == ("records", ["0", "1"], True)
    posting = [{"@type": "JobPosting", "title": "Baker", "identifier": f"P{n}"} for n in range(2)]
    pages(site, {"member": posting[:1], "next": "?page=2"}, {"member": posting})
    reading = await read(site)
    assert (ids(reading), reading.complete) == (["P0", "P1"], True)


async def test_the_first_page_unchanged_says_nothing_of_the_others(site: LocalServer) -> None:
    pages(site, told({"jobs": [job(1)], "next": "?page=2"}, ETag='"a"'), {"jobs": [job(2)]})
    reading = await read(site)
    assert (reading.complete, reading.validators) == (True, ("", ""))


@pytest.mark.parametrize("header", [True, False])
async def test_read_again_from_what_is_kept_it_says_the_same(site: LocalServer, header: bool) -> None:
    link = f"{site.url}/jobs?page=2"
    first = told([job(1)], Link=f'<{link}>; rel="next"', X_Total_Count="3")
    pages(site, first if header else {"jobs": [job(1)], "total": 3, "next": link}, {"jobs": [job(2)], "total": 3})
    raw = Raw(1_000_000)
    reading = await read(site, raw=raw)
    asked = len(site.asked)
    assert all_of(await read(site, raw=Raw(0, Kept(raw), replay=True))) == all_of(reading)
    assert (len(site.asked), codes(reading), len(reading.jobs)) == (asked, ["COUNT_MISMATCH"], 2)


async def test_lines_and_tables_that_lead_on_are_not_whole(site: LocalServer) -> None:
    for body in (b'{"id": "1", "title": "Baker"}\n{"id": "2", "title": "Cook"}\n', b"id,title\n1,Baker\n"):
        site.pages["/jobs"] = Told(body, headers={"Link": '<?page=2>; rel="next"'})
        reading = await read(site)
        assert (codes(reading), reading.completeness) == (["MORE_PAGES"], Completeness.PARTIAL)
