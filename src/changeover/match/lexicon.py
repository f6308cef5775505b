"""The words of job titles that mean something by themselves, and what they mean."""

from __future__ import annotations

# Each title is read as words. A word listed here belongs to a facet: two jobs whose facets contradict each
# other (Summer against Fall, I against II, iOS against Android) are two openings however alike the rest reads.

SEASON = {
    "spring": 1, "printemps": 1,
    "summer": 2, "ete": 2, "sommer": 2, "verano": 2,
    "fall": 4, "autumn": 4, "automne": 4, "herbst": 4,
    "winter": 8, "hiver": 8,
}  # fmt: skip

MONTH = {
    name: 1 << number
    for number, names in enumerate(
        (
            "january jan janvier",
            "february feb fevrier",
            "march mars",
            "april apr avril",
            "may mai",
            "june jun juin",
            "july jul juillet",
            "august aug aout",
            "september sept sep septembre",
            "october oct octobre",
            "november nov novembre",
            "december dec decembre",
        )
    )
    for name in names.split()
}

YEARS = {str(year): 1 << (year - 2015) for year in range(2015, 2041)}
YEARS |= {f"fy{year - 2000}": bit for year, bit in ((int(y), b) for y, b in YEARS.items())}

ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5, "vi": 6, "vii": 7}

# What kind of engagement it is.
STAGE = {
    "intern": 1, "stagiaire": 1, "stage": 1, "praktikum": 1, "praktikant": 1, "praktikantin": 1, "becario": 1,
    "tirocinio": 1,
    "coop": 2,
    "newgrad": 4, "graduate": 4, "grad": 4, "absolvent": 4,
    "apprentice": 8, "apprenticeship": 8, "alternance": 8, "alternant": 8, "apprenti": 8, "ausbildung": 8,
    "werkstudent": 16, "werkstudentin": 16, "student": 16, "etudiant": 16,
    "fellow": 32, "fellowship": 32, "postdoc": 64, "postdoctoral": 64, "thesis": 128, "masterarbeit": 128,
}  # fmt: skip

SENIORITY = {
    "junior": 1, "jr": 1, "entry": 1,
    "associate": 2,
    "mid": 4, "intermediate": 4,
    "senior": 8, "sr": 8,
    "staff": 16,
    "principal": 32,
    "lead": 64,
    "manager": 128, "mgr": 128,
    "director": 256,
    "head": 512,
    "vp": 1024, "vicepresident": 1024,
    "chief": 2048,
    "architect": 4096,
    "supervisor": 8192,
    "distinguished": 16384,
    "assistant": 32768,
    "analyst": 65536,
}  # fmt: skip

DEGREE = {
    "bs": 1, "bachelor": 1, "ba": 1, "undergraduate": 1, "undergrad": 1, "bsc": 1,
    "ms": 2, "master": 2, "msc": 2, "meng": 2,
    "phd": 4, "doctoral": 4, "doctorate": 4, "doctorant": 4,
    "mba": 8,
}  # fmt: skip

CONTRACT = {
    "parttime": 1, "fulltime": 2, "temporary": 4, "temp": 4, "contract": 8, "contractor": 8, "cdi": 16, "cdd": 32,
    "permanent": 16, "seasonal": 64, "night": 128, "nights": 128, "day": 256, "days": 256, "weekend": 512,
    "evening": 1024, "prn": 2048,
}  # fmt: skip

PLATFORM = {
    "ios": 1, "android": 2, "web": 4, "frontend": 8, "backend": 16, "fullstack": 32, "mobile": 64, "embedded": 128,
    "firmware": 256, "hardware": 512, "software": 1024, "mechanical": 2048, "electrical": 4096, "data": 8192,
    "ml": 16384, "security": 32768, "cloud": 65536, "network": 131072, "qa": 262144, "devops": 524288,
}  # fmt: skip

# Phrases of several words that are one idea, on words already lower case.
PHRASES = {
    "co op": "coop", "new college graduate": "newgrad", "new college grad": "newgrad", "new graduate": "newgrad",
    "new grad": "newgrad", "university graduate": "newgrad", "university grad": "newgrad",
    "recent graduate": "newgrad", "recent grad": "newgrad", "college graduate": "newgrad", "college grad": "newgrad",
    "campus graduate": "newgrad", "early career": "newgrad", "early careers": "newgrad", "entry level": "entry",
    "front end": "frontend", "back end": "backend", "full stack": "fullstack", "machine learning": "ml",
    "artificial intelligence": "ai", "vice president": "vp", "part time": "parttime", "full time": "fulltime",
    "ph d": "phd", "b s": "bs", "m s": "ms", "u s a": "usa", "u s": "us", "r d": "rd", "c c++": "c++",
    "dev ops": "devops", "quality assurance": "qa", "user experience": "ux", "user interface": "ui",
    "post doc": "postdoc", "post doctoral": "postdoc", "high school": "highschool", "human resources": "hr",
    "natural language processing": "nlp", "large language model": "llm", "information technology": "it",
}  # fmt: skip

# One word for words that only differ in form.
SAME = {
    "internship": "intern", "internships": "intern", "interns": "intern", "engineering": "engineer",
    "engineers": "engineer", "eng": "engineer", "development": "developer", "developers": "developer",
    "dev": "developer", "develop": "developer", "developing": "developer", "swe": "softwareengineer",
    "analysis": "analyst", "analytics": "analyst", "analytic": "analyst", "programming": "programmer",
    "research": "researcher", "designer": "design", "sciences": "science", "scientist": "science",
    "scientists": "science", "technologies": "technology", "tech": "technology", "technical": "technology",
    "operations": "operation", "ops": "operation", "management": "manage", "masters": "master",
    "bachelors": "bachelor", "trading": "trader", "testing": "test", "tester": "test", "consulting": "consultant",
    "accounting": "accountant", "administration": "administrator", "admin": "administrator", "mgmt": "manage",
    "coops": "coop", "graduates": "graduate", "grads": "graduate", "systems": "system", "products": "product",
    "services": "service", "solutions": "solution", "applications": "application", "app": "application",
    "apps": "application", "infra": "infrastructure", "computing": "computer", "sr": "senior", "jr": "junior",
}  # fmt: skip

# Words that carry next to nothing about which opening it is.
_FILLER_WORDS = """a an and the of for in at to with on or de la le les du des et en und der die das fur mit y el los
las per di program programme job position role opportunity opening hiring multiple teams team various our us usa"""
FILLER = frozenset(_FILLER_WORDS.split())
