"""Feeds of formats that have a name and a public description, made up by it, with what each tells."""

from __future__ import annotations

from .feeds_of_strangers import Row

TOLD: dict[str, tuple[str, str, list[Row]]] = {
    "Jobrapido": (
        "jobrapido",
        '<?xml version="1.0"?><source><jobs><job><reference_id>r1</reference_id><title>Baker</title><location>Oslo'
        "</location><state/><country>NO</country><postalcode>0150</postalcode><company>Crumb</company><description>"
        "Bakes.</description><url>https://x.example/1</url><publishdate>01/02/2026</publishdate><expirydate>01/03/2026"
        "</expirydate></job></jobs></source>",
        [("r1", "Baker", "Oslo, NO", "Crumb")],
    ),
    "Jobvite": (
        "jobvite",
        '<?xml version="1.0"?><result><job><id>oABC</id><title>Baker</title><requisitionid>7</requisitionid><category>'
        "Kitchen</category><jobtype>Full-Time</jobtype><location>Oslo, Norway</location><date>2/1/2026</date>"
        "<detail-url>https://x.example/1</detail-url><apply-url>https://x.example/1/apply</apply-url><description>"
        "Bakes.</description></job></result>",
        [("oABC", "Baker", "Oslo, Norway", "")],
    ),
    "ZipRecruiter": (
        "ziprecruiter",
        '<?xml version="1.0"?><source><publisher>Crumb</publisher><job><ReferenceNumber>z1</ReferenceNumber><Title>'
        "Baker</Title><City>Austin</City><State>TX</State><Country>US</Country><Company>Crumb</Company><Url>"
        "https://x.example/1</Url><Description><![CDATA[Bakes.]]></Description><compensation_min>20</compensation_min>"
        "<compensation_interval>Hourly</compensation_interval><trafficboost>single</trafficboost></job></source>",
        [("z1", "Baker", "Austin, TX, US", "Crumb")],
    ),
    "Careerjet": (
        "careerjet",
        '<?xml version="1.0"?><jobs><job><id>c1</id><title>Baker</title><location><city>Oslo</city><region>'
        "Oslo</region><country>Norway</country></location><company>Crumb</company><company_url>https://crumb.example</company_url>"
        "<description>Bakes.</description><url>https://x.example/1</url><apply_url>https://x.example/1/a</apply_url>"
        "<contract_type>permanent</contract_type><working_hours>full-time</working_hours></job></jobs>",
        [("c1", "Baker", "Oslo, Norway", "Crumb")],
    ),
}
