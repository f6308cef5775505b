"""The pages of an employer's ATS, on an origin of their own, with the board's widgets on them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from importlib import resources
from typing import Any

import httpx2
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from changeover.demo.loopback import Loopback
from changeover.demo.monogram import monogram
from changeover.demo.pages import page
from changeover.demo.world import World

DECISIONS = {"APPLICATION_INTERVIEWED": "Invite", "APPLICATION_REJECTED": "Reject", "APPLICATION_HIRED": "Hire"}
_COOKIE = "ats_seat"


@dataclass(frozen=True, slots=True)
class Seats:
    """How this ATS is known on the board: its address, its company, its client, and the seat of its recruiter."""

    board: str
    company: int
    token: str
    contract: int = 0
    email: str = ""

    @property
    def client(self) -> str:
        """The client's id, which stands in its token."""
        return self.token.split("_")[2]


class AtsPages(Loopback):
    """One employer's ATS as its recruiters see it, on a port of its own; a context manager.

    ``world`` holds the applications that the board told of. Who signs in as ``nobody`` has no seat on the board.
    """

    def __init__(self, world: World, slug: str, port: int = 0) -> None:
        routes = [
            Route("/", self._applicants),
            Route("/applicants/{application:int}", self._applicant),
            Route("/applicants/{application:int}/{action}", self._decide, methods=["POST"]),
            Route("/settings", self._settings),
            Route("/board-token", self._board_token, methods=["POST"]),
            Route("/sign-in/{who}", self._sign_in, methods=["POST"]),
            Route("/style.css", self._style),
            Route("/logos/{slug}.svg", self._logo),
        ]
        super().__init__(Starlette(routes=routes), port)
        self._world, self._employer = world, world.employer(slug)
        self._client = httpx2.Client(timeout=30, trust_env=False)
        self.seats: Seats | None = None

    def _shown(self, request: Request, template: str, **said: Any) -> Response:
        seats = self._known()
        answer = page(
            template,
            employer=self._employer,
            seats=seats,
            signed_in=request.cookies.get(_COOKIE, seats.email),
            context=f"urn:li:organization:{seats.company}",
            **said,
        )
        answer.headers["content-security-policy"] = (
            f"default-src 'none'; style-src 'self' 'unsafe-inline'; img-src 'self'; script-src {seats.board}; "
            f"frame-src {seats.board}; connect-src 'self'; form-action 'self' {seats.board}"
        )
        return answer

    def _known(self) -> Seats:
        if self.seats is None:
            raise RuntimeError("this ATS is not connected to a board yet")
        return self.seats

    async def _applicants(self, request: Request) -> Response:
        rows = [await run_in_threadpool(self._fetch, str(event["application"])) for event in self._world.applications]
        return self._shown(request, "ats.html", applicants=[row for row in rows if row])

    async def _applicant(self, request: Request) -> Response:
        number = str(request.path_params["application"])
        told = await run_in_threadpool(self._fetch, number)
        if not told:
            return PlainTextResponse("There is no such applicant, or the board erased it.", HTTPStatus.NOT_FOUND)
        await run_in_threadpool(self.tell, number, "APPLICATION_VIEWED")
        return self._shown(request, "ats_applicant.html", applicant=told, decisions=DECISIONS)

    async def _decide(self, request: Request) -> Response:
        number, action = str(request.path_params["application"]), request.path_params["action"]
        if action in DECISIONS:
            await run_in_threadpool(self.tell, number, action)
        return RedirectResponse(f"/applicants/{number}", HTTPStatus.SEE_OTHER)

    async def _settings(self, request: Request) -> Response:
        return self._shown(request, "ats_settings.html")

    async def _sign_in(self, request: Request) -> Response:
        answer = RedirectResponse("/", HTTPStatus.SEE_OTHER)
        who = "nobody@ats.example" if request.path_params["who"] == "nobody" else self._known().email
        answer.set_cookie(_COOKIE, who, httponly=True, samesite="strict")
        return answer

    async def _style(self, _request: Request) -> Response:
        text = (resources.files("changeover.demo") / "templates" / "style.css").read_text("utf-8")
        return Response(text, media_type="text/css")

    async def _logo(self, _request: Request) -> Response:
        return Response(monogram(self._employer), media_type="image/svg+xml")

    async def _board_token(self, request: Request) -> Response:
        """A widget token for who is signed in, asked for by this server with its own credential."""
        seats = self._known()
        wish = {"origin": self.url, "contract": str(seats.contract), "seat": request.cookies.get(_COOKIE, seats.email)}
        status, told = await run_in_threadpool(self._ask, "POST", "/widget-tokens", wish)
        return JSONResponse(told, status)

    def tell(self, application: str, action: str) -> bool:
        """Tell the board what became of an application; False where it would not hear it."""
        return self._ask("POST", f"/applications/{application}/actions", {"action": action})[0] == HTTPStatus.OK

    def _fetch(self, application: str) -> dict[str, Any]:
        status, told = self._ask("GET", f"/applications/{application}")
        return {**told, "name": _name(told)} if status == HTTPStatus.OK else {}

    def _ask(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> tuple[int, dict[str, Any]]:
        seats = self._known()
        answer = self._client.request(
            method,
            f"{seats.board}/api/v1/companies/{seats.company}{path}",
            json=body,
            headers={"authorization": f"Bearer {seats.token}"},
        )
        told: dict[str, Any] = answer.json()
        return answer.status_code, told


def _name(told: Mapping[str, Any]) -> str:
    applicant = told.get("applicant", {})
    return f"{applicant.get('first_name', '')} {applicant.get('last_name', '')}".strip() or "Erased"
