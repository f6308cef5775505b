"""The words of job titles that mean something by themselves, and what they mean."""

from __future__ import annotations

# Each title is read as words. A word listed in a facet is taken as an answer to that facet's question: two jobs
# that answer it differently (Summer against Fall, I against II, iOS against Android) are two openings however
# alike the rest reads; a job that does not answer contradicts nobody.

SEASON = {
    "spring": 1, "printemps": 1, "fruhling": 1, "primavera": 1,
    "summer": 2, "ete": 2, "sommer": 2, "verano": 2, "estate": 2,
    "fall": 4, "autumn": 4, "automne": 4, "herbst": 4,
    "winter": 8, "hiver": 8,
}  # fmt: skip

_MONTHS = (
    "january jan janvier januar enero", "february feb fevrier februar febrero", "march mar mars marz marzo",
    "april apr avril abril", "may mai", "june jun juin juni junio", "july jul juillet juli julio",
    "august aug aout agosto", "september sept sep septembre septiembre", "october oct octobre oktober octubre",
    "november nov novembre noviembre", "december dec decembre dezember diciembre",
)  # fmt: skip
MONTH = {name: 1 << number for number, names in enumerate(_MONTHS) for name in names.split()}

YEAR = {str(year): 1 << (year - 2015) for year in range(2015, 2041)}
YEAR |= {f"fy{int(year) - 2000}": bit for year, bit in tuple(YEAR.items())}
YEAR |= {f"fy{year}": bit for year, bit in tuple(YEAR.items()) if year.startswith("20")}

ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5, "vi": 6, "vii": 7}

# What kind of engagement it is.
STAGE = {
    "intern": 1, "stagiaire": 1, "stage": 1, "praktikum": 1, "praktikant": 1, "praktikantin": 1, "becario": 1,
    "tirocinio": 1, "practicas": 1, "internado": 1, "inter": 1, "placement": 1, "trainee": 1, "traineeship": 1,
    "coop": 2,
    "newgrad": 4, "graduate": 4, "absolvent": 4, "campus": 4, "earlycareer": 8,
    "apprentice": 16, "alternance": 16, "alternant": 16, "alternante": 16, "apprenti": 16, "ausbildung": 16,
    "azubi": 16, "apprentissage": 16,
    "werkstudent": 32, "werkstudentin": 32, "student": 32, "etudiant": 32, "scholar": 32,
    "fellow": 64, "postdoc": 128, "thesis": 256, "masterarbeit": 256, "residency": 512, "resident": 512,
    "volunteer": 1024, "freelance": 2048,
}  # fmt: skip

SENIORITY = {
    "junior": 1, "entry": 1, "beginner": 1,
    "associate": 2,
    "mid": 4, "intermediate": 4, "midlevel": 4, "experienced": 4,
    "senior": 8, "staff": 16, "principal": 32, "lead": 64, "distinguished": 128, "expert": 256,
    "manager": 512, "supervisor": 1024, "director": 2048, "head": 4096, "vp": 8192, "chief": 16384,
    "assistant": 32768, "deputy": 65536, "president": 131072, "executive": 262144, "partner": 524288,
    "coordinator": 1048576, "architect": 2097152, "specialist": 4194304, "technician": 8388608,
}  # fmt: skip

DEGREE = {
    "bs": 1, "bachelor": 1, "ba": 1, "undergraduate": 1, "undergrad": 1, "bsc": 1, "licence": 1,
    "ms": 2, "master": 2, "msc": 2, "meng": 2, "m2": 2,
    "phd": 4, "doctoral": 4, "doctorate": 4, "doctorant": 4,
    "mba": 8, "jd": 16, "highschool": 32,
}  # fmt: skip

CONTRACT = {
    "parttime": 1, "fulltime": 2, "temporary": 4, "temp": 4, "contract": 8, "contractor": 8, "cdi": 16, "cdd": 32,
    "permanent": 16, "seasonal": 64, "night": 128, "day": 256, "weekend": 512, "evening": 1024, "prn": 2048,
    "teilzeit": 1, "vollzeit": 2, "perdiem": 2048,
}  # fmt: skip

PLATFORM = {
    "ios": 1, "android": 2, "web": 4, "frontend": 8, "backend": 16, "fullstack": 32, "mobile": 64, "embedded": 128,
    "firmware": 256, "hardware": 512, "software": 1024, "mechanical": 2048, "electrical": 4096, "data": 8192,
    "ml": 16384, "security": 32768, "cloud": 65536, "network": 131072, "qa": 262144, "devops": 524288,
    "java": 1048576, "python": 2097152, "c++": 4194304, "c#": 8388608, "rust": 16777216, "golang": 33554432,
    "javascript": 67108864, "sales": 134217728, "marketing": 268435456, "finance": 536870912, "ai": 1073741824,
}  # fmt: skip

