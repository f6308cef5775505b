"""HTML so simple that the sanitiser would answer it unchanged, known without asking it."""

from __future__ import annotations

import re
import unicodedata

# Possessive throughout: each sign is looked at once. A space that does not break comes out as an entity.
_TEXT = r"[^<>&\r\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\xa0\ud800-\udfff\ufffe\uffff]*+"
_BOLD = rf"<(?:b>{_TEXT}</b|strong>{_TEXT}</strong|i>{_TEXT}</i|em>{_TEXT}</em|u>{_TEXT}</u|br)>"
_LINE = rf"{_TEXT}(?:(?:&(?:amp|lt|gt);|{_BOLD}){_TEXT})*+"
_BLOCK = "|".join(f"<{name}>{_LINE}</{name}>" for name in ("p", "h2", "h3", "h4"))
_LIST = "|".join(rf"<{name}>[ \n\t]*+(?:<li>{_LINE}</li>[ \n\t]*+)*+</{name}>" for name in ("ul", "ol"))
_SIMPLE = re.compile(rf"(?:{_TEXT}(?:{_BLOCK}|{_LIST}|{_BOLD}|&(?:amp|lt|gt);))++{_TEXT}\Z")


def is_simple(value: str) -> bool:
    """True if the text is paragraphs, headings, lists and emphasis, properly nested, in NFC, and nothing else."""
    if "<" not in value or _SIMPLE.match(value) is None:
        return False
    return value.isascii() or unicodedata.is_normalized("NFC", value)
