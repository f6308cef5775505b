"""Feeds as boards, ATSs and agencies of many kinds publish them, made up by their forms, with what each tells."""

from __future__ import annotations

Row = tuple[str, str, str, str]
"""Id, title, place and company."""

TOLD: dict[str, tuple[str, str, list[Row]]] = {
    "Adzuna XML": (
        "xml_feed",
        '<?xml version="1.0"?><jobs><job><id>a1</id><title>Baker</title><link>https://x.example/1</link>'
        "<description>Bakes.</description><location>Oslo, Norway</location><geo_lat>59.9</geo_lat>"
        "<company>Crumb</company><category>Catering</category><contract_type>permanent</contract_type>"
        "<contract_time>full_time</contract_time><salary_min>30000</salary_min>"
        "<salary_max>35000</salary_max><salary_currency>NOK</salary_currency>"
        "<created>2026-02-01T09:00:00Z</created></job><job><id>a2</id><title>Cook</title>"
        "<link>https://x.example/2</link><location>Bergen</location></job></jobs>",
        [("a1", "Baker", "Oslo, Norway", "Crumb"), ("a2", "Cook", "Bergen", "")],
    ),
    "Adzuna JSON": (
        "json",
        '{"__CLASS__":"Adzuna::API::Response::JobSearchResults","count":2,"mean":3,"results":[{"id":"a1",'
        '"title":"Baker","company":{"__CLASS__":"C","display_name":"Crumb"},'
        '"location":{"display_name":"Oslo, Norway","area":["Norway","Oslo"]},'
        '"redirect_url":"https://x.example/1","created":"2026-02-01T09:00:00Z","contract_time":"full_time",'
        '"salary_min":30000,"category":{"tag":"c","label":"Catering"}},{"id":"a2","title":"Cook",'
        '"company":{"display_name":"Crumb"},"location":{"display_name":"Bergen","area":["Norway",'
        '"Bergen"]},"redirect_url":"https://x.example/2"}]}',
        [("a1", "Baker", "Oslo, Norway", "Crumb"), ("a2", "Cook", "Bergen", "Crumb")],
    ),
    "Jooble": (
        "xml_feed",
        '<?xml version="1.0" encoding="utf-8"?><jobs><job id="j1"><link><![CDATA[https://x.example/1]]>'
        "</link><name><![CDATA[Baker]]></name><region><![CDATA[Oslo]]></region><description>"
        "<![CDATA[Bakes.]]></description><salary>30 000 kr</salary><company>Crumb</company>"
        "<company_url>https://crumb.example</company_url><pubdate>01.02.2026</pubdate>"
        "<updated>02.02.2026</updated><expire>01.03.2026</expire><jobtype>full-time</jobtype></job>"
        '<job id="j2"><link>https://x.example/2</link><name>Cook</name><region>Bergen</region></job></jobs>',
        [("j1", "Baker", "Oslo", "Crumb"), ("j2", "Cook", "Bergen", "")],
    ),
    "Talent.com": (
        "indeed",
        '<?xml version="1.0"?><source><publisher>Crumb</publisher>'
        "<publisherurl>https://crumb.example</publisherurl>"
        "<lastBuildDate>Mon, 02 Feb 2026 09:00:00 GMT</lastBuildDate><job><title>Baker</title>"
        "<date>2026-02-01</date><referencenumber>t1</referencenumber><url>https://x.example/1</url>"
        "<company>Crumb</company><city>Oslo</city><state></state><country>NO</country>"
        "<dateposted>2026-02-01</dateposted><description>Bakes.</description>"
        "<expirationdate>2026-04-01</expirationdate><isremote>no</isremote><jobtype>fulltime</jobtype>"
        "</job></source>",
        [("t1", "Baker", "Oslo, NO", "Crumb")],
    ),
    "Glassdoor": (
        "xml_feed",
        '<?xml version="1.0"?><glassdoor><jobs><job><jobReqId>g1</jobReqId><jobTitle>Baker</jobTitle>'
        "<employerName>Crumb</employerName><jobLocation>Oslo, Norway</jobLocation>"
        "<jobUrl>https://x.example/1</jobUrl><jobDescription>Bakes.</jobDescription>"
        "<postDate>2026-02-01</postDate></job></jobs></glassdoor>",
        [("g1", "Baker", "Oslo, Norway", "Crumb")],
    ),
    "Trovit": (
        "xml_feed",
        '<?xml version="1.0"?><trovit><ad><id><![CDATA[v1]]></id><url><![CDATA[https://x.example/1]]></url>'
        "<title><![CDATA[Baker]]></title><content><![CDATA[Bakes.]]></content><company><![CDATA[Crumb]]>"
        "</company><city><![CDATA[Oslo]]></city><region><![CDATA[Oslo fylke]]></region>"
        "<date>13/02/2026</date><time>09:00</time></ad></trovit>",
        [("v1", "Baker", "Oslo, Oslo fylke", "Crumb")],
    ),
    "StepStone": (
        "xml_feed",
        '<?xml version="1.0"?><StepStone><Listings><Listing><ListingId>s1</ListingId>'
        "<JobTitle>B\u00e4cker</JobTitle><CompanyName>Crumb</CompanyName><JobLocation>Bonn</JobLocation>"
        "<JobDetailUrl>https://x.example/1</JobDetailUrl><PublicationDate>2026-02-01</PublicationDate>"
        "<TextContent>Bakes.</TextContent></Listing><Listing><ListingId>s2</ListingId>"
        "<JobTitle>Koch</JobTitle></Listing></Listings></StepStone>",
        [("s1", "B\u00e4cker", "Bonn", "Crumb"), ("s2", "Koch", "", "")],
    ),
    "Stellenanzeigen": (
        "xml_feed",
        '<?xml version="1.0"?><stellenanzeigen><anzeige><referenz>k1</referenz><titel>B\xe4cker</titel>'
        "<firma>Crumb</firma><ort>Bonn</ort><plz>53111</plz><url>https://x.example/1</url>"
        "<text>Bakes.</text><datum>13.02.2026</datum></anzeige><anzeige><referenz>k2</referenz>"
        "<titel>Koch</titel></anzeige></stellenanzeigen>",
        [("k1", "B\u00e4cker", "Bonn", "Crumb"), ("k2", "Koch", "", "")],
    ),
    "Stellenanzeigen as record": (
        "xml_feed",
        '<?xml version="1.0"?><export><stellenanzeige><id>k1</id><bezeichnung>B\xe4cker</bezeichnung>'
        "<arbeitgeber>Crumb</arbeitgeber><arbeitsort><ort>Bonn</ort><plz>53111</plz></arbeitsort>"
        "<volltext>Bakes.</volltext></stellenanzeige><stellenanzeige><id>k2</id>"
        "<bezeichnung>Koch</bezeichnung></stellenanzeige></export>",
        [("k1", "B\u00e4cker", "Bonn", "Crumb"), ("k2", "Koch", "", "")],
    ),
    "Xing": (
        "xml_feed",
        '<?xml version="1.0"?><job_postings><job_posting><job_code>x1</job_code>'
        "<job_title>B\u00e4cker</job_title><company_name>Crumb</company_name><location><city>Bonn</city>"
        "<country>DE</country></location><link>https://x.example/1</link><description>Bakes.</description>"
        "</job_posting></job_postings>",
        [("x1", "B\u00e4cker", "Bonn, DE", "Crumb")],
    ),
    "WP Job Manager RSS": (
        "rss",
        '<?xml version="1.0"?>'
        '<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:job_listing="https://wpjobmanager.com/">'
        "<channel><title>J</title><item><title>Baker</title><link>https://x.example/1</link>"
        '<guid isPermaLink="false">https://x.example/?p=11</guid>'
        "<pubDate>Mon, 02 Feb 2026 09:00:00 +0000</pubDate><description><![CDATA[Short]]></description>"
        "<content:encoded><![CDATA[<p>Bakes.</p>]]></content:encoded><job_listing:location><![CDATA[Oslo]]>"
        "</job_listing:location><job_listing:job_type><![CDATA[Full Time]]></job_listing:job_type>"
        "<job_listing:company><![CDATA[Crumb]]></job_listing:company></item></channel></rss>",
        [("https://x.example/?p=11", "Baker", "Oslo", "Crumb")],
    ),
    "iCIMS XML": (
        "xml_feed",
        '<?xml version="1.0"?><iCIMSJobs><Job><JobID>2026-1001</JobID><JobTitle>Baker</JobTitle>'
        "<JobLocation><City>Oslo</City><State/><Country>NO</Country></JobLocation>"
        "<Overview>Bakes.</Overview><Responsibilities>Bake</Responsibilities>"
        "<JobURL>https://careers-crumb.icims.com/jobs/1001/baker/job</JobURL></Job></iCIMSJobs>",
        [("2026-1001", "Baker", "Oslo, NO", "")],
    ),
    "Taleo requisitions": (
        "xml_feed",
        '<?xml version="1.0"?><Document xmlns="http://www.taleo.com/ws/integration/toolkit/2005/07">'
        '<Content><ExportXML xmlns="http://www.taleo.com/ws/integration/toolkit/2005/07"><record>'
        '<field name="ContestNumber">1600001A</field><field name="Title">Baker</field>'
        '<field name="PrimaryLocation">Oslo</field></record><record>'
        '<field name="ContestNumber">1600002A</field><field name="Title">Cook</field></record></ExportXML>'
        "</Content></Document>",
        [("1600001A", "Baker", "Oslo", ""), ("1600002A", "Cook", "", "")],
    ),
    "Taleo business": (
        "xml_feed",
        '<?xml version="1.0"?><requisitions><requisition><reqId>77</reqId><title>Baker</title>'
        "<location>Oslo</location><description>Bakes.</description><url>https://x.example/1</url>"
        "</requisition></requisitions>",
        [("77", "Baker", "Oslo", "")],
    ),
    "Workday RaaS": (
        "xml_feed",
        '<?xml version="1.0"?><wd:Report_Data xmlns:wd="urn:com.workday.report/CR_Jobs"><wd:Report_Entry>'
        "<wd:Job_Requisition_ID>R-1</wd:Job_Requisition_ID>"
        '<wd:Job_Posting_Title>Baker</wd:Job_Posting_Title><wd:Primary_Location wd:Descriptor="Oslo">'
        '<wd:ID wd:type="WID">f00</wd:ID><wd:ID wd:type="Location_ID">OSL</wd:ID></wd:Primary_Location>'
        "<wd:Job_Description>Bakes.</wd:Job_Description>"
        "<wd:External_Job_Posting_URL>https://x.example/1</wd:External_Job_Posting_URL>"
        "<wd:Job_Posting_Start_Date>2026-02-01</wd:Job_Posting_Start_Date></wd:Report_Entry>"
        "<wd:Report_Entry><wd:Job_Requisition_ID>R-2</wd:Job_Requisition_ID>"
        "<wd:Job_Posting_Title>Cook</wd:Job_Posting_Title></wd:Report_Entry></wd:Report_Data>",
        [("R-1", "Baker", "Oslo", ""), ("R-2", "Cook", "", "")],
    ),
    "Workday RaaS JSON": (
        "json",
        '{"Report_Entry":[{"Job_Requisition_ID":"R-1","Job_Posting_Title":"Baker",'
        '"Primary_Location":"Oslo","Job_Description":"<p>Bake</p>",'
        '"External_Job_Posting_URL":"https://x.example/1"},{"Job_Requisition_ID":"R-2",'
        '"Job_Posting_Title":"Cook"}]}',
        [("R-1", "Baker", "Oslo", ""), ("R-2", "Cook", "", "")],
    ),
    "Bullhorn JSON": (
        "json",
        '{"data":[{"id":1,"title":"Baker","publishedCategory":{"name":"Food"},"address":{"address1":"",'
        '"city":"Oslo","state":"","countryName":"Norway","zip":null},"employmentType":"Permanent",'
        '"dateLastPublished":1767225600000,"publicDescription":"<p>Bake</p>","isOpen":true},{"id":2,'
        '"title":"Cook","address":{"city":"Bergen"}}],"count":2,"start":0,"total":2}',
        [("1", "Baker", "Oslo, Norway", ""), ("2", "Cook", "Bergen", "")],
    ),
    "Broadbean": (
        "xml_feed partial",
        '<?xml version="1.0"?><jobs><job><command>add</command><username>u</username>'
        "<contact_name>Ada</contact_name><job_reference>BB-1</job_reference><job_title>Baker</job_title>"
        "<job_type>Permanent</job_type><job_description>Bakes.</job_description>"
        "<job_location>Oslo</job_location><salary_from>30000</salary_from><salary_to>35000</salary_to>"
        "<salary_currency>GBP</salary_currency><salary_per>annum</salary_per>"
        "<application_url>https://x.example/apply/1</application_url></job></jobs>",
        [("BB-1", "Baker", "Oslo", "")],
    ),
    "SAP OData JSON": (
        "json",
        '{"d":{"results":[{"__metadata":{"uri":"x"},"jobReqId":"1001","jobTitle":"Baker",'
        '"jobReqLocation":"Oslo","jobDescription":"<p>Bake</p>"},{"jobReqId":"1002","jobTitle":"Cook"}]}}',
        [("1001", "Baker", "Oslo", ""), ("1002", "Cook", "", "")],
    ),
    "SAP OData Atom": (
        "odata",
        '<?xml version="1.0"?>'
        '<feed xmlns="http://www.w3.org/2005/Atom" '
        'xmlns:m="http://schemas.microsoft.com/ado/2007/08/dataservices/metadata" '
        'xmlns:d="http://schemas.microsoft.com/ado/2007/08/dataservices">'
        '<title type="text">JobRequisition</title><entry><id>https://x/odata/v2/JobRequisition(1001L)</id>'
        '<title type="text"/><content type="application/xml"><m:properties><d:jobReqId>1001</d:jobReqId>'
        "<d:jobTitle>Baker</d:jobTitle><d:location>Oslo</d:location></m:properties></content></entry>"
        "</feed>",
        [("1001", "Baker", "Oslo", "")],
    ),
    "SAP Job-Listing": (
        "xml_feed",
        '<?xml version="1.0"?><Job-Listing><Job><JobTitle>Baker</JobTitle><ReqId>1001</ReqId>'
        "<Job-Description>Bakes.</Job-Description><Location>Oslo, Norway</Location>"
        "<Posted-Date>02/13/2026</Posted-Date></Job></Job-Listing>",
        [("1001", "Baker", "Oslo, Norway", "")],
    ),
    "HR-BA-XML": (
        "hr_xml",
        '<?xml version="1.0" encoding="UTF-8"?><HRBAXMLJobPositionPosting><Header>'
        "<SupplierId>V1</SupplierId><Timestamp>2026-02-01T09:00:00</Timestamp><Amount>1</Amount>"
        "<TypeOfLoad>F</TypeOfLoad></Header><Data><JobPositionPosting>"
        "<JobPositionPostingId>A1</JobPositionPostingId><HiringOrg><HiringOrgName>Crumb</HiringOrgName>"
        "<HiringOrgId>9</HiringOrgId></HiringOrg><PostDetail><StartDate>2026-02-01</StartDate></PostDetail>"
        "<JobPositionInformation><JobPositionTitle><TitleCode>7</TitleCode><Degree>1</Degree>"
        "</JobPositionTitle><JobPositionTitleDescription>B\u00e4cker</JobPositionTitleDescription>"
        "<JobOffer>1</JobOffer><Objective>Bakes.</Objective><JobPositionLocation><Location>"
        "<CountryCode>DE</CountryCode><PostalCode>53111</PostalCode><Municipality>Bonn</Municipality>"
        "</Location></JobPositionLocation></JobPositionInformation></JobPositionPosting></Data>"
        "</HRBAXMLJobPositionPosting>",
        [("A1", "B\u00e4cker", "Bonn, DE", "Crumb")],
    ),
    "HR-XML 1": (
        "hr_xml",
        '<PositionOpenings xmlns="http://ns.hr-xml.org/2007-04-15"><JobPositionPosting>'
        "<JobPositionPostingId>A1</JobPositionPostingId><HiringOrg><HiringOrgName>Crumb</HiringOrgName>"
        "</HiringOrg><JobPositionInformation><JobPositionTitle>Baker</JobPositionTitle>"
        "<JobPositionDescription><JobPositionPurpose>Bakes.</JobPositionPurpose><JobPositionLocation>"
        "<LocationSummary><Municipality>Oslo</Municipality><Region>Oslo</Region>"
        "<CountryCode>NO</CountryCode></LocationSummary></JobPositionLocation></JobPositionDescription>"
        "</JobPositionInformation><HowToApply><ApplicationMethods><ByWeb><URL>https://x.example/1</URL>"
        "</ByWeb></ApplicationMethods></HowToApply></JobPositionPosting></PositionOpenings>",
        [("A1", "Baker", "Oslo, NO", "Crumb")],
    ),
    "HR-XML 2": (
        "hr_xml",
        '<PositionOpenings xmlns="http://ns.hr-xml.org/2007-04-15"><PositionOpening><PositionRecordInfo>'
        '<Id idOwner="crumb"><IdValue>A1</IdValue></Id><Status>Active</Status></PositionRecordInfo>'
        "<PositionRequester><Id><IdValue>ORG9</IdValue></Id></PositionRequester>"
        '<PositionProfile xml:lang="en"><PositionDateInfo><StartDate>2026-02-01</StartDate>'
        "</PositionDateInfo><Organization><OrganizationName>Crumb</OrganizationName></Organization>"
        "<PositionDetail><PhysicalLocation><PostalAddress><CountryCode>NO</CountryCode>"
        "<Region>Oslo</Region><Municipality>Oslo</Municipality></PostalAddress></PhysicalLocation>"
        "<PositionTitle>Baker</PositionTitle><PositionType>Direct Hire</PositionType></PositionDetail>"
        "<FormattedPositionDescription><Name>Duties</Name><Value>Bakes.</Value>"
        '</FormattedPositionDescription><HowToApply distribute="external"><ApplicationMethod>'
        "<InternetWebAddress>https://x.example/1</InternetWebAddress></ApplicationMethod></HowToApply>"
        "</PositionProfile></PositionOpening></PositionOpenings>",
        [("A1", "Baker", "Oslo, NO", "Crumb")],
    ),
    "HR Open 3": (
        "hr_xml",
        '<PositionOpenings xmlns="http://www.hr-xml.org/3"><PositionOpening><DocumentID>A1</DocumentID>'
        '<PositionProfile languageCode="en"><PositionTitle>Baker</PositionTitle><PositionOrganization>'
        "<OrganizationName>Crumb</OrganizationName></PositionOrganization><PositionLocation>"
        "<ReferenceLocation><CityName>Oslo</CityName><CountryCode>NO</CountryCode></ReferenceLocation>"
        "</PositionLocation><PositionFormattedDescription><Content>Bakes.</Content>"
        "</PositionFormattedDescription><PostingInstruction><ApplicationMethod><Communication>"
        "<URI>https://x.example/1</URI></Communication></ApplicationMethod></PostingInstruction>"
        "</PositionProfile></PositionOpening></PositionOpenings>",
        [("A1", "Baker", "Oslo, NO", "Crumb")],
    ),
    "Monster BGW": (
        "monster partial",
        '<?xml version="1.0"?><Jobs xmlns="http://schemas.monster.com/Monster">'
        '<Job jobRefCode="M1" jobAction="addOrUpdate"><RecruiterReference><UserName>x</UserName>'
        "</RecruiterReference><CompanyReference><CompanyName>Crumb</CompanyName></CompanyReference>"
        "<JobInformation><JobTitle>Baker</JobTitle><PhysicalAddress><City>Oslo</City>"
        "<CountryCode>NO</CountryCode></PhysicalAddress><JobBody>Bakes.</JobBody></JobInformation></Job>"
        "</Jobs>",
        [("M1", "Baker", "Oslo, NO", "Crumb")],
    ),
    "Monster full": (
        "monster",
        '<?xml version="1.0"?><source><isfullfeed>true</isfullfeed><job><reference>M1</reference>'
        "<title>Baker</title><city>Oslo</city><country>NO</country><company>Crumb</company>"
        "<url>https://x.example/1</url><description>Bakes.</description></job></source>",
        [("M1", "Baker", "Oslo, NO", "Crumb")],
    ),
    "JobAdX": (
        "jobadx",
        '<?xml version="1.0"?>'
        '<source publisher-name="Crumb" publisher-url="https://crumb.example" '
        'last-build-date="2026-02-01 09:00:00+00:00">'
        "<job><id>x1</id><title><![CDATA[Baker]]></title><employer>Crumb</employer><city>Toronto</city>"
        "<state-province>ON</state-province><country>CA</country><postal-code>M5V</postal-code>"
        "<description><![CDATA[Bakes.]]></description><url>https://x.example/1</url>"
        "<posted-date>2026-02-01 09:00:00+00:00</posted-date></job></source>",
        [("x1", "Baker", "Toronto, ON, CA", "Crumb")],
    ),
    "Jobg8": (
        "xml_feed partial",
        '<?xml version="1.0"?><Jobs><Job Action="Post"><AdvertiserName>Crumb</AdvertiserName>'
        "<AdvertiserType>Direct</AdvertiserType><SenderReference>8-1</SenderReference>"
        "<DisplayReference>D1</DisplayReference><Classification>Food</Classification>"
        "<Position>Baker</Position><Description>Bakes.</Description><Location>Oslo</Location>"
        "<Country>Norway</Country><ApplicationURL>https://x.example/1</ApplicationURL>"
        "<Language>EN</Language></Job></Jobs>",
        [("D1", "Baker", "Oslo, Norway", "Crumb")],
    ),
    "CareerBuilder": (
        "xml_feed",
        '<?xml version="1.0"?><JobPostings><JobPosting><DID>cb1</DID><JobTitle>Baker</JobTitle>'
        "<Company>Crumb</Company><Location>NO-Oslo</Location>"
        "<JobDetailsURL>https://x.example/1</JobDetailsURL><PostedDate>2/13/2026</PostedDate></JobPosting>"
        "</JobPostings>",
        [("cb1", "Baker", "NO-Oslo", "Crumb")],
    ),
    "USAJobs": (
        "json",
        '{"LanguageCode":"EN","SearchResult":{"SearchResultCount":1,"SearchResultCountAll":1,'
        '"SearchResultItems":[{"MatchedObjectId":"1","MatchedObjectDescriptor":{"PositionID":"AB-1",'
        '"PositionTitle":"Baker","PositionURI":"https://x.example/1",'
        '"PositionLocationDisplay":"Austin, Texas","OrganizationName":"Crumb"}}]}}',
        [("AB-1", "Baker", "Austin, Texas", "Crumb")],
    ),
    "JSON-LD list": (
        "json",
        '[{"@context":"https://schema.org","@type":"JobPosting","title":"Baker",'
        '"identifier":{"@type":"PropertyValue","name":"Crumb","value":"L1"},"url":"https://x.example/1",'
        '"hiringOrganization":{"@type":"Organization","name":"Crumb"},"jobLocation":{"@type":"Place",'
        '"address":{"@type":"PostalAddress","addressLocality":"Oslo","addressCountry":"NO"}}}]',
        [("L1", "Baker", "Oslo, NO", "Crumb")],
    ),
    "JSON-LD DataFeed": (
        "json",
        '{"@context":"https://schema.org","@type":"DataFeed","dataFeedElement":[{"@type":"DataFeedItem",'
        '"item":{"@type":"JobPosting","title":"Baker","identifier":"L1","url":"https://x.example/1",'
        '"jobLocation":{"address":{"addressLocality":"Oslo"}}}}]}',
        [("L1", "Baker", "Oslo", "")],
    ),
    "JSON-LD graph": (
        "json",
        '{"@context":"https://schema.org","@graph":[{"@type":"JobPosting","title":"Baker",'
        '"identifier":"L1","url":"https://x.example/1"},{"@type":"JobPosting","title":"Cook",'
        '"identifier":"L2","url":"https://x.example/2"}]}',
        [("L1", "Baker", "", ""), ("L2", "Cook", "", "")],
    ),
    "JSON:API": (
        "json",
        '{"data":[{"id":"1","type":"jobs","links":{"careersite-job-url":"https://x.example/1"},'
        '"attributes":{"title":"Baker","body":"<p>Bake</p>","created-at":"2026-02-01T09:00:00Z"}}],'
        '"meta":{"record-count":1,"page-count":1}}',
        [("1", "Baker", "", "")],
    ),
    "JazzHR": (
        "xml_feed",
        '<?xml version="1.0"?><jobs><job><id>job_1</id><status>Open</status><title>Baker</title>'
        "<department>Ovens</department><url>https://x.example/1</url><city>Oslo</city><state/>"
        "<country>Norway</country><postalcode>0150</postalcode><description>Bakes.</description>"
        "<type>Full Time</type></job></jobs>",
        [("job_1", "Baker", "Oslo, Norway", "")],
    ),
    "nested positions": (
        "xml_feed",
        "<jobs><job><company>Crumb</company><positions><position><id>1</id><title>Baker</title>"
        "<city>Oslo</city></position><position><id>2</id><title>Cook</title></position></positions></job>"
        "<job><positions><position><id>3</id><title>Welder</title></position></positions></job></jobs>",
        [("1", "Baker", "Oslo", ""), ("2", "Cook", "", ""), ("3", "Welder", "", "")],
    ),
    "d.vinci": (
        "xml_feed",
        '<?xml version="1.0"?><jobPublications><jobPublication><id>7</id><position>B\xe4cker</position>'
        "<jobPublicationURL>https://x.example/1</jobPublicationURL><startDate>2026-02-01</startDate>"
        "<jobOpening><id>99</id><location>Bonn</location></jobOpening></jobPublication></jobPublications>",
        [("7", "B\u00e4cker", "Bonn", "")],
    ),
    "rexx": (
        "xml_feed",
        '<?xml version="1.0"?><jobs><job><stellenid>7</stellenid>'
        "<stellenbezeichnung>B\u00e4cker</stellenbezeichnung><standort>Bonn</standort>"
        "<url>https://x.example/1</url></job></jobs>",
        [("7", "B\u00e4cker", "Bonn", "")],
    ),
    "softgarden": (
        "json",
        '[{"jobDbId":"7","jobAdTitle":"B\xe4cker","geo_city":"Bonn","jobAdUrl":"https://x.example/1"}]',
        [("7", "B\u00e4cker", "Bonn", "")],
    ),
    "WP REST": (
        "json",
        '[{"id":1,"date":"2026-02-01T09:00:00","slug":"baker","type":"job","link":"https://x.example/1",'
        '"title":{"rendered":"Baker"},"content":{"rendered":"<p>Bake</p>"}}]',
        [("1", "Baker", "", "")],
    ),
    "Algolia page 1 of 3": (
        "json partial",
        '{"hits":[{"objectID":"1","title":"Baker","city":"Oslo"}],"nbHits":3,"page":0,"nbPages":3,"hitsPerPage":1}',
        [("1", "Baker", "Oslo", "")],
    ),
    "Arbeitsagentur API": (
        "json",
        '{"stellenangebote":[{"beruf":"B\xe4cker","titel":"B\xe4cker (m/w/d)","refnr":"10000-1",'
        '"arbeitsort":{"ort":"Bonn","region":"NRW","land":"Deutschland"},"arbeitgeber":"Crumb",'
        '"aktuelleVeroeffentlichungsdatum":"2026-02-01"}],"maxErgebnisse":1,"page":1,"size":25}',
        [("10000-1", "B\u00e4cker (m/w/d)", "Bonn, NRW, Deutschland", "Crumb")],
    ),
    "France Travail": (
        "json",
        '{"resultats":[{"id":"1","intitule":"Boulanger","description":"Cuire",'
        '"lieuTravail":{"libelle":"75 - Paris"},"entreprise":{"nom":"Crumb"},'
        '"dateCreation":"2026-02-01T09:00:00Z","origineOffre":{"urlOrigine":"https://x.example/1"}}]}',
        [("1", "Boulanger", "75 - Paris", "Crumb")],
    ),
}
