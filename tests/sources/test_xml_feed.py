"""The feed reader: formats by shape, and what it does with feeds that are not as they should be."""

from __future__ import annotations

import gzip
import tracemalloc
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from changeover.job import flaw
from changeover.sources.content import ContentReader
from changeover.sources.source import Completeness, Reading
from changeover.sources.xml_feed import FeedReader, read_feed

from .conftest import NOW

INDEED = """<?xml version="1.0" encoding="utf-8"?>
<source><publisher>P</publisher><lastBuildDate>Fri, 20 Mar 2026 19:18:39 GMT</lastBuildDate>{jobs}</source>"""


def job(number: object, title: str = "Nurse", **more: str) -> str:
    said = {"referencenumber": number, "title": title, "city": "Boston", "state": "MA", "country": "US", **more}
    return "<job>" + "".join(f"<{name}><![CDATA[{text}]]></{name}>" for name, text in said.items()) + "</job>"


def feed(*jobs: str, form: str = INDEED) -> bytes:
    return form.format(jobs="".join(jobs)).encode()


def read(body: bytes, kind: str = "") -> Reading:
    reading = read_feed([body], kind)
    bit_by_bit = (
        read_feed([body[at : at + 7] for at in range(0, len(body), 7)], kind) if len(body) < 50_000 else reading
    )
    assert bit_by_bit == reading
    return reading


def codes(reading: Reading) -> list[str]:
    assert all(problem.sentence.endswith(".") for problem in reading.problems)
    return [problem.code for problem in reading.problems]


def ids(reading: Reading) -> list[str]:
    return [job.id for job in reading.jobs]


