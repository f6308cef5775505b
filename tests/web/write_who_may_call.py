"""Writes docs/who-may-call.md anew from the table; a test holds the page to it."""

from __future__ import annotations

from pathlib import Path

from fastapi import FastAPI

from changeover.faces import add_routes
from changeover.web.who_may_call import page

if __name__ == "__main__":
    web = FastAPI(openapi_url="/api/openapi.json", docs_url=None, redoc_url=None)
    add_routes(web)
    (Path(__file__).parents[2] / "docs" / "who-may-call.md").write_text(page(web))
