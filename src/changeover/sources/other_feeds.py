"""Feeds whose records have titles and ids and are no jobs: news, recordings, products, homes, events."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from changeover.sources.links import web
from changeover.sources.listing import looks_like_job
from changeover.sources.presets import FIELDS
from changeover.sources.source import Problem
from changeover.sources.xml_fields import Fields
from changeover.sources.xml_records import Outline

_WITHOUT_A_NAME = frozenset(("rss", "atom", "xml_feed", "successfactors"))
"""The formats in which anything may be told; whoever publishes in another publishes jobs."""

_OF_ITEMS = ("rss", "atom")
_RECORD_OF_A_JOB = re.compile(r"job|vacanc|vacature|stelle|position|opening|posting|requisition|emploi|stilling")
_NAME_OF_A_JOB = re.compile(
    r"job|vacanc|position|salar|wage|compensation|employ|requisition|hiring|apply|contracttype|workinghours|workplace"
    r"|qualification|gehalt|arbeit|stelle|remote"
)
_PLACED = frozenset(name for field in ("location", "city", "company", "requisition") for name in FIELDS[field])


@dataclass(frozen=True, slots=True)
class _Things:
    """Things that are told like jobs: the names that only they have, those beside these, those that they never have."""

    what: str
    own: frozenset[str]
    beside: frozenset[str]
    never: frozenset[str] = frozenset()

    def told(self, fields: Fields) -> list[str]:
        """Their names that the record has, two at least; none if it is not one of them."""
        own = [name for name in fields if name in self.own]
        names = own + [name for name in fields if name in self.beside]
        return names if own and len(names) > 1 and self.never.isdisjoint(fields) else []


_THINGS = (
    _Things(
        "homes", frozenset(("bedrooms", "bathrooms", "beds", "baths", "rooms", "livingarea", "floorarea", "mlsid",
                            "mlsnumber", "propertytype", "squarefeet", "zimmer", "wohnflaeche")),
        frozenset(("price", "rent", "surface", "garden", "pool", "listingagent", "yearbuilt", "lotsize", "kaltmiete")),
    ),
    _Things(
        "vehicles", frozenset(("mileage", "vin", "transmission", "fueltype", "enginesize", "bodystyle", "bodytype")),
        frozenset(("price", "make", "model", "year", "colour", "color", "doors", "condition", "stocknumber")),
    ),
    _Things(
        "products", frozenset(("price", "saleprice", "gtin", "ean", "upc", "mpn", "sku", "googleproductcategory",
                               "vendorcode")),
        frozenset(("price", "brand", "availability", "condition", "imagelink", "image", "picture", "producttype",
                   "shipping", "instock", "stock", "quantity", "vendor", "manufacturer", "categoryid", "currencyid",
                   "category", "description", "itemgroupid", "weight")),
        never=_PLACED,
    ),
    _Things(
        "events", frozenset(("dtstart", "dtend", "eventstart", "eventend", "eventdate", "eventid", "venue", "organizer",
                             "allday", "ticketurl", "rrule", "speaker")),
        frozenset(("dtstart", "dtend", "startdate", "enddate", "starttime", "endtime", "start", "end", "location",
                   "venue", "organizer", "type", "eventtype", "tickets")),
    ),
)  # fmt: skip

_ABOUT_JOBS = re.compile(
    r"\b(?:jobs?|jobb\w*|careers?|karri[eè]re\w*|vacanc(?:y|ies)|vacatures?|openings?|positions?|stellen[abm]\w+"
    r"|offene stellen|emplois?|empleos?|vagas?|lavoro|pracy?|praca|stilling\w*|ledige?a?|opportunities|requisitions?"
    r"|postings|employment|hiring|trabajo|trabalho|bewerb\w*)\b",
    re.IGNORECASE,
)
# Of what is called "Career advice" nothing is a job.
_CATEGORY_OF_JOBS = re.compile(
    rf"\W*(?:\w+\W+)?{_ABOUT_JOBS.pattern}(?: (?:openings?|offers?|listings?))?\W*", re.IGNORECASE
)
_ABOUT_NEWS = re.compile(
    r"\b(?:blogs?|news|newsroom|press|podcasts?|magazine?|articles?|stories|aktuelles|nachrichten|presse"
    r"|actualit[eé]s?|noticias|nieuws|nyheter|notizie)\b",
    re.IGNORECASE,
)
_TITLE_OF_A_JOB = re.compile(
    r"\b[mwfdhx]\s?/\s?[mwfdhx]\b|\ball genders\b|\b(?:full|part)[ -]?time\b|\b(?:voll|teil)zeit\b|\d\s?%|\w[*:/]in\b"
    r"|\b(?:vacancy|wanted|gesucht|hiring|intern(?:ship)?)\b",
    re.IGNORECASE,
)
_SAID_OF_A_JOB = re.compile(
    r"\b(?:location|salary|pay|job type|department|employer|company|closing date|apply by|hours|reference|standort"
    r"|arbeitsort|einsatzort|gehalt|lieu|contrat|salaire|ubicaci[oó]n|salario)\s*+(?:</\w{1,9}>\s*+)?+:",
    re.IGNORECASE,
)
_HOST_OF_JOBS = re.compile(
    r"job|career|karriere|stellen|vacanc|emploi|empleo|applicantpro|greenhouse\.io|lever\.co|ashbyhq|workable|recruitee"
    r"|smartrecruiters|personio|icims|taleo|myworkday|teamtailor|peopleadmin|breezy\.hr|pageup",
)
_FOLDERS_OF_NEWS = frozenset(
    """blog blogs news newsroom press press-releases press-release pressreleases podcast podcasts episode episodes
    article articles story stories aktuelles nachrichten presse pressemitteilungen actualites actualite noticias nieuws
    nyheter notizie aktualnosci magazine magazin insights webinars whitepapers case-studies incidents
    releases""".split()  # noqa: SIM905 - words read better than a list
)
_SPACE = re.compile(rb"""\sxmlns(?::[\w.\-]+)?\s*=\s*(?:"[^"<]*"|'[^'<]*')""")
_DATED = re.compile(r"/(?:19|20)\d\d/\d\d?/")
_A_POST = re.compile(r"\?p=\d+$")
_LOOKED_AT = 20_000