class TestFormats:
    def test_indeed(self) -> None:
        told = feed(
            job(
                7,
                requisitionid="R-7",
                company="Acme",
                url="https://acme.example/7?utm_source=x",
                description="<p onclick='x()'>Hi<script>alert(1)</script></p>",
                date="Fri, 20 Mar 2026 19:18:39 GMT",
                remotetype="Hybrid remote",
                salary="$20",
            )
        )
        [found] = read(told).jobs
        assert (found.id, found.title, found.location) == ("7", "Nurse", "Boston, MA, US")
        assert (found.employer_job_id, found.requisition, found.company) == ("R-7", "R-7", "Acme")
        assert found.description == "<p>Hi</p>"
        assert found.workplace_type == "hybrid"
        assert found.posted_at is not None
        assert found.posted_at.isoformat() == "2026-03-20T19:18:39+00:00"
        assert found.extra["salary"] == "$20"
        assert read(told).kind == "indeed"

    def test_linkedin_and_its_count(self) -> None:
        form = "<source><expectedJobCount>{count}</expectedJobCount><job><partnerJobId>1</partnerJobId><title>A</title>"
        form += "<location>Berlin</location><applyUrl>https://a.example/1</applyUrl></job></source>"
        whole = read(form.format(count=1).encode())
        assert (whole.kind, whole.claimed, whole.complete) == ("linkedin", 1, True)
        short = read(form.format(count=5).encode())
        assert short.completeness is Completeness.PARTIAL
        assert codes(short) == ["COUNT_MISMATCH"]

    def test_personio(self) -> None:
        body = b"""<workzag-jobs><position><id>12</id><name>Koch</name><office>Berlin</office>
        <additionalOffices><office>Hamburg</office></additionalOffices><subcompany>Acme SE</subcompany>
        <jobDescriptions><jobDescription><name>Aufgaben &amp; mehr</name><value><![CDATA[<p>Kochen</p>]]></value>
        </jobDescription></jobDescriptions><createdAt>2024-11-13T14:10:41+00:00</createdAt></position></workzag-jobs>"""
        reading = read_feed([body], base="https://acme.jobs.personio.de/xml")
        [found] = reading.jobs
        assert (reading.kind, found.title, found.location) == ("personio", "Koch", "Berlin; Hamburg")
        assert found.description == "<h3>Aufgaben &amp; mehr</h3><p>Kochen</p>"
        assert found.url == "https://acme.jobs.personio.de/job/12"

    def test_teamtailor(self) -> None:
        body = b"""<rss version="2.0" xmlns:tt="https://teamtailor.com/locations"><channel><title>Jobs</title>
        <item><title>Chef</title><guid>abc</guid><link>https://jobs.acme.example/jobs/1</link>
        <pubDate>Wed, 19 Aug 2026 23:10:38 +0200</pubDate><remoteStatus>hybrid</remoteStatus>
        <tt:locations><tt:location><tt:name>HQ</tt:name><tt:city>Malmo</tt:city><tt:country>Sweden</tt:country>
        </tt:location></tt:locations></item></channel></rss>"""
        reading = read(body)
        [found] = reading.jobs
        assert (reading.kind, found.id, found.location) == ("teamtailor", "abc", "Malmo, Sweden")
        assert found.workplace_type == "hybrid"

    def test_successfactors(self) -> None:
        body = b"""<rss version="2.0" xmlns:g="http://base.google.com/ns/1.0"><channel><item>
        <title>Welder (Essen, DE)</title><link>https://jobs.acme.example/job/1</link><g:id>4711</g:id>
        <description>&lt;p&gt;Weld&lt;/p&gt;</description></item></channel></rss>"""
        [found] = read(body).jobs
        assert (found.id, found.title, found.location) == ("4711", "Welder", "Essen, DE")
        assert found.description == "<p>Weld</p>"

    def test_atom(self) -> None:
        body = b"""<feed xmlns="http://www.w3.org/2005/Atom"><title>Jobs</title><entry><id>tag:1</id><title>Chef</title>
        <link rel="alternate" href="https://a.example/1"/><updated>2026-01-02T03:04:05Z</updated></entry></feed>"""
        reading = read(body)
        assert (reading.kind, ids(reading), reading.jobs[0].url) == ("atom", ["tag:1"], "https://a.example/1")

    def test_careerjet_without_ids_goes_by_its_links(self) -> None:
        form = "<jobs>{jobs}</jobs>"
        one = "<job><title>A</title><url>www.acme.example</url><company_url>x</company_url>"
        one += "<apply_url>https://a.example/{n}?utm_source=cj</apply_url></job>"
        reading = read(form.format(jobs=one.format(n=1) + one.format(n=2)).encode())
        assert reading.kind == "careerjet"
        assert ids(reading) == ["https://a.example/1", "https://a.example/2"]

    def test_names_in_any_case_and_with_hyphens(self) -> None:
        body = b"<SOURCE><JOB><Reference-Number>1</Reference-Number><Job_Title>A</Job_Title></JOB></SOURCE>"
        [found] = read(body).jobs
        assert (found.id, found.title) == ("1", "A")

    def test_an_unknown_feed_is_recognised_by_its_titles(self) -> None:
        body = b"<wakaty><lista><oferta_pracy><id>1</id><title>A</title></oferta_pracy></lista></wakaty>"
        assert ids(read(body)) == ["1"]

    def test_the_kind_can_be_forced(self) -> None:
        assert read(feed(job(1)), "ziprecruiter").kind == "ziprecruiter"

    def test_a_description_written_as_markup_is_kept(self) -> None:
        body = feed(
            "<job><referencenumber>1</referencenumber><title>A</title>"
            "<description><p>x <b>y</b></p></description></job>"
        )
        assert read(body).jobs[0].description == "<p>x <b>y</b></p>"

    @pytest.mark.parametrize(
        "empty", ["<source/>", "<jobs></jobs>", "<rss><channel/></rss>", "<workzag-jobs></workzag-jobs>"]
    )
    def test_an_empty_feed_is_a_whole_reading_of_no_jobs(self, empty: str) -> None:
        reading = read(b'<?xml version="1.0"?>' + empty.encode())
        assert (len(reading.jobs), reading.complete, codes(reading)) == (0, True, [])


