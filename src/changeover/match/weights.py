"""The weights of evidence as a file a person can read: fields, their named levels, what each adds."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any

DEFAULT = Path(__file__).with_name("weights.toml")


@dataclass(frozen=True)
class Weights:
    """``fields`` maps a field to its levels and their weights in natural log-odds; thresholds are log-odds too.

    ``accept``: from here a pair needs no person. ``margin``: so far it must be ahead of every rival, before its lead
    counts as evidence. ``review``: from here a pair is worth a person's look. ``consider``: below this a pair is
    not even a rival. ``accept_by_id``: from here, far higher, jobs of one employer job id need no person: ids get
    recycled, so the texts must not speak too loudly against it.
    ``rarity`` is the weight of common title words by their stem, ``rare`` that of all others.
    """

    fields: Mapping[str, Mapping[str, float]]
    prior: float
    accept: float
    margin: float
    review: float
    consider: float
    accept_by_id: float
    rarity: Mapping[str, float]
    rare: float

    @cached_property
    def digest(self) -> str:
        """What tells these weights from others."""
        return sha256(write_weights(self).encode()).hexdigest()[:12]

    def ladder(self, field: str, levels: Sequence[str]) -> list[float]:
        """The weights of ``levels`` in order; a level the file does not name weighs nothing."""
        named = self.fields.get(field, {})
        return [float(named.get(level, 0.0)) for level in levels]


def read_weights(text: str) -> Weights:
    """Weights from TOML text; raises ValueError, KeyError or TypeError where it is no such file."""
    tables: dict[str, Any] = tomllib.loads(text)
    for name, table in tables.items():
        if not all(type(value) in (int, float) and math.isfinite(value) for value in table.values()):
            raise ValueError(f"a value of [{name}] is no number")
        # A person writes -2 for -2.0, and whole numbers would add up to whole numbers.
        tables[name] = {key: float(value) for key, value in table.items()}
    words = tables.pop("rarity")
    threshold = tables.pop("threshold")
    prior = tables.pop("prior")["any_pair"]
    if not (threshold["consider"] <= threshold["review"] <= threshold["accept"] and threshold["margin"] >= 0):
        raise ValueError("of [threshold], consider must be at most review, that at most accept, and margin not below 0")
    return Weights(fields=tables, prior=prior, rare=words.pop("any_other_word"), rarity=words, **threshold)


class UnusableWeights(ValueError):
    """A file of weights cannot be used; the message is one sentence with what to do."""


def own_weights(path: Path) -> Weights:
    """The weights of a file that ``changeover train`` wrote; raises UnusableWeights where it is no such file."""
    try:
        return read_weights(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise UnusableWeights(f"There is no file {path} with weights; `changeover train` writes one.") from None
    except OSError as problem:
        raise UnusableWeights(f"{path} cannot be read ({problem.strerror}); check it and its rights.") from None
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError) as problem:
        raise UnusableWeights(f"{path} holds no weights ({problem}); `changeover train` writes them.") from None


@lru_cache(maxsize=1)
def shipped_weights() -> Weights:
    """The weights that come with the package."""
    return read_weights(DEFAULT.read_text(encoding="utf-8"))


def write_weights(weights: Weights) -> str:
    """The TOML text that :func:`read_weights` reads back as the same weights."""
    named = ("accept", "margin", "review", "consider", "accept_by_id")
    tables = {
        "threshold": {name: getattr(weights, name) for name in named},
        "prior": {"any_pair": weights.prior},
        **{field: levels for field, levels in weights.fields.items() if levels},
        "rarity": {"any_other_word": weights.rare, **weights.rarity},
    }
    blocks = [_HEADER]
    for table, values in tables.items():
        lines = [f"{_key(name)} = {float(value)!r}" for name, value in values.items()]
        blocks.append("\n".join([f"[{table}]", *lines]))
    return "\n\n".join(blocks) + "\n"


def _key(name: str) -> str:
    bare = name.replace("_", "").isalnum() and name.isascii()
    return name if bare else f'"{name}"'


_HEADER = """\
# The weights of evidence: natural log-odds that each named level of a field adds to the prior of a pair.
# Learned from labelled pairs, cross-validated by company; decision, employer_job_id, workplace_type, employment_type,
# salary, posted_at, description, code and the thresholds review, consider and accept_by_id are set by hand; accept and
# margin are chosen to hold on companies never seen. [rarity] weighs the words of titles by their stem."""
