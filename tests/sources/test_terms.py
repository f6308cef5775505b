"""How a job is held and what it pays are told in one vocabulary, and what the source said stays beside it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from changeover.sources import ats_boards
from changeover.sources.ats_boards.board import told
from changeover.sources.employment import TYPES, employment_types
from changeover.sources.job_posting import job_of as job_of_posting
from changeover.sources.record import job_of as job_of_record
from changeover.sources.salary import UNITS, salary
from changeover.sources.terms import with_terms
from changeover.sources.xml_feed import read_feed

PAY = [
    ("$100,000 - $150,000 per year", {"min": 100000, "max": 150000, "unit": "YEAR"}),
    ("€45.000 \u2013 55.000 brutto", {"min": 45000, "max": 55000, "currency": "EUR"}),
    ("23.00/hr", {"min": 23, "max": 23, "unit": "HOUR"}),
    ("12 000 \u2013 14 000 PLN", {"min": 12000, "max": 14000, "currency": "PLN"}),
    ("100K-150K USD", {"min": 100000, "max": 150000, "currency": "USD"}),
    ("60-80k EUR", {"min": 60000, "max": 80000, "currency": "EUR"}),
    ("up to £30,000 p.a.", {"max": 30000, "currency": "GBP", "unit": "YEAR"}),
    ("from 3.500 EUR/Monat", {"min": 3500, "currency": "EUR", "unit": "MONTH"}),
    ("US$ 12.50 an hour", {"min": 12.5, "max": 12.5, "currency": "USD", "unit": "HOUR"}),
    ("3000 € par mois, 35 heures", {"min": 3000, "max": 3000, "currency": "EUR", "unit": "MONTH"}),
    ("$270K \u2013 $320K • Offers Equity", {"min": 270000, "max": 320000}),
    ("5 000,50 zł", {"min": 5000.5, "max": 5000.5, "currency": "PLN"}),
    ("GBP 30,000 to GBP 40,000", {"min": 30000, "max": 40000, "currency": "GBP"}),
    ("$15+ per hour", {"min": 15, "unit": "HOUR"}),
    ("60000", {"min": 60000, "max": 60000}),
]


@pytest.mark.parametrize(("said", "means"), PAY)
def test_a_pay_in_words_is_told_as_numbers_currency_and_unit_and_nothing_is_guessed(said: str, means: object) -> None:
    assert salary([("whole", said)]) == means


@pytest.mark.parametrize(
    "said",
    ["Competitive", "Competitive + 401k", "10% bonus", "20 days holiday", "Depends on experience", "5 years", "", "-"],
)
def test_words_without_a_pay_in_them_are_no_pay(said: str) -> None:
    assert salary([("whole", said)]) == {}


def test_a_schema_org_amount_a_range_object_and_single_fields_say_the_same() -> None:
    means = {"min": 40, "max": 50, "currency": "USD", "unit": "HOUR"}
    value = {"@type": "QuantitativeValue", "minValue": "40", "maxValue": 50.0, "unitText": "HOUR"}
    assert with_terms({"baseSalary": {"currency": "USD", "value": value}})["base_salary"] == means
    assert (
        with_terms({"salaryRange": {"min": 40, "max": 50, "currency": "USD", "interval": "per-hour-wage"}})[
            "base_salary"
        ]
        == means
    )
    apart = {"compensationmin": "40", "compensationmax": "50", "compensationcurrency": "USD",
             "compensationinterval": "Hourly"}  # fmt: skip
    assert with_terms(dict(apart)) == {**apart, "base_salary": means}


@pytest.mark.parametrize(
    ("said", "means"),
    [
        (["Full-Time"], ["FULL_TIME"]),
        (["FULL_TIME", "part time"], ["FULL_TIME", "PART_TIME"]),
        (["Heltid"], ["FULL_TIME"]),
        (["Permanent, full time (m/f)"], ["FULL_TIME"]),
        (["fulltime_permanent"], ["FULL_TIME"]),
        (["Part-time / Contract"], ["PART_TIME", "CONTRACTOR"]),
        (["Permanent contract"], []),
        (["Temporary contract"], ["TEMPORARY"]),
        ([{"id": "x", "label": "Internship"}], ["INTERN"]),
        (["job", "3-5 years", None, 7], []),
    ],
)
def test_how_a_job_is_held_is_told_in_the_words_of_schema_org(said: list[object], means: list[str]) -> None:
    assert employment_types(said) == means


def test_every_kind_of_source_tells_the_terms_in_one_vocabulary_and_keeps_what_was_said() -> None:
    feed = (
        b"<source><job><referencenumber>1</referencenumber><title>Baker</title><jobtype>Full-time</jobtype>"
        b"<salary>$20 - $25 per hour</salary></job></source>"
    )
    [job] = read_feed([feed]).jobs
    assert (job.extra["employment_types"], job.extra["jobtype"]) == (["FULL_TIME"], "Full-time")
    assert (job.extra["base_salary"]["unit"], job.extra["salary"]) == ("HOUR", "$20 - $25 per hour")
    posting = {"title": "Baker", "employmentType": ["PART_TIME"], "baseSalary": {"currency": "EUR", "value": 3000}}
    job = job_of_posting(posting, "https://example.com/1")
    assert job.extra["employment_types"] == ["PART_TIME"]
    assert job.extra["base_salary"] == {"min": 3000, "max": 3000, "currency": "EUR"}
    ashby = ats_boards.named("ashby")
    assert ashby
    pay = {"compensationType": "Salary", "interval": "1 YEAR", "currencyCode": "GBP", "minValue": 1, "maxValue": 2}
    equity = {"compensationType": "EquityPercentage", "minValue": 0.1, "maxValue": 0.2}
    record = {"id": "1", "title": "Baker", "jobUrl": "https://x.example/1", "employmentType": "FullTime",
              "compensation": {"summaryComponents": [equity, pay]}}  # fmt: skip
    said = told(ashby, {"apiVersion": "1", "jobs": [record]})
    assert said
    assert said.jobs[0].extra["employment_types"] == ["FULL_TIME"]
    assert said.jobs[0].extra["base_salary"] == {"min": 1, "max": 2, "currency": "GBP", "unit": "YEAR"}


def test_a_job_written_out_and_read_again_has_the_same_terms() -> None:
    job = job_of_record({"id": "1", "title": "Baker", "salary": "€3.000/month", "type": "Vollzeit"})
    assert job.extra["base_salary"] == {"min": 3000, "max": 3000, "currency": "EUR", "unit": "MONTH"}
    assert job_of_record(job.as_record()) == job


def test_a_pay_that_is_not_to_be_shown_is_not_read() -> None:
    board = ats_boards.named("pinpoint")
    assert board
    record: dict[str, Any] = {
        "id": "1", "title": "Baker", "compensation": "$10", "workplace_type": "onsite", "compensation_visible": False
    }  # fmt: skip
    job = board.job(record, {})
    assert job
    assert "compensation" not in job.extra


_NAMES = st.sampled_from(["min", "max", "value", "currency", "unitText", "x"])
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(_NAMES, inner),
)


@given(_JSON)
def test_whatever_a_source_says_of_pay_the_answer_is_of_our_form(said: object) -> None:
    found = with_terms({"salary": said, "type": said})
    pay = found.get("base_salary", {})
    assert set(pay) <= {"min", "max", "currency", "unit"}
    assert pay.get("unit", "HOUR") in UNITS
    assert all(pay[end] > 0 for end in ("min", "max") if end in pay)
    assert set(found.get("employment_types", ())) <= set(TYPES)


def test_a_country_that_is_told_as_such_is_not_taken_for_a_state() -> None:
    """CA is Canada or California, DE Germany or Delaware: where the source says which, so does the job."""
    area = {"@type": "Country", "name": "CA"}
    posting = {"title": "Baker", "jobLocationType": "TELECOMMUTE", "applicantLocationRequirements": area}
    job = job_of_posting(posting, "https://example.com/1")
    assert (job.location, job.workplace_type) == ("Remote, Canada", "remote")
    state = {"@type": "State", "name": "CA"}
    assert job_of_posting({**posting, "applicantLocationRequirements": state}, "x").location == "Remote, CA"
    only = {"jobLocation": {"address": {"addressCountry": "DE"}}}
    assert job_of_posting({"title": "Baker", **only}, "x").location == "Germany"
    feed = b"<source><job><referencenumber>1</referencenumber><title>B</title><country>IN</country></job></source>"
    assert read_feed([feed]).jobs[0].location == "India"
    city = feed.replace(b"<country>", b"<city>Pune</city><country>")
    assert read_feed([city]).jobs[0].location == "Pune, IN"


NESTED = [
    "<salary><min>1000</min><max>2000</max><currency>EUR</currency><unit>MONTH</unit></salary>",
    "<Salary><From>1000</From><To>2000</To><Currency>EUR</Currency><Period>monthly</Period></Salary>",
    '<salary min="1000" max="2000" currency="EUR" period="month"/>',
    '<salary currency="EUR" period="month">1000 - 2000</salary>',
    "<compensation><salary><min>1000</min><max>2000</max></salary><currency>EUR</currency>"
    "<interval>month</interval></compensation>",
    "<baseSalary><currency>EUR</currency><value><minValue>1000</minValue><maxValue>2000</maxValue>"
    "<unitText>MONTH</unitText></value></baseSalary>",
]


@pytest.mark.parametrize("said", NESTED)
def test_a_pay_within_a_pay_or_in_its_attributes_is_read(said: str) -> None:
    [job] = read_feed([f"<jobs><job><id>1</id><title>Baker</title><city>Ulm</city>{said}</job></jobs>".encode()]).jobs
    assert job.extra["base_salary"] == {"min": 1000, "max": 2000, "currency": "EUR", "unit": "MONTH"}


@pytest.mark.parametrize(
    "said",
    [
        "<employment><type>Part time</type><remote>no</remote></employment>",
        '<time_type descriptor="Part time"><id>7</id></time_type>',
        "<jobinformation><jobstatus>Part Time</jobstatus></jobinformation>",
        "<contract><type>CDI</type><hours>Temps partiel</hours></contract><jobStatus>Temps partiel</jobStatus>",
    ],
)
def test_how_a_job_is_held_is_read_wherever_a_feed_says_it(said: str) -> None:
    [job] = read_feed([f"<jobs><job><id>1</id><title>Baker</title>{said}</job></jobs>".encode()]).jobs
    assert job.extra["employment_types"] == ["PART_TIME"]


@pytest.mark.parametrize(
    "name",
    ["salarydescription", "SalaryText", "salary_display", "pay-rate", "Job Salary", "Gehalt", "Vergütung",
     "wynagrodzenie", "Remuneration", "compensation_summary", "advertised_salary", "salaryInfo", "Lohn", "salaris"],
)  # fmt: skip
def test_a_pay_in_words_is_found_by_the_usual_names(name: str) -> None:
    assert with_terms({name: "£30,000 - £35,000"})["base_salary"] == {"min": 30000, "max": 35000, "currency": "GBP"}


@pytest.mark.parametrize(
    ("said", "means"),
    [
        ("da 1.200 a 1.500 euro al mese", {"min": 1200, "max": 1500, "currency": "EUR", "unit": "MONTH"}),
        ("25.000 Euro lordi annui", {"min": 25000, "max": 25000, "currency": "EUR", "unit": "YEAR"}),
        ("8 000 - 10 000 zł miesięcznie", {"min": 8000, "max": 10000, "currency": "PLN", "unit": "MONTH"}),
        ("3.000 EUR monatlich", {"min": 3000, "max": 3000, "currency": "EUR", "unit": "MONTH"}),
        ("R$ 3.500 por mês", {"min": 3500, "max": 3500, "currency": "BRL", "unit": "MONTH"}),
        ("40 000 euros annuels", {"min": 40000, "max": 40000, "currency": "EUR", "unit": "YEAR"}),
    ],
)
def test_a_pay_in_other_languages_is_told_too(said: str, means: object) -> None:
    assert salary([("whole", said)]) == means


def test_what_a_json_list_says_of_the_hours_within_another_thing_is_read() -> None:
    said = with_terms({"employment": {"type": "CDI", "time": "Temps plein"}})
    assert said["employment_types"] == ["FULL_TIME"]


@pytest.mark.parametrize(
    ("said", "means"),
    [
        (["Contract - 6 months"], ["CONTRACTOR"]),
        (["FT"], ["FULL_TIME"]),
        (["Casual"], ["PER_DIEM"]),
        (["Permanent, Part-Time (20h)"], ["PART_TIME"]),
        (["Contract type: permanent"], []),
    ],
)
def test_more_of_the_usual_words_for_how_a_job_is_held_are_known(said: list[object], means: list[str]) -> None:
    assert employment_types(said) == means


def test_a_description_is_known_by_its_short_name() -> None:
    [job] = read_feed([b"<jobs><job><id>1</id><title>Baker</title><DESC>We bake.</DESC></job></jobs>"]).jobs
    assert job.description == "<p>We bake.</p>"