class TestDatesAndPlaces:
    @pytest.mark.parametrize(
        ("location", "expected"),
        [
            ("<city>Umea</city><country>SE</country>", "Umea, SE"),
            ("<location>Umea</location><country>SE</country>", "Umea, SE"),
            ("<location>New York, NY</location><country>US</country>", "New York, NY"),
            ("<location><city>A</city><region>B</region><country>C</country></location>", "A, B, C"),
            ("<city>Berlin</city><state>Berlin</state><country>Germany</country>", "Berlin, Germany"),
        ],
    )
    def test_places_are_one_line(self, location: str, expected: str) -> None:
        body = f"<jobs><job><id>1</id><title>A</title>{location}</job></jobs>".encode()
        assert read(body).jobs[0].location == expected

    def test_an_ambiguous_date_is_left_alone(self) -> None:
        body = b"<jobs><job><id>1</id><title>A</title><date>03/04/2026</date></job></jobs>"
        [found] = read(body).jobs
        assert found.posted_at is None
        assert found.extra["date"] == "03/04/2026"


class TestBrokenFeeds:
    def test_text_before_the_feed(self) -> None:
        reading = read(
            b"This XML file does not appear to have any style information.\n" + feed(job(1)).partition(b"?>")[2]
        )
        assert (ids(reading), reading.completeness, codes(reading)) == (["1"], Completeness.PARTIAL, ["LEADING_JUNK"])

    def test_markup_before_the_declaration(self) -> None:
        reading = read(b"<br /><b>Warning</b>: mysql_connect() in <b>/x.php</b>\n" + feed(job(1)))
        assert (ids(reading), codes(reading)) == (["1"], ["LEADING_JUNK"])

    def test_a_cut_off_feed_gives_the_jobs_before_the_cut(self) -> None:
        whole = feed(job(1), job(2), job(3))
        reading = read(whole[: whole.rindex(b"<job>") + 60])
        assert reading.completeness is Completeness.PARTIAL
        assert "CUT_OFF" in codes(reading)
        assert ids(reading) == ["1", "2"]

    def test_every_cut_is_noticed(self) -> None:
        whole = feed(job(1), job(2))
        for at in range(200, len(whole) - 1):
            reading = read_feed([whole[:at]])
            assert not reading.complete, at
            assert {job.id for job in reading.jobs} <= {"1", "2"}

    def test_a_record_without_its_end_tag_does_not_spoil_the_next(self) -> None:
        reading = read(feed(job(1), job(2).removesuffix("</job>"), job(3)))
        assert ids(reading) == ["1", "3"]
        assert reading.unreadable == 1
        assert "RECORD_CUT_OFF" in codes(reading)

    def test_a_cdata_section_that_never_ends_does_not_swallow_the_next_job(self) -> None:
        broken = job(2, title="Two").replace("]]></title>", "</title>")
        reading = read(feed(job(1), broken, job(3)))
        assert ids(reading) == ["1", "2", "3"]
        assert reading.jobs[1].title.startswith("Two")

    def test_an_end_tag_inside_cdata_or_a_comment_ends_nothing(self) -> None:
        reading = read(
            feed(job(1, description="Write <job><title>x</title></job> feeds"), "<!-- </job> <job> -->", job(2))
        )
        assert (ids(reading), reading.complete) == (["1", "2"], True)

    def test_broken_markup_within_a_job_is_mended_and_told(self) -> None:
        broken = "<job><referencenumber>1</referencenumber><contact><b>x</name></contact>"
        reading = read(feed(broken + "<title>Fish & Chips &nbsp;Cook</title><city>Paris</city></job>"))
        [found] = reading.jobs
        assert (found.title, found.location) == ("Fish & Chips Cook", "Paris")
        assert (reading.complete, codes(reading)) == (True, ["MENDED"])

    def test_a_lost_start_tag_is_not_a_whole_reading(self) -> None:
        reading = read(feed(job(1), job(2).removeprefix("<job>"), job(3)))
        assert ids(reading) == ["1", "3"]
        assert reading.completeness is Completeness.PARTIAL

    def test_something_else_altogether(self) -> None:
        for body in (b"<html><body>Hi</body></html>", b"<note><to>you</to></note>", b"plain text", b""):
            reading = read(body)
            assert reading.completeness is Completeness.FAILED
            assert len(reading.problems) == 1

    def test_a_feed_of_changes_only_is_never_whole(self) -> None:
        reading = read(b"<jobs><isfullfeed>false</isfullfeed><job><id>1</id><title>A</title></job></jobs>")
        assert codes(reading) == ["INCREMENTAL"]


