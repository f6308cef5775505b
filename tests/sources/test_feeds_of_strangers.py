"""Feeds of kinds that nobody set up here: each is read right, or refused in one sentence that says what to do."""

from __future__ import annotations

import bz2
import gzip
import json
import lzma
from datetime import UTC, datetime

import pytest

from changeover.sources.content import ContentReader
from changeover.sources.source import Completeness, Reading

from . import feeds_of_strangers, feeds_with_presets, lists_of_boards, lists_of_strangers

NOW = datetime(2026, 3, 1, tzinfo=UTC)
TOLD = {**feeds_of_strangers.TOLD, **feeds_with_presets.TOLD}
LISTS = {**lists_of_strangers.TOLD, **lists_of_boards.TOLD}

REFUSED: dict[str, tuple[str | bytes, str, str]] = {
    "records whose title has a name of its own": (
        "<jobs><job><id>1</id><headword>Baker</headword></job></jobs>", "NO_TITLES", "`changeover source map`",
    ),
    "products": (
        "<products><product><id>1</id><name>Bread</name><price>3</price></product><product><id>2</id><name>Cake</name>"
        "</product></products>", "UNKNOWN_RECORDS", "`changeover source map`",
    ),
    "an answer of a store that denies access": (
        "<?xml version='1.0'?><Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>", "NOT_A_FEED",
        "check the address",
    ),
    "a fault in a SOAP envelope": (
        '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><s:Fault><faultstring>Timed out'
        "</faultstring></s:Fault></s:Body></s:Envelope>", "NOT_A_FEED", "check the address",
    ),
    "a sitemap": (
        '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url><loc>https://x.example/1</loc></url></urlset>',
        "SITEMAP", "give its web address",
    ),
    "a script that calls with the jobs": ('jobs({"jobs":[{"id":1,"title":"Baker"}]});', "NOT_A_JOB_SOURCE", "the JSON"),
    "a script that keeps the jobs": ('window.jobs = {"jobs":[{"id":1}]};', "NOT_A_JOB_SOURCE", "the JSON itself"),
    "a spreadsheet": (b"PK\x03\x04[Content_Types].xml" + bytes(range(250)), "NOT_A_JOB_SOURCE", "save it as CSV"),
    "a zip archive": (b"PK\x03\x04jobs.xml" + bytes(range(250)), "NOT_A_JOB_SOURCE", "the file that is in it"),
    "a calendar": ("BEGIN:VCALENDAR\nVERSION:2.0\nEND:VCALENDAR\n", "NOT_A_JOB_SOURCE", "neither a feed"),
    "one job's own answer": (
        '{"id":1,"title":"Baker","location":{"city":"Oslo"}}', "NOT_A_JOB_SOURCE", "is one job by itself",
    ),
    "one job in a wrapper": ('{"job":{"id":1,"title":"Baker"}}', "NOT_A_JOB_SOURCE", "the address of the list"),
    "BrassRing's numbered questions": (
        '<Envelope><Unit><Packet><Payload><ResultSet><Jobs><Job><HotJob>No</HotJob><Question Id="7996">Baker</Question>'
        '<Question Id="7972">1BR</Question></Job></Jobs></ResultSet></Payload></Packet></Unit></Envelope>', "NO_TITLES",
        "`changeover source map`",
    ),
    "a list of feeds in OPML": (
        '<opml version="2.0"><body><outline text="Oslo" xmlUrl="https://x.example/a.xml"/></body></opml>', "FEED_INDEX",
        "add each of the feeds",
    ),
    "a list of feeds in XML": (
        '<?xml version="1.0"?><feeds><feed><url>https://x.example/a.xml</url></feed></feeds>', "FEED_INDEX", "add each",
    ),
    "a list of feeds in JSON": (
        '{"feeds":[{"name":"Oslo","url":"https://x.example/a.xml"}]}', "NOT_A_JOB_SOURCE", "add each of the feeds",
    ),
    "an error in JSON": ('{"ok":false,"error":"Document not found"}', "NOT_A_JOB_SOURCE", '"Document not found"'),
    "lines of JSON without a known id": ('{"a":1,"title":"Baker"}\n{"a":2,"title":"Cook"}\n', "NO_IDS", "source map"),
    "an old spreadsheet": (b"\xd0\xcf\x11\xe0" + bytes(50), "NOT_A_JOB_SOURCE", "save it as CSV"),
    "people without titles": ('[{"id":1,"kin":"A","title":null},{"id":2,"title":null}]', "NO_TITLES", "source map"),
    "people by their names": (
        '{"data":[{"id":1,"name":"A","email":"a@x.example"},{"id":2,"name":"B","email":""}]}', "NOT_A_JOB_SOURCE",
        "source map",
    ),
    "products by name, in a bare list": ('[{"id":1,"name":"Bread","price":3}]', "NOT_A_JOB_SOURCE", "source map"),
    "a feed in bzip2": (bz2.compress(b"<jobs/>"), "NOT_A_JOB_SOURCE", "plain or as gzip"),
    "a feed in xz": (lzma.compress(b"<jobs/>"), "NOT_A_JOB_SOURCE", "plain or as gzip"),
    "a feed compressed twice": (gzip.compress(gzip.compress(b"<jobs/>")), "NOT_A_JOB_SOURCE", "only gzip, once"),
    "YAML": ("- id: 1\n  title: Baker\n", "NOT_A_JOB_SOURCE", "check the address"),
    "a key that nobody knows, of what may be anything": (
        '{"eintraege":[{"id":1,"title":"We bake"},{"id":2,"title":"We cook"}]}', "NOT_A_JOB_SOURCE", "source map",
    ),
    "places with positions of their own": (
        "<requisitions><requisition><jobtitle>Baker</jobtitle><positions><position><city>Oslo</city></position>"
        "</positions></requisition></requisitions>", "NO_IDS", "source map",
    ),
    "a spreadsheet in XML": (
        '<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet><Table><Row><Cell><Data>id</Data>'
        "</Cell><Cell><Data>title</Data></Cell></Row></Table></Worksheet></Workbook>", "NO_TITLES", "source map",
    ),
    "a property list": (
        '<plist version="1.0"><array><dict><key>id</key><string>1</string><key>title</key><string>Baker</string></dict>'
        "</array></plist>", "NOT_A_FEED", "source map",
    ),
    "a sitemap that names no page": (
        '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url><lastmod>2026-01-01</lastmod></url></urlset>',
        "SITEMAP", "give its web address",
    ),
    "columns apart from their rows": (
        '{"columns":["id","title"],"rows":[[1,"Baker"]]}', "NOT_A_JOB_SOURCE", "source map",
    ),
}  # fmt: skip


