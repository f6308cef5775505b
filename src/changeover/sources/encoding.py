"""Bytes in whatever encoding as clean UTF-8, piece by piece, saying what was declared, used and lost."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

import numpy as np
from charset_normalizer import from_bytes

from changeover.sources.source import Problem
from changeover.wording import plural

_SAMPLE = 1 << 18
_DECLARED = re.compile(rb"""<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._:-]{1,40})["']""")
_META = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?([A-Za-z0-9._:-]{1,40})""", re.IGNORECASE)
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_CONTROLS = bytes(set(range(32)) - {9, 10, 13}) + b"\x7f"
_BEYOND = b"\t\r" + bytes(range(128, 256))
# Browsers read latin-1 as windows-1252, whose extra signs are what such files mean.
# Without a mark, UTF-16 and UTF-32 are taken as little-endian, as browsers do.
_WIDER = {"iso8859-1": "cp1252", "ascii": "utf-8", "utf-16": "utf-16-le", "utf-32": "utf-32-le"}
# Python knows these as encodings of text, but no source is written in them, and some refuse to replace.
_NO_TEXT = frozenset({"idna", "punycode", "undefined", "unicode-escape", "raw-unicode-escape", "utf-7"})


@dataclass(frozen=True, slots=True)
class Choice:
    """The codec to read with, the bytes of mark to skip, and what the source declared where that was not it."""

    codec: str
    skip: int = 0
    contradicts: str = ""


def choose(sample: bytes, hint: str = "") -> Choice:
    """The encoding of bytes that begin with ``sample``: mark, declaration, ``hint`` (the HTTP charset), or a guess.

    A declaration that the bytes contradict is not believed: bytes that are valid UTF-8 with signs beyond ASCII
    are UTF-8, and bytes that are mostly no UTF-8 are guessed.
    """
    for mark, codec in _BOMS:
        if sample.startswith(mark):
            return Choice(codec, len(mark))
    if sample[:2] in (b"<\0", b"\0<"):
        return Choice("utf-16-le" if sample[:1] == b"<" else "utf-16-be")
    found = _DECLARED.search(sample[:2048]) or _META.search(sample[:4096])
    declared = _known(found[1].decode("ascii") if found else hint)
    valid, odd, many = _as_utf8(sample)
    if found and found[0].decode(declared, "replace") != found[0].decode("ascii", "replace"):
        # The declaration could not have been read here if it were true.
        return Choice("utf-8" if valid else _guess(sample), contradicts=declared)
    if declared == "utf-8":
        if valid or many > 4 * odd:
            return Choice("utf-8")
        return Choice(_guess(sample), contradicts="utf-8" if found or hint else "")
    if valid and many:
        return Choice("utf-8", contradicts=declared)
    return Choice(declared)


def _known(name: str) -> str:
    try:
        codec = codecs.lookup(name or "utf-8")
    except (LookupError, ValueError):
        return "utf-8"
    if not codec._is_text_encoding or codec.name.replace("_", "-") in _NO_TEXT:
        return "utf-8"
    return _WIDER.get(codec.name, codec.name)


def _as_utf8(sample: bytes) -> tuple[bool, int, int]:
    """Whether the sample is UTF-8 (but for a cut last sign), its invalid places, and its signs beyond ASCII."""
    decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
    text = decoder.decode(sample)
    odd = text.count("\ufffd") - sample.count(b"\xef\xbf\xbd")
    many = len(text) - len(text.encode("ascii", "ignore")) - text.count("\ufffd")
    return odd <= 0, max(odd, 0), many


def _guess(sample: bytes) -> str:
    best = from_bytes(sample[:65536]).best()
    name = _known(best.encoding) if best else "cp1252"
    # A guess of a multi-byte Asian code page for text with few signs beyond ASCII is mostly wrong.
    beyond = sum(byte > 127 for byte in sample[:65536])
    return "cp1252" if beyond < 64 or name == "utf-8" else name


def decode(data: bytes, hint: str = "") -> str:
    """All bytes as text at once, invalid ones replaced; for pages and JSON."""
    choice = choose(data[:_SAMPLE], hint)
    return data[choice.skip :].decode(choice.codec, "replace")


def _is_clean(data: bytes) -> bool:
    """Whether a piece is whole UTF-8 without control characters, so that it may pass as it is."""
    # In passes of the processor's wide instructions: as signed numbers, those beyond ASCII are below all others.
    signs = np.frombuffer(data, dtype=np.int8)
    odd = (signs < 32) ^ (signs == 10)
    if b"\x7f" in data:
        return False
    if not odd.any():
        return True
    if signs[odd].tobytes().translate(None, _BEYOND):
        return False
    if data.isascii():
        return True
    try:
        return "\ufffd" not in data.decode()
    except UnicodeDecodeError:
        return False


class Utf8:
    """Turns pieces of a feed into pieces of UTF-8 without control characters, and counts what it had to change."""

    def __init__(self, hint: str = "") -> None:
        self._hint = hint
        self._held = b""
        self._decoder: codecs.IncrementalDecoder | None = None
        self._began_in_sign = False
        self.choice = Choice("utf-8")
        self.replaced = 0
        self.removed = 0

    def feed(self, data: bytes) -> bytes:
        """The next piece; empty while the first bytes are still being gathered."""
        if self._decoder:
            return self._turn(self._decoder, data, False)
        self._held += data
        return b"" if len(self._held) < _SAMPLE else self._begin(False)

    def finish(self) -> bytes:
        """What was held back."""
        return self._turn(self._decoder, b"", True) if self._decoder else self._begin(True)

    def _begin(self, last: bool) -> bytes:
        self.choice = choose(self._held, self._hint)
        self._decoder = codecs.getincrementaldecoder(self.choice.codec)(errors="replace")
        held, self._held = self._held[self.choice.skip :], b""
        return self._turn(self._decoder, held, last)

    def _turn(self, decoder: codecs.IncrementalDecoder, data: bytes, last: bool) -> bytes:
        if self.choice.codec == "utf-8" and not self._began_in_sign and _is_clean(data):
            return data
        text = decoder.decode(data, last)
        self._began_in_sign = bool(decoder.getstate()[0])
        self.replaced += text.count("\ufffd")
        whole = text.encode("utf-8", "replace")
        clean = whole.translate(None, _CONTROLS)
        self.removed += len(whole) - len(clean)
        return clean

    def problems(self) -> list[Problem]:
        """What was contradicted, replaced or removed."""
        told = []
        if self.choice.contradicts:
            told.append(
                Problem(
                    "WRONG_ENCODING",
                    f"The source says that it is {self.choice.contradicts} but is written in {self.choice.codec}, "
                    "and was read as that; correct its declaration.",
                )
            )
        if self.replaced:
            told.append(
                Problem(
                    "INVALID_BYTES",
                    f"{plural(self.replaced, 'place holds', 'places hold')} bytes that are not "
                    f"{self.choice.codec}; each was replaced by \ufffd; correct the source's encoding.",
                )
            )
        if self.removed:
            told.append(
                Problem(
                    "CONTROL_CHARACTERS",
                    f"{self.removed:,} control characters, which no text may hold, were removed; correct the source.",
                )
            )
        return told
