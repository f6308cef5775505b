"""Addresses of jobs: which of two links are the same page, and which are links at all."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

from changeover.sources.text import MAX_LINE, line

# An address that is its own line of text, with a host and no port: nothing is to be looked at.
_PLAIN = re.compile(r"https?://[a-z0-9][a-z0-9.\-]*+(?:[/?][!-:=-~]*+)?\Z")
_TRACKING = frozenset(
    """gclid fbclid msclkid dclid gbraid wbraid yclid igshid mc_cid mc_eid _ga _gl gh_src lever-source lever-origin
    ref_src trackid trk""".split()  # noqa: SIM905 - a list a line long each says less
)
_TRACKING_PREFIXES = ("utm_", "pk_", "mtm_", "hsa_", "_hs")


def web(value: str, base: str = "") -> str:
    """The value as an http(s) address, joined to ``base``; the empty string if it is none.

    An address without a scheme (``www.example.com/job/1``) is taken as https; script and other schemes are dropped.
    """
    if not base and len(value) < MAX_LINE and _PLAIN.match(value):
        return value
    text = line(value)
    if not text or len(text) >= MAX_LINE or " " in text:
        return ""
    try:
        if base:
            text = urljoin(base, text)
        elif text.startswith("//"):
            text = f"https:{text}"
        elif "://" not in text and text.partition("/")[0].count(".") >= 1 and ":" not in text:
            text = f"https://{text}"
        parts = urlsplit(text)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return ""
    return text if usable else ""


def canonical(url: str) -> str:
    """The address without tracking, default port and trailing slash: equal for links to one page.

    A fragment is dropped unless it holds a path (``#/job/7``), by which some sites tell their pages apart.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return url
    host = (parts.hostname or "").lower()
    host = f"[{host}]" if ":" in host else host
    if port and port != {"http": 80, "https": 443}.get(parts.scheme):
        host = f"{host}:{port}"
    kept = [(k, v) for k, v in parse_qsl(parts.query, keep_blank_values=True) if not _tracks(k)]
    fragment = parts.fragment if "/" in parts.fragment else ""
    return urlunsplit((parts.scheme, host, parts.path.rstrip("/"), urlencode(kept), fragment))


def _tracks(name: str) -> bool:
    lower = name.lower()
    return lower in _TRACKING or lower.startswith(_TRACKING_PREFIXES)


def host_of(url: str) -> str:
    """The host in lower case without ``www.``; the empty string if the address has none."""
    try:
        return (urlsplit(url).hostname or "").lower().removeprefix("www.")
    except ValueError:
        return ""


def as_safe_as(start: str, address: str) -> str:
    """An http address of a site that is read over https, over https too: such links are written once and stay."""
    try:
        there, here = urlsplit(address), urlsplit(start)
    except ValueError:
        return address
    same = there.netloc.lower().removeprefix("www.") == here.netloc.lower().removeprefix("www.")
    safer = same and (there.scheme, here.scheme) == ("http", "https")
    return there._replace(scheme="https").geturl() if safer else address
