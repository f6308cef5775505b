"""The pages a person sees in the demo's outside world: all employers, career sites, ATS job pages."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Any

from jinja2 import Environment, PackageLoader
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from changeover.demo.boards import hosted_url
from changeover.demo.career_site import by_department, job_posting
from changeover.demo.employers import AtsKind, Employer, Entry
from changeover.demo.world import SourceState, World
from changeover.job import Lane

_templates = Environment(loader=PackageLoader("changeover.demo", "templates"), autoescape=True, trim_blocks=True)


def page(template: str, status: int = HTTPStatus.OK, **said: Any) -> HTMLResponse:
    """One HTML page from a template of the demo; ``employer`` gives it colours and a logo."""
    return HTMLResponse(_templates.get_template(template).render({"employer": None, **said}), status)


def gone(employer: Employer | None, heading: str, sentence: str, status: int) -> HTMLResponse:
    """A page that says why there is nothing here and what to do; 404 never was, 410 is no more, 503 comes back."""
    return page("gone.html", status, employer=employer, heading=heading, sentence=sentence)


def origin(request: Request) -> str:
    """Where these sites answer, without a trailing slash."""
    return str(request.base_url).rstrip("/")


def site_url(at: str, slug: str) -> str:
    """The address of an employer's career site, with a trailing slash."""
    return f"{at}/careers/{slug}/"


def legacy_url(at: str, employer: Employer) -> str:
    """The address of an employer's old source, as one would give it to the board."""
    return f"{at}/feeds/{employer.slug}.xml" if employer.has_feed else site_url(at, employer.slug)


def ats_url(at: str, employer: Employer) -> str:
    """The address of an employer's public ATS board, empty where it pushes or has none."""
    paths = {
        AtsKind.GREENHOUSE: "/greenhouse/v1/boards/{}/jobs?content=true",
        AtsKind.LEVER: "/lever/v0/postings/{}?mode=json",
        AtsKind.ASHBY: "/ashby/posting-api/job-board/{}?includeCompensation=true",
    }
    path = paths.get(employer.ats)
    return at + path.format(employer.slug) if path else ""


def index(world: World, request: Request) -> HTMLResponse:
    """All employers with their situation and links."""
    at = origin(request)
    cards = [_card(world, employer, at) for employer in world.employers]
    return page("index.html", cards=cards)


def _card(world: World, employer: Employer, at: str) -> dict[str, Any]:
    links = [("Career site", site_url(at, employer.slug))]
    if employer.has_feed:
        links.append(("XML feed", legacy_url(at, employer)))
    if ats_url(at, employer):
        links.append((f"{employer.ats.title()} board", ats_url(at, employer)))
    return {
        "employer": employer,
        "legacy_count": len(world.jobs(employer.slug, Lane.LEGACY)),
        "ats_count": len(world.jobs(employer.slug, Lane.ATS)),
        "links": [{"name": name, "url": url} for name, url in links],
    }


def mails(world: World, _request: Request) -> HTMLResponse:
    """Every e-mail that the board has sent."""
    return page("mails.html", mails=world.mailbox.shown())


def careers(world: World, request: Request) -> Response:
    """An employer's career site: every open job, by department."""
    employer = world.employer(request.path_params["slug"])
    if world.state(employer.slug) is SourceState.DOWN:
        return unavailable(employer)
    jobs = world.jobs(employer.slug, Lane.LEGACY) if employer.has_feed else world.shown(employer.slug)
    return page("careers.html", employer=employer, departments=by_department(jobs), count=len(jobs))


def career_job(world: World, request: Request) -> Response:
    """One job page of a career site, with its JobPosting; a closed job is 410, as a good site answers."""
    employer = world.employer(request.path_params["slug"])
    if world.state(employer.slug) is SourceState.DOWN:
        return unavailable(employer)
    job = world.numbered(employer.slug, Lane.LEGACY, request.path_params["number"])
    url = str(request.url.replace(query=""))
    markup = job_posting(employer, job, url, site_url(origin(request), employer.slug)) if job else None
    return _job_page(employer, job, url, markup, f"A job page of {employer.name}.")


def hosted_job(world: World, request: Request) -> Response:
    """The page on which an ATS shows a job itself; it has no markup, as some have none."""
    employer = world.employer(request.path_params["slug"])
    job = world.numbered(employer.slug, Lane.ATS, request.path_params["number"])
    url = hosted_url(origin(request), employer, job) if job else ""
    return _job_page(employer, job, url, None, f"Hosted by the ATS of {employer.name}.")


def unavailable(employer: Employer) -> HTMLResponse:
    """The old source is down."""
    sentence = "The career site is being repaired. Come back in a while."
    return gone(employer, "Back soon", sentence, HTTPStatus.SERVICE_UNAVAILABLE)


def _job_page(
    employer: Employer, job: Entry | None, url: str, markup: dict[str, Any] | None, place_note: str
) -> HTMLResponse:
    if job is None:
        return gone(employer, "No such job", "There never was a job at this address.", HTTPStatus.NOT_FOUND)
    if not job.open:
        return gone(employer, "This job is closed", f"“{job.title}” is no longer open.", HTTPStatus.GONE)
    return page(
        "job.html",
        employer=employer,
        job=job,
        url=url,
        markup=_script_safe(markup),
        description=Markup(employer.description(job)),  # noqa: S704 - escaped where it is put together
        place_note=place_note,
    )


def _script_safe(markup: dict[str, Any] | None) -> Markup:
    """JSON that cannot end the script element it stands in."""
    if markup is None:
        return Markup("")
    return Markup(json.dumps(markup, ensure_ascii=False, indent=1).replace("<", "\\u003c"))  # noqa: S704 - as said
