"""Feeds of things with titles and ids that are no jobs, and beside them feeds of jobs that tell as little."""

from __future__ import annotations

_SPACES = (
    'xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:wfw="http://wellformedweb.org/CommentAPI/" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:slash="http://purl.org/rss/1.0/modules/slash/" '
    'xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd" xmlns:g="http://base.google.com/ns/1.0" '
    'xmlns:ev="http://purl.org/rss/1.0/modules/event/"'
)
_ATOM = (
    'xmlns="http://www.w3.org/2005/Atom" xmlns:thr="http://purl.org/syndication/thread/1.0" '
    'xmlns:yt="http://www.youtube.com/xml/schemas/2015"'
)
_COMMENTED = "<wfw:commentRss>https://x.example/feed/</wfw:commentRss><slash:comments>0</slash:comments>"
_POSTED = "<dc:creator>Ada</dc:creator><category>Uncategorized</category>"
_SOUND = '<enclosure url="https://x.example/1.mp3" type="audio/mpeg" length="9"/>'


def rss(title: str, path: str, more: str = "", *, names: str = "Summer party|New oven", spaces: str = _SPACES) -> str:
    """RSS of two items whose links are ``path`` (``{}`` is their number)."""
    items = "".join(
        f"<item><title>{name}</title><link>https://x.example{path.format(number)}</link>"
        f"<guid isPermaLink='false'>g{number}</guid><pubDate>Mon, 02 Feb 2026 09:00:00 +0000</pubDate>{more}</item>"
        for number, name in enumerate(names.split("|"), 1)
    )
    return f'<rss version="2.0" {spaces}><channel><title>{title}</title>{items}</channel></rss>'


def atom(title: str, link: str, more: str = "", *, names: str = "Summer party|New oven") -> str:
    entries = "".join(
        f"<entry><id>urn:{number}</id><title>{name}</title><link rel='alternate' href='{link.format(number)}'/>"
        f"<updated>2026-02-02T09:00:00Z</updated>{more}</entry>"
        for number, name in enumerate(names.split("|"), 1)
    )
    return f"<feed {_ATOM}><title>{title}</title>{entries}</feed>"


OTHERS: dict[str, tuple[str, str]] = {
    "a WordPress blog": (rss("Crumb", "/summer-party-{}/", _POSTED + _COMMENTED), "of news"),
    "a WordPress blog without comments": (
        rss("Crumb", "/party-{}/", f"{_POSTED}<content:encoded>We danced.</content:encoded>"), "of news",
    ),
    "a WordPress blog by dates": (rss("Crumb", "/2026/02/party-{}/", _POSTED), "author and category"),
    "an agency's blog": (
        rss("Crumb Recruitment", "/tips-{}/", f"<category>Career advice</category>{_COMMENTED}"), "comments",
    ),
    "a blog of Blogger's": (
        atom("Crumb", "https://crumb.example/2026/02/{}.html",
             "<category scheme='http://schemas.google.com/g/2005#kind' term='x'/><thr:total>0</thr:total>"), "comments",
    ),
    "a newsroom that tells titles and links alone": (rss("Crumb", "/newsroom/{}"), "/newsroom/"),
    "press releases in German": (rss("Crumb Backwaren", "/unternehmen/presse/{}"), "/presse/"),
    "a career site's own blog": (rss("Crumb Careers Blog", "/careers/blog/baking-{}"), "/blog/"),
    "a blog on a host of its own": (atom("Crumb", "https://blog.crumb.example/{}"), "blog."),
    "releases of a program": (atom("Releases", "https://x.example/crumb/oven/releases/tag/v{}"), "/releases/"),
    "incidents of a service": (atom("Crumb Status", "https://x.example/incidents/{}"), "/incidents/"),
    "a podcast": (rss("Bread Talk", "/{}", f"<itunes:duration>9</itunes:duration>{_SOUND}"), "of recordings"),
    "a podcast on careers": (rss("The Careers Podcast", "/jobs/{}", _SOUND), "of recordings"),
    "films": (atom("Crumb", "https://x.example/watch?v={}", "<yt:videoId>1</yt:videoId>"), "of recordings"),
    "Google's products": (
        rss("Crumb", "/p/{}", "<g:id>1</g:id><g:price>3.00 EUR</g:price><g:brand>Crumb</g:brand>"), "of products",
    ),
    "Yandex's products": (
        '<yml_catalog><shop><name>Crumb</name><offers><offer id="1"><name>Bread</name><url>https://x.example/1</url>'
        "<price>3</price><currencyId>EUR</currencyId><categoryId>1</categoryId></offer></offers></shop></yml_catalog>",
        "of products",
    ),
    "a shop's products": (
        "<products><product><id>1</id><title>Bread</title><description>Good</description><sku>b1</sku></product>"
        "<product><id>2</id><title>Cake</title><description>Good</description><sku>b2</sku></product></products>",
        "of products",
    ),
    "homes": (
        "<trovit><ad><id>1</id><title>Flat</title><url>https://x.example/1</url><city>Oslo</city><price>900</price>"
        "<rooms>2</rooms></ad></trovit>", "of homes",
    ),
    "homes in listings": (
        "<Listings><Listing><Id>1</Id><Title>House</Title><City>Oslo</City><Price>9</Price><Bedrooms>3</Bedrooms>"
        "<Bathrooms>1</Bathrooms></Listing></Listings>", "of homes",
    ),
    "vehicles": (
        "<ads><ad><id>1</id><title>Van</title><city>Oslo</city><make>Acme</make><mileage>9</mileage></ad></ads>",
        "of vehicles",
    ),
    "events in RSS": (
        rss("Crumb", "/e/{}", "<ev:startdate>2026-05-01</ev:startdate><ev:organizer>Ada</ev:organizer>"), "of events",
    ),
    "events in XML": (
        "<events><event><id>1</id><title>Open day</title><startDate>2026-05-01</startDate><venue>Oslo</venue>"
        "<description>Come</description></event></events>", "of events",
    ),
}  # fmt: skip

