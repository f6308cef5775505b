"""Career sites whose jobs stand only in the data that their pages keep for scripts: found as JSON, never run."""

from __future__ import annotations

import html
import json
import time
from collections.abc import Callable
from typing import Any

import pytest

from changeover.sources import registry
from changeover.sources.career_site import read_site
from changeover.sources.fetch import Fetcher
from changeover.sources.page_data import jobs_told
from changeover.sources.source import Completeness, Reading

from .conftest import NOW
from .local_server import LocalServer, Told
from .test_career_site import codes, ids, job_page, sitemap
from .test_odd_feeds import read as read_saved

JOBS = [
    {"id": 1, "title": "Baker", "location": "Oslo", "url": "/jobs/1"},
    {"id": 2, "title": "Cook", "location": "Bergen", "url": "/jobs/2"},
    {"id": 3, "title": "Nurse", "location": "Moss", "url": "/jobs/3"},
]
PAGELESS = [{name: value for name, value in job.items() if name != "url"} for job in JOBS]


def script(value: Any, kind: str = ' id="__NEXT_DATA__" type="application/json"') -> str:
    return f"<script{kind}>{json.dumps(value)}</script>"


def flat(value: Any) -> list[Any]:
    """As Nuxt writes it: each value at a place of its own, named by it."""
    places: list[Any] = []

    def put(each: Any) -> int:
        place = len(places)
        places.append(None)
        inner: Any = each
        if isinstance(each, dict):
            inner = {name: put(part) for name, part in each.items()}
        elif isinstance(each, list):
            inner = [put(part) for part in each]
        places[place] = inner
        return place

    places.append(["Reactive", 1])
    put(value)
    return places


def streamed(value: Any) -> str:
    """As Next.js streams it, in pieces cut anywhere."""
    rows = f'1:I["chunk"]\n2:T9,a:\n[b:{{}}\n5:["$","div",null,{json.dumps(value)}]\n0:{{"b":"x"}}\n'
    pieces = [rows[at : at + 40] for at in range(0, len(rows), 40)]
    return "".join(f"<script>self.__next_f.push({json.dumps([1, piece])})</script>" for piece in pieces)


def angular(value: Any) -> str:
    return f"<script type='application/json'>{json.dumps(value).replace(chr(34), '&q;')}</script>"


FORMS: dict[str, Callable[[Any], str]] = {
    "Next.js": lambda jobs: script({"props": {"pageProps": {"jobs": jobs}}, "page": "/jobs"}),
    "Next.js without a type": lambda jobs: script({"props": {"pageProps": {"jobs": jobs}}}, ' id="__NEXT_DATA__"'),
    "Next.js, streamed": lambda jobs: streamed({"jobs": jobs}),
    "Nuxt 3": lambda jobs: script(flat({"data": {"vacancies": jobs}}), ' type="application/json" id="__NUXT_DATA__"'),
    "Nuxt 2": lambda jobs: f"<script>window.__NUXT__={json.dumps({'data': [{'jobs': jobs}]})};</script>",
    "a store": lambda jobs: f"<script>window.__INITIAL_STATE__ = {json.dumps({'jobs': {'items': jobs}})};</script>",
    "a store by id": lambda jobs: (
        f"<script>var s = {json.dumps({'jobs': {'byId': {str(job['id']): job for job in jobs}}})}</script>"
    ),
    "Remix": lambda jobs: (
        f"<script>window.__remixContext = {json.dumps({'state': {'loaderData': {'r': {'openings': jobs}}}})};</script>"
    ),
    "JSON in a string": lambda jobs: (
        f"<script>window['__STATE__'] = JSON.parse({json.dumps(json.dumps({'jobs': jobs}))});</script>"
    ),
    "Gatsby's query": lambda jobs: script({"data": {"allJob": {"edges": [{"node": job} for job in jobs]}}}),
    "Angular": lambda jobs: angular({"G.json": {"body": {"jobs": jobs}}}),
    "Inertia": lambda jobs: f'<div data-page="{html.escape(json.dumps({"props": {"jobs": jobs}}))}"></div>',
    "Phenom": lambda jobs: f"<script>var a = a || {{}};a.ddo = {json.dumps({'search': {'jobs': jobs}})};</script>",
    "behind a program": lambda jobs: f"<script>{'a.b={c:1};' * 300}a.jobs={json.dumps(jobs)}</script>",
    "departments": lambda jobs: script({"departments": [{"id": 1, "title": "A", "jobs": jobs[:2]},
                                                        {"id": 2, "title": "B", "jobs": jobs[1:]}]}),
    "a list that nothing names": lambda jobs: script([{**job, "employmentType": "FULL_TIME"} for job in jobs]),
    "a list of a bare script": lambda jobs: f"<script>const openPositions = {json.dumps(jobs)};</script>",
}  # fmt: skip


