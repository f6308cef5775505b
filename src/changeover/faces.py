"""Wires the faces: a running program in, its board, console and APIs out."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path

from fastapi import Depends, FastAPI

from changeover.api import changes, companies, operations, push
from changeover.api import moves as api_moves
from changeover.app import Program
from changeover.board import feeds as board_feeds
from changeover.board import pages as board
from changeover.console import company, consolidated, entrance, forms, live, mapping, moves, overview, review
from changeover.web import files, problem
from changeover.web.access import gate
from changeover.web.guard import Guard, host_names
from changeover.web.metrics import Metrics
from changeover.web.revisions import Revisions
from changeover.web.served import Served
from changeover.web.session import Signer
from changeover.web.used_keys import UsedKeys

BOARD = (board, board_feeds)
CONSOLE = (entrance, overview, company, mapping, consolidated, review, moves, forms, live)
FACES = (files, *BOARD, *CONSOLE, companies, api_moves, changes, push, operations)


def make_web(program: Program, secret: bytes, base_url: str, used_keys: Path | None = None) -> FastAPI:
    """The board, the console and the APIs of a program, reached at ``base_url``; ``secret`` signs sessions.

    ``used_keys``: the folder in which processes that share the secret remember its one-time keys.
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
        program.flow, program.settings, Signer(secret), url, Revisions(program.db), metrics, UsedKeys(used_keys)
    )
    web.state.before_stop = web.state.served.revisions.close
    web.add_middleware(
        Guard,
        hosts=host_names(base_url, program.settings.public_url),
        body=1_000_000,
        bodies={"/jobs": 30_000_000},
        metrics=metrics,
    )
    problem.install(web)
    for face in FACES:
        web.include_router(face.router)
    return web