# Phrases of several words that are one idea, on words already lower case.
PHRASES = {
    "co op": "coop", "new college graduate": "newgrad", "new college grad": "newgrad", "new graduate": "newgrad",
    "new grad": "newgrad", "new grads": "newgrad", "university graduate": "newgrad", "university grad": "newgrad",
    "recent graduate": "newgrad", "recent grad": "newgrad", "college graduate": "newgrad", "college grad": "newgrad",
    "campus graduate": "newgrad", "new college grads": "newgrad", "early career": "earlycareer",
    "early careers": "earlycareer", "entry level": "entry", "post graduate": "newgrad", "post grad": "newgrad",
    "front end": "frontend", "back end": "backend", "full stack": "fullstack", "machine learning": "ml",
    "artificial intelligence": "ai", "vice president": "vp", "part time": "parttime", "full time": "fulltime",
    "ph d": "phd", "b s": "bs", "m s": "ms", "u s a": "usa", "u s": "us", "r d": "rd", "c c++": "c++",
    "dev ops": "devops", "quality assurance": "qa", "user experience": "ux", "user interface": "ui",
    "post doc": "postdoc", "post doctoral": "postdoc", "high school": "highschool", "human resources": "hr",
    "natural language processing": "nlp", "large language model": "llm", "large language models": "llm",
    "information technology": "it", "mid level": "mid", "per diem": "prn", "under graduate": "undergraduate",
    "site reliability engineer": "sre", "site reliability engineering": "sre", "site reliability": "sre",
    "graduate intern": "intern", "graduate internship": "intern", "on site": "onsite", "working student": "werkstudent",
    "software dev": "software developer", "go lang": "golang", "java script": "javascript", "dot net": "net",
    "vision language model": "vlm", "computer aided design": "cad", "pre sales": "presales", "e commerce": "ecommerce",
    "new york city": "nyc", "new york": "nyc", "san francisco": "sf", "los angeles": "la", "united states": "us",
    "united kingdom": "uk", "work from home": "remote", "multiple teams": "", "various teams": "",
    "registered nurse": "rn", "registered nurses": "rn", "licensed practical nurse": "lpn",
    "licensed vocational nurse": "lvn", "certified nursing assistant": "cna", "nurse practitioner": "np",
    "customer service representative": "csr", "business development representative": "bdr",
    "sales development representative": "sdr",
    "multiple locations": "", "various locations": "", "all teams": "", "general application": "",
}  # fmt: skip

# One word for words that only differ in form and that cutting the ending off would not bring together.
SAME = {
    "internship": "intern", "internships": "intern", "interns": "intern", "engineering": "engineer",
    "engineers": "engineer", "eng": "engineer", "engr": "engineer", "ingenieur": "engineer", "ingenieure": "engineer",
    "ingenieurin": "engineer", "development": "developer", "developers": "developer", "developpeur": "developer",
    "entwickler": "developer", "dev": "developer", "develop": "developer", "developing": "developer",
    "analysis": "analyst", "analytics": "analyst", "analytic": "analyst", "analysts": "analyst", "analyste": "analyst",
    "programming": "programmer", "researcher": "research", "researchers": "research", "recherche": "research",
    "designer": "design", "designers": "design", "scientist": "science", "scientists": "science", "sciences": "science",
    "scientific": "science", "technologies": "technology", "tech": "technology", "technical": "technology",
    "operations": "operation", "ops": "operation", "management": "manage", "managing": "manage", "mgmt": "manage",
    "masters": "master", "bachelors": "bachelor", "trading": "trader", "consulting": "consultant",
    "consultants": "consultant", "accounting": "accountant", "administration": "admin", "administrator": "admin",
    "administrative": "admin", "coops": "coop", "graduates": "graduate", "grads": "graduate", "grad": "graduate",
    "infra": "infrastructure", "computing": "computer", "computational": "computer", "sr": "senior", "jr": "junior",
    "phds": "phd", "mgr": "manager", "managers": "manager", "leader": "lead", "swe": "swe", "apps": "application",
    "app": "application", "applications": "application", "quant": "quantitative", "stagiaires": "stagiaire",
    "fellowship": "fellow", "apprenticeship": "apprentice", "apprenticeships": "apprentice", "students": "student",
    "scholars": "scholar", "nights": "night", "days": "day", "weekends": "weekend", "assistants": "assistant",
    "technicians": "technician", "specialists": "specialist", "comms": "communication", "auto": "automotive",
    "robotic": "robotics", "electronic": "electronics", "optical": "optics", "nav": "navigation", "sim": "simulation",
    "verif": "verification", "arch": "architect", "architecture": "architect", "fpgas": "fpga", "asics": "asic",
    "undergrads": "undergraduate", "undergraduates": "undergraduate", "logiciel": "software", "logiciels": "software",
    "donnees": "data", "corp": "corporate", "intl": "international", "cyber": "cybersecurity", "go": "golang",
    "ts": "typescript", "js": "javascript", "k8s": "kubernetes", "asst": "assistant", "coord": "coordinator",
    "tech.": "technology", "acct": "accountant", "rep": "representative", "reps": "representative", "svc": "service",
    "hw": "hardware", "sw": "software", "fw": "firmware", "econ": "economics", "econs": "economics",
}  # fmt: skip

# Words that stand for several.
SPELLED = {
    "swe": ("software", "engineer"), "sde": ("software", "developer", "engineer"),
    "sdet": ("software", "test", "engineer"),
    "mle": ("ml", "engineer"), "hwe": ("hardware", "engineer"), "pm": ("product", "manager"),
    "genai": ("generative", "ai"), "aiml": ("ai", "ml"), "devsecops": ("devops", "security"),
}  # fmt: skip

_FILLER_WORDS = """a an and the of for in at to with on or de la le les du des et en und der die das fur mit y el los
las per di da do dos a o e program programme job position role opportunity opening hiring multiple teams team various
our us usa is be your you we as by from via new level time based onsite hybrid remote location locations office month
months week weeks start starts date term track class cohort pool talent pipeline future general general career careers
group division department dept unit org only all any no other others more plus m w d f h x hf mf mwd"""
FILLER = frozenset(_FILLER_WORDS.split())