async def read(site: LocalServer, fetcher: Fetcher, path: str = "/careers") -> Reading:
    reading = await read_site(site.url + path, fetcher, NOW)
    assert all(problem.sentence.rstrip().endswith(".") for problem in reading.problems)
    return reading


def listing(site: LocalServer, markup: str, *, marked_up: bool = True) -> None:
    site.pages["/careers"] = f"<html><body><div id='app'></div>{markup}</body></html>"
    for job in JOBS:
        page = job_page(str(job["title"]), job["id"]) if marked_up else "<html><div id='app'></div></html>"
        site.pages[f"/jobs/{job['id']}"] = page


class TestTheAddressesInThePagesData:
    @pytest.mark.parametrize("form", FORMS)
    async def test_lead_to_the_jobs_pages(self, form: str, site: LocalServer, fetcher: Fetcher) -> None:
        listing(site, FORMS[form](JOBS))
        reading = await read(site, fetcher)
        assert (ids(reading), reading.complete, codes(reading)) == (["/jobs/1", "/jobs/2", "/jobs/3"], True, [])

    async def test_are_not_asked_for_where_links_or_a_sitemap_lead_there(
        self, site: LocalServer, fetcher: Fetcher
    ) -> None:
        listing(site, '<a href="/jobs/1">Baker</a>' + FORMS["Next.js"](JOBS))
        assert (ids(await read(site, fetcher)), site.times("/jobs/2")) == (["/jobs/1"], 0)

    async def test_count_though_a_sitemap_without_jobs_is_whole(self, site: LocalServer, fetcher: Fetcher) -> None:
        listing(site, FORMS["Next.js"](JOBS))
        site.pages["/sitemap.xml"] = sitemap(f"{site.url}/careers")
        assert len((await read(site, fetcher)).jobs) == 3

    async def test_count_though_links_look_like_jobs_and_are_none(self, site: LocalServer, fetcher: Fetcher) -> None:
        listing(site, '<a href="/careers/benefits">Benefits</a>' + FORMS["Next.js"](JOBS))
        site.pages["/careers/benefits"] = "<html>Bread for free</html>"
        reading = await read(site, fetcher)
        assert (ids(reading), reading.complete) == (["/jobs/1", "/jobs/2", "/jobs/3"], True)

    async def test_need_not_look_like_a_jobs(self, site: LocalServer, fetcher: Fetcher) -> None:
        listing(site, FORMS["Next.js"]([{"id": 1, "title": "Baker", "href": "en/baker-oslo"}]))
        site.pages["/en/baker-oslo"] = job_page()
        assert ids(await read(site, fetcher)) == ["/en/baker-oslo"]

    async def test_are_kept_from_where_robots_forbid(self, site: LocalServer, fetcher: Fetcher) -> None:
        listing(site, FORMS["Next.js"](JOBS))
        site.pages["/robots.txt"] = "User-agent: *\nDisallow: /jobs/2\n"
        reading = await read(site, fetcher)
        assert (ids(reading), codes(reading)) == (["/jobs/1", "/jobs/3"], ["ROBOTS_FORBID"])
        assert (reading.completeness, site.times("/jobs/2")) == (Completeness.PARTIAL, 0)

    async def test_go_on_with_the_listings_pages(self, site: LocalServer, fetcher: Fetcher) -> None:
        listing(site, '<a rel="next" href="/careers?page=2">2</a>' + FORMS["Next.js"](JOBS[:2]))
        site.pages["/careers?page=2"] = f"<html>{FORMS['Next.js'](JOBS[2:])}</html>"
        reading = await read(site, fetcher)
        assert (ids(reading), reading.complete) == (["/jobs/1", "/jobs/2", "/jobs/3"], True)

    async def test_are_not_all_where_the_data_tell_of_more(self, site: LocalServer, fetcher: Fetcher) -> None:
        listing(site, script({"jobs": JOBS, "total": 7}))
        reading = await read(site, fetcher)
        assert (len(reading.jobs), codes(reading)) == (3, ["COUNT_MISMATCH"])
        assert reading.completeness is Completeness.PARTIAL

    async def test_are_not_all_where_a_job_tells_none(self, site: LocalServer, fetcher: Fetcher) -> None:
        listing(site, FORMS["Next.js"]([*JOBS, {"id": 4, "title": "Smith"}]))
        reading = await read(site, fetcher)
        assert (len(reading.jobs), reading.completeness, codes(reading)) == (3, Completeness.PARTIAL, ["UNPROVEN"])

    async def test_of_a_page_that_does_not_answer_are_missing(self, site: LocalServer, fetcher: Fetcher) -> None:
        listing(site, FORMS["Next.js"](JOBS))
        site.pages["/jobs/2"] = Told(status=503)
        reading = await read(site, fetcher)
        assert (len(reading.jobs), reading.completeness, codes(reading)) == (2, Completeness.PARTIAL, ["HTTP_503"])


