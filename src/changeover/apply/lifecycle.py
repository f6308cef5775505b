"""What an ATS may say becomes of an application, and how a candidate is told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from changeover.refusal import Refusal

# How long an ATS may fetch a candidate's files.
FILE_LIFE = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Stage:
    """One thing that becomes of an application: a word, and a sentence for the candidate."""

    word: str
    sentence: str
    last: bool = False


STAGES = {
    "APPLICATION_VIEWED": Stage("Viewed", "The employer has looked at your application."),
    "RESUME_DOWNLOADED": Stage("Résumé read", "The employer has downloaded your résumé."),
    "APPLICATION_SCREENED": Stage("Screened", "The employer has looked at your application closely."),
    "APPLICATION_INTERVIEWED": Stage("Interview", "The employer has you down for an interview."),
    "APPLICATION_REJECTED": Stage("Not taken further", "The employer does not take your application further.", True),
    "APPLICATION_HIRED": Stage("Hired", "The employer has hired you. Congratulations.", True),
}
"""By the wire's names of actions."""

# What a candidate does not see at once, so that it may be taken back.
HELD = "APPLICATION_REJECTED"
TOO_LATE = Refusal("TOO_LATE", "Nothing was done: the candidate has seen it, or there is nothing to take back.")
