"""Answers in JSON as ATSs and boards of many kinds give them, made up by their forms, with what each tells."""

from __future__ import annotations

from typing import Any

from .feeds_of_strangers import Row

POSTED = "2026-01-01T10:00:00+00:00"
BAKER, COOK = ("1", "Baker", "Oslo", ""), ("2", "Cook", "Bergen", "")

TOLD: dict[str, tuple[str, Any, list[Row], dict[str, object]]] = {
    "Greenhouse by department": (
        "greenhouse",
        {"departments": [
            {"id": 4, "name": "Kitchen", "jobs": [
                {"id": 1, "title": "Baker", "absolute_url": "https://x.example/1", "location": {"name": "Oslo"}}]},
            {"id": 0, "name": "No Department", "jobs": []}]},
        [BAKER], {"url": "https://x.example/1"},
    ),
    "Greenhouse by office, where a job stands in two": (
        "greenhouse",
        {"offices": [
            {"id": n, "name": "x", "departments": [{"id": 1, "jobs": [
                {"id": 1, "title": "Baker", "absolute_url": "https://x.example/1", "location": {"name": "Oslo"}}]}]}
            for n in (4, 5)]},
        [BAKER], {},
    ),
    "Lever by team": (
        "lever",
        [{"title": "Kitchen", "postings": [{"id": "1", "text": "Baker", "categories": {"location": "Oslo"}}]},
         {"title": "Care", "postings": [{"id": "2", "text": "Cook", "categories": {"location": "Bergen"}}]}],
        [BAKER, COOK], {},
    ),
    "Greenhouse three deep, by a proxy that has a total of its own": (
        "greenhouse partial",
        {"status": 200, "response": {"total": 9, "body": {"jobs": [
            {"id": 1, "title": "Baker", "absolute_url": "https://x.example/1", "location": {"name": "Oslo"}}]}}},
        [BAKER], {"url": "https://x.example/1"},
    ),
    "Lever in an object": (
        "lever", {"postings": [{"id": "1", "text": "Baker", "categories": {"location": "Oslo"}}]}, [BAKER], {},
    ),
    "Workday's pages one after the other, a job on two of them": (
        "workday",
        {"pages": [
            {"total": 2, "jobPostings": [{"title": "Baker", "externalPath": "1", "locationsText": "Oslo"}]},
            {"total": 0, "jobPostings": [{"title": "Baker", "externalPath": "1", "locationsText": "Oslo"},
                                         {"title": "Cook", "externalPath": "2", "locationsText": "Bergen"}]}]},
        [BAKER, COOK], {},
    ),
    "SmartRecruiters with a gap in its place": (
        "smartrecruiters",
        {"totalFound": 2, "content": [
            {"id": "1", "name": "Baker", "location": {"city": "Oslo", "fullLocation": "Oslo, , Norway"}},
            {"id": "2", "name": "Cook", "location": {"city": "Bergen", "country": "no"}}]},
        [("1", "Baker", "Oslo, Norway", ""), ("2", "Cook", "Bergen, NO", "")], {},
    ),
    "Workday's number of places is none of them": (
        "workday",
        {"total": 1, "jobPostings": [
            {"title": "Baker", "externalPath": "/job/x/Baker_R-1", "locationsText": "2 Locations"}]},
        [("/job/x/Baker_R-1", "Baker", "", "")], {"requisition": "R-1"},
    ),
    "Breezy in two places": (
        "breezy",
        [{"id": "1", "friendly_id": "1-baker", "name": "Baker", "location": {"name": "Oslo, NO"},
          "locations": [{"name": "Oslo, NO"}, {"name": "Bergen, NO"}]}],
        [("1", "Baker", "Oslo, NO; Bergen, NO", "")], {},
    ),
    "Workable with a key: drafts, and the first page": (
        "json partial",
        {"jobs": [
            {"id": "6a", "shortcode": "S1", "title": "Baker", "state": "published", "code": "OSL",
             "location": {"country": "Norway", "city": "Oslo", "workplace_type": "on_site"}},
            {"id": "6b", "shortcode": "S2", "title": "Cook", "state": "draft", "location": {"city": "Bergen"}}],
         "paging": {"next": "https://x.example/jobs?since_id=1"}},
        [("S1", "Baker", "Oslo, Norway", "")], {"workplace_type": "onsite"},
    ),
    "Workable's own page": (
        "json partial",
        {"total": 25, "results": [
            {"id": 1, "shortcode": "S1", "title": "Baker", "workplace": "on_site", "type": "full",
             "location": {"country": "Norway", "city": "Oslo"}, "locations": [
                {"country": "Norway", "city": "Oslo"}, {"country": "Norway", "city": "Bergen"}]}]},
        [("S1", "Baker", "Oslo, Norway; Bergen, Norway", "")],
        {"workplace_type": "onsite", "employment_types": ["FULL_TIME"]},
    ),
    "Teamtailor with a key: what a job is related to stands beside it": (
        "json partial",
        {"data": [
            {"id": "1", "type": "jobs", "links": {"careersite-job-url": "https://x.example/1", "self": "https://api.example"},
             "attributes": {"title": "Baker", "remote-status": "hybrid", "min-salary": 10, "max-salary": 20,
                            "currency": "SEK", "salary-time-unit": "monthly"},
             "relationships": {"locations": {"data": [{"type": "locations", "id": "9"}]}}}],
         "included": [{"id": "9", "type": "locations", "attributes": {"name": "HQ", "city": "Oslo"}}],
         "meta": {"record-count": 31, "page-count": 2}},
        [BAKER],
        {"url": "https://x.example/1", "workplace_type": "hybrid",
         "base_salary": {"min": 10, "max": 20, "currency": "SEK", "unit": "MONTH"}},
    ),
    "a JSON Feed with a JobPosting in each item": (
        "json",
        {"version": "https://jsonfeed.org/version/1.1", "items": [
            {"id": "u", "title": "Baker", "url": "https://x.example/1", "content_html": "<p>Bakes.</p>",
             "_jobposting": {"@type": "JobPosting", "title": "Baker", "identifier": {"value": 1},
                             "jobLocation": [{"address": {"addressLocality": "Oslo"}}]}}]},
        [BAKER], {"url": "https://x.example/1", "description": "<p>Bakes.</p>"},
    ),
    "Ashby with a key: what is not listed": (
        "json",
        {"results": [{"id": "1", "title": "Baker", "isListed": True, "locationName": "Oslo"},
                     {"id": "2", "title": "Cook", "isListed": False, "locationName": "Oslo"}],
         "moreDataAvailable": False},
        [BAKER], {},
    ),
    "BambooHR with a key: a status in words": (
        "json",
        [{"id": 1, "title": {"id": None, "label": "Baker"}, "location": {"label": "x", "address": {"city": "Oslo"}},
          "status": {"id": 1, "label": "Open"}, "postingUrl": "https://x.example/1"},
         {"id": 2, "title": {"label": "Cook"}, "status": {"id": 2, "label": "Filled"}}],
        [BAKER], {"url": "https://x.example/1"},
    ),
    "ADP": (
        "json partial",
        {"jobRequisitions": [
            {"itemID": "1", "requisitionTitle": "Baker", "clientRequisitionID": "R1", "postDate": POSTED,
             "workLevelCode": {"codeValue": "1", "shortName": "Full Time"},
             "requisitionLocations": [{"address": {"cityName": "Oslo", "countrySubdivisionLevel1": {"codeValue": "OS"},
                                                   "country": {"codeValue": "NO"}}}]}],
         "meta": {"totalNumber": 30}},
        [("1", "Baker", "Oslo, OS, NO", "")],
        {"requisition": "R1", "posted_at": POSTED, "employment_types": ["FULL_TIME"]},
    ),
    "UKG": (
        "json partial",
        {"opportunities": [
            {"Id": "1", "Title": "Baker", "RequisitionNumber": "R1", "BriefDescription": "<p>Bakes.</p>",
             "Locations": [{"LocalizedName": "HQ", "Address": {
                 "City": "Oslo", "State": {"Code": "OS", "Name": "Oslo fylke"},
                 "Country": {"Code": "NOR", "Name": "Norway"}}}]}],
         "totalCount": 90},
        [("1", "Baker", "Oslo, Oslo fylke, Norway", "")], {"requisition": "R1"},
    ),
    "Dayforce": (
        "json partial",
        {"jobPostings": [
            {"jobPostingId": 1, "jobReqId": 12, "jobTitle": "Baker", "hasVirtualLocation": True,
             "postingLocations": [{"formattedAddress": "Oslo, Norway"}], "postingStartTimestampUTC": POSTED}],
         "maxCount": 26, "count": 1, "offset": 0},
        [("1", "Baker", "Oslo, Norway", "")], {"workplace_type": "remote", "posted_at": POSTED, "requisition": "12"},
    ),
    "Cornerstone": (
        "json partial",
        {"status": "Success", "data": {"totalCount": 31, "requisitions": [
            {"requisitionId": 1, "displayJobTitle": "Baker", "externalDescription": "<p>Bakes.</p>",
             "postingEffectiveDate": "1/13/2026", "locations": [{"city": "Oslo", "country": "NO"}]}]}},
        [("1", "Baker", "Oslo, NO", "")], {"description": "<p>Bakes.</p>", "posted_at": "2026-01-13T00:00:00+00:00"},
    ),
    "JOIN": (
        "json partial",
        {"items": [{"id": 1, "title": "Baker", "city": {"cityName": "Oslo", "countryName": "Norway"},
                    "country": {"name": "Norway"}, "workplaceType": "HYBRID"}], "pagination": {"total": 12}},
        [("1", "Baker", "Oslo, Norway", "")], {"workplace_type": "hybrid"},
    ),
    "d.vinci": (
        "json",
        [{"id": 1, "position": "Baker", "introduction": "<p>a</p>", "tasks": "<p>b</p>", "profile": "<p>c</p>",
          "jobOpening": {"id": 99, "reference": "R9", "company": {"name": "Crumb"},
                         "locations": [{"id": 1, "name": "Oslo"}, {"id": 2, "name": "Bergen"}],
                         "workingTimes": [{"name": "Vollzeit"}]}}],
        [("1", "Baker", "Oslo; Bergen", "Crumb")],
        {"description": "<p>a</p><p>b</p><p>c</p>", "employer_job_id": "R9", "employment_types": ["FULL_TIME"]},
    ),
    "Comeet": (
        "json",
        [{"uid": "1", "name": "Baker", "location": {"name": "HQ", "country": "NO", "city": "Oslo"},
          "url_active_page": "https://x.example/1", "details": [{"name": "Tasks", "value": "<p>Bakes.</p>"}]}],
        [("1", "Baker", "Oslo, NO", "")],
        {"url": "https://x.example/1", "description": "<h3>Tasks</h3><p>Bakes.</p>"},
    ),
    "Hireology's first page": (
        "json partial",
        {"data": [{"id": 1, "name": "Baker", "locations": [{"city": "Oslo"}]}], "count": 9, "page": 1, "page_size": 1},
        [BAKER], {},
    ),
    "HireHive": (
        "json partial",
        {"meta": {"total_items": 3, "has_next_page": True}, "items": [
            {"id": "1", "title": "Baker", "location": "Oslo", "hosted_url": "https://x.example/1",
             "description": {"html": "<p>Bakes.</p>", "text": "Bakes."}}]},
        [BAKER], {"url": "https://x.example/1", "description": "<p>Bakes.</p>"},
    ),
    "Phenom": (
        "json partial",
        {"refineSearch": {"status": 200, "totalHits": 52, "data": {"jobs": [
            {"jobId": "1", "reqId": "R1", "title": "Baker", "location": "Oslo"}]}}},
        [BAKER], {"requisition": "R1"},
    ),
    "Algolia's answers to several questions": (
        "json partial",
        {"results": [{"hits": [{"objectID": "1", "name": "Baker", "offices": [{"city": "Oslo"}], "remote": "partial"}],
                      "nbHits": 3, "page": 0, "nbPages": 3}]},
        [BAKER], {"workplace_type": "hybrid"},
    ),
    "Jobylon": (
        "json",
        [{"id": 1, "title": "Baker", "descr": "<p>Bakes.</p>", "urls": {"ad": "https://x.example/1"},
          "locations": [{"location": {"text": "Oslo, Norway", "city": "Oslo"}}], "company": {"name": "Crumb"}}],
        [("1", "Baker", "Oslo", "Crumb")], {"url": "https://x.example/1", "description": "<p>Bakes.</p>"},
    ),
    "Personio's search": (
        "json",
        [{"id": 1, "name": "Baker", "subcompany": "Crumb", "office": "Oslo", "offices": ["Oslo", "Bergen"],
          "schedule": "full-time"}],
        [("1", "Baker", "Oslo; Bergen", "Crumb")], {"employment_types": ["FULL_TIME"]},
    ),
    "Eightfold's newer search": (
        "eightfold partial",
        {"status": 200, "data": {"count": 31, "positions": [
            {"id": 1, "displayJobId": "R1", "name": "Baker", "locations": ["Oslo", "Bergen"],
             "workLocationOption": "hybrid", "standardizedLocations": ["Oslo, NO", "Bergen, NO"]}]}},
        [("1", "Baker", "Oslo; Bergen", "")], {"workplace_type": "hybrid", "requisition": "R1"},
    ),
    "Jobvite": (
        "json",
        {"total": 1, "requisitions": [
            {"eId": "oX", "requisitionId": "77", "title": "Baker", "location": "Oslo", "jobLink": "https://x.example/1",
             "applyLink": "https://x.example/a", "jobState": "Open"}]},
        [("oX", "Baker", "Oslo", "")], {"requisition": "77", "url": "https://x.example/1", "apply_url": "https://x.example/a"},
    ),
    "Homerun": (
        "json partial",
        {"data": [{"id": "1", "title": "Baker", "location": {"data": {"name": "Oslo", "country": "NO"}}}],
         "meta": {"pagination": {"total": 9, "per_page": 1}}},
        [BAKER], {},
    ),
    "Freshteam": (
        "json",
        [{"id": 1, "title": "Baker", "status": "published", "branch": {"name": "HQ", "city": "Oslo"}},
         {"id": 2, "title": "Cook", "status": "internal"}],
        [BAKER], {},
    ),
    "a JSON Feed with what a form of its own adds": (
        "json partial",
        {"version": "1", "items": [
            {"id": "1", "title": "Baker", "_feed_entry": {"status": "ACTIVE", "businessName": "Crumb"}},
            {"id": "2", "title": "Cook", "_feed_entry": {"status": "INACTIVE"}}], "next_url": "/api/v1/feed/x"},
        [("1", "Baker", "", "")], {},
    ),
    "HAL": (
        "json partial",
        {"_embedded": {"jobs": [{"id": 1, "title": "Baker", "city": "Oslo"}]},
         "_links": {"next": {"href": "/jobs?page=2"}}},
        [BAKER], {},
    ),
    "a bare list with columns for the place": (
        "json", [{"id": 1, "title": "Baker", "city": "Oslo", "joburl": "https://x.example/1"}], [BAKER],
        {"url": "https://x.example/1"},
    ),
    "Zoho Recruit": (
        "json",
        {"data": [{"id": "1", "Posting_Title": "Baker", "City": "Oslo", "Remote_Job": True,
                   "$url": "https://x.example/1"},
                  {"id": "2", "Posting_Title": "Cook", "Job_Opening_Status": "Filled"}],
         "info": {"count": 2, "more_records": False}},
        [BAKER], {"url": "https://x.example/1", "workplace_type": "remote"},
    ),
    "BrassRing's search": (
        "json partial",
        {"JobsCount": 3452, "Jobs": {"Job": [
            {"Questions": [{"QuestionName": "reqid", "Value": "1"}, {"QuestionName": "jobtitle", "Value": "Baker"},
                           {"QuestionName": "autoreq", "Value": "7BR"}, {"QuestionName": "formtext8", "Value": "Oslo"},
                           {"QuestionName": "jobdescription", "Value": "<p>Bakes.</p>"}],
             "Link": "https://x.example/1"}]}},
        [("1", "Baker", "", "")], {"requisition": "7BR", "url": "https://x.example/1", "description": "<p>Bakes.</p>"},
    ),
    "Oracle's pages by its other list": (
        "json partial",
        {"items": [{"RequisitionId": 1, "RequisitionTitle": "Baker", "PrimaryLocationName": "Oslo"}], "count": 1,
         "hasMore": True},
        [BAKER], {},
    ),
    "Relay's pages": (
        "json partial",
        {"data": {"jobs": {"nodes": [{"id": "1", "title": "Baker", "city": "Oslo"}],
                           "pageInfo": {"hasNextPage": True}}}},
        [BAKER], {},
    ),
    "under names that nobody knows, three deep": (
        "json", {"svc": {"out": {"stellen": [{"id": 1, "titel": "Baker", "ort": "Oslo"}]}}}, [BAKER], {},
    ),
    "jobs beside a job by itself are others": (
        "unknown failed",
        {"jobPostingInfo": {"id": "1", "title": "Baker"},
         "similarJobs": [{"id": "2", "title": "Cook", "city": "Bergen"}]},
        [], {},
    ),
    "a site's name where the place stands beside it": (
        "json", {"jobs": [{"id": 1, "title": "Baker", "location": "Store 7", "city": "Oslo"}]}, [BAKER], {},
    ),
    "what is not active, as a number": (
        "json",
        {"jobs": [{"id": 1, "title": "Baker", "city": "Oslo", "active": 1}, {"id": 2, "title": "Cook", "active": 0}]},
        [BAKER], {},
    ),
    "what ASP.NET calls a date": (
        "json", {"jobs": [{"id": 1, "title": "Baker", "city": "Oslo", "postedDate": "/Date(1767261600000)/"}]}, [BAKER],
        {"posted_at": POSTED},
    ),
}  # fmt: skip
