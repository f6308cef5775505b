"""Feeds of shapes that no preset knows: read right, or refused in one sentence with what to do."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from changeover.sources.content import ContentReader
from changeover.sources.source import Completeness, Reading, Tells

NOW = datetime(2026, 3, 1, tzinfo=UTC)
LINK = '<link rel="self" href="https://x.example/self"/><link rel="alternate" href="https://x.example/1"/>'
XML = '<?xml version="1.0" encoding="{0}"?><jobs><job><id>1</id><title>B\u00e4cker \u2013 Nacht</title></job></jobs>'

READ: dict[str, tuple[str | bytes, list[tuple[str, str, str]]]] = {
    "attributes in the place of elements": (
        '<vacancies><vacancy id="1" title="Baker" city="Oslo"/><vacancy id="2" title="Cook"/></vacancies>',
        [("1", "Baker", "Oslo"), ("2", "Cook", "")],
    ),
    "fields that are named by an attribute": (
        '<jobs><job id="1"><field name="title">Baker</field><field name="city">Oslo</field></job></jobs>',
        [("1", "Baker", "Oslo")],
    ),
    "a namespace on every tag": (
        '<j:jobs xmlns:j="urn:x"><j:job><j:jobId>1</j:jobId><j:jobTitle>Baker</j:jobTitle><j:location>'
        "<j:city>Oslo</j:city><j:country>NO</j:country></j:location></j:job></j:jobs>",
        [("1", "Baker", "Oslo, NO")],
    ),
    "an answer in a SOAP envelope": (
        '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><R xmlns="urn:x"><Job><JobID>1</JobID>'
        "<JobTitle>Baker</JobTitle><City>Oslo</City></Job></R></s:Body></s:Envelope>",
        [("1", "Baker", "Oslo")],
    ),
    "RSS with a namespace of its own": (
        '<rss version="2.0" xmlns:job="https://x.example/job"><channel><item><title>Baker</title><link>https://x.example/1'
        "</link><job:location>Oslo</job:location></item></channel></rss>",
        [("https://x.example/1", "Baker", "Oslo")],
    ),
    "records under records": (
        "<response><status>ok</status><data><jobs><job><id>1</id><title>Baker</title><related><job><id>9</id><title>Other"
        "</title></job></related></job><job><id>2</id><title>Cook</title></job></jobs></data></response>",
        [("1", "Baker", ""), ("2", "Cook", "")],
    ),
    "a CDATA section in a CDATA section": (
        "<jobs><job><id>1</id><title><![CDATA[<![CDATA[Baker]]]]><![CDATA[>]]></title></job></jobs>",
        [("1", "Baker", "")],
    ),
    "German names": (
        "<stellenangebote><stellenangebot><kennziffer>1</kennziffer><stellentitel>Koch</stellentitel><arbeitsort>Bonn"
        "</arbeitsort></stellenangebot></stellenangebote>",
        [("1", "Koch", "Bonn")],
    ),
    "UTF-16": (XML.format("UTF-16").encode("utf-16"), [("1", "B\u00e4cker \u2013 Nacht", "")]),
    "windows-1252 said to be UTF-8": (XML.format("UTF-8").encode("cp1252"), [("1", "B\u00e4cker \u2013 Nacht", "")]),
    "a JSON Feed": (
        '{"version":"https://jsonfeed.org/version/1.1","items":[{"id":"1","title":"Baker","content_html":"<p>Bakes</p>"}]}',
        [("1", "Baker", "")],
    ),
    "GraphQL with edges and nodes": (
        '{"data":{"jobs":{"edges":[{"node":{"id":"1","title":"Baker","location":{"city":"Oslo"}}}]}}}',
        [("1", "Baker", "Oslo")],
    ),
    "JSON by id": ('{"jobs":{"1":{"title":"Baker","city":"Oslo"}}}', [("1", "Baker", "Oslo")]),
    "CSV with semicolons and columns for the place": (
        "Job Reference;Job Title;Town;Salary\n1;Baker;Oslo;30.000\n",
        [("1", "Baker", "Oslo")],
    ),
    "a JSON text sequence": ('\x1e{"id":"1","title":"Baker"}\n\x1e{"id":"2","title":"Cook"}\n',
                             [("1", "Baker", ""), ("2", "Cook", "")]),
    "Zoho Recruit's rows": (
        '<response><result><JobOpenings><row no="1"><FL val="JOBOPENINGID">285</FL><FL val="Posting Title">Baker</FL>'
        '<FL val="City">Oslo</FL><FL val="Job Opening ID">ZR_1_JOB</FL></row></JobOpenings></result></response>',
        [("285", "Baker", "Oslo")],
    ),
    "names in Pascal's case": (
        '{"Jobs":[{"JobId":1,"JobTitle":"Baker","JobLocation":"Oslo"}],"TotalCount":1}', [("1", "Baker", "Oslo")],
    ),
    "two lists of jobs, one of which has a job of the other": (
        '{"jobs":[{"id":1,"title":"Baker"}],"internships":[{"id":2,"title":"Cook"},{"id":1,"title":"Baker"}]}',
        [("1", "Baker", ""), ("2", "Cook", "")],
    ),
    "other lists beside the jobs": (
        '{"jobs":[{"id":1,"title":"Baker","city":"Oslo","url":"https://x.example/1","type":"x"}],"departments":[{"id":1,'
        '"name":"Kitchen"}],"articles":[{"id":7,"title":"We bake"}]}', [("1", "Baker", "Oslo")],
    ),
    "jobs in their departments": (
        '{"departments":[{"id":1,"name":"Kitchen","jobs":[{"id":11,"title":"Baker"}]},{"id":2,"name":"Care","jobs":'
        '[{"id":12,"title":"Nurse"},{"id":13,"title":"Cook"}]},{"id":3,"name":"None","jobs":[]}]}',
        [("11", "Baker", ""), ("12", "Nurse", ""), ("13", "Cook", "")],
    ),
    "jobs under a key that nobody knows": (
        '{"ofertasDeEmpleo":[{"id":1,"title":"Baker","city":"Oslo"},{"id":2,"title":"Cook","city":"Bergen"}]}',
        [("1", "Baker", "Oslo"), ("2", "Cook", "Bergen")],
    ),
    "an answer that is not to be run": (')]}\',\n{"jobs":[{"id":1,"title":"Baker"}]}', [("1", "Baker", "")]),
    "two signs of the encoding": (
        b"\xef\xbb\xbf\xef\xbb\xbf" + b'{"jobs":[{"id":1,"title":"Baker"}]}', [("1", "Baker", "")],
    ),
    "JSON lines with a comma at each end": (
        '{"id":1,"title":"Baker"},\n{"id":2,"title":"Cook"},\n', [("1", "Baker", ""), ("2", "Cook", "")],
    ),
    "UTF-16 without a sign": (XML.format("UTF-16").encode("utf-16-le"), [("1", "B\u00e4cker \u2013 Nacht", "")]),
    "UTF-32": (XML.format("UTF-32").encode("utf-32"), [("1", "B\u00e4cker \u2013 Nacht", "")]),
    "records without an element around them": (
        "<job><id>1</id><title>Baker</title></job><job><id>2</id><title>Cook</title></job>",
        [("1", "Baker", ""), ("2", "Cook", "")],
    ),
    "capitals and attributes": ('<JOBS><JOB ID="1" TITLE="Baker" LOCATION="Oslo"/></JOBS>', [("1", "Baker", "Oslo")]),
    "Excel's word on what parts the cells": ("sep=;\nid;title;location\n1;Baker;Oslo\n", [("1", "Baker", "Oslo")]),
    "a title above the columns": ("Open jobs\n\nJob ID,Title,City\n1,Baker,Oslo\n", [("1", "Baker", "Oslo")]),
    "columns with signs, spaces and a line break": (
        '"Requisition\n#","Position Title:","Work Location"\n1,Baker,Oslo\n', [("1", "Baker", "Oslo")],
    ),
    "a table as Excel saves it in Unicode": (
        "Job ID\tTitle\tLocation\r\n1\tB\u00e4cker\tBonn\r\n".encode("utf-16"), [("1", "B\u00e4cker", "Bonn")],
    ),
    "JSON lines of another's form": (
        '{"jobId":1,"jobTitle":"Baker","location":{"city":"Oslo"}}\n{"jobId":2,"jobTitle":"Cook"}\n',
        [("1", "Baker", "Oslo"), ("2", "Cook", "")],
    ),
    "JSON lines with a page of the list in each": (
        '{"jobs":[{"id":1,"title":"Baker"}]}\n{"jobs":[{"id":2,"title":"Cook"}]}\n',
        [("1", "Baker", ""), ("2", "Cook", "")],
    ),
    "JSON in a string of JSON": (
        json.dumps(json.dumps({"jobs": [{"id": 1, "title": "Baker"}]})), [("1", "Baker", "")],
    ),
    "tabs": ("req_id\tposition\tcity\n1\tBaker\tOslo\n", [("1", "Baker", "Oslo")]),
}  # fmt: skip

REFUSED = {
    "records without ids": ("<jobs><job><title>Baker</title><city>Oslo</city></job></jobs>", "NO_IDS", "source map"),
    "an error page": ("<!DOCTYPE html><html><body>Service unavailable</body></html>", "NO_JOB_POSTING", "page"),
    "an error as XML": ("<error><code>500</code><text>Internal</text></error>", "NOT_A_FEED", "check the address"),
    "an error as JSON": ('{"error":"rate limited"}', "NOT_A_JOB_SOURCE", "check the address"),
    "a definition of types": (
        '<?xml version="1.0"?><!DOCTYPE source SYSTEM "jobs.dtd"><source><job><id>1</id></job></source>',
        "DOCTYPE_REFUSED",
        "DOCTYPE",
    ),
}  # fmt: skip

POSTING = '<script type="application/ld+json">{"@type":"JobPosting","title":"Baker","identifier":"7"}</script>'
ARCHIVE = (
    'From: <Saved by Blink>\r\nContent-Type: multipart/related; type="text/html"; boundary="b"\r\n\r\n'
    "--b\r\nContent-Type: text/html\r\nContent-Location: https://x.example/jobs/7\r\nContent-Transfer-Encoding: "
    f"quoted-printable\r\n\r\n<html>{POSTING.replace('=', '=3D')}</html>\r\n--b--"
)
PAGES = {"a piece of a page": (f"<div></div>{POSTING}", "7"), "a page as browsers archive it": (ARCHIVE, "/jobs/7")}

EMPTY = [
    "<?xml version='1.0'?><jobs></jobs>", "<jobs/>", '<rss version="2.0"><channel><title>Jobs</title></channel></rss>',
    '<feed xmlns="http://www.w3.org/2005/Atom"><title>x</title></feed>', '{"jobs":[],"total":0}', "id,title\n",
]  # fmt: skip


def read(body: str | bytes) -> Reading:
    reader = ContentReader(NOW, name="it")
    reader.feed(body if isinstance(body, bytes) else body.encode())
    return reader.finish()


@pytest.mark.parametrize("shape", READ)
def test_it_is_read_right(shape: str) -> None:
    body, jobs = READ[shape]
    found = read(body)
    assert [(job.id, job.title, job.location) for job in found.jobs] == jobs
    assert found.completeness is Completeness.COMPLETE


@pytest.mark.parametrize("shape", REFUSED)
def test_it_is_refused_with_what_to_do(shape: str) -> None:
    body, code, what = REFUSED[shape]
    found = read(body)
    assert found.completeness is Completeness.FAILED
    assert found.problems[0].code == code
    assert what in found.problems[0].sentence


@pytest.mark.parametrize("form", PAGES)
def test_a_page_saved_in_another_form_is_read(form: str) -> None:
    body, identifier = PAGES[form]
    assert [(job.id, job.title) for job in read(body).jobs] == [(identifier, "Baker")]


def test_a_saved_page_without_a_posting_says_which_ats_it_leads_to() -> None:
    found = read('<html><a href="https://jobs.ashbyhq.com/acme">Jobs</a></html>')
    assert [problem.code for problem in found.problems] == ["NO_JOB_POSTING", "ATS_BEHIND"]


@pytest.mark.parametrize("body", EMPTY)
def test_an_empty_one_is_whole(body: str) -> None:
    found = read(body)
    assert (len(found.jobs), found.completeness) == (0, Completeness.COMPLETE)


@pytest.mark.parametrize("said", ['"info":{"more_records":true}', '"paging":{"next":"?page=2"}', '"hasMore":true'])
def test_a_list_that_says_it_goes_on_is_not_whole(said: str) -> None:
    found = read('{"data":[{"id":"1","Posting_Title":"Baker"}],' + said + "}")
    assert (found.completeness, found.problems[0].code) == (Completeness.PARTIAL, "MORE_PAGES")


def test_a_quotation_mark_that_never_closes_is_no_whole_table() -> None:
    found = read('id,title\n1,Baker\n2,"Cook\n3,Nurse\n')
    assert ([job.id for job in found.jobs], found.completeness) == (["1"], Completeness.PARTIAL)
    assert found.problems[0].code == "CUT_OFF"


def test_the_pay_and_the_rest_of_a_table_are_told_by_its_columns() -> None:
    [job] = read(
        "Req ID,Title,Remote?,Min Salary,Max Salary,Currency,Pay Type,Employment Type\n"
        "R1,Baker,Yes,10,20,NOK,Hourly,Full time"
    ).jobs
    assert (job.workplace_type, job.extra["employment_types"]) == ("remote", ["FULL_TIME"])
    assert job.extra["base_salary"] == {"min": 10, "max": 20, "currency": "NOK", "unit": "HOUR"}


def test_of_an_atom_entrys_links_the_jobs_own_is_taken() -> None:
    entry = f"<entry><id>urn:1</id><title>Baker</title>{LINK}</entry>"
    [job] = read(f'<feed xmlns="http://www.w3.org/2005/Atom">{entry}</feed>').jobs
    assert job.url == "https://x.example/1"


def test_what_a_json_feed_says_of_a_job_is_its_description() -> None:
    [job] = read(READ["a JSON Feed"][0]).jobs
    assert job.description == "<p>Bakes</p>"


@pytest.mark.parametrize(
    "body",
    [
        '{"jobs":[{"id":1,"name":"Baker","status":"open"},{"id":2,"name":"Cook","status":"Closed"}]}',
        '[{"id":1,"title":"Baker","status":"open"},{"id":2,"title":"Cook","status":"closed"}]',
        "id,title,status\n1,Baker,open\n2,Cook,filled\n",
    ],
)
def test_a_record_that_says_it_is_over_is_no_open_job_in_json_and_csv_either(body: str) -> None:
    found = read(body)
    assert ([job.id for job in found.jobs], list(found.gone)) == (["1"], ["2"])
    assert (found.completeness, [problem.code for problem in found.problems]) == (Completeness.COMPLETE, ["NOT_OPEN"])


@pytest.mark.parametrize(
    "body",
    [
        '{"isFullFeed":false,"jobs":[{"id":1,"title":"Baker"}]}',
        '{"jobs":[{"id":1,"title":"Baker","action":"update"},{"id":2,"title":"Cook","action":"delete"}]}',
        '[{"id":1,"title":"Baker","action":"add"}]',
        "id,title,action\n1,Baker,add\n2,Cook,delete\n",
    ],
)
def test_json_and_csv_that_tell_changes_are_not_taken_as_whole(body: str) -> None:
    found = read(body)
    assert (found.completeness, found.tells, [job.id for job in found.jobs]) == (
        Completeness.PARTIAL, Tells.CHANGES, ["1"],
    )  # fmt: skip


def test_news_that_say_they_are_everything_are_whole() -> None:
    found = read('{"isFullFeed":true,"jobs":[{"id":1,"title":"Baker","action":"add"}]}')
    assert (found.completeness, found.tells) == (Completeness.COMPLETE, Tells.EVERYTHING)


@pytest.mark.parametrize(
    "body",
    [
        '{"error":{"code":500,"message":"boom"},"jobs":[]}',
        '{"success":false,"message":"boom","data":[]}',
        '{"status":"error","message":"boom","jobs":[]}',
        '{"errors":[{"message":"boom"}],"data":{"jobs":[]}}',
    ],
)
def test_an_error_beside_an_empty_list_is_no_list_without_jobs(body: str) -> None:
    found = read(body)
    assert (found.completeness, found.problems[0].code) == (Completeness.FAILED, "NOT_A_JOB_SOURCE")
    assert '"boom"' in found.problems[0].sentence


def test_an_error_beside_some_jobs_leaves_the_rest_in_doubt() -> None:
    found = read('{"errors":[{"message":"boom"}],"data":{"jobs":[{"id":1,"title":"Baker"}]}}')
    assert (len(found.jobs), found.completeness, found.problems[0].code) == (1, Completeness.PARTIAL, "ERROR_TOLD")


def test_an_empty_list_within_the_answer_is_whole_unless_more_is_said_beside_it() -> None:
    assert read('{"data":{"jobs":[]}}').completeness is Completeness.COMPLETE
    assert read('{"data":{"jobs":[],"total":12}}').problems[0].code == "COUNT_MISMATCH"


@pytest.mark.parametrize("said", ['"total":12', '"count":12', '"TotalCount":12', '"meta":{"total":12}'])
def test_an_empty_list_of_so_many_is_not_whole(said: str) -> None:
    found = read("{" + said + ',"jobs":[]}')
    assert (found.completeness, found.problems[0].code) == (Completeness.PARTIAL, "COUNT_MISMATCH")
