"""Why something was not done: what every act answers where it does not act."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why something was not done: a stable code, a sentence, what to do instead. Nothing has changed."""

    code: str
    sentence: str
    fix: str = ""

    def __str__(self) -> str:
        return f"{self.sentence} {self.fix}".strip()
