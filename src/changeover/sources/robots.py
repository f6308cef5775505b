"""What a site lets robots read: RFC 9309, with the site's own sitemaps and pace."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from protego import Protego

from changeover.sources.answer import FetchFailed
from changeover.sources.encoding import decode
from changeover.sources.fetch import AGENT, Fetcher

_LONGEST_DELAY = 10.0
_PARSED = 512_000


@dataclass(frozen=True, slots=True)
class Robots:
    """The rules of one host; without a file everything is allowed."""

    rules: Protego | None = None

    def allows(self, url: str) -> bool:
        """True if our agent may read the address."""
        return self.rules is None or bool(self.rules.can_fetch(url, AGENT))

    @property
    def sitemaps(self) -> list[str]:
        """The addresses of the sitemaps that the file names."""
        return list(self.rules.sitemaps) if self.rules else []


async def read_robots(fetcher: Fetcher, url: str) -> Robots | FetchFailed:
    """The rules for the host of ``url``; a client error means that there are none, any other failure is one.

    A Crawl-delay up to ten seconds is kept from here on.
    """
    fetched = await fetcher.get(urljoin(url, "/robots.txt"))
    if isinstance(fetched, FetchFailed):
        if fetched.status is None:
            return fetched
        if 400 <= fetched.status < 500 and fetched.status != 429:
            return Robots()
        return FetchFailed(
            "ROBOTS_UNREACHABLE",
            f"{urlsplit(url).netloc} answers {fetched.status} for its robots.txt, which means that nothing may be read "
            "until it works again; nothing was changed.",
            fetched.url,
            fetched.status,
        )
    rules = Protego.parse(decode(fetched.body[:_PARSED]))
    delay = rules.crawl_delay(AGENT)
    if delay:
        fetcher.be_slower(urlsplit(url).hostname or "", min(float(delay), _LONGEST_DELAY))
    return Robots(rules)
