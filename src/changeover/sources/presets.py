"""The feeds that have a name: how each is recognised, and which of its fields mean what."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from changeover.sources.dates import Order

Names = frozenset[str]

_NAMES: Mapping[str, tuple[str, ...]] = {
    "title": ("title", "jobtitle", "positiontitle", "name", "position", "headline", "vacancytitle", "jobname",
              "titel", "functietitel", "stellentitel", "bezeichnung", "titre", "intitule", "titulo", "titolo",
              "stanowisko", "jobpostingtitle", "postingtitle", "jobadtitle", "requisitiontitle",
              "stellenbezeichnung", "vacaturetitel", "externalpostingname", "displayjobtitle", "jobopeningname",
              "roletitle", "positionname", "vacancyname", "advertname", "stillingstittel", "yrkestitel", "rubrik",
              "puesto", "cargo"),
    "company": ("company", "companyname", "employer", "employername", "hiringorganization", "organization",
                "organisation", "advertiser", "advertisername", "clientname", "subcompany", "company/name",
                "employer/name", "sourcename", "recruitername", "firma", "unternehmen", "bedrijf", "entreprise",
                "empresa", "azienda", "arbeitgeber", "werkgever", "organizationname", "hiringcompany",
                "careerpagename", "foretag", "nomcommercial"),
    "location": ("location", "joblocation", "locationdescription", "locationname", "fulllocation", "worklocation",
                 "place", "workplace", "locations/location", "arbeitsort", "einsatzort", "dienstort", "standort",
                 "standplaats", "werklocatie", "lieu", "lieudetravail", "ubicacion", "lokalizacja", "miejscepracy",
                 "arbetsort", "sede", "primarylocation", "primarylocation@descriptor",
                 "positionlocationdisplay", "jobreqlocation", "jobopening/location", "formattedaddress",
                 "primarylocationname", "citystatecountry", "locationtext", "locationstext", "luogo",
                 "displaylocation", "locationdisplay", "office", "branch", "candidaterequiredlocation", "geo",
                 "locationrestrictions", "lieutexte"),
    "city": ("city", "town", "locality", "addresslocality", "municipality", "stadt", "ort", "plaats", "stad",
             "ville", "ciudad", "localidad", "citta", "miasto", "cityname", "geocity", "cidade", "kommun"),
    "state": ("state", "region", "province", "county", "addressregion", "statecode", "stateprovince", "bundesland",
              "statename", "regionname", "countrysubdivisionlevel1", "countrysubdivisioncode"),
    "country": ("country", "countryname", "countrycode", "addresscountry", "land", "pays", "pais", "paese", "kraj",
                "isocountrycode"),
    "description": ("description", "jobdescription", "body", "content", "encoded", "fulldescription",
                    "contenthtml", "contenttext",
                    "descriptionhtml", "details", "jobbody", "summary", "shortdescription", "briefdescription",
                    "beschreibung", "stellenbeschreibung", "omschrijving", "texte", "descripcion", "descrizione",
                    "opis", "publicdescription", "jobpostingdescription", "textcontent", "volltext",
                    "text", "overview", "jobadtext", "externaldescription", "richtextdescription", "joboffer",
                    "requisitiondescription", "descriptiontext", "descr", "desc", "jobdescr", "publicjobdescr",
                    "beskrivning", "beskrivelse", "descricao", "contents", "descriptionteaser", "teaser", "jd",
                    "texteoffre", "snippet", "excerpt", "qualificationsummary"),
    "url": ("url", "link", "joburl", "detailurl", "detailsurl", "deeplink", "link@href", "joblink",
            "permalink", "vacancyurl", "jobadurl", "jobdetailurl", "jobdetailsurl", "jobpublicationurl",
            "externaljobpostingurl", "redirecturl", "positionuri", "postingurl", "displayurl", "hostedurl",
            "absoluteurl", "careersurl", "careersitejoburl", "urlactivepage", "positionurl", "publishingurl",
            "landingpageurl", "landingpage", "canonicalurl", "externalurl", "publicurl", "weburl", "pageurl", "viewurl",
            "posturl", "externeurl", "webpageurl", "detailspageurl",
            "linktoad", "linktojob", "applyurl", "applicationurl", "applylink", "applicationlink"),
    "apply_url": ("applyurl", "applicationurl", "applylink", "applyonlineurl", "companyapplyurl",
                  "careersitejobapplyurl", "applicationlink", "applyonline", "bewerbungsurl", "bewerbungslink",
                  "applicantapplylink"),
    "posted_at": ("date", "posteddate", "dateposted", "postedat", "publishdate", "publicationdate", "datepublished",
                  "pubdate", "published", "publishedat", "publisheddate", "publishedon", "postedon", "firstpublishedat",
                  "firstpublished", "createdat", "created", "postingdate", "posted", "startdate",
                  "updated", "postdate", "jobpostingstartdate", "datelastpublished", "datum", "releasedate",
                  "releaseddate", "listeddate", "listedat", "listingdate", "dateopened", "opendate", "originalopendate",
                  "postingstartdate", "postingstarttimestamputc", "postingeffectivedate", "publicationstartdate",
                  "publishingdatefrom", "createdate", "createddate", "createdon", "creationdate", "datecreated",
                  "datecreation", "datepublication",
                  "postedtime", "postedts", "veroeffentlicht", "veroeffentlichungsdatum", "publicatiedatum",
                  "fechapublicacion",
                  "aktuelleveroeffentlichungsdatum"),
    "workplace_type": ("remotetype", "workplacetypes", "workplacetype", "remotestatus", "remote", "telecommute",
                       "isremote", "worklocationtype", "workspacetype", "locationtype", "remotejob", "isremotework",
                       "telecommuting", "isvirtuallocation", "hasvirtuallocation", "workmodel", "workingmodel",
                       "workarrangement", "remoteoption", "worklocationoption"),
    "requisition": ("autoreq", "requisitionid", "requisitionnumber", "requisition", "reqid", "jobrequisitionid",
                    "reqnumber", "jobreqid", "contestnumber", "clientrequisitionid"),
    "employer_job_id": ("employerjobid", "companyjobcode", "referencenumber", "partnerjobid", "jobreference",
                        "referenceid", "reference", "refnumber", "jobcode", "externaljobid"),
}  # fmt: skip
_IDS: tuple[str, ...] = (
    "id", "@id", "jobid", "referencenumber", "partnerjobid", "jobreference", "referenceid", "reference", "refnumber",
    "ref", "kennziffer", "referenznummer", "stellennummer", "externalid", "externaljobid", "guid", "uid", "vacancyid",
    "advertid", "adid", "jobkey", "jobcode", "listingid", "postingid", "jobpostingid", "itemid", "opportunityid", "eid",
    "requisitionid", "reqid", "@jobid", "@ref", "@reference", "@jobrefcode", "@guid",
    "jobreqid", "jobrequisitionid", "requisitionnumber", "contestnumber",
    "jobadid", "jobdbid", "displayreference", "senderreference", "did", "objectid", "positionid",
    "matchedobjectid", "documentid",
    "referenz", "refnr", "stellenid", "jobopeningid", "uuid", "refno", "reqno", "jobno", "jobnumber", "refcode",
    "referencecode", "referencia", "referens", "annonsid", "vacaturenummer",
)  # fmt: skip
# What names of fields begin with where they say whose field it is, and those that mean another thing then.
_OF_A_JOB = ("job", "vacancy", "position", "posting", "jobposting", "requisition", "advert", "ad", "offer", "listing")
_ANOTHER_THING = frozenset(("state", "startdate", "name", "position"))


def _of_a_job(names: tuple[str, ...]) -> tuple[str, ...]:
    """The names, and behind them the same ones that say whose they are: ``jobcity``, ``vacancyurl``."""
    bare = [name for name in names if name.isalnum() and name not in _ANOTHER_THING]
    return tuple(dict.fromkeys([*names, *(of + name for of in _OF_A_JOB for name in bare)]))


def _in_a_tag(names: tuple[str, ...]) -> tuple[str, ...]:
    """The names, and behind them the same ones as attributes of the record."""
    return (*names, *(f"@{name}" for name in names if name.isalnum()))


FIELDS: Mapping[str, tuple[str, ...]] = {field: _in_a_tag(_of_a_job(names)) for field, names in _NAMES.items()}
"""A job's field to the plain names that feeds give it, the surest first."""

