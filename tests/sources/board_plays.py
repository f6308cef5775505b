"""Every ATS as a local server plays it: its lists in parts, its jobs' own answers, in its own forms."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .local_server import Asked, Told

JOBS = 45


def _json(value: Any) -> Told:
    return Told(json.dumps(value).encode(), headers={"Content-Type": "application/json"})


def _html(inner: str) -> Told:
    return Told(f"<html><body>{inner}</body></html>".encode(), headers={"Content-Type": "text/html"})


def job_page(number: int) -> Told:
    posting = {"@type": "JobPosting", "title": f"Job {number}", "description": f"<p>Told {number}</p>"}
    return _html(f'<script type="application/ld+json">{json.dumps(posting)}</script>')


@dataclass(frozen=True)
class Play:
    """One ATS. ``answer`` plays it with so many jobs; ``asks`` is how many requests a whole reading takes."""

    kind: str
    path: str
    answer: Callable[[Asked, int], Told]
    asks: int = 1

    @property
    def in_steps(self) -> bool:
        return self.asks > 1


def _slice(asked: Asked, records: list[Any], start: str, size: int, limit: str = "") -> list[Any]:
    first = int(asked.query.get(start, 0))
    return records[first : first + min(size, int(asked.query.get(limit, size)))]


def _number(asked: Asked) -> int:
    return int(re.findall(r"\d+", asked.target)[-1])


def greenhouse(_asked: Asked, jobs: int) -> Told:
    rows = [{"id": n, "title": f"Job {n}", "absolute_url": f"https://a.example/{n}", "location": {"name": "Bern"},
             "content": f"&lt;p&gt;Told {n}&lt;/p&gt;"} for n in range(jobs)]  # fmt: skip
    return _json({"jobs": rows, "meta": {"total": jobs}})


def lever(asked: Asked, jobs: int) -> Told:
    rows = [{"id": f"u{n}", "text": f"Job {n}", "categories": {"location": "Bern"}} for n in range(jobs * 5)]
    return _json(_slice(asked, rows, "skip", 100, "limit"))


def ashby(_asked: Asked, jobs: int) -> Told:
    rows = [{"id": f"a{n}", "title": f"Job {n}", "location": "Bern", "jobUrl": "https://a.example"}
            for n in range(jobs)]  # fmt: skip
    return _json({"jobs": rows, "apiVersion": "1"})


def smartrecruiters(asked: Asked, jobs: int) -> Told:
    if not asked.path.endswith("/postings"):
        said = {"jobDescription": {"text": "<p>Told</p>"}}
        return _json({"id": asked.path.rsplit("/", 1)[1], "jobAd": {"sections": said}})
    rows = [{"id": str(n), "name": f"Job {n}", "location": {"city": "Bern"}} for n in range(jobs)]
    part = _slice(asked, rows, "offset", 20, "limit")
    return _json({"offset": 0, "limit": 20, "totalFound": jobs, "content": part})


def workable(_asked: Asked, jobs: int) -> Told:
    rows = [{"shortcode": f"S{n}", "title": f"Job {n}", "city": "Bern"} for n in range(jobs)]
    return _json({"name": "Acme", "jobs": rows})


def recruitee(_asked: Asked, jobs: int) -> Told:
    return _json({"offers": [{"id": n, "title": f"Job {n}", "location": "Bern"} for n in range(jobs)]})


def workday(asked: Asked, jobs: int) -> Told:
    if asked.method == "GET":
        return _json({"jobPostingInfo": {"jobDescription": "<p>Told</p>", "jobReqId": f"R{_number(asked)}"}})
    sent = json.loads(asked.body)
    if sent["limit"] > 20:
        return Told(b"{}", 400)
    rows = [{"title": f"Job {n}", "externalPath": f"/job/Bern/J_R{n}"} for n in range(jobs)]
    part = rows[sent["offset"] : sent["offset"] + sent["limit"]]
    return _json({"total": 0 if sent["offset"] else jobs, "jobPostings": part, "facets": []})


def bamboohr(asked: Asked, jobs: int) -> Told:
    if asked.path.endswith("/detail"):
        return _json({"result": {"jobOpening": {"description": "<p>Told</p>"}}})
    rows = [{"id": str(n), "jobOpeningName": f"Job {n}", "location": {"city": "Bern"}} for n in range(jobs)]
    return _json({"meta": {"totalCount": jobs}, "result": rows})


def breezy(asked: Asked, jobs: int) -> Told:
    if asked.path != "/json":
        return job_page(_number(asked))
    host = f"http://{asked.headers['host']}"
    return _json([{"id": f"b{n}", "friendly_id": f"{n}-x", "name": f"Job {n}", "url": f"{host}/p/{n}"}
                  for n in range(jobs)])  # fmt: skip


def oracle(asked: Asked, jobs: int) -> Told:
    if "Details" in asked.path:
        number = re.findall(r"Id=%22(\d+)", asked.target)[0]
        return _json({"items": [{"Id": number, "Title": "x", "ExternalDescriptionStr": "<p>Told</p>"}]})
    found = re.search(r"limit=(\d+),offset=(\d+)", asked.query["finder"])
    assert found
    rows = [{"Id": str(n), "Title": f"Job {n}", "PrimaryLocation": "Bern"} for n in range(jobs)]
    listed = rows[int(found[2]) : int(found[2]) + int(found[1])] if "expand" in asked.query else []
    return _json({"items": [{"TotalJobsCount": jobs, "requisitionList": listed}]})


def rippling(asked: Asked, jobs: int) -> Told:
    if not asked.path.endswith("/jobs"):
        return _json({"uuid": asked.path.rsplit("/", 1)[1], "description": {"role": "<p>Told</p>"}})
    return _json([{"uuid": f"r{n}", "name": f"Job {n}", "workLocation": {"label": "Bern"}} for n in range(jobs)])


def pinpoint(_asked: Asked, jobs: int) -> Told:
    return _json({"data": [{"id": str(n), "title": f"Job {n}", "location": {"name": "Bern"},
                            "workplace_type": "onsite"} for n in range(jobs)]})  # fmt: skip


def eightfold(asked: Asked, jobs: int) -> Told:
    rows = [{"id": n, "name": f"Job {n}", "location": "Bern"} for n in range(jobs)]
    return _json({"positions": _slice(asked, rows, "start", 10, "num"), "count": jobs})


def jibe(asked: Asked, jobs: int) -> Told:
    rows = [{"data": {"slug": str(n), "title": f"Job {n}", "city": "Bern"}} for n in range(jobs)]
    first = 10 * (int(asked.query.get("page", 1)) - 1)
    return _json({"jobs": rows[first : first + 10], "totalCount": jobs})


def icims(asked: Asked, jobs: int) -> Told:
    if asked.path != "/jobs/search":
        return job_page(_number(asked))
    pages = -(-jobs // 20)
    page = min(int(asked.query["pr"]), pages - 1)  # a page past the last is the last again
    rows = "".join(
        f'<li class="iCIMS_JobCardItem"><span class="field-label">Job Locations</span><span>Bern</span>'
        f'<a class="iCIMS_Anchor" href="http://{asked.headers["host"]}/jobs/{n}/x/job?in_iframe=1">'
        f"<h3>Job {n}</h3></a></li>"
        for n in range(20 * page, min(jobs, 20 * page + 20))
    )
    return _html(f"<ul class=iCIMS_Jobs>{rows}</ul><div>Page {page + 1} of {pages}</div>")


def successfactors_site(asked: Asked, jobs: int) -> Told:
    if asked.method == "GET":
        links = '<a href="/?locale=de_DE">D</a><a href="/?locale=en_US">E</a>'
        return job_page(0) if "/job/" in asked.path else _html(links)
    sent = json.loads(asked.body)
    numbers = range(0, jobs, 2) if sent["locale"] == "de_DE" else range(1, jobs, 2)
    rows = [{"response": {"id": n, "unifiedStandardTitle": f"Job {n}", "jobLocationShort": ["Bern"]}} for n in numbers]
    first = 10 * sent["pageNumber"]
    return _json({"jobSearchResult": rows[first : first + 10], "totalJobs": len(numbers)})


def personio(_asked: Asked, jobs: int) -> Told:
    rows = "".join(f"<position><id>{n}</id><name>Job {n}</name><office>Bern</office></position>" for n in range(jobs))
    return Told(f"<workzag-jobs>{rows}</workzag-jobs>".encode(), headers={"Content-Type": "text/xml"})


def teamtailor(_asked: Asked, jobs: int) -> Told:
    rows = "".join(f"<item><title>Job {n}</title><guid>{n}</guid></item>" for n in range(jobs))
    start = '<rss version="2.0" xmlns:tt="https://teamtailor.com/locations"><channel><title>Acme</title>'
    return Told(f"{start}{rows}</channel></rss>".encode(), headers={"Content-Type": "application/rss+xml"})


PLAYS = (
    Play("greenhouse", "/v1/boards/acme/jobs", greenhouse),
    Play("lever", "/v0/postings/acme", lever, asks=3),
    Play("ashby", "/posting-api/job-board/acme", ashby),
    Play("smartrecruiters", "/v1/companies/acme/postings", smartrecruiters, asks=3 + JOBS),
    Play("workable", "/api/v1/widget/accounts/acme", workable),
    Play("recruitee", "/api/offers/", recruitee),
    Play("workday", "/wday/cxs/acme/Careers/jobs", workday, asks=3 + JOBS),
    Play("bamboohr", "/careers/list", bamboohr, asks=1 + JOBS),
    Play("breezy", "/json", breezy, asks=1 + JOBS),
    Play("oracle", "/hcmRestApi/resources/latest/recruitingCEJobRequisitions", oracle, asks=2 + JOBS),
    Play("rippling", "/platform/api/ats/v1/board/acme/jobs", rippling, asks=1 + JOBS),
    Play("pinpoint", "/postings.json", pinpoint),
    Play("eightfold", "/api/apply/v2/jobs", eightfold, asks=5),
    Play("jibe", "/api/jobs", jibe, asks=5),
    Play("icims", "/jobs/search", icims, asks=3 + JOBS),
    Play("successfactors_site", "/", successfactors_site, asks=1 + 3 + 3 + JOBS),
    Play("personio", "/xml", personio),
    Play("teamtailor", "/jobs.rss", teamtailor),
)
