"""A feed of LinkedIn's Basic Jobs, with every element that its reference names."""

from __future__ import annotations

from changeover.sources.xml_feed import read_feed

LINKEDIN = b"""<source><publisher>P</publisher><expectedJobCount>1</expectedJobCount><job>
<partnerJobId><![CDATA[R-7]]></partnerJobId><company><![CDATA[Crumb]]></company><title><![CDATA[Baker]]></title>
<description><![CDATA[<p>We bake.</p>]]></description><applyUrl><![CDATA[https://www.crumb.example/7]]></applyUrl>
<companyId>42</companyId><location><![CDATA[Berlin, Germany]]></location><posterEmail>p@crumb.example</posterEmail>
<city>Berlin</city><state>BE</state><country>DE</country><postalCode>10115</postalCode>
<workplaceTypes>Hybrid</workplaceTypes><experienceLevel>ENTRY_LEVEL</experienceLevel><jobtype>FULL_TIME</jobtype>
<jobFunctions><jobFunction>acct</jobFunction></jobFunctions><industryCodes><industryCode>4</industryCode></industryCodes>
<skills><skill>Bread</skill></skills><salaries><salary><highEnd><amount>40000</amount><currencyCode>EUR</currencyCode>
</highEnd><lowEnd><amount>30000</amount><currencyCode>EUR</currencyCode></lowEnd><period>YEARLY</period>
<type>BASE_SALARY</type></salary></salaries><alternateLocations><alternateLocation>Hamburg, Germany</alternateLocation>
</alternateLocations><listDate>02/13/2026</listDate><expirationDate>04/13/2026</expirationDate><easyapply/></job></source>
"""


def test_all_that_a_linkedin_feed_may_say_of_a_job() -> None:
    [found] = read_feed([LINKEDIN]).jobs
    assert (found.id, found.employer_job_id, found.title, found.company) == ("R-7", "R-7", "Baker", "Crumb")
    assert (found.url, found.workplace_type) == ("https://www.crumb.example/7", "hybrid")
    assert found.location == "Berlin, Germany; Hamburg, Germany"
    assert found.posted_at is not None
    assert found.posted_at.date().isoformat() == "2026-02-13"
    assert found.extra["base_salary"] == {"min": 30000, "max": 40000, "currency": "EUR", "unit": "YEAR"}
    assert found.extra["employment_types"] == ["FULL_TIME"]
    told = ("experiencelevel", "jobfunction", "industrycode", "skill", "posteremail", "companyid", "postalcode")
    assert [found.extra[name] for name in told] == [
        "ENTRY_LEVEL", "acct", "4", "Bread", "p@crumb.example", "42", "10115",
    ]  # fmt: skip
