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
    "SuccessFactors with the place in title and field": (
        "successfactors",
        '<?xml version="1.0"?><rss version="2.0" xmlns:g="http://base.google.com/ns/1.0"><channel><item><title>Baker '
        "(Oslo, NO)</title><g:id>1001</g:id><g:location>Oslo, NO, 0150</g:location><g:employer>Crumb</g:employer>"
        "<link>https://x.example/1</link></item></channel></rss>",
        [("1001", "Baker", "Oslo, NO, 0150", "Crumb")],
    ),
    "Taleo's RSS": (
        "rss",
        '<?xml version="1.0"?><rss version="2.0" xmlns:taleo="urn:TBEWebAPI"><channel><item><title>Baker</title>'
        "<link>https://x.example/1?job=16&amp;lang=en</link><taleo:reqId>77</taleo:reqId><taleo:location>Oslo"
        "</taleo:location></item></channel></rss>",
        [("77", "Baker", "Oslo", "")],
    ),
    "Jobvite in two places": (
        "jobvite",
        '<?xml version="1.0"?><result><job><id>oABC</id><title>Baker</title><location>Oslo, Norway</location>'
        "<detail-url>https://x.example/1</detail-url><locations><location><city>Oslo</city><country>Norway</country></location>"
        "<location><city>Bergen</city><country>Norway</country></location></locations></job></result>",
        [("oABC", "Baker", "Oslo, Norway; Bergen, Norway", "")],
    ),
    "HR Open with a site's name": (
        "hr_xml",
        '<PositionOpening xmlns="http://www.hr-xml.org/3"><DocumentID>A1</DocumentID><PositionProfile><PositionTitle>Baker'
        "</PositionTitle><PositionLocation><LocationName>HQ</LocationName><CityName>Oslo</CityName><CountryCode>NO"
        "</CountryCode></PositionLocation></PositionProfile></PositionOpening>",
        [("A1", "Baker", "Oslo, NO", "")],
    ),
    "HR4YOU": (
        "xml_feed",
        '<?xml version="1.0"?><hr4you><job><jobId>7</jobId><jobTitle>Baker</jobTitle><jobOffer>Bakes.</jobOffer>'
        "<jobWorkplace>Bonn</jobWorkplace><jobPublishingURL>https://x.example/1</jobPublishingURL></job></hr4you>",
        [("7", "Baker", "Bonn", "")],
    ),
    "concludis in two places": (
        "xml_feed",
        '<?xml version="1.0"?><data><stellen><stelle><stellen_id>7</stellen_id><titel>Baker</titel><standorte>'
        "<standort><ort>Bonn</ort></standort><standort><ort>Jena</ort></standort></standorte></stelle></stellen></data>",
        [("7", "Baker", "Bonn; Jena", "")],
    ),
    "softgarden": (
        "xml_feed",
        '<?xml version="1.0"?><jobs><job><jobDbId>7</jobDbId><externalPostingName>Baker</externalPostingName><location>'
        "<city>Bonn</city></location><jobAdUrl>https://x.example/1</jobAdUrl></job></jobs>",
        [("7", "Baker", "Bonn", "")],
    ),
    "fields within an element, the id around it": (
        "xml_feed",
        '<jobs><job id="7"><data><title>Baker</title><location>Oslo</location><location>Bergen</location></data></job>'
        "</jobs>",
        [("7", "Baker", "Oslo; Bergen", "")],
    ),
    "a company's own address is no place of the job": (
        "xml_feed",
        "<jobs><job><id>7</id><title>Baker</title><place><city>Oslo</city></place><employer><name>Crumb</name><address>"
        "<city>Bergen</city></address></employer></job></jobs>",
        [("7", "Baker", "Oslo", "Crumb")],
    ),
    "an employer's own address before the job's": (
        "xml_feed",
        "<jobs><job><id>7</id><title>Baker</title><employer><name>Crumb</name><city>Bergen</city></employer><locations>"
        "<location><city>Oslo</city><county>Viken</county></location></locations></job></jobs>",
        [("7", "Baker", "Oslo, Viken", "Crumb")],
    ),
    "JobAdder": (
        "xml_feed",
        '<Jobs advertiser="Crumb"><Job reference="JA1" datePosted="2026-01-13"><Title>Baker</Title><Classifications>'
        '<Classification name="Location">Oslo</Classification></Classifications><Fields><Field name="URL">'
        "https://x.example/1</Field></Fields></Job></Jobs>",
        [("JA1", "Baker", "Oslo", "")],
    ),
    "Digitalrecruiters": (
        "xml_feed",
        "<ads><ad><ad_id>77</ad_id><ad_title>Boulanger</ad_title><ad_url>https://x.example/1</ad_url><company><name>Crumb"
        "</name></company><location><city>Paris</city><country>FR</country></location></ad></ads>",
        [("77", "Boulanger", "Paris, FR", "Crumb")],
    ),
    "what is not active": (
        "xml_feed",
        "<jobs><job><id>7</id><title>Baker</title><active>1</active></job><job><id>8</id><title>Cook</title><active>0"
        "</active></job></jobs>",
        [("7", "Baker", "", "")],
    ),
}