class TestJobsThatStandInTheDataAlone:
    @pytest.mark.parametrize("form", FORMS)
    async def test_are_read_from_there_and_that_is_said(self, form: str, site: LocalServer, fetcher: Fetcher) -> None:
        listing(site, FORMS[form](PAGELESS))
        reading = await registry.read(f"{site.url}/careers", rules=fetcher.rules)
        assert [(job.id, job.title, job.location) for job in reading.jobs] == [
            ("1", "Baker", "Oslo"), ("2", "Cook", "Bergen"), ("3", "Nurse", "Moss"),
        ]  # fmt: skip
        assert (reading.kind, reading.complete, codes(reading)) == ("career_site", True, ["FROM_PAGE_DATA"])

    async def test_are_read_where_their_pages_say_nothing(self, site: LocalServer, fetcher: Fetcher) -> None:
        listing(site, FORMS["Next.js"](JOBS), marked_up=False)
        reading = await read(site, fetcher)
        assert (ids(reading), codes(reading)) == (["1", "2", "3"], ["FROM_PAGE_DATA"])
        assert reading.jobs[0].url == f"{site.url}/jobs/1"

    async def test_are_read_where_their_pages_say_nothing_though_there_may_be_more(
        self, site: LocalServer, fetcher: Fetcher
    ) -> None:
        ten = [{"id": number, "title": f"Cook {number}", "url": f"/jobs/{number}"} for number in range(10)]
        listing(site, FORMS["Next.js"](ten))
        site.pages |= {f"/jobs/{number}": "<html><div id='app'></div></html>" for number in range(10)}
        reading = await read(site, fetcher)
        assert (len(reading.jobs), reading.completeness) == (10, Completeness.PARTIAL)
        assert codes(reading) == ["UNPROVEN", "FROM_PAGE_DATA"]

    async def test_are_not_all_where_a_sitemap_failed(self, site: LocalServer, fetcher: Fetcher) -> None:
        listing(site, FORMS["Next.js"](PAGELESS))
        site.pages["/sitemap.xml"] = Told(status=503)
        reading = await read(site, fetcher)
        assert (len(reading.jobs), reading.completeness, codes(reading)) == (
            3, Completeness.PARTIAL, ["HTTP_503", "FROM_PAGE_DATA"],
        )  # fmt: skip

    async def test_count_less_than_what_pages_of_any_name_carry(self, site: LocalServer, fetcher: Fetcher) -> None:
        listing(site, '<a href="/baker">Baker</a>' + FORMS["Next.js"](PAGELESS))
        site.pages["/baker"] = job_page()
        assert ids(await read(site, fetcher)) == ["/baker"]

    async def test_are_read_where_their_pages_are_another_sites(self, site: LocalServer, fetcher: Fetcher) -> None:
        listing(site, FORMS["Next.js"]([{**JOBS[0], "url": "https://jobs.ashbyhq.com/acme/1"}]))
        reading = await read(site, fetcher)
        assert ([job.url for job in reading.jobs], codes(reading)) == (
            ["https://jobs.ashbyhq.com/acme/1"], ["FROM_PAGE_DATA", "ATS_BEHIND"],
        )  # fmt: skip

    @pytest.mark.parametrize(
        ("data", "code"),
        [
            ({"jobs": PAGELESS, "total": 40}, "COUNT_MISMATCH"),
            ({"jobs": {"items": PAGELESS, "hasMore": True}}, "MORE_PAGES"),
            ({"jobs": [{"id": n, "title": f"Cook {n}"} for n in range(20)]}, "UNPROVEN"),
        ],
    )
    async def test_are_not_all_where_there_may_be_more(
        self, data: Any, code: str, site: LocalServer, fetcher: Fetcher
    ) -> None:
        listing(site, script(data))
        reading = await read(site, fetcher)
        assert (reading.completeness, codes(reading)) == (Completeness.PARTIAL, [code, "FROM_PAGE_DATA"])

    async def test_are_not_all_where_the_listing_goes_on(self, site: LocalServer, fetcher: Fetcher) -> None:
        listing(site, '<a rel="next" href="/careers?page=2">2</a>' + FORMS["Next.js"](PAGELESS))
        reading = await read(site, fetcher)
        assert (reading.completeness, codes(reading)[0]) == (Completeness.PARTIAL, "MORE_PAGES")

    async def test_of_as_many_as_the_data_say_are_all(self, site: LocalServer, fetcher: Fetcher) -> None:
        listing(site, script({"jobs": [{"id": n, "title": f"Cook {n}"} for n in range(20)], "total": 20}))
        assert (await read(site, fetcher)).complete

    @pytest.mark.parametrize("form", FORMS)
    def test_are_read_from_a_saved_page(self, form: str) -> None:
        reading = read_saved(f"<html>{FORMS[form](JOBS)}</html>")
        assert ([job.id for job in reading.jobs], codes(reading)) == (["1", "2", "3"], ["FROM_PAGE_DATA"])
        assert (reading.kind, reading.complete) == ("pages", True)

    def test_are_the_jobs_whatever_lists_stand_in_them_and_beside_them(self) -> None:
        within = {"content": [{"id": 1, "title": "Duties"}], "similarJobs": JOBS}
        beside = {
            "jobs": {"id": "x", "title": "Our jobs", "hero": {"title": "Bake"},
                     "items": [{**job, **within} for job in JOBS[:2]]},
            "benefits": [{"id": number, "title": "Bread", "description": "Free"} for number in range(9)],
        }  # fmt: skip
        reading = read_saved(f"<html>{script(beside)}</html>")
        assert [(job.id, job.title) for job in reading.jobs] == [("1", "Baker"), ("2", "Cook")]


