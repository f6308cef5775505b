"""The program that shows a client's token: a company's ATS, which may push that company's jobs."""

from __future__ import annotations

from fastapi import Request

from changeover.api.clients import client_of
from changeover.web.problem import Problem
from changeover.web.served import served
from changeover.web.tokens import Caller


async def client_caller(request: Request) -> Caller:
    """The client of the company in the address that the request's token names. Raises Problem 401 or 403."""
    scheme, _, token = request.headers.get("authorization", "").strip().partition(" ")
    client = await client_of(served(request).db, token.strip()) if scheme.lower() == "bearer" else None
    if client is None:
        raise Problem(
            401,
            "NO_TOKEN",
            "Nothing was taken: the request shows no live token.",
            "Send `Authorization: Bearer …` with the token that `changeover client add` printed.",
            headers={"www-authenticate": "Bearer"},
        )
    if str(client.company_id) != request.path_params.get("company"):
        raise Problem(
            403,
            "WRONG_COMPANY",
            "Nothing was taken: this token belongs to another company.",
            "Use the token of the company in the address.",
        )
    return Caller(client.name, f"client {client.client_id}")
