"""Serves the demo's outside world over real HTTP on loopback: career sites, feeds, ATS boards, desks."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from http import HTTPStatus
from importlib import resources

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from changeover.demo import desk, pages
from changeover.demo.boards import ashby, greenhouse, lever
from changeover.demo.career_site import sitemap
from changeover.demo.employers import AtsKind, Employer
from changeover.demo.feeds import cut_off, feed
from changeover.demo.loopback import Loopback
from changeover.demo.monogram import monogram
from changeover.demo.world import SourceState, UnknownEmployer, World
from changeover.job import Lane

ROBOTS = "User-agent: *\nDisallow: /desk/\n"


class _World:
    """The handlers that answer programs: feeds, sitemaps, boards."""

    def __init__(self, world: World) -> None:
        self.world = world

    async def robots(self, _request: Request) -> Response:
        return PlainTextResponse(ROBOTS)

    async def style(self, _request: Request) -> Response:
        text = (resources.files("changeover.demo") / "templates" / "style.css").read_text("utf-8")
        return Response(text, media_type="text/css")

    async def logo(self, request: Request) -> Response:
        return Response(monogram(self._employer(request)), media_type="image/svg+xml")

    async def sitemap(self, request: Request) -> Response:
        employer = self._employer(request)
        if self.world.state(employer.slug) is SourceState.DOWN:
            return pages.unavailable(employer)
        site = pages.site_url(pages.origin(request), employer.slug)
        return Response(sitemap(self.world.shown(employer.slug), site), media_type="application/xml")

    async def feed(self, request: Request) -> Response:
        employer = self._employer(request)
        if not employer.has_feed:
            return PlainTextResponse(f"{employer.name} has no XML feed.", HTTPStatus.NOT_FOUND)
        state = self.world.state(employer.slug)
        if state is SourceState.DOWN:
            return PlainTextResponse("The feed is being repaired.", HTTPStatus.SERVICE_UNAVAILABLE)
        site = pages.site_url(pages.origin(request), employer.slug)
        whole = feed(employer, self.world.shown(employer.slug), site)
        return Response(cut_off(whole) if state is SourceState.CUT_OFF else whole, media_type="application/xml")

    async def greenhouse(self, request: Request) -> Response:
        employer = self._on(request, AtsKind.GREENHOUSE)
        if employer is None:
            return JSONResponse({"status": 404, "error": "Job board not found"}, HTTPStatus.NOT_FOUND)
        content = request.query_params.get("content") == "true"
        jobs = self.world.jobs(employer.slug, Lane.ATS)
        return JSONResponse(greenhouse(employer, jobs, pages.origin(request), content=content))

    async def lever(self, request: Request) -> Response:
        employer = self._on(request, AtsKind.LEVER)
        if employer is None:
            return JSONResponse({"ok": False, "error": "Document not found"}, HTTPStatus.NOT_FOUND)
        jobs = lever(employer, self.world.jobs(employer.slug, Lane.ATS), pages.origin(request))
        skip, limit = _count(request, "skip", 0), _count(request, "limit", len(jobs))
        return JSONResponse(jobs[skip : skip + limit])

    async def ashby(self, request: Request) -> Response:
        employer = self._on(request, AtsKind.ASHBY)
        if employer is None:
            return PlainTextResponse("Not Found", HTTPStatus.NOT_FOUND)
        compensation = request.query_params.get("includeCompensation") == "true"
        jobs = self.world.jobs(employer.slug, Lane.ATS)
        return JSONResponse(ashby(employer, jobs, pages.origin(request), compensation=compensation))

    async def applied(self, request: Request) -> Response:
        self._employer(request)
        event = await request.json()
        # It may come more than once: what is known is not new.
        if event not in self.world.applications:
            self.world.applications.append(event)
        return PlainTextResponse("Received.")

    def _employer(self, request: Request) -> Employer:
        return self.world.employer(request.path_params["slug"])

    def _on(self, request: Request, kind: AtsKind) -> Employer | None:
        employer = next((e for e in self.world.employers if e.slug == request.path_params["slug"]), None)
        return employer if employer is not None and employer.ats is kind else None


def application(world: World) -> Starlette:
    """The whole outside world as one ASGI application."""
    programs = _World(world)
    notes: dict[str, str] = {}

    def shown(answer: Callable[[World, Request], Response]) -> Callable[[Request], Awaitable[Response]]:
        async def endpoint(request: Request) -> Response:
            return answer(world, request)

        return endpoint

    async def desk_page(request: Request) -> Response:
        slug = request.path_params["slug"]
        return desk.desk(world, slug, notes.pop(slug, ""))

    async def desk_form(request: Request) -> Response:
        return await desk.act(world, request, notes)

    hosted = shown(pages.hosted_job)
    routes = [
        Route("/", shown(pages.index)),
        Route("/robots.txt", programs.robots),
        Route("/style.css", programs.style),
        Route("/logos/{slug}.svg", programs.logo),
        Route("/careers/{slug}/", shown(pages.careers)),
        Route("/careers/{slug}/sitemap.xml", programs.sitemap),
        Route("/careers/{slug}/jobs/{number}", shown(pages.career_job)),
        Route("/feeds/{slug}.xml", programs.feed),
        Route("/greenhouse/v1/boards/{slug}/jobs", programs.greenhouse),
        Route("/greenhouse/{slug}/jobs/{number}", hosted),
        Route("/lever/v0/postings/{slug}", programs.lever),
        Route("/lever/{slug}/{number}", hosted),
        Route("/lever/{slug}/{number}/apply", hosted),
        Route("/ashby/posting-api/job-board/{slug}", programs.ashby),
        Route("/ashby/{slug}/{number}", hosted),
        Route("/ashby/{slug}/{number}/application", hosted),
        Route("/push/{slug}/applications", programs.applied, methods=["POST"]),
        Route("/push/{slug}/{number}", hosted),
        Route("/mail", shown(pages.mails)),
        Route("/desk/{slug}", desk_page),
        Route("/desk/{slug}/{action}", desk_form, methods=["POST"]),
    ]
    return Starlette(routes=routes, exception_handlers={UnknownEmployer: _unknown, HTTPStatus.NOT_FOUND: _unknown})


async def _unknown(_request: Request, _problem: Exception) -> Response:
    sentence = "There is no such employer or page here. The index lists all there are."
    return pages.gone(None, "Nothing here", sentence, HTTPStatus.NOT_FOUND)


def _count(request: Request, name: str, otherwise: int) -> int:
    text = request.query_params.get(name, "")
    return int(text) if text.isdecimal() else otherwise


class Sites(Loopback):
    """The outside world, answering on loopback while its block is open. OSError where the port is taken."""

    def __init__(self, world: World, port: int = 0) -> None:
        super().__init__(application(world), port)
        self.world = world

    def legacy_url(self, slug: str) -> str:
        """Where the employer's old source is: its XML feed, or its career site."""
        return pages.legacy_url(self.url, self.world.employer(slug))

    def ats_url(self, slug: str) -> str:
        """Where the employer's ATS board answers; empty where the ATS pushes or there is none."""
        return pages.ats_url(self.url, self.world.employer(slug))

    def desk_url(self, slug: str) -> str:
        """Where a person plays the employer."""
        return f"{self.url}/desk/{slug}"