NOT_JOBS = {
    "a menu": script({"menu": [{"id": 1, "title": "About", "url": "/about"}, {"id": 2, "title": "Jobs"}]}),
    "news": script({"props": {"posts": [{"id": 1, "title": "We bake", "url": "/news/1", "date": "2026-02-01"}]}}),
    "offices": script({"locations": [{"id": 1, "title": "Oslo", "city": "Oslo", "country": "NO"}]}),
    "teams": script({"teams": [{"id": 1, "name": "Kitchen", "url": "/careers/teams/kitchen"}]}),
    "benefits of a career page": script({"careers": {"benefits": [{"id": 1, "title": "Bread", "text": "Free"}]}}),
    "kinds of jobs": script({"jobs": {"filters": {"jobTypes": [{"id": 1, "title": "Full time"}]}}}),
    "opening hours": script({"openingHours": [{"id": 1, "title": "Monday"}]}),
    "others beside one job by itself": script(
        {"job": {"id": 9, "title": "Smith"}, "jobs": JOBS, "similarJobs": JOBS}
    ),
    "similar jobs": script({"similarJobs": JOBS}),
    "the newest alone": script({"home": {"latestJobs": JOBS, "topJobs": JOBS, "newOpenings": {"items": JOBS}}}),
    "those that are over": script({"closedPositions": JOBS, "jobs": {"expiredJobs": JOBS}}),
    "data within a comment": f"<!-- {FORMS['Next.js'](PAGELESS)} -->",
    "a program": "<script>window.jobs = make([{id: 1, title: 'Baker'}])</script>",
    "parts of a page on jobs": script({"jobs": {"data": {"hero": {"title": "Bake"}, "footer": {"title": "Us"}}}}),
    "an empty list": script({"jobs": []}),
    "a template": f'<script type="text/template">{json.dumps({"jobs": PAGELESS})}</script>',
    "data that are cut off": script({"jobs": PAGELESS})[:-40],
}  # fmt: skip