def read(body: str | bytes) -> Reading:
    reader = ContentReader(NOW, name="it")
    reader.feed(body if isinstance(body, bytes) else body.encode())
    return reader.finish()


@pytest.mark.parametrize("form", TOLD)
def test_it_is_read_right(form: str) -> None:
    kind, body, jobs = TOLD[form]
    found = read(body)
    assert [(job.id, job.title, job.location, job.company) for job in found.jobs] == jobs
    assert f"{found.kind} {found.completeness}" == (kind if " " in kind else f"{kind} complete")


@pytest.mark.parametrize("form", LISTS)
def test_an_answer_in_json_is_read_right(form: str) -> None:
    kind, answer, jobs, besides = LISTS[form]
    found = read(json.dumps(answer))
    assert [(job.id, job.title, job.location, job.company) for job in found.jobs] == jobs
    assert f"{found.kind} {found.completeness}" == (kind if " " in kind else f"{kind} complete")
    told = {**found.jobs[0].as_record(), **found.jobs[0].extra} if found.jobs else {}
    assert {name: told.get(name) for name in besides} == besides


def test_a_saved_part_that_is_as_long_as_parts_are_is_not_taken_for_the_whole() -> None:
    postings = [{"id": f"u{n}", "text": "Baker", "categories": {"location": "Oslo"}} for n in range(100)]
    found = read(json.dumps(postings))
    assert (len(found.jobs), found.completeness) == (100, Completeness.PARTIAL)
    assert read(json.dumps(postings[:99])).completeness is Completeness.COMPLETE


def test_of_an_excerpt_and_the_whole_the_whole_is_the_description() -> None:
    item = (
        '<rss version="2.0" xmlns:job="urn:job"><channel><item><guid>1</guid><title>Baker</title><description>Bakes'
        "</description><job:description>Bakes bread and cakes</job:description></item></channel></rss>"
    )
    assert read(item).jobs[0].description == "<p>Bakes bread and cakes</p>"


@pytest.mark.parametrize("form", REFUSED)
def test_it_is_refused_with_what_to_do(form: str) -> None:
    body, code, what = REFUSED[form]
    found = read(body)
    assert (found.completeness, [problem.code for problem in found.problems]) == (Completeness.FAILED, [code])
    assert what in found.problems[0].sentence


@pytest.mark.parametrize(
    "body",
    [
        "<jobs><job><command>add</command><id>1</id><title>Baker</title></job>"
        "<job><command>delete</command><id>2</id><title>Cook</title></job></jobs>",
        '<source isfullfeed="false"><job action="update"><id>1</id><title>Baker</title></job>'
        '<job action="delete"><id>2</id><title>Cook</title></job></source>',
    ],
)
def test_a_feed_of_changes_is_never_whole_and_names_what_is_over(body: str) -> None:
    found = read(body)
    assert ([job.id for job in found.jobs], found.gone) == (["1"], ["2"])
    assert [problem.code for problem in found.problems] == ["INCREMENTAL", "NOT_OPEN"]
    assert found.completeness is Completeness.PARTIAL


@pytest.mark.parametrize("word", ["<status>Closed</status>", "<jobStatus>Filled</jobStatus>", "<status>Draft</status>"])
def test_a_job_of_a_full_feed_that_says_it_is_not_open_is_not_taken_for_open(word: str) -> None:
    found = read(
        f"<jobs><job><id>1</id><title>Baker</title></job><job>{word}<id>2</id><title>Cook</title></job></jobs>"
    )
    assert ([job.id for job in found.jobs], found.completeness) == (["1"], Completeness.COMPLETE)
    assert [problem.code for problem in found.problems] == ["NOT_OPEN"]


def test_a_feed_that_says_it_is_full_is_whole_whatever_its_records_are_to_do() -> None:
    body = '<source isfullfeed="true"><job action="add"><id>1</id><title>Baker</title></job></source>'
    assert read(body).completeness is Completeness.COMPLETE


def test_a_part_of_a_job_that_is_called_as_records_are_is_no_record() -> None:
    part = "<position><id>9</id><title>Baker</title></position>"
    body = f"<jobs><job><id>1</id>{part}<title>Night Baker</title></job></jobs>"
    assert [(job.id, job.title) for job in read(body).jobs] == [("1", "Night Baker")]


def test_of_a_list_of_job_postings_those_that_are_over_are_not_open() -> None:
    posting = '{"@type":"JobPosting","title":"Baker","identifier":"1","validThrough":"%s"}'
    found = read(f"[{posting % '2027-01-01'},{posting % '2026-01-01'}]")
    assert (len(found.jobs), [problem.code for problem in found.problems]) == (1, ["EXPIRED"])