JOBS: dict[str, str] = {
    "Indeed's RSS": rss("baker jobs in Oslo | Indeed.com", "/rc/clk/dl?jk={}", "<source>Crumb</source>",
                        names="Baker - Crumb - Oslo|Cook - Crumb - Bergen"),
    "WP Job Manager's, open to comments": rss(
        "Crumb", "/{}/", _POSTED + _COMMENTED + "<job_listing:location>Oslo</job_listing:location>", names="Baker|Cook",
        spaces=_SPACES + ' xmlns:job_listing="https://x.example"'),
    "posts of a kind of their own, open to comments": rss("Crumb", "/vacancy/baker-{}/", _POSTED + _COMMENTED),
    "posts in a category of jobs": rss(
        "Crumb", "/2026/02/baker-{}/", "<dc:creator>Ada</dc:creator><category>Jobs</category>" + _COMMENTED),
    "posts of a site that is called so": rss("Jobs at Crumb", "/2026/02/{}/", _POSTED + _COMMENTED),
    "news that are called vacancies": rss("Crumb: Stellenangebote", "/aktuelles/{}", names="Koch|Beikoch"),
    "news whose titles are those of jobs": rss("Crumb", "/aktuelles/{}", names="Koch (m/w/d)|Beikoch (m/w/d)"),
    "news that say the place": rss("Crumb", "/news/{}", "<description>Location: Oslo</description>"),
    "pages below a folder of jobs in one of news": rss("Crumb", "/news/jobs/{}", names="Baker|Cook"),
    "a board that tells titles and links alone": rss("Crumb", "/jobs/{}/baker", names="Baker|Cook"),
    "an ATS's, on its host": atom("Postings", "https://crumb.peopleadmin.example/postings/{}",
                                  "<author><name>Kitchen</name></author><category term='Food'/>", names="Baker|Cook"),
    "a university's, in Atom": atom("Crumb University", "https://jobs.crumb.example/postings/{}",
                                    "<author><name>Kitchen</name></author>", names="Baker|Cook"),
    "a board's, in Norwegian": atom("Crumb", "https://studjobb.example/stilling/{}", names="Baker|Cook"),
    "SuccessFactors'": rss("Crumb", "/job/{}/", "<g:location>Oslo</g:location><g:job_function>Food</g:job_function>"
                                                "<g:price>0</g:price><g:brand>Crumb</g:brand>"),
    "with the employer's picture": rss(
        "Crumb vacancies", "/{}", '<enclosure url="https://x.example/1.png" type="image/png" length="9"/>'),
    "offers that have a salary and a price": (
        "<offers><offer><id>1</id><title>Baker</title><price>2</price><sku>1</sku><salary>9</salary></offer><offer><id>2"
        "</id><title>Cook</title></offer></offers>"),
    "jobs with a price a click": (
        "<jobs><job><id>1</id><title>Baker</title><price>2</price><category>Food</category><sku>1</sku></job><job><id>2"
        "</id><title>Cook</title></job></jobs>"),
    "an agency's jobs with a bid": rss("Crumb", "/{}", "<city>Oslo</city><price>2</price><category>Food</category>"),
    "jobs at events": (
        "<vacancies><vacancy><id>1</id><title>Cook</title><venue>Hall</venue><startDate>2026-05-01</startDate></vacancy>"
        "<vacancy><id>2</id><title>Baker</title></vacancy></vacancies>"),
    "jobs for who lives in": (
        "<root><item><id>1</id><title>Cook</title><employer>Crumb</employer><bedrooms>1</bedrooms><rooms>3</rooms></item>"
        "<item><id>2</id><title>Nurse</title></item></root>"),
}  # fmt: skip
