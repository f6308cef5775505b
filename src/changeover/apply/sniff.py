"""What a file is, by its bytes and never by its name; what cannot be trusted is refused in words."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass

_MEDIA = {
    "pdf": "application/pdf",
    "doc": "application/msword",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "odt": "application/vnd.oasis.opendocument.text",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "rtf": "application/rtf",
    "png": "image/png",
    "jpg": "image/jpeg",
    "gif": "image/gif",
    "txt": "text/plain; charset=utf-8",
    "zip": "application/zip",
}
_SAME = {"jpeg": "jpg", "text": "txt", "md": "txt", "csv": "txt"}
_PROGRAMS = (b"MZ", b"\x7fELF", b"#!", b"\xca\xfe\xba\xbe", b"\xfe\xed\xfa", b"\xcf\xfa\xed\xfe", b"\xce\xfa\xed\xfe")
_PARTS = {"word/document.xml": "docx", "xl/workbook.xml": "xlsx", "ppt/presentation.xml": "pptx"}
MOST_UNPACKED, MOST_ENTRIES, MOST_RATIO = 100_000_000, 3_000, 200


@dataclass(frozen=True, slots=True)
class Sniffed:
    """What a file turned out to be."""

    kind: str
    media_type: str


@dataclass(frozen=True, slots=True)
class FileRefused:
    """Why a file was not taken: a stable code and a sentence."""

    code: str
    sentence: str


def sniff(content: bytes) -> Sniffed | FileRefused:
    """The kind of a file: one of those that are known, or why it is not taken."""
    if not content:
        return FileRefused("EMPTY_FILE", "The file is empty. Choose another.")
    if content.startswith(_PROGRAMS):
        return FileRefused("PROGRAM", "The file is a program, whatever it is called. Choose a document.")
    kind = _kind(content)
    if isinstance(kind, FileRefused):
        return kind
    if not kind:
        return FileRefused("UNKNOWN_KIND", "The file is of no kind that is known here. Save it as PDF and choose that.")
    return Sniffed(kind, _MEDIA[kind])


def allowed(kind: str, extensions: tuple[str, ...]) -> bool:
    """Whether a kind is among those that a question takes; without any named, every known one is."""
    return not extensions or kind in {_SAME.get(each, each) for each in extensions}


def _kind(content: bytes) -> str | FileRefused:
    if b"%PDF-" in content[:1024]:
        return "pdf"
    if content.startswith(b"PK\x03\x04"):
        return _packed(content)
    for mark, kind in (
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "doc"),
        (b"{\\rtf", "rtf"),
        (b"\x89PNG\r\n\x1a\n", "png"),
        (b"\xff\xd8\xff", "jpg"),
        (b"GIF8", "gif"),
    ):
        if content.startswith(mark):
            return kind
    return "txt" if _is_text(content) else ""


def _packed(content: bytes) -> str | FileRefused:
    """The kind of a zip by its table of contents: nothing is unpacked, and what would burst is refused."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            entries = packed.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        return FileRefused("BROKEN_FILE", "The file is damaged. Save it again, or as PDF.")
    unpacked = sum(entry.file_size for entry in entries)
    if len(entries) > MOST_ENTRIES or unpacked > MOST_UNPACKED or unpacked > MOST_RATIO * len(content):
        return FileRefused("ZIP_BOMB", "The file would unpack to far more than it seems. Save it as PDF.")
    names = {entry.filename for entry in entries}
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        return FileRefused("MACROS", "The document holds macros. Save it without them, or as PDF.")
    if any(entry.flag_bits & 1 for entry in entries):
        return FileRefused("LOCKED", "The document is locked with a password. Save it without one.")
    office = next((kind for part, kind in _PARTS.items() if part in names), "")
    return office or ("odt" if {"content.xml", "mimetype"} <= names else "zip")


def _is_text(content: bytes) -> bool:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return False
    return all(letter.isprintable() or letter in "\r\n\t\f" for letter in text[:20_000])