class TestIds:
    def test_a_job_without_an_id_is_left_out_and_counted(self) -> None:
        reading = read(feed(job(1), job("", title="Ghost"), job(3)))
        assert (ids(reading), reading.unreadable, codes(reading)) == (["1", "3"], 1, ["MISSING_ID"])
        assert "Ghost" in reading.problems[0].sentence

    def test_a_job_without_a_title_is_kept_and_flawed(self) -> None:
        reading = read(feed(job(1, title="")))
        found = flaw(reading.jobs[0])
        assert found is not None
        assert found.code == "MISSING_TITLE"

    def test_a_title_is_never_taken_from_a_contact(self) -> None:
        body = b"<jobs><job><id>1</id><title></title><contact><name>Someone</name></contact></job></jobs>"
        assert read(body).jobs[0].title == ""

    def test_an_id_on_two_different_jobs_keeps_the_first(self) -> None:
        reading = read(feed(job(1, title="Nurse"), job(1, title="Driver"), job(2)))
        assert (ids(reading), reading.unreadable, codes(reading)) == (["1", "2"], 1, ["ID_USED_TWICE"])
        assert reading.jobs[0].title == "Nurse"

    def test_a_reference_for_each_city_is_a_requisition(self) -> None:
        rows = [job(1, city="Boston"), job(1, city="Denver"), job(1, city="Boston")]
        one, other = read(feed(*rows)), read(feed(*reversed(rows)))
        assert len(one.jobs) == len(set(ids(one))) == 3
        assert {(j.id, j.location) for j in one.jobs} == {(j.id, j.location) for j in other.jobs}
        assert {j.requisition for j in one.jobs} == {"1"}
        assert (one.unreadable, codes(one), one.complete) == (0, ["ID_REPEATED"], True)


class TestHostileFeeds:
    @pytest.mark.parametrize(
        "definition",
        [
            '<!ENTITY x SYSTEM "file:///etc/passwd">',
            '<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY x "&b;&b;&b;&b;">',
            '<!ENTITY % p SYSTEM "http://127.0.0.1/x.dtd"> %p;',
        ],
    )
    def test_a_doctype_is_refused(self, definition: str) -> None:
        body = feed(job(1, title="&x;")).replace(b"<source>", f"<!DOCTYPE s [{definition}]><source>".encode())
        reading = read(body.replace(b"<![CDATA[", b"").replace(b"]]>", b"").replace(b"[<!", b"[<!"))
        assert (reading.completeness, codes(reading)) == (Completeness.FAILED, ["DOCTYPE_REFUSED"])

    def test_a_doctype_after_the_first_job_is_refused_too(self) -> None:
        reading = read(feed(job(1), "<!DOCTYPE s [<!ENTITY x 'y'>]>", job(2)))
        assert codes(reading) == ["DOCTYPE_REFUSED"]

    def test_entities_are_never_expanded(self) -> None:
        reading = read(feed("<job><referencenumber>1</referencenumber><title>&xxe; Cook</title></job>"))
        assert reading.jobs[0].title == "&xxe; Cook"

    @pytest.mark.parametrize("size", [10_000_001, 30_000_000])
    def test_10_mb_in_one_field_cost_that_job_alone(self, size: int) -> None:
        reading = read(feed(job(1), job(2, description="x" * size), job(3)))
        assert ids(reading) == ["1", "3"]
        assert (reading.unreadable, codes(reading)) == (1, ["FIELD_TOO_LARGE"])
        assert "2" in reading.problems[0].sentence
        assert reading.problems[0].job_id == "2"

    def test_one_giant_element_takes_no_more_memory_than_the_limit(self) -> None:
        def pieces() -> Iterator[bytes]:
            yield feed(job(1)).removesuffix(b"</source>") + b"<job><referencenumber>2</referencenumber><description>"
            for _ in range(1_000):
                yield b"x" * 1_000_000
            yield b"</description></job>" + job(3).encode() + b"</source>"

        tracemalloc.start()
        reading = read_feed(pieces())
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert ids(reading) == ["1", "3"]
        assert peak < 150_000_000

    def test_depth_breaks_nothing(self) -> None:
        deep = "<a>" * 5000 + "x" + "</a>" * 5000
        reading = read(feed(f"<job><referencenumber>1</referencenumber><title>A</title>{deep}</job>", job(2)))
        assert ids(reading) == ["1", "2"]

    def test_script_is_neutralised_in_every_field(self) -> None:
        evil = "<script>alert(1)</script><img src=x onerror=alert(1)>"
        reading = read(
            feed(job(1, title=evil + "Cook", company=evil, description=evil, salary=evil, url="javascript:x"))
        )
        [found] = reading.jobs
        assert found.title == "Cook"
        assert found.url == ""
        assert "<script" not in str(found.as_record())
        assert "onerror" not in str(found.as_record())

    def test_a_bomb_of_compressed_zeros(self) -> None:
        reader = ContentReader(NOW, name="feed.xml.gz")
        reader.feed(gzip.compress(b"<source>" + b"\0" * 300_000_000))
        reading = reader.finish()
        assert reading.completeness is Completeness.FAILED
        assert codes(reading) == ["COMPRESSION_BOMB"]


