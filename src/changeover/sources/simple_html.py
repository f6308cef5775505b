"""HTML so simple that the sanitiser would answer it unchanged, known without asking it."""

from __future__ import annotations

import re
import unicodedata


def _simple(text: str) -> re.Pattern[str]:
    """Paragraphs, headings, lists and emphasis around what matches ``text``: each sign is looked at once."""
    bold = rf"<(?:b>{text}</b|strong>{text}</strong|i>{text}</i|em>{text}</em|u>{text}</u|br)>"
    line = rf"{text}(?:(?:&(?:amp|lt|gt);|{bold}){text})*+"
    block = "|".join(f"<{name}>{line}</{name}>" for name in ("p", "h2", "h3", "h4"))
    lists = "|".join(rf"<{name}>[ \n\t]*+(?:<li>{line}</li>[ \n\t]*+)*+</{name}>" for name in ("ul", "ol"))
    return re.compile(rf"(?:{text}(?:{block}|{lists}|{bold}|&(?:amp|lt|gt);))++{text}\Z")


# Neither markup nor controls: of ASCII told by what it is, which takes half as long as by what it is not. A space that
# does not break comes out as an entity.
_ASCII = _simple(r"[ -%'-;=?-~\n\t]*+")
_ANY = _simple(r"[^<>&\r\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\xa0\ud800-\udfff\ufffe\uffff]*+")


def is_simple(value: str) -> bool:
    """True if the text is paragraphs, headings, lists and emphasis, properly nested, in NFC, and nothing else."""
    if "<" not in value:
        return False
    if value.isascii():
        return _ASCII.match(value) is not None
    return _ANY.match(value) is not None and unicodedata.is_normalized("NFC", value)
