"""One job of a match explained: the decision, evidence that adds up, and the next best candidates."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from typing import Any

import orjson
import pyarrow.compute as pc

from changeover.cli.match_formats import Matched
from changeover.cli.session import Stop
from changeover.cli.shown import table
from changeover.match.beside import SHOWN
from changeover.match.explaining import Nearest, Step, nearest, probability, steps_of, twins
from changeover.match.report import percent
from changeover.match.weights import shipped_weights

_CANDIDATES = 5
_AGAINST = 3
# Less than this against a candidate is not worth a word.
_SLIGHT = -0.3


def explained(matched: Matched, legacy_id: str, *, json: bool) -> Iterator[str]:
    """The job's explanation, for a person or as JSON. Ends the command if there is no such job."""
    mine = matched.rows.filter(legacy_id=legacy_id).sort("score", descending=True).to_dicts()
    if not mine:
        raise Stop(_unknown(matched, legacy_id))
    near = _candidates(matched, legacy_id)
    if json:
        rows = [{**row, "evidence": orjson.Fragment(row["evidence"])} for row in mine]
        yield orjson.dumps({"rows": rows, "candidates": near}, option=orjson.OPT_INDENT_2).decode() + "\n"
    else:
        yield from _text(mine, near)


def _unknown(matched: Matched, legacy_id: str) -> str:
    known: list[str] = matched.legacy.column("id").to_pylist()
    like = get_close_matches(legacy_id, known[:20_000], 3) or known[:3]
    return f"There is no legacy job {legacy_id[:100]}" + (f"; some are {', '.join(like)}." if like else ".")


def _candidates(matched: Matched, legacy_id: str) -> list[dict[str, Any]]:
    """The ATS jobs of its group most like it, with what speaks against each and whose twin it is."""
    job = matched.legacy.filter(pc.equal(matched.legacy.column("id"), legacy_id))
    others = matched.ats
    if matched.by:
        others = others.filter(pc.equal(others.column("group"), job.column("group")[0]))
    found = nearest(job, others, _CANDIDATES, matched.weights or shipped_weights())
    paired = twins(matched.found, [one.ats_id for one in found])
    named = others.filter(pc.is_in(others.column("id"), pc.cast([one.ats_id for one in found], "string")))
    jobs = {row["id"]: row for row in named.select(["id", *SHOWN]).to_pylist()}
    return [_candidate(one, jobs[one.ats_id], paired.get(one.ats_id)) for one in found]


def _candidate(one: Nearest, job: dict[str, Any], twin: str | None) -> dict[str, Any]:
    against = sorted((step for step in one.steps if step.weight < _SLIGHT and step.field != "prior"), key=_weight)
    return {
        "ats_id": one.ats_id,
        **{name: job[name] for name in SHOWN},
        "log_odds": round(one.log_odds, 4),
        "alone_likely": round(probability(one.log_odds), 4),
        "twin_of": twin,
        "against": [f"{step.field} {_words(step.level)}" for step in against[:_AGAINST]],
        "evidence": [{"field": step.field, "level": step.level, "weight": round(step.weight, 4)} for step in one.steps],
    }


def _weight(step: Step) -> float:
    return step.weight


def _text(mine: list[dict[str, Any]], near: list[dict[str, Any]]) -> Iterator[str]:
    yield f"Legacy {_named(mine[0], 'legacy')}\n"
    before = ""
    for row in mine:
        yield f"\n{_decision(row)}\n{row['reason']}\n"
        if row["fix"]:
            yield f"What to do: {row['fix']}\n"
        if row["evidence"] == before:
            yield "The evidence is the same, step by step.\n"
        elif steps := steps_of(row["evidence"]):
            yield "\n" + _sum(steps)
        before = row["evidence"]
    if near:
        yield "\nThe ATS jobs most like it, each seen alone:\n"
        columns = ("ATS", "job", "likely", "against it", "is")
        yield _drawn(columns, [_line(one, mine) for one in near])


def _named(row: dict[str, Any], side: str) -> str:
    number = row[f"{side}_employer_job_id"]
    said = [
        row[f"{side}_title"],
        row[f"{side}_location"],
        row[f"{side}_company"],
        number and f"Employer Job ID {number}",
    ]
    return f"{row[f'{side}_id']}: {' · '.join(filter(None, said)) or '(it says nothing)'}"


def _decision(row: dict[str, Any]) -> str:
    if row["ats_id"] is None:
        return f"Decision: only at the old source ({row['rule']}, {row['code']})."
    word = "paired with" if row["decision"] == "paired" else "to review, perhaps"
    return f"Decision: {word} ATS {_named(row, 'ats')} ({row['rule']}, {percent(row['score'])} likely)."


def _sum(steps: list[Step]) -> str:
    """The steps with their running sum, whose last line is the log-odds of the score."""
    total, lines = 0.0, []
    for step in steps:
        total += step.weight
        lines.append((step.field, _words(step.level), f"{step.weight:+.2f}", f"{total:+.2f}"))
    lines.append(("together", f"{100 * probability(total):.2f} % likely", "", f"{total:+.2f}"))
    return _drawn(("evidence", "level", "adds", "log-odds"), lines)


def _line(one: dict[str, Any], mine: list[dict[str, Any]]) -> tuple[str, ...]:
    said = " · ".join(filter(None, (one["title"], one["location"], one["employer_job_id"])))
    here = {row["ats_id"]: row["decision"] for row in mine}.get(one["ats_id"])
    if here:
        is_ = "its twin" if here == "paired" else "suggested"
    else:
        is_ = f"the twin of {one['twin_of']}" if one["twin_of"] else "free"
    return one["ats_id"], said, percent(one["alone_likely"]), ", ".join(one["against"]) or "nothing", is_


def _words(level: str) -> str:
    return level.replace("_", " ")


def _drawn(columns: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    text = io.StringIO()
    table(columns, rows, text)
    return text.getvalue()
