"""Wires the faces: a running program in, its board, console and APIs out."""

from __future__ import annotations

from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path

from fastapi import Depends, FastAPI

from changeover.api import (
    applications,
    changes,
    client_routes,
    companies,
    contracts,
    deliveries,
    operations,
    pairs,
    postings,
    push,
    reference,
    setting_up,
    sources,
    subscriptions,
    sunsets,
    support,
)
from changeover.api import candidates as api_candidates
from changeover.api import mapping as api_mapping
from changeover.api import moves as api_moves
from changeover.api import names as api_names
from changeover.api import people as api_people
from changeover.api.description import describe
from changeover.app import Program
from changeover.apply_connect import integrations, lifecycle, programs, provisioning, vendors_api, wire_api
from changeover.apply_connect import routes as wire
from changeover.apply_connect.exporting import hand_over
from changeover.apply_connect.recent import Recent
from changeover.board import apply as board_apply
from changeover.board import candidates, mine, unsubscribe
from changeover.board import feeds as board_feeds
from changeover.board import pages as board
from changeover.console import (
    account,
    cases,
    company,
    consolidated,
    entrance,
    forms,
    live,
    mapping,
    moves,
    overview,
    people,
    provider,
    review,
    signing_in,
    slots,
    sunset,
    words,
)
from changeover.console import applications as console_applications
from changeover.console import (
    setting_up as console_setting_up,
)
from changeover.console import subscriptions as console_subscriptions
from changeover.web import files, problem
from changeover.web.access import gate
from changeover.web.guard import Guard, host_names
from changeover.web.metrics import Metrics
from changeover.web.revisions import Revisions
from changeover.web.served import Served
from changeover.web.session import Signer
from changeover.web.used_keys import UsedKeys
from changeover.widgets import applicants, configuration, embedding, registering
from changeover.widgets import files as widget_files
from changeover.widgets.shown import refused

BOARD = (board, board_feeds, board_apply, mine, unsubscribe, candidates)
CONSOLE = (
    entrance,
    signing_in,
    provider,
    account,
    people,
    overview,
    console_setting_up,
    company,
    mapping,
    consolidated,
    review,
    moves,
    slots,
    console_applications,
    console_subscriptions,
    cases,
    sunset,
    forms,
    words,
    live,
)
WIRE = (wire, provisioning, lifecycle, integrations, programs)
WIRE_PATHS = ("/v2/", "/rest/", "/oauth/", "/ambry")
API = (
    companies,
    applications,
    setting_up,
    sources,
    sunsets,
    client_routes,
    api_people,
    api_moves,
    contracts,
    api_candidates,
    support,
    pairs,
    postings,
    changes,
    push,
    subscriptions,
    deliveries,
    wire_api,
    vendors_api,
    api_mapping,
    api_names,
    embedding,
    reference,
)
WIDGETS = (applicants, configuration, widget_files, registering)
FACES = (files, *BOARD, *CONSOLE, *API, operations, *WIDGETS, *WIRE)


def add_routes(web: FastAPI) -> None:
    """Every route of every face."""
    for face in FACES:
        web.include_router(face.router)
    web.include_router(embedding.wire_router)


def make_web(
    program: Program,
    secret: bytes,
    base_url: str,
    used_keys: Path | None = None,
    hosts: Iterable[str] = (),
    older_secrets: Iterable[bytes] = (),
) -> FastAPI:
    """The board, the console and the APIs of a program, reached at ``base_url``; ``secret`` signs sessions.

    ``older_secrets`` signed them before: what they signed is taken.

    ``used_keys``: the folder in which processes that share the secret remember its one-time keys. ``hosts``: further
    names under which it may be asked for.
    """
    web = FastAPI(
        title="Changeover",
        version=version("changeover"),
        openapi_url="/api/openapi.json",
        docs_url=None,
        redoc_url=None,
        dependencies=[Depends(gate)],
    )
    metrics, url = Metrics(), base_url.rstrip("/")
    web.state.served = Served(
        program.flow,
        program.settings,
        Signer(secret, *older_secrets),
        url,
        Revisions(program.db),
        metrics,
        UsedKeys(used_keys),
        outbox=program.outbox,
        hand_over=hand_over(program.outbox, (program.settings.public_url or url).rstrip("/"))
        if program.outbox
        else None,
    )
    web.state.recent = Recent()
    web.state.refusals = {**dict.fromkeys(WIRE_PATHS, wire.refused), "/widgets/": refused}
    web.state.before_stop = web.state.served.revisions.close
    web.add_middleware(
        Guard,
        hosts=host_names(base_url, program.settings.public_url) | set(hosts),
        body=1_000_000,
        bodies={
            "/jobs": 30_000_000,
            "/apply": 30_000_000,
            "/simpleJobPostings": 16_000_000,
            "/review/words": 100_000_000,
        },
        metrics=metrics,
    )
    problem.install(web)
    add_routes(web)
    # FastAPI's own way to say how the document is made.
    web.openapi = describe(web, (program.settings.public_url or url).rstrip("/"))  # type: ignore[method-assign]
    return web
