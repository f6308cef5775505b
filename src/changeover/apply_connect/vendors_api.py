"""What the API says of ATS vendors: their applications, made, given a new secret, ended."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import Query
from pydantic import BaseModel, Field

from changeover import adding
from changeover.api.answers import ActAnswer
from changeover.api.fields import Told
from changeover.api.route import api_router
from changeover.apply_connect import vendors
from changeover.refusal import Refusal
from changeover.sources.text import line
from changeover.web.problem import Problem
from changeover.web.served import Asking, Here
from changeover.webhooks.keys import keys_of

router = api_router("vendors")

ClientId = Annotated[str, Field(examples=["an6cjo2zlxkaaa34es5vsxouae"], description="What it is called in OAuth.")]


class NewVendor(Told):
    """What an ATS vendor is called."""

    name: Annotated[str, Field(max_length=2_000, examples=["Best ATS"])]


class ApplicationAnswer(BaseModel):
    """A vendor's application: its ``parent``, or a ``child`` for one customer.

    ``secrets``: how many open something, two at most. ``used_at``: when it last asked for a token with one.
    """

    id: ClientId
    kind: Literal["parent", "child"]
    name: Annotated[str, Field(examples=["Best ATS"])]
    foreign_id: Annotated[str, Field(examples=["customer-17"], description="The vendor's own id of a customer.")]
    secrets: int
    created_at: datetime
    used_at: datetime | None


class VendorsAnswer(BaseModel):
    """Every vendor by its parent application, or the applications of one vendor's customers."""

    applications: list[ApplicationAnswer]


class VendorAnswer(ApplicationAnswer):
    """An application, and of a parent those that it made for its customers."""

    customers: list[ApplicationAnswer]


class VendorSecretAnswer(BaseModel):
    """A new secret: told once and kept as a hash only, so a repeated request is answered without it."""

    id: ClientId
    secret: Annotated[str | None, Field(examples=["…", None])]


_MOST = 1_000
_Find = Annotated[str, Query(max_length=200, description="Those whose name holds this.")]


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    told = {name: row[name] for name in ("kind", "name", "foreign_id", "created_at", "used_at")}
    return {**told, "id": row["client_id"], "secrets": len(row["secrets"])}


def _found(it: Any) -> Any:
    if isinstance(it, Refusal) or it is None:
        raise Problem(404, "UNKNOWN_APPLICATION", "No vendor has this application.", "Send an id that the list tells.")
    return it


@router.get("/vendors", summary="ATS vendors on the wire")
async def list_vendors(here: Here, find: _Find = "") -> VendorsAnswer:
    """Each by its parent application; the first thousand."""
    rows = await vendors.vendors(here.db, line(find), _MOST)
    return VendorsAnswer(applications=[ApplicationAnswer(**_shown(row)) for row in rows])


@router.post("/vendors", status_code=201, summary="Let an ATS vendor in")
async def add_vendor(here: Here, asking: Asking, body: NewVendor) -> VendorSecretAnswer:
    """Its parent application's secret is told once; it makes one for each of its customers itself."""
    name = adding.named(line(body.name), "a vendor")
    if isinstance(name, Refusal):
        raise Problem(422, name.code, name.sentence, name.fix or "Send another name.")
    made = await vendors.make(here.db, keys_of(here.settings), name, who=asking.who)
    return VendorSecretAnswer(id=made.application.client_id, secret=made.secret)


@router.get("/vendors/{application}", summary="A vendor's application")
async def read_vendor(here: Here, application: str, find: _Find = "") -> VendorAnswer:
    """Of a parent its customers' too; the first thousand, or those that are looked for."""
    row = _found(await vendors.application(here.db, application))
    of_it = await vendors.customers(here.db, row["vendor_id"], line(find), _MOST) if row["kind"] == "parent" else []
    return VendorAnswer(**_shown(row), customers=[ApplicationAnswer(**_shown(each)) for each in of_it])


@router.post("/vendors/{application}/rotate", summary="Give a vendor's application a new secret")
async def rotate_vendor(here: Here, asking: Asking, application: str) -> VendorSecretAnswer:
    """The one before it works for another day."""
    secret = await vendors.renew(here.db, keys_of(here.settings), application, who=asking.who)
    return VendorSecretAnswer(id=application, secret=_found(secret))


@router.post("/vendors/{application}/revoke", summary="End all that a vendor's application may do")
async def revoke_vendor(here: Here, asking: Asking, application: str) -> ActAnswer:
    """Its secrets and tokens end at once; of a parent those of its customers too. What was pushed stays."""
    row = _found(await vendors.revoke(here.db, application, who=asking.who))
    return ActAnswer(sentence=f"{row['name']} may do nothing on the wire any more.")
