"""A JSON value as a Reading: an ATS's answer, our own records, JobPostings, or any list of jobs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from changeover.sources import ats_boards, json_list, records
from changeover.sources.ats_boards.board import reading, told
from changeover.sources.ats_boards.wrapped import read_wrapped
from changeover.sources.json_job import plainly
from changeover.sources.json_ld import postings_in
from changeover.sources.source import Completeness, Problem, Reading, failed


def read_json(answer: Any, kind: str, name: str, now: datetime) -> Reading:
    """The reading of a JSON value: an ATS's answer, our own records, JobPostings, or any list of jobs."""
    board = ats_boards.named(kind) if kind else ats_boards.recognise(answer)
    if board and (said := told(board, answer)):
        return reading(board, said)
    if board and kind:
        what = f"{name} is not an answer of {board.caption}"
        return failed(kind, "NOT_THIS_KIND", f"{what}; leave the kind out to have it recognised.")
    if not kind and (within := read_wrapped(answer)):
        return within
    found = json_list.find(answer)
    if kind in ("", json_list.KIND) and (postings := postings_in(answer)):
        around = (plainly(answer),) if isinstance(answer, dict) else ()
        return json_list.of_postings(postings, found or json_list.Found(postings, around), now)
    if found is not None:
        return read_found(found, answer, kind)
    if json_list.is_record(answer):
        return records.read_records([answer])
    if json_list.empty(answer) and not json_list.error_told(answer):
        none = json_list.reading([], json_list.Found([], json_list.around(answer)))
        return replace(none, problems=[*none.problems, Problem("NO_JOBS", f"{name} is a list without jobs.")])
    if what := json_list.not_a_list(answer):
        return failed(kind or "unknown", "NOT_A_JOB_SOURCE", f"{name} {what}")
    return failed(
        kind or "unknown",
        "NOT_A_JOB_SOURCE",
        f"{name} is JSON, but no list of jobs in it was recognised; check the address, or say with `changeover source "
        "map` which of its lists and fields are the jobs'.",
    )


def read_found(found: json_list.Found, answer: Any, kind: str) -> Reading:
    """The reading of a list of jobs that was found in an answer: records of our own form, or another's."""
    own = [record for record in found.jobs if json_list.is_record(record)]
    if kind == records.KIND or (isinstance(answer, list) and len(own) == len(found.jobs) and not kind):
        mappings: list[Mapping[str, Any]] = [record for record in found.jobs if isinstance(record, dict)]
        return records.read_records(mappings, found.doubts, unreadable=len(found.jobs) - len(mappings))
    return json_list.read(found, answer)


def read_lines(text: str, *, own: bool) -> Reading:
    """The reading of one JSON object a line: records of our own form, another's, or a page of a list in each."""
    read = records.lines(text)
    pages = [page.jobs for said in read.records if (page := json_list.find(said))]
    if pages and len(pages) == len(read.records):
        read = replace(read, records=[job for page in pages for job in page])
    found = None if own or all(map(json_list.is_record, read.records)) else json_list.find(read.records)
    if found is None:
        return records.read_lines(read)
    told = json_list.read(found, read.records)
    problems = [*read.doubts, *read.notes, *told.problems]
    whole = Completeness.PARTIAL if read.doubts else told.completeness
    return replace(told, completeness=whole, problems=problems, unreadable=told.unreadable + read.unreadable)
