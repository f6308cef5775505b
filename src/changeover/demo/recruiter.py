"""A recruiter from outside: opens the ATS's page and the widgets on it, as a browser would."""

from __future__ import annotations

import re
from dataclasses import dataclass

import httpx2
from selectolax.lexbor import LexborHTMLParser


@dataclass(frozen=True, slots=True)
class Seen:
    """What a widget showed: whose profile, each requirement's state, or the code of a refusal."""

    name: str
    states: list[str]
    refused: str = ""


class Recruiter:
    """One person signed in to an ATS at ``ats``, whose pages embed the widgets of the board at ``board``."""

    def __init__(self, ats: str, board: str) -> None:
        self._ats, self._board = ats, board
        self._client = httpx2.Client(timeout=30, trust_env=False)

    def __enter__(self) -> Recruiter:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def applicant(self, application: str) -> bool:
        """Open an applicant's page in the ATS; False where it is not there."""
        return self._client.get(f"{self._ats}/applicants/{application}").is_success

    def decide(self, application: str, action: str) -> None:
        """Press a button on the applicant's page."""
        self._client.post(f"{self._ats}/applicants/{application}/{action}")

    def widget(self, widget: str, application: str, company: int) -> Seen:
        """Open a widget for an applicant with a token of the ATS's server."""
        token = self._client.post(f"{self._ats}/board-token").json().get("token", "")
        fields = {
            "token": token,
            "li_job_application_id": f"urn:li:jobApplication:{application}",
            "integration_context": f"urn:li:organization:{company}",
        }
        answer = self._client.post(f"{self._board}/widgets/{widget}", data=fields, headers={"origin": self._ats})
        page = LexborHTMLParser(answer.text)
        refused = page.css_first("[data-refused]")
        heading = page.css_first("h1")
        states = [re.sub(r"\s+", " ", node.text()).strip() for node in page.css(".met > li .state")]
        code = str(refused.attributes["data-refused"]) if refused else ""
        return Seen(heading.text() if heading else "", states, code)
