"""Who calls on the wire: the application of a token, or the refusal that its client knows."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request

from changeover.apply_connect import restli, store
from changeover.apply_connect.auth import Application, bearer
from changeover.apply_connect.store import Integration
from changeover.web.problem import Problem
from changeover.web.served import Here, Served

_MENDED = "Ask for a new token with the client's id and secret at /oauth/v2/accessToken."


def _unauthorised(code: str, message: str, number: int) -> Problem:
    headers = {"www-authenticate": "Bearer"}
    return Problem(401, code, message, _MENDED, headers=headers, service_error_code=number)


def denied(method: str, resource: str) -> Problem:
    """The caller may not do this at all."""
    return Problem(
        403,
        "ACCESS_DENIED",
        f"Not enough permissions to access: {method} /{resource}",
        "Use the token of the application that this is for.",
        service_error_code=100,
    )


async def caller(request: Request, here: Here) -> Application:
    """The application whose token the request shows; 401 as clients know it."""
    scheme, _, token = request.headers.get("authorization", "").strip().partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise _unauthorised("EMPTY_ACCESS_TOKEN", "Empty oauth2 access token", 65604)
    found = await bearer(here.db, token.strip())
    if found is None:
        raise _unauthorised("INVALID_ACCESS_TOKEN", "Invalid access token", 65600)
    if found.expires_at <= here.db.now():
        raise _unauthorised("EXPIRED_ACCESS_TOKEN", "The token used in the request has expired", 65602)
    await _count(here, found.application)
    _version(request)
    return found.application


async def _count(here: Served, application: Application) -> None:
    """Count the request; 429 as clients know it where the application has made all of this minute's."""
    allowance = await here.wire_rates.take(application.vendor_id, f"wire {application.application_id}")
    if allowance is None or allowance.allowed:
        return
    raise Problem(
        429,
        "TOO_MANY_REQUESTS",
        "Resource level throttle APPLICATION MINUTE limit for calls to this resource is reached.",
        f"Wait {allowance.seconds} seconds, as the header Retry-After says, and send it again.",
        headers=allowance.headers(),
        service_error_code=101,
    )


def _version(request: Request) -> None:
    """Under /rest/ every request names the version it was written for, as YYYYMM."""
    version = request.headers.get("linkedin-version", "")
    if request.url.path.startswith("/rest/") and not (version[:6].isdecimal() and len(version) >= 6):
        message = "A version must be present. Please specify a version by adding the LinkedIn-Version header."
        raise Problem(400, "VERSION_MISSING", message, "Send LinkedIn-Version: YYYYMM.")


Caller = Annotated[Application, Depends(caller)]


def resource(request: Request) -> str:
    """The resource that the request names, without its version."""
    return request.url.path.strip("/").split("/")[1]


async def child(request: Request, application: Caller) -> Application:
    """The application, if it is a child: a parent may not touch jobs."""
    if application.parent:
        raise denied(request.method, resource(request))
    return application


async def parent(request: Request, application: Caller) -> Application:
    """The application, if it is a parent: a child may not provision."""
    if not application.parent:
        raise denied(request.method, resource(request))
    return application


Child = Annotated[Application, Depends(child)]
Parent = Annotated[Application, Depends(parent)]


def only_method(request: Request, *allowed: str) -> None:
    """Refuse a request whose Rest.li method is not one of these."""
    if restli.method(request) not in allowed:
        message = (
            "Unpermitted fields present in REQUEST_BODY: Data Processing Exception while processing fields "
            f"[/{'elements' if 'batch_create' in allowed else 'entities'}]"
        )
        raise Problem(403, "UNPERMITTED_FIELDS", message, f"Send the header X-Restli-Method: {allowed[0]}.")


async def integration(here: Here, application: Application, company_id: int) -> Integration | None:
    """The enabled integration over which this child speaks for a company, or None.

    Where the employer enabled a vendor and not one child of it, the first child to call is the one.
    """
    async with here.db.company(company_id) as conn:
        every = await store.integrations(conn, company_id)
        found = store.speaking(every, application.vendor_id, application.application_id)
        if found is not None and found.application_id is None:
            await store.bind(conn, found, application.application_id)
    if found is not None and found.application_id is None:
        async with here.db.company(application.vendor_id) as conn:
            await store.link(conn, application.vendor_id, application.application_id, company_id)
    return found


async def companies(here: Here, application: Application) -> list[int]:
    """The companies that a child speaks for."""
    async with here.db.company(application.vendor_id) as conn:
        return await store.links(conn, application.vendor_id, application.application_id)


async def audit(here: Here, application: Application, company_id: int, asked: str) -> None:
    """Keep that an application asked for what is another company's: with that company, or with the vendor."""
    async with here.db.company(company_id) as conn:
        known = await store.company_name(conn, company_id)
    at = company_id if known else application.vendor_id
    async with here.db.company(at) as conn:
        await store.note_refusal(conn, at, here.db.now(), f"{application.name} ({application.client_id})", asked)
