"""A candidate from outside: finds a job on the board, fills in its form, sees what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import urljoin, urlsplit

import httpx2
from selectolax.lexbor import LexborHTMLParser

from changeover.demo.resume import pdf

# A long life in water: it has words for most of what the employer asks.
_RESUME = pdf(
    "Driving licence, class 1, since 2012; a tidy logbook. Street works card since 2019.",
    "Degree in process engineering, accredited, finished in 2014. Maths and science at school before that.",
    "Recognised electrical apprenticeship. PLC and SCADA projects that went live.",
    "Laboratory practice under accreditation; botany on the moors, with a vehicle that knows mud.",
    "Modelling software and Python in daily use. Regulated work and economics for two companies.",
    "Fitness for all weathers, a head for heights, a second language.",
)


@dataclass(frozen=True, slots=True)
class Applied:
    """What the candidate was told: the posting, the address of the application's own page; empty if it was refused."""

    posting: str
    page: str
    answer: str = ""


def address(first: str, last: str) -> str:
    """A candidate's e-mail address."""
    return f"{first}.{last}@candidates.example".lower()


class Candidate:
    """One person with a browser that keeps cookies. Knows nothing but what the pages say."""

    def __init__(self, board: str) -> None:
        self._client = httpx2.Client(base_url=board, timeout=30, trust_env=False)

    def __enter__(self) -> Candidate:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def apply(self, company: int, first: str, last: str) -> Applied:
        """Apply for the company's newest job that is applied for here; `posting` is empty where there is none."""
        page = LexborHTMLParser(self._client.get(f"/jobs?company={company}").text)
        for item in page.css("[data-posting]"):
            posting = f"/jobs/{item.attributes['data-posting']}"
            if f"{posting}/apply" in self._client.get(posting).text:
                return self._send(posting, first, last)
        return Applied("", "", "No job of this company is applied for here.")

    def _send(self, posting: str, first: str, last: str) -> Applied:
        form = LexborHTMLParser(self._client.get(f"{posting}/apply").text)
        said = {str(f.attributes["name"]): str(f.attributes.get("value") or "") for f in form.css("input[type=hidden]")}
        said |= {"contact.0.first_name": first, "contact.0.last_name": last, "consent": "yes", "notices": "yes"}
        said["contact.0.email"] = address(first, last)
        for radio in form.css("input[type=radio]"):
            said.setdefault(str(radio.attributes["name"]), str(radio.attributes["value"]))
        files = {"resume.0.resume": ("resume.pdf", _RESUME, "application/pdf")}
        answer = self._client.post(f"{posting}/apply", data=said, files=files)
        sent = answer.status_code == HTTPStatus.SEE_OTHER
        return Applied(posting, urljoin(str(answer.url), answer.headers["location"]) if sent else "", answer.text[:500])

    def looks(self, applied: Applied) -> list[str]:
        """What has become of the application, in words, the oldest first."""
        page = LexborHTMLParser(self._client.get(applied.page).text)
        return [node.text() for node in page.css(".timeline strong")]

    def ask_for_link(self, email: str) -> None:
        """Ask to be mailed the link to all that the board keeps."""
        self._client.post("/candidates", data={"email": email})

    def erase(self, link: str) -> str:
        """Open the mailed link and have everything erased; what the page then says."""
        return self._client.post(f"{urlsplit(link).path}/erase").text