def what_else(kind: str, outline: Outline, sample: Sequence[Fields], base: str = "") -> Problem | None:
    """Why the records are taken for other things than jobs, or None. ``base`` is the address of the feed.

    Only what tells of another thing counts, never that nothing tells of a job: feeds of jobs may say very little.
    """
    if kind not in _WITHOUT_A_NAME or _RECORD_OF_A_JOB.search(outline.record):
        return None
    if any(_NAME_OF_A_JOB.search(name) for fields in sample for name in fields):
        return None
    what, seen = _recordings(sample) or _things(sample) or ("", "")
    if not what and kind in _OF_ITEMS and not _of_jobs(outline, sample, base):
        what, seen = "news", _news(outline, sample, base)
    if not seen:
        return None
    how = f"give its kind: `--kind {kind}`" if kind in _OF_ITEMS else "map its fields: `changeover source map`"
    return Problem(
        "NOT_OF_JOBS",
        f"This is a feed of {what}, not of jobs ({seen}), so nothing of it was read; give the address of the feed of "
        f"jobs. If these are jobs all the same, {how}.",
    )


def says_nothing_of_jobs(kind: str, outline: Outline, sample: Sequence[Fields], base: str = "") -> Problem | None:
    """What is to be noted of RSS or Atom in which nothing but its reader's trust makes jobs of the items."""
    if kind not in _OF_ITEMS or _of_jobs(outline, sample, base):
        return None
    return Problem(
        "MAY_BE_NO_JOBS",
        "Nothing in this feed says that its items are jobs (no place or employer, no word of jobs in its name and "
        "links); look at their titles before it is used.",
    )


def _most(sample: Sequence[Fields], is_so: Callable[[Fields], object]) -> bool:
    return sum(bool(is_so(fields)) for fields in sample) * 2 >= len(sample)