IDS = _of_a_job(_IDS)
"""The plain names that feeds give the id of a job, the surest first."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What recognition looks at: the root, the header's names, the record's tag and names, the namespaces.

    ``about`` are the names of the root's attributes, as they are written but in lower case.
    """

    root: str
    record: str
    head: Names
    names: Names
    namespaces: str
    about: Names = frozenset()


@dataclass(frozen=True, slots=True, eq=False)
class Preset:
    """One feed format: its kind, caption, ids in order of trust, and what differs from FIELDS."""

    kind: str
    caption: str
    recognises: Callable[[Seen], bool]
    ids: tuple[str, ...] = IDS
    fields: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    order: Order = Order.UNKNOWN

    def names_of(self, wanted: str) -> tuple[str, ...]:
        """The plain names under which this format tells the field."""
        return self.fields.get(wanted) or FIELDS[wanted]


def _rss(seen: Seen) -> bool:
    return seen.root in ("rss", "rdf") and seen.record == "item"


PRESETS: tuple[Preset, ...] = (
    Preset(
        "personio", "Personio XML", lambda s: s.root == "workzagjobs" or {"recruitingcategory", "office"} <= s.names,
        ids=("id",),
        fields={"title": ("name",), "company": ("subcompany",), "posted_at": ("createdat",)},
    ),
    Preset(
        "hr_xml", "HR-XML or HR Open",
        lambda s: "positionprofile" in s.names or "jobpositioninformation" in s.names,
        ids=("jobpositionpostingid", "documentid", "positionrecordinfo/id/idvalue", "documentid@id", "*/idvalue"),
        fields={
            "title": ("*/positiontitle", "*/jobpositiontitledescription", "*/jobpositiontitle"),
            "company": ("*/organizationname", "*/hiringorgname"),
            "location": ("*/locationname",),
            "city": ("*/municipality", "*/cityname"),
            "state": ("*/region", "*/countrysubdivisioncode"),
            "country": ("*/countrycode",),
            "description": (
                "positionprofile/formattedpositiondescription/value",
                "positionprofile/positionformatteddescription/content", "*/jobpositionpurpose", "*/objective",
            ),
            "url": ("*/internetwebaddress", "*/link", "*/uri", "*/url"),
            "posted_at": ("*/startdate",),
        },
    ),
    Preset(
        "linkedin", "LinkedIn Basic Jobs XML",
        lambda s: "partnerjobid" in s.names or "expectedjobcount" in s.head,
        ids=("partnerjobid", *IDS),
        fields={"posted_at": ("listdate", *FIELDS["posted_at"])},
        order=Order.MONTH_FIRST,
    ),
    Preset(
        "teamtailor", "Teamtailor RSS",
        lambda s: _rss(s) and ("teamtailor.com" in s.namespaces or {"remotestatus", "locations"} <= s.names),
        ids=("guid", "id", "link"),
        fields={"location": (), "workplace_type": ("remotestatus",)},
    ),
    Preset(
        "successfactors", "SuccessFactors RSS",
        lambda s: _rss(s) and "base.google.com/ns/1.0" in s.namespaces and "id" in s.names,
        ids=("id", "guid", "link"),
        fields={"posted_at": ("pubdate",), "employer_job_id": ("id",)},
    ),
    Preset(
        "rss", "RSS 2.0 or 1.0", _rss, ids=("guid", *IDS, "link", "@about"),
        # Where both are told, as by WordPress, the description is an excerpt.
        fields={"description": ("encoded", *FIELDS["description"])},
    ),
    Preset(
        "odata", "OData, as SAP SuccessFactors publishes it",
        lambda s: s.record == "entry" and "dataservices" in s.namespaces,
        ids=(*(f"*/{name}" for name in ("jobreqid", "jobrequisitionid", "jobpostingid", *IDS[:8])), "id"),
        fields={name: tuple(f"*/{each}" for each in names) for name, names in FIELDS.items()},
    ),
    Preset(
        "atom", "Atom", lambda s: s.root == "feed" and s.record == "entry",
        ids=("id", "link@href", "link"),
        fields={"url": ("link@href", "link"), "posted_at": ("published", "updated")},
    ),
    Preset(
        "zoho", "Zoho Recruit XML", lambda s: s.record == "row" and "jobopeningid" in s.names,
        ids=("jobopeningid",),
    ),
    Preset(
        "jobvite", "Jobvite XML", lambda s: s.root == "result" and "detailurl" in s.names,
        ids=("id",), fields={"url": ("detailurl",), "apply_url": ("applyurl",)}, order=Order.MONTH_FIRST,
    ),
    Preset(
        "careerjet", "Careerjet XML",
        lambda s: "careerjetapplydata" in s.names
        or (s.root == "jobs" and ("workinghours" in s.names
                                  or ("companyurl" in s.names and bool(s.names & {"contracttype", "applyurl"})))
            and "referencenumber" not in s.names),
        ids=("id", "@id", "reference", "jobid"),
    ),
    Preset(
        "jobrapido", "Jobrapido XML", lambda s: {"referenceid", "publishdate"} <= s.names,
        ids=("referenceid",), order=Order.DAY_FIRST,
    ),
    Preset(
        "jobadx", "JobAdX XML", lambda s: s.root == "source" and "publisher-name" in s.about, ids=("id", *IDS),
    ),
    Preset(
        "monster", "Monster XML",
        lambda s: "isfullfeed" in s.head | s.about or "jobinformation/jobtitle" in s.names,
        ids=("@jobrefcode", *IDS),
        fields={
            "title": (*FIELDS["title"], "jobinformation/jobtitle"),
            "company": (*FIELDS["company"], "companyreference/companyname"),
            "description": (*FIELDS["description"], "jobinformation/jobbody"),
        },
    ),
    Preset(
        "ziprecruiter", "ZipRecruiter XML",
        lambda s: bool(s.names & {"compensationmin", "compensationinterval", "trafficboost", "ziprecruiterid"}),
        ids=("referencenumber", "id", "jobid"),
    ),
    Preset(
        "indeed", "Indeed XML",
        lambda s: "referencenumber" in s.names and s.record == "job",
        ids=("referencenumber",),
    ),
    Preset("xml_feed", "any other XML feed of jobs", lambda _: True),
)  # fmt: skip
"""The named formats, the most particular first; the last takes every feed."""


def recognise(seen: Seen) -> Preset:
    """The format that the feed has."""
    return next(preset for preset in PRESETS if preset.recognises(seen))


def named(kind: str) -> Preset | None:
    """The preset of this kind, or None."""
    return next((preset for preset in PRESETS if preset.kind == kind), None)
