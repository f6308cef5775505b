"""The case for support, filled in: in the first weeks the codes point there."""

from __future__ import annotations

from collections.abc import Mapping

from changeover.console.sentences import NAMES
from changeover.migration.store import Company
from changeover.wording import instant


def case_text(it: Company, groups: Mapping[tuple[str, str], int], address: str) -> str:
    """Everything that whoever helps would ask first, as plain text to copy."""
    counts = it.counts
    lines = [
        f"Company: {it.name} ({it.company_id})",
        f"ATS: {it.ats or 'not said'}",
        f"State: {NAMES[it.state]}{', held' if it.held else ''}, activated {instant(it.activated_at) or 'never'}",
        f"Jobs: {counts.get('legacy', 0)} of the old source, {counts.get('ats', 0)} of the ATS, "
        f"{counts.get('paired', 0)} matched",
    ]
    lines += [f"{decision} / {rule}: {jobs}" for (decision, rule), jobs in sorted(groups.items())]
    lines += [f"{blocker['code']}: {blocker['sentence']}" for blocker in it.blockers]
    return "\n".join([*lines, f"Review page: {address}"])
