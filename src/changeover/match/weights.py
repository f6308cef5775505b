"""The weights of evidence as a file a person can read: fields, their named levels, what each adds."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

DEFAULT = Path(__file__).with_name("weights.toml")


@dataclass(frozen=True, slots=True)
class Weights:
    """``fields`` maps a field to its levels and their weights (natural log-odds); thresholds are log-odds too."""

    fields: Mapping[str, Mapping[str, float]]
    prior: float
    accept: float
    margin: float
    review: float

    def ladder(self, field: str, levels: tuple[str, ...]) -> list[float]:
        """The weights of ``levels`` in order; a level the file does not name weighs nothing."""
        named = self.fields.get(field, {})
        return [float(named.get(level, 0.0)) for level in levels]


def read_weights(text: str) -> Weights:
    """Weights from TOML text; raises tomllib.TOMLDecodeError or KeyError where it is no such file."""
    tables: dict[str, Any] = tomllib.loads(text)
    threshold = tables.pop("threshold")
    prior = tables.pop("prior")
    return Weights(tables, prior["company"], threshold["accept"], threshold["margin"], threshold["review"])


@lru_cache(maxsize=1)
def shipped_weights() -> Weights:
    """The weights that come with the package, learned by ``python -m changeover.match.train``."""
    return read_weights(DEFAULT.read_text(encoding="utf-8"))
