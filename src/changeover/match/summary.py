"""A match in a few numbers: how many jobs were paired, are in doubt, or stand on one side only."""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from changeover.wording import plural


@dataclass(frozen=True, slots=True)
class Summary:
    """``paired`` pairs; ``suggested`` suggestions about ``doubtful`` legacy jobs; lone jobs of either side."""

    paired: int
    suggested: int
    doubtful: int
    legacy_only: int
    ats_only: int

    @property
    def settled(self) -> bool:
        """True if every job of both sides has its twin."""
        return not (self.suggested or self.legacy_only or self.ats_only)

    def __str__(self) -> str:
        doubt = f"{plural(self.doubtful, 'legacy job')} with {plural(self.suggested, 'suggested pair')} to review"
        return f"{self.paired:,} paired, {doubt}, {self.legacy_only:,} only legacy, {self.ats_only:,} only in the ATS."


def summary(found: pa.Table) -> Summary:
    """The numbers of what ``pairing.pair`` found."""
    decision = found.column("decision")
    counts = {str(each["values"]): int(each["counts"]) for each in pc.value_counts(decision).to_pylist()}
    review = found.filter(pc.equal(decision, "review"))
    doubtful = len(pc.unique(review.column("legacy_id")))
    names = ("paired", "review", "legacy_only", "ats_only")
    paired, suggested, legacy, ats = (counts.get(name, 0) for name in names)
    return Summary(paired, suggested, doubtful, legacy, ats)