class TestEncodings:
    @pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "iso-8859-1", "windows-1252", "utf-8-sig"])
    def test_the_declared_encoding_is_read(self, encoding: str) -> None:
        declared = encoding.removesuffix("-sig")
        text = f'<?xml version="1.0" encoding="{declared}"?><jobs><job><id>1</id><title>Köchin</title></job></jobs>'
        reading = read(text.encode(encoding))
        assert (reading.jobs[0].title, codes(reading)) == ("Köchin", [])

    def test_a_wrong_declaration_is_seen_through(self) -> None:
        body = '<?xml version="1.0" encoding="utf-8"?><jobs><job><id>1</id><title>Köchin für Café</title></job></jobs>'
        reading = read(body.encode("cp1252"))
        assert (reading.jobs[0].title, codes(reading)) == ("Köchin für Café", ["WRONG_ENCODING"])
        reading = read(body.replace("utf-8", "iso-8859-1").encode())
        assert (reading.jobs[0].title, codes(reading)) == ("Köchin für Café", ["WRONG_ENCODING"])

    def test_single_invalid_bytes_are_replaced_and_counted(self) -> None:
        jobs = [job(n, title="Köchin für das Café") for n in range(20)]
        body = feed(*jobs).replace("Köchin".encode(), b"K\xffchin", 1)
        reading = read(body)
        assert reading.jobs[0].title == "K\ufffdchin für das Café"
        assert codes(reading) == ["INVALID_BYTES"]
        assert reading.complete

    def test_control_characters_are_removed_and_counted(self) -> None:
        reading = read(feed(job(1, title="Night\x00 \x1bNurse")))
        assert reading.jobs[0].title == "Night Nurse"
        assert "CONTROL_CHARACTERS" in codes(reading)


class TestNothingRaises:
    @given(st.binary(max_size=400))
    def test_any_bytes(self, body: bytes) -> None:
        read(body)

    @given(st.binary(max_size=200), st.integers(0, 700))
    def test_any_bytes_in_the_middle_of_a_feed(self, junk: bytes, at: int) -> None:
        whole = feed(job(1), job(2), job(3))
        reading = read(whole[:at] + junk + whole[at:])
        assert len(ids(reading)) == len(set(ids(reading)))

    @given(
        st.lists(
            st.sampled_from(
                ["<job>", "</job>", "<source>", "</source>", "<![CDATA[", "]]>", "<!--", "-->", "<id>1</id>",
                 "<title>A</title>",
                 "<", ">", "&", "<job/>", "<?x", "?>", "<a b='", "é", "<jobs>", "</jobs>"]
            ),
            max_size=60,
        )
    )  # fmt: skip
    def test_any_order_of_markup(self, parts: list[str]) -> None:
        reading = read("".join(parts).encode())
        assert len(ids(reading)) == len(set(ids(reading)))

    @given(st.binary(max_size=300))
    def test_any_compressed_bytes(self, body: bytes) -> None:
        reader = FeedReader()
        for byte in body:
            reader.feed(bytes([byte]))
        reader.finish()