@pytest.mark.parametrize("what", NOT_JOBS)
async def test_what_is_no_list_of_jobs_is_refused_as_before(what: str, site: LocalServer, fetcher: Fetcher) -> None:
    listing(site, NOT_JOBS[what])
    reading = await read(site, fetcher)
    assert (reading.completeness, codes(reading)) == (Completeness.FAILED, ["NO_JOBS_FOUND"])


DEEP = "[" * 100_000
COSTLY = {
    "scripts that never end": "<script>" * 500_000,
    "lists in lists": f"<script type='application/json'>{DEEP}</script><script>var a = {DEEP}</script>",
    "values that never end": "<script>" + 'var a = {"b": "' * 200_000 + "</script>",
    "equals signs": "<script>" + "var a" * 200_000 + "var " + "a" * 500_000 + " " * 500_000 + "</script>",
    "objects without number": script({"jobs": [{}] * 300_000}),
    "places that name each other": script([["Reactive", 1], {"jobs": 2}, [3, 3], [2, 2]]),
    "rows of a stream": f"<script>self.__next_f.push({json.dumps([1, '1:Tffffffff,' + '1:[]' * 100_000])})</script>",
    "a stream of texts": f"<script>self.__next_f.push({json.dumps([1, '1:T0,' * 300_000])})</script>",
    "numbers too long": script({"jobs": []}).replace("[]", "[" + "9" * 1_000_000 + "]"),
    "names in names": script({"a": 0}).replace("0", '{"a":' * 500 + "0" + "}" * 500),
}


@pytest.mark.parametrize("page", COSTLY.values(), ids=COSTLY)
def test_what_is_made_to_cost_much_is_left_in_a_moment(page: str) -> None:
    began = time.monotonic()
    assert jobs_told(page.encode(), "https://x.example/").records == []
    assert time.monotonic() - began < 5


def test_markup_and_addresses_of_a_hostile_page_are_cleaned_as_those_of_any_list() -> None:
    evil = [
        {"id": 1, "title": "<b>Cook</b>", "url": "javascript:alert(1)", "description": "<script>alert(1)</script>x"}
    ]
    [job] = read_saved(f"<html>{script({'jobs': evil})}</html>".replace("</script>x", "<\\/script>x")).jobs
    assert (job.url, "alert" in job.description) == ("", False)


def test_data_as_deep_as_they_can_be_are_read() -> None:
    within = '{"location":' * 900 + '"x"' + "}" * 900
    page = f'<script type="application/json">{{"jobs":[{{"id":1,"title":"Cook","location":{within}}}]}}</script>'
    assert [job.title for job in read_saved(page).jobs] == ["Cook"]


@pytest.mark.parametrize("form", ["<script>jobs.all = {}</script>", "<script type=application/json>{}</script>"])
@pytest.mark.parametrize("codec", ["iso-8859-1", "utf-8", "utf-16"])
def test_a_page_in_another_encoding_is_read(form: str, codec: str) -> None:
    jobs = json.dumps({"jobs": [{"id": 1, "title": "B\u00e4cker"}]}, ensure_ascii=False)
    page = f'<html><meta charset="{codec}">{form.format(jobs)}</html>'
    assert [job.title for job in read_saved(page.encode(codec)).jobs] == ["B\u00e4cker"]