def _recordings(sample: Sequence[Fields]) -> tuple[str, str] | None:
    if _most(sample, lambda fields: any(kind.startswith(("audio/", "video/")) for kind in _types(fields))):
        return "recordings", "most of them have a sound or a film to be played"
    return ("recordings", "they are films") if _most(sample, lambda fields: "videoid" in fields) else None


def _types(fields: Fields) -> Iterable[str]:
    yield from fields.get("enclosure@type", ())
    yield from ("audio/" for url in fields.get("enclosure@url", ()) if url.partition("?")[0].endswith((".mp3", ".m4a")))


def _things(sample: Sequence[Fields]) -> tuple[str, str] | None:
    for things in _THINGS:
        if _most(sample, things.told):
            names = next(filter(None, map(things.told, sample)))
            return things.what, f"they tell {' and '.join(names[:2])}"
    return None


def _of_jobs(outline: Outline, sample: Sequence[Fields], base: str) -> bool:
    """Whether anything says that these are jobs: a field, the feed's name or address, links, titles, categories."""
    if any(name in _PLACED or _NAME_OF_A_JOB.search(name) for fields in sample for name in fields):
        return True
    around = f"{_SPACE.sub(b'', outline.head[:_LOOKED_AT]).decode('utf-8', 'replace')} {base}"
    about = _ABOUT_JOBS.search(around) and not _ABOUT_NEWS.search(around)
    if about or b"job" in outline.namespaces.lower():
        return True
    return (
        _most(sample, lambda fields: _leads_to_a_job(_link(fields)))
        or _most(
            sample, lambda fields: any(map(_CATEGORY_OF_JOBS.fullmatch, _said(fields, "category", "category@term")))
        )
        or _most(sample, lambda fields: any(map(_SAID_OF_A_JOB.search, _said(fields, "description", "summary"))))
        or sum(any(map(_TITLE_OF_A_JOB.search, _said(fields, "title"))) for fields in sample) * 3 >= len(sample)
    )


def _said(fields: Fields, *names: str) -> Iterable[str]:
    return (value[:_LOOKED_AT] for name in names for value in fields.get(name, ()))


def _link(fields: Fields) -> str:
    links = (web(value) for name in ("link", "link@href", "guid") for value in fields.get(name, ()))
    return next(filter(None, links), "")


def _leads_to_a_job(url: str) -> bool:
    """Whether an address is that of a job; of one below a folder of news only what follows that is looked at."""
    if folder := _news_folder(url):
        return looks_like_job(f"/{url.partition(folder)[2]}")
    return looks_like_job(url) or bool(_HOST_OF_JOBS.search(urlsplit(url).netloc.lower()))


def _news(outline: Outline, sample: Sequence[Fields], base: str) -> str:
    """By what the items are seen to be news, or nothing."""
    threaded = b"purl.org/syndication/thread" in outline.namespaces
    if _most(sample, lambda fields: _is_commented(fields) or (threaded and "total" in fields)):
        return "most of them are open to comments"
    if (folder := _news_folder(base)) or _most(sample, lambda fields: _news_folder(_link(fields))):
        folder = folder or next(filter(None, (_news_folder(_link(fields)) for fields in sample)))
        return f"{'its address is' if _news_folder(base) else 'most of their addresses are'} of {folder}"
    return "most of them are posts with author and category" if _most(sample, _is_post) else ""


def _is_commented(fields: Fields) -> bool:
    return "commentrss" in fields or any(value.strip().isdigit() for value in fields.get("comments", ()))


def _is_post(fields: Fields) -> bool:
    written = "category" in fields and ("creator" in fields or "author" in fields)
    posted = "encoded" in fields or any(map(_A_POST.search, fields.get("guid", ()))) or _DATED.search(_link(fields))
    blogger = any(scheme.endswith("kind#post") for scheme in fields.get("category@scheme", ()))
    return blogger or bool(written and posted)


def _news_folder(url: str) -> str:
    """The part of an address that is called as news are: ``/blog/``."""
    parts = urlsplit(url)
    host = parts.netloc.lower().partition(".")[0]
    if host in _FOLDERS_OF_NEWS:
        return f"{host}."
    return next((f"/{part}/" for part in parts.path.lower().split("/") if part in _FOLDERS_OF_NEWS), "")
