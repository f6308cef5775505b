"""The fields and files of a form that was sent, each file taken for what its bytes are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath, PureWindowsPath

import structlog
from fastapi import Request
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException

from changeover.apply.application import clean
from changeover.apply.questions import Form, Question
from changeover.apply.sniff import FileRefused, allowed, sniff
from changeover.apply.store import DraftFile
from changeover.web.problem import Problem

log = structlog.get_logger()

MOST_FILES, MOST_FIELDS, MOST_TEXT = 40, 3_000, 400_000


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it came: of which field, how it is called, its bytes."""

    field: str
    name: str
    content: bytes


async def read(request: Request) -> tuple[dict[str, list[str]], list[Upload]]:
    """The fields by name and the files that are not empty; 400 for what is no form, or more than one can be."""
    try:
        form = await request.form(max_files=MOST_FILES, max_fields=MOST_FIELDS, max_part_size=MOST_TEXT)
    except HTTPException as problem:
        sentence = f"Nothing was sent: the form cannot be read ({problem.detail})."
        raise Problem(400, "BAD_FORM", sentence, "Open the job again and send it from there.") from None
    fields: dict[str, list[str]] = {}
    files: list[Upload] = []
    for name, value in form.multi_items():
        if isinstance(value, UploadFile):
            content = await value.read()
            if value.filename or content:
                files.append(Upload(name[:200], value.filename or "", content))
        else:
            # The database keeps no NUL, and half a letter pair is none.
            fields.setdefault(clean(name), []).append(value.replace("\x00", "").encode("utf-8", "ignore").decode())
    return fields, files


def take(form: Form, sent: Sequence[Upload]) -> tuple[list[DraftFile], Mapping[str, str]]:
    """The files that can be taken, and by field why others cannot. Files that nobody asked for are dropped."""
    asked = {(section.key, q.name): q for section in form.sections for q in section.questions if q.kind == "file"}
    taken: list[DraftFile] = []
    refused: dict[str, str] = {}
    for upload in sent:
        section, _, rest = upload.field.partition(".")
        question = asked.get((section, rest.partition(".")[2]))
        if question is None:
            continue
        found = _fits(question, upload)
        if isinstance(found, FileRefused):
            # Without its name: people call their files after themselves.
            log.warning("a file was refused", code=found.code, bytes=len(upload.content))
            refused[upload.field] = found.sentence
        else:
            taken.append(found)
    return taken, refused


def _fits(question: Question, upload: Upload) -> DraftFile | FileRefused:
    name = file_name(upload.name)
    most = int(question.most or 0)
    if len(upload.content) > most:
        sentence = f"{name} has {_size(len(upload.content))}; at most {_size(most)} are taken. Make it smaller."
        return FileRefused("TOO_LARGE", sentence)
    found = sniff(upload.content)
    if isinstance(found, FileRefused):
        return found
    if not allowed(found.kind, question.extensions):
        sentence = f"{name} is a {found.kind} file; send one of {', '.join(question.extensions)}."
        return FileRefused("OTHER_KIND", sentence)
    return DraftFile(upload.field, name, found.media_type, found.kind, upload.content)


def file_name(told: str) -> str:
    """The last part of a file's name, without what could lead astray: no path, no control letter, not too long."""
    last = PureWindowsPath(PurePosixPath(clean(told)).name).name.strip(" .") or "file"
    kept = "".join(letter if letter not in '<>:"/\\|?*' else "_" for letter in last)
    stem, dot, ending = kept.rpartition(".")
    return f"{stem[:100]}{dot}{ending[:10]}" if stem else kept[:100]


def _size(count: int) -> str:
    return f"{count / 1_000_000:.1f} MB" if count >= 1_000_000 else f"{max(count // 1_000, 1)} kB"
