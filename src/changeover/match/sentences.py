"""The sentences a person reads about a pair, made from the levels of its evidence."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from changeover.match.titles import FACETS
from changeover.wording import plural

_PLACE = {
    "same_text": "same place", "same_cities": "same place", "one_in_common": "a place in common",
    "same_name": "a place of the same name", "same_number": "same place and number",
    "near": "places next to each other", "nearby": "places within 100 km", "both_remote": "both remote",
    "same_region": "same region", "same_country": "same country",
    "remote_and_place": "one is remote, the other names a place", "not_all_named": "not all places are named",
    "other_number": "the places have different numbers", "other_city": "another city",
    "other_region": "another region", "other_country": "another country",
}  # fmt: skip
_WORDING = {
    "same_text": "same title", "same_words": "same words in the title", "same_core": "titles of the same meaning",
    "nearly_same": "nearly the same title", "similar": "similar titles", "loosely_similar": "titles somewhat alike",
    "different": "titles hardly alike",
}  # fmt: skip
_ID = {
    "same": "same Employer Job ID", "same_reformatted": "same Employer Job ID, written differently",
    "found_in_text": "one names the other's Employer Job ID in its address or text",
}  # fmt: skip
_FACET = {
    "season": "season", "month": "month", "year": "year", "number": "level or number",
    "code": "number", "length": "duration",
    "stage": "kind of programme", "seniority": "seniority", "degree": "degree", "contract": "working time",
    "platform": "field",
}  # fmt: skip
_STANDS_ONCE = {
    "same_text": "no other unpaired job of either side reads like this one",
    "same_meaning": "no other unpaired job of either side means the same",
}
_RULE = {
    "confirmed": "Confirmed by a person.",
    "twins": "Several jobs read exactly alike, so nothing tells which belong together",
    "employer_job_id_shared": "Several jobs share this Employer Job ID",
    "employer_job_id_differs": "They read alike but have different Employer Job IDs, so they are not paired",
    "employer_job_id_recycled": "The Employer Job ID is the same, but the jobs read like two openings",
    "employer_job_id_in_text_shared": "Several jobs name this Employer Job ID",
    "employer_job_id_in_text_recycled": "The Employer Job ID is the same, but the jobs read like two openings",
    "contradiction": "They are alike but for one thing that makes two openings as a rule",
}
# The rules under which a match gives a suggestion or a lone job.
DOUBTING_RULES = (
    "twins", "contradiction", "doubt", "employer_job_id_shared", "employer_job_id_recycled", "employer_job_id_differs",
    "employer_job_id_in_text_shared", "employer_job_id_in_text_recycled",
)  # fmt: skip
LONE_RULES = ("alone", "twin_taken", "outdone", "no_title")
SETTLE_GROUP = (
    "Pair all of them in one step, in the order of their ids or of their posting dates, or give each its own Employer "
    "Job ID on both sides."
)
# The fields of whose levels a reason speaks.
SAID = (
    "employer_job_id", "place", "wording", *FACETS, "workplace_type", "employment_type", "salary",
    "posted_at", "description", "company", "stands_once", "lead_of_legacy", "lead_of_ats",
)  # fmt: skip
_BEHIND = ("far_behind", "behind", "a_little_behind", "just_behind")


def reason(rule: str, levels: Mapping[str, str], sizes: tuple[int, int] | None = None) -> tuple[str, str]:
    """What is said before and after the words in which the two titles differ; ``levels`` by :data:`SAID`.

    ``sizes``: the jobs of a group.
    """
    if rule == "confirmed":
        return _RULE[rule], ""
    first = [
        _ID.get(levels["employer_job_id"], ""),
        _PLACE.get(levels["place"], ""),
        _WORDING.get(levels["wording"], ""),
    ]
    last = [*_facets(levels), *_particulars(levels), _STANDS_ONCE.get(levels["stands_once"], ""), _rivals(levels)]
    last.append(_no_id(levels))
    head = [group(*sizes)] if sizes else [_RULE[rule]] if rule in _RULE else []
    said = "; ".join(part for part in [*head, *first] if part)
    return said[:1].upper() + said[1:], "; ".join(part for part in last if part)


def group(legacy: int, ats: int) -> str:
    """How many jobs of each side read the same, as the beginning of a sentence."""
    here = f"{plural(legacy, 'job')} of the old source"
    return f"{here} and {ats:,} of the ATS read the same, so no text tells which belong together"


def _facets(levels: Mapping[str, str]) -> list[str]:
    told = {
        state: [_FACET[f] for f in FACETS if levels[f] == state] for state in ("differs", "ats_silent", "legacy_silent")
    }
    parts = []
    if told["differs"]:
        parts.append(f"they contradict each other in {_list(told['differs'])}")
    if told["ats_silent"]:
        parts.append(f"the ATS does not say the {_list(told['ats_silent'])}")
    if told["legacy_silent"]:
        parts.append(f"the old source does not say the {_list(told['legacy_silent'])}")
    return parts


def _particulars(levels: Mapping[str, str]) -> list[str]:
    parts = {
        ("workplace_type", "differs"): "remote or on site differs",
        ("employment_type", "differs"): "one is held otherwise than the other: the employment types differ",
        ("salary", "same"): "same pay",
        ("salary", "apart"): "the pay differs",
        ("posted_at", "same_day"): "posted on the same day",
        ("posted_at", "far_apart"): "posted months apart",
        ("description", "same"): "same description",
        ("description", "similar"): "similar descriptions",
        ("description", "different"): "descriptions differ",
        ("company", "different"): "the employer's name differs",
    }
    return [said for (field, level), said in parts.items() if levels[field] == level]


def _rivals(levels: Mapping[str, str]) -> str:
    leads = levels["lead_of_legacy"], levels["lead_of_ats"]
    if "not_compared" in leads:
        return ""
    if any(level in _BEHIND for level in leads):
        return "another unpaired job fits better"
    if "tie" in leads or "just_ahead" in leads:
        return "another unpaired job fits as well"
    return "no other unpaired job comes near" if leads == ("no_rival", "no_rival") else ""


def _no_id(levels: Mapping[str, str]) -> str:
    return {
        "one_missing": "only one side has an Employer Job ID",
        "both_missing": "no Employer Job ID on either side",
    }.get(levels["employer_job_id"], "")


def _list(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def joined(head: str, words: str, tail: str) -> str:
    """The parts of a reason as one sentence."""
    said = "; ".join(part for part in (head, words, tail) if part)
    return said if said.endswith(".") else f"{said}."


def joined_columns(head: str, words: str, tail: str) -> pl.Expr:
    """:func:`joined` for columns."""
    after = pl.when(pl.col(tail) == "").then(pl.lit("")).otherwise(pl.concat_str(pl.lit("; "), tail))
    before = pl.when(pl.col(head) == "").then(pl.lit("")).otherwise(pl.concat_str(head, pl.lit("; ")))
    return pl.concat_str(before, words, after, pl.lit("."))


def set_id(first: str) -> pl.Expr:
    """What to change in the ATS, from ``ats`` (its job) and ``number`` (the old source's employer job id)."""
    return pl.format(f"{first}et the Employer Job ID of ATS job {{}} to {{}}.", "ats", "number")


def settle(rule: str) -> pl.Expr:
    """What a person does about a suggestion, from ``ats``, ``number`` and ``other`` (both employer job ids)."""
    once = pl.concat_str(pl.lit("If they are one opening, "), set_id("s"))
    lacking = pl.col("number").is_not_null() & (pl.col("other").is_null() | (pl.lit(rule) == "employer_job_id_differs"))
    either = pl.lit("Confirm or reject the pair; one Employer Job ID on both jobs would settle it.")
    return pl.when(lacking).then(once).when(pl.col("number").is_null()).then(either).otherwise(
        pl.lit("Confirm or reject the pair.")
    )  # fmt: skip
