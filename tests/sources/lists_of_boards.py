"""Answers of boards' and states' own APIs in JSON, made up by their forms, with what each tells."""

from __future__ import annotations

from typing import Any

from .feeds_of_strangers import Row
from .lists_of_strangers import BAKER, POSTED

LINK = "https://x.example/1"
_USAJOBS_PLACE = {"LocationName": "Oslo, Alaska", "CountryCode": "United States", "CountrySubDivisionCode": "Alaska",
                  "CityName": "Oslo, Alaska"}  # fmt: skip
_WORDPRESS = {"slug": "baker", "status": "publish", "type": "job_listing", "content": {"rendered": "<p>Bakes.</p>"}}

TOLD: dict[str, tuple[str, Any, list[Row], dict[str, object]]] = {
    "Reed": (
        "json partial",
        {"results": [
            {"jobId": 1, "employerId": 7, "employerName": "Crumb", "jobTitle": "Baker", "locationName": "Oslo",
             "minimumSalary": 10.0, "maximumSalary": 20.0, "currency": "GBP", "expirationDate": "01/02/2027",
             "date": "13/01/2026", "jobDescription": "Bakes.", "jobUrl": LINK}],
         "totalResults": 93},
        [("1", "Baker", "Oslo", "Crumb")],
        {"url": LINK, "posted_at": "2026-01-13T00:00:00+00:00",
         "base_salary": {"min": 10, "max": 20, "currency": "GBP"}},
    ),
    "Jooble": (
        "json partial",
        {"totalCount": 500, "jobs": [
            {"title": "Baker", "location": "Oslo", "snippet": "Bakes.", "salary": "", "source": "x.example",
             "type": "Full-time", "link": LINK, "company": "Crumb", "updated": "2026-01-01T10:00:00.0000000",
             "id": -67}]},
        [("-67", "Baker", "Oslo", "Crumb")],
        {"url": LINK, "posted_at": POSTED, "description": "<p>Bakes.</p>", "employment_types": ["FULL_TIME"]},
    ),
    "Careerjet's search, whose jobs have no ids": (
        "unknown failed",
        {"hits": 9, "pages": 1, "type": "JOBS", "jobs": [
            {"title": "Baker", "company": "Crumb", "locations": "Oslo", "url": "https://x.example/track/1"}]},
        [], {},
    ),
    "The Muse": (
        "json partial",
        {"page": 1, "page_count": 99, "total": 1980, "results": [
            {"contents": "<p>Bakes.</p>", "name": "Baker", "publication_date": "2026-01-01T10:00:00Z",
             "short_name": "baker-1", "id": 1, "locations": [{"name": "Oslo, Norway"}], "refs": {"landing_page": LINK},
             "company": {"id": 12, "short_name": "crumb", "name": "Crumb"}}]},
        [("1", "Baker", "Oslo, Norway", "Crumb")],
        {"url": LINK, "posted_at": POSTED, "description": "<p>Bakes.</p>"},
    ),
    "Remotive": (
        "json partial",
        {"0-legal-notice": "Say where it is from.", "job-count": 1, "total-job-count": 2, "jobs": [
            {"id": 1, "url": LINK, "title": "Baker", "company_name": "Crumb", "job_type": "full_time",
             "publication_date": "2026-01-01T10:00:00", "candidate_required_location": "Norway",
             "salary": "", "description": "<p>Bakes.</p>"}]},
        [("1", "Baker", "Norway", "Crumb")], {"url": LINK, "posted_at": POSTED, "employment_types": ["FULL_TIME"]},
    ),
    "Remote OK, whose first element is a notice": (
        "json",
        [{"last_updated": 1, "legal": "Say where it is from."},
         {"slug": "baker-1", "id": "1", "epoch": 1767261600, "date": POSTED, "company": "Crumb", "position": "Baker",
          "description": "<p>Bakes.</p>", "location": "Oslo", "apply_url": "https://x.example/a", "url": LINK}],
        [("1", "Baker", "Oslo", "Crumb")], {"url": LINK, "apply_url": "https://x.example/a", "posted_at": POSTED},
    ),
    "Arbeitnow": (
        "json partial",
        {"data": [
            {"slug": "baker-1", "company_name": "Crumb", "title": "Baker", "description": "<p>Bakes.</p>",
             "remote": False, "url": LINK, "job_types": ["full time"], "location": "Oslo", "created_at": 1767261600}],
         "links": {"prev": None, "next": "https://x.example/api?page=2"}, "meta": {"current_page": 1, "per_page": 1}},
        [("baker-1", "Baker", "Oslo", "Crumb")],
        {"url": LINK, "posted_at": POSTED, "employment_types": ["FULL_TIME"]},
    ),
    "Himalayas": (
        "json",
        {"offset": 0, "limit": 20, "totalCount": 1, "jobs": [
            {"title": "Baker", "excerpt": "Bakes", "companyName": "Crumb", "employmentType": "Full Time",
             "minSalary": 10, "maxSalary": 20, "currency": "USD", "locationRestrictions": ["Norway", "Sweden"],
             "pubDate": 1767261600, "description": "<p>Bakes.</p>", "applicationLink": LINK, "guid": LINK}]},
        [(LINK, "Baker", "Norway; Sweden", "Crumb")],
        {"url": LINK, "posted_at": POSTED, "base_salary": {"min": 10, "max": 20, "currency": "USD"}},
    ),
    "USAJobs": (
        "json partial",
        {"LanguageCode": "EN", "SearchResult": {
            "SearchResultCount": 1, "SearchResultCountAll": 1200, "SearchResultItems": [
                {"MatchedObjectId": "1", "MatchedObjectDescriptor": {
                    "PositionID": "BK-26", "PositionTitle": "Baker", "PositionURI": LINK, "OrganizationName": "Crumb",
                    "PositionLocationDisplay": "Multiple Locations",
                    "PositionLocation": [_USAJOBS_PLACE, {**_USAJOBS_PLACE, "CityName": "Bergen, Alaska"}],
                    "PublicationStartDate": "2026-01-01T10:00:00.0000", "QualificationSummary": "Has baked."}}],
            "UserArea": {"NumberOfPages": "1200"}}},
        [("BK-26", "Baker", "Oslo, Alaska, United States; Bergen, Alaska, United States", "Crumb")],
        {"url": LINK, "posted_at": POSTED, "description": "<p>Has baked.</p>"},
    ),
    "USAJobs, by its number of pages alone": (
        "json partial",
        {"SearchResult": {"SearchResultItems": [{"MatchedObjectId": "1", "MatchedObjectDescriptor": {
            "PositionTitle": "Baker", "PositionLocationDisplay": "Oslo"}}], "UserArea": {"NumberOfPages": "2"}}},
        [BAKER], {},
    ),
    "France Travail": (
        "json",
        {"resultats": [
            {"id": "1", "intitule": "Baker", "description": "Bakes.", "dateCreation": "2026-01-01T10:00:00.000Z",
             "lieuTravail": {"libelle": "75 - Oslo", "codePostal": "75012"}, "entreprise": {"nom": "Crumb"},
             "origineOffre": {"origine": "1", "urlOrigine": LINK}}],
         "filtresPossibles": [{"filtre": "typeContrat", "agregation": [{"valeurPossible": "CDI", "nbResultats": 1}]}]},
        [("1", "Baker", "75 - Oslo", "Crumb")], {"url": LINK, "posted_at": POSTED},
    ),
    "APEC": (
        "json partial",
        {"resultats": [
            {"id": 1, "numeroOffre": "1W", "intitule": "Baker", "nomCommercial": "Crumb", "lieuTexte": "Oslo - 75",
             "texteOffre": "Bakes.", "datePublication": "2026-01-01T10:00:00.000+0000"}], "totalCount": 3},
        [("1", "Baker", "Oslo - 75", "Crumb")], {"posted_at": POSTED, "description": "<p>Bakes.</p>"},
    ),
    "Bundesagentur für Arbeit": (
        "json partial",
        {"stellenangebote": [
            {"beruf": "Bäcker/in", "titel": "Baker", "refnr": "1", "arbeitsort": {"plz": "1", "ort": "Oslo",
             "region": "Oslo", "land": "Norwegen"}, "arbeitgeber": "Crumb", "externeUrl": LINK,
             "aktuelleVeroeffentlichungsdatum": "2026-01-01"}],
         "maxErgebnisse": 1523, "page": 1, "size": 25},
        [("1", "Baker", "Oslo, Norwegen", "Crumb")], {"url": LINK, "posted_at": "2026-01-01T00:00:00+00:00"},
    ),
    "JobTech, whose total is an object": (
        "json partial",
        {"total": {"value": 3}, "positions": 3, "hits": [
            {"id": "1", "webpage_url": LINK, "headline": "Baker", "description": {
                "text": "Bakes.", "text_formatted": "<p>Bakes.</p>"},
             "employer": {"url": "https://crumb.example", "name": "Crumb", "workplace": "Crumb South"},
             "workplace_address": {"municipality": "Oslo", "region": "Oslo", "country": "Norge", "city": "OSLO"},
             "publication_date": "2026-01-01T10:00:00", "removed": False},
            {"id": "2", "headline": "Cook", "removed": True}]},
        [("1", "Baker", "OSLO, Norge", "Crumb")], {"url": LINK, "posted_at": POSTED},
    ),
    "NAV": (
        "json",
        {"content": [
            {"uuid": "1", "published": POSTED, "title": "Baker",
             "workLocations": [{"country": "NORGE", "city": "OSLO", "county": "OSLO"}],
             "description": "<p>Bakes.</p>", "sourceurl": "https://x.example/s", "link": LINK,
             "applicationUrl": "https://x.example/a", "employer": {"name": "Crumb"}}],
         "totalElements": 1, "totalPages": 1, "first": True, "last": True},
        [("1", "Baker", "OSLO, NORGE", "Crumb")],
        {"url": LINK, "apply_url": "https://x.example/a", "posted_at": POSTED},
    ),
    "WP Job Manager: what a person filled in, and what is filled": (
        "json",
        [{**_WORDPRESS, "id": 1, "date": "2026-01-01T10:00:00", "link": LINK, "title": {"rendered": "Baker"},
          "meta": {"_job_location": "Oslo", "_company_name": "Crumb", "_filled": 0, "title": "Baker | Crumb"}},
         {**_WORDPRESS, "id": 2, "title": {"rendered": "Cook"}, "meta": {"_job_location": "Bergen", "_filled": 1}}],
        [("1", "Baker", "Oslo", "Crumb")], {"url": LINK, "posted_at": POSTED},
    ),
    "Airtable": (
        "json partial",
        {"records": [{"id": "rec1", "createdTime": POSTED, "fields": {"Job title": "Baker", "Location": "Oslo"}}],
         "offset": "itr/rec2"},
        [("rec1", "Baker", "Oslo", "")], {},
    ),
    "Elasticsearch": (
        "json partial",
        {"took": 1, "hits": {"total": {"value": 2, "relation": "eq"}, "hits": [
            {"_index": "jobs", "_id": "1", "_source": {"id": "1", "title": "Baker", "city": "Oslo"}}]}},
        [BAKER], {},
    ),
    "a total in quotation marks": (
        "json partial", {"total": "45", "jobs": [{"id": 1, "title": "Baker", "city": "Oslo"}]}, [BAKER], {},
    ),
    "more than the total that it tells, which counts its page": (
        "json partial",
        {"total": 1, "hasMore": True, "jobs": [{"id": 1, "title": "Baker", "city": "Oslo"}]}, [BAKER], {},
    ),
    "pages under a name of its own": (
        "json partial",
        {"jobs": [{"id": 1, "title": "Baker", "city": "Oslo"}], "acme_pagination": {"next": "https://x.example/2"}},
        [BAKER], {},
    ),
}  # fmt: skip
