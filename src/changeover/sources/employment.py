"""How a job is held, as schema.org's words: full or part time, temporary, a contract, an internship."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from changeover.sources.xml_records import plain

TYPES: Mapping[str, tuple[str, ...]] = {
    "FULL_TIME": ("fulltime", "vollzeit", "voltijd", "fulltijd", "heltid", "tempsplein", "tempscomplet",
                  "tiempocompleto", "jornadacompleta", "tempopieno", "tempointegral", "pelnyetat", "pełnyetat",
                  "full", "voll", "ft"),
    "PART_TIME": ("parttime", "teilzeit", "deeltijd", "parttijd", "deltid", "tempspartiel", "tiempoparcial",
                  "mediajornada", "jornadaparcial", "tempoparziale", "meioperiodo", "minijob", "werkstudent",
                  "niepelnyetat", "niepełnyetat", "part", "teil", "pt"),
    "CONTRACTOR": ("contract", "contractor", "freelance", "freelancer", "selfemployed", "independent", "b2b",
                   "freiberuflich", "subcontract"),
    "TEMPORARY": ("temporary", "temp", "fixedterm", "seasonal", "befristet", "cdd", "interim", "tijdelijk", "vikariat",
                  "temporal", "determinato", "limited"),
    "INTERN": ("intern", "internship", "trainee", "traineeship", "praktikum", "praktikant", "stage", "stagiaire",
               "apprentice", "apprenticeship", "ausbildung", "alternance", "becario", "practicas"),
    "VOLUNTEER": ("volunteer", "voluntary", "ehrenamt", "benevole", "bénévole", "voluntario"),
    "PER_DIEM": ("perdiem", "casual", "zerohours", "zerohour"),
    "OTHER": ("other",),
}  # fmt: skip
"""schema.org's words (``employmentType``), and the words of sources for each, by their letters."""

_NAMES = frozenset(
    """employmenttype employmenttypes employmenttypecode employmentstatus employmentstatuslabel jobtype jobtypes type
    positiontype contracttype commitment schedule jobschedule workschedule timetype workinghours workhours workload
    typeofemployment arbeitszeit dienstverband contrat worklevelcode scheduletype
    contracttime worktype jobworktype anstellungsart beschaeftigungsart typecontrat employmentindicator emptypename
    workingtimes workingtime jobpositiontype jobstatus employment employmentkind employmentbasis employmentform
    employmentcategory workingpattern workpattern jobschedules engagementtype hourstype contract contractkind
    beschäftigungsart beschaeftigung anstellung anstellungsform vertragsart arbeitszeitmodell typedecontrat
    tempsdetravail tipodecontrato tipocontrato tipocontratto jornada wymiaretatu wymiarpracy""".split()  # noqa: SIM905 - words read better than a list
)
_TYPE_OF = {word: kind for kind, words in TYPES.items() for word in words}
# What in a longer phrase says it: "Permanent, full time (m/f)". A "permanent contract" is no contractor's.
_IN_WORDS = tuple((word, kind) for word, kind in _TYPE_OF.items() if len(word) > 6 and word != "contract")
_SEPARATED = re.compile(r"[,;/|()]|[\s-](?:or|and|und|oder)[\s-]")
# Where in an object it stands: {"id": "permanent", "label": "Full-time"}.
_WITHIN = ("label", "name", "shortName", "id", "value", "type", "time", "schedule", "descriptor")
_CONTRACT_FOR = re.compile(r"contract\d+(?:month|mth|mo|week|year)")
_LONGEST = 100
_MOST = 10


def says(name: str) -> bool:
    """Whether a field of this name says how a job is held."""
    return plain(name) in _NAMES


def employment_types(told: Iterable[Any]) -> list[str]:
    """The words of TYPES that the values say, each once, in the order of TYPES. Other words say nothing."""
    said = {kind for value in told for kind in _of(value)}
    return [kind for kind in TYPES if kind in said]


def _of(value: Any) -> Iterable[str]:
    if isinstance(value, str):
        return _of_text(value) if len(value) <= _LONGEST else ()
    if isinstance(value, list):
        return [kind for one in value[:_MOST] for kind in _of(one)]
    if isinstance(value, dict):
        return [kind for name in _WITHIN for kind in _of(value.get(name))]
    return ()


@lru_cache(maxsize=4096)
def _of_text(text: str) -> tuple[str, ...]:
    found = dict.fromkeys(kind for part in _SEPARATED.split(text.lower()) for kind in _of_part(part))
    return tuple(found)


def _of_part(part: str) -> list[str]:
    letters = re.sub(r"[^a-z0-9à-ÿłę]", "", part)
    if letters in _TYPE_OF:
        return [_TYPE_OF[letters]]
    if _CONTRACT_FOR.match(letters):  # "Contract - 6 months"
        return ["CONTRACTOR"]
    return [kind for word, kind in _IN_WORDS if word in letters and not letters.startswith(f"non{word}")]
