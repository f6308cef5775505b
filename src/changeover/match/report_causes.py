"""Why jobs need a person, by cause: how many, what it means, and the one fix for all of them."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from changeover.match.lone import MISSING_ATS, MISSING_LEGACY
from changeover.wording import plural


@dataclass(frozen=True, slots=True)
class Cause:
    """One group of a report. ``one`` and ``many`` follow a count: "1 job lacks …", "27 jobs lack …".

    ``where`` holds for its rows; of several causes the first that holds counts. ``short`` labels a picture,
    ``decision`` is that of its rows, ``code`` the wire's.
    """

    name: str
    decision: str
    where: pl.Expr
    short: str
    one: str
    many: str
    means: str
    fix: str
    code: str = ""

    def heading(self, count: int) -> str:
        """The cause with its number of jobs."""
        return plural(count, self.one, self.many)


def _review(*rules: str) -> pl.Expr:
    return (pl.col("decision") == "review") & pl.col("rule").is_in(rules)


def _lone(decision: str, *rules: str) -> pl.Expr:
    alone = pl.col("decision") == decision
    return alone & pl.col("rule").is_in(rules) if rules else alone


def _known(name: str) -> pl.Expr:
    return pl.col(name).fill_null("").str.strip_chars() != ""


_LACKS = _known("legacy_employer_job_id") & ~_known("ats_employer_job_id")

CAUSES = (
    Cause(
        "twins-lack-id", "review", _review("twins") & _LACKS,
        "read the same, no Employer Job ID",
        "job lacks an Employer Job ID in the ATS and reads the same as others",
        "jobs lack an Employer Job ID in the ATS and read the same as others",
        "The old source has a number for each, those in the ATS that read the same have none.",
        "Pair each group in one step, in the order of their ids or of their posting dates, or give each ATS job the "
        "number of its own twin.",
        MISSING_ATS,
    ),
    Cause(
        "twins", "review", _review("twins"),
        "read the same",
        "job reads the same as others on both sides", "jobs read the same as others on both sides",
        "No text tells which belongs to which. Any order is as good as another, unless ids or posting dates tell.",
        "Pair each group in one step, in the order of their ids or of their posting dates, or give each its own "
        "Employer Job ID in the ATS, the one that its old source shows.",
        MISSING_ATS,
    ),
    Cause(
        "lacks-id", "review", (pl.col("decision") == "review") & _LACKS,
        "no Employer Job ID in the ATS",
        "job lacks an Employer Job ID in the ATS", "jobs lack an Employer Job ID in the ATS",
        "The old source has a number for each; the ATS jobs that read like them have none, and the texts leave doubt.",
        "Set the Employer Job ID of each ATS job to the number on its left. They match by it at the next reading.",
        MISSING_ATS,
    ),
    Cause(
        "id-differs", "review", _review("employer_job_id_differs"),
        "another Employer Job ID",
        "job has another Employer Job ID in the ATS", "jobs have another Employer Job ID in the ATS",
        "The two read alike, but their numbers say that they are two openings.",
        "If they are one opening, correct the number in the ATS. If both numbers are right, it was opened anew: leave "
        "both as they are.",
        MISSING_ATS,
    ),
    Cause(
        "id-shared", "review", _review("employer_job_id_shared", "employer_job_id_in_text_shared"),
        "several share one number",
        "job shares its Employer Job ID with others", "jobs share their Employer Job ID with others",
        "One number stands on several openings, and the texts do not tell which belong together.",
        "Give each opening an Employer Job ID of its own, on both sides.",
        MISSING_ATS,
    ),
    Cause(
        "id-reused", "review", _review("employer_job_id_recycled", "employer_job_id_in_text_recycled"),
        "the number was used again",
        "job has the number of an opening that reads like another",
        "jobs have the numbers of openings that read like others",
        "The Employer Job ID is the same, the rest is not: perhaps the ATS has given an old number to a new opening.",
        "If they are one opening, confirm it or bring title and place in line. If not, give the ATS job a new number.",
        MISSING_ATS,
    ),
    Cause(
        "contradiction", "review", _review("contradiction"),
        "one word contradicts",
        "job is contradicted in one point by the job most like it",
        "jobs are contradicted in one point by the jobs most like them",
        "They are alike but for a season, a year, a level or a country, and that makes two openings as a rule.",
        "If they are one opening, correct the word in the ATS or set its Employer Job ID. If not, publish the missing "
        "one.",
        MISSING_ATS,
    ),
    Cause(
        "doubt", "review", pl.col("decision") == "review",
        "alike, but not surely one",
        "job is like one in the ATS, but not surely the same", "jobs are like some in the ATS, but not surely the same",
        "The texts agree in part. A wrong pair is worse than a missing one, so a person decides.",
        "Confirm or reject each pair. One Employer Job ID on both jobs settles it for good.",
        MISSING_ATS,
    ),
    Cause(
        "legacy-no-title", "legacy_only", _lone("legacy_only", "no_title"),
        "no title at the old source",
        "job of the old source has no title", "jobs of the old source have no title",
        "Without a title there is nothing to compare.",
        "Give each a title at its source.",
        MISSING_ATS,
    ),
    Cause(
        "legacy-taken", "legacy_only", _lone("legacy_only", "twin_taken", "outdone"),
        "more of a kind than in the ATS",
        "job is missing in the ATS, where the job most like it belongs to another",
        "jobs are missing in the ATS, where the jobs most like them belong to others",
        "The old source shows several openings that are alike, and the ATS has fewer of them.",
        "Publish the missing ones in the ATS with their Employer Job IDs, or close them at the old source.",
        MISSING_ATS,
    ),
    Cause(
        "legacy-alone", "legacy_only", _lone("legacy_only"),
        "not in the ATS",
        "job of the old source is not in the ATS", "jobs of the old source are not in the ATS",
        "No unpaired ATS job is enough like them. When the ATS takes over, they close.",
        "Publish each in the ATS, with the Employer Job ID it has here, or close it at the old source.",
        MISSING_ATS,
    ),
    Cause(
        "ats-no-title", "ats_only", _lone("ats_only", "no_title"),
        "no title in the ATS",
        "ATS job has no title", "ATS jobs have no title",
        "Without a title it can be neither compared nor posted.",
        "Give each a title in the ATS.",
        MISSING_LEGACY,
    ),
    Cause(
        "ats-taken", "ats_only", _lone("ats_only", "twin_taken", "outdone"),
        "more of a kind than at the old source",
        "ATS job is missing at the old source, where the job most like it belongs to another",
        "ATS jobs are missing at the old source, where the jobs most like them belong to others",
        "The ATS has several openings that are alike, and the old source shows fewer of them.",
        "Nothing, if they are new: they open when the ATS takes over.",
        MISSING_LEGACY,
    ),
    Cause(
        "ats-alone", "ats_only", _lone("ats_only"),
        "not at the old source",
        "ATS job is not at the old source", "ATS jobs are not at the old source",
        "No unpaired legacy job is enough like them. They open when the ATS takes over.",
        "Nothing, if they are new. If one stands at the old source under another name, give both the same Employer "
        "Job ID.",
        MISSING_LEGACY,
    ),
    Cause(
        "paired-lacks-id", "paired", (pl.col("decision") == "paired") & _LACKS,
        "matched by text alone",
        "matched job lacks an Employer Job ID in the ATS", "matched jobs lack an Employer Job ID in the ATS",
        "They matched by what they say. A reworded title could part them; a number cannot.",
        "Set the Employer Job ID of each ATS job to the number of its twin.",
    ),
)  # fmt: skip


def with_causes(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows of beside.beside with ``cause``: the name of the first that holds, null where all is well."""
    first = pl.coalesce([pl.when(cause.where).then(pl.lit(cause.name)) for cause in CAUSES])
    return rows.with_columns(first.alias("cause"))
