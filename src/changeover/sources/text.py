"""Text as every job carries it: NFC, no control characters, descriptions as sanitised HTML."""

from __future__ import annotations

import html
import re
import unicodedata
from typing import Any

import nh3

from changeover.sources.page_tree import is_costly
from changeover.sources.simple_html import is_simple

MAX_FIELD = 10_000_000
"""Bytes (or characters) that one field of one job may have; libxml2 without huge_tree draws the same line."""

MAX_LINE = 2_000
"""Characters kept of a field that is one line (title, place, address): more is a mistake of the source."""

# Cc but tab and newline, lone surrogates, and the two non-characters that XML and PostgreSQL tools stumble over.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_SPACE = re.compile(r"\s+")
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>|<!--.*?(?:-->|\Z)", re.DOTALL)
_SCRIPT = re.compile(r"<(script|style)\b.*?(?:</\1\s*>|$)", re.DOTALL | re.IGNORECASE)
_ESCAPED_TAG = re.compile(r"&(?:amp;)*lt;/?[a-zA-Z!]")
_ENTITY = re.compile(r"&(?:[a-zA-Z][a-zA-Z0-9]{1,31}|#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6});")
_LAYERS = 6
# A description with as many tags is a table of hundreds of rows; each view of its page sanitises it again.
_MOST_TAGS, _MOST_REPEATED = 5_000, 250_000
_BLANK_LINES = re.compile(r"\n\s*\n")

_TAGS = {
    "a", "abbr", "b", "blockquote", "br", "caption", "code", "dd", "div", "dl", "dt", "em", "h1", "h2", "h3", "h4",
    "h5", "h6", "hr", "i", "li", "ol", "p", "pre", "s", "small", "strong", "sub", "sup", "table", "tbody", "td",
    "tfoot", "th", "thead", "tr", "u", "ul",
}  # fmt: skip
_CLEANER = nh3.Cleaner(
    tags=_TAGS,
    attributes={"a": {"href", "title"}, "td": {"colspan", "rowspan"}, "th": {"colspan", "rowspan"}},
    clean_content_tags={"script", "style", "iframe", "object", "template", "noscript"},
    url_schemes={"http", "https", "mailto", "tel"},
    link_rel="nofollow noopener noreferrer",
)


def clean(value: str) -> str:
    """NFC, without control characters (tab and newline stay), line ends as one newline."""
    if value.isascii() and value.isprintable():
        return value
    value = value.replace("\r\n", "\n").replace("\r", "\n")
    if not value.isprintable():
        value = _CONTROL.sub("", value)
    return unicodedata.normalize("NFC", value)


def is_line(value: str) -> bool:
    """True if nothing but the white space around the value has to go for it to be one line of plain text."""
    return (
        len(value) <= MAX_LINE
        and value.isascii()
        and value.isprintable()
        and "<" not in value
        and "&" not in value
        and "  " not in value
    )


def line(value: str) -> str:
    """One line of plain text: tags and entities resolved, white space (also non-breaking) as one space.

    Longer than MAX_LINE characters is cut: it is then no title, place or address any more. What comes out goes in
    again unchanged.
    """
    if is_line(value):
        return value.strip()
    value = value[: 4 * MAX_LINE]
    for _ in range(_LAYERS):
        before = value
        if not value.isprintable():  # else a tag hides behind a control character until that is gone
            value = _CONTROL.sub("", value)
        if "<" in value:
            value = _unwrapped(value)
            value = _TAG.sub(" ", _SCRIPT.sub(" ", value))
        if "&" in value and _ENTITY.search(value):
            value = html.unescape(value)
        if value == before:
            break
    return _SPACE.sub(" ", clean(value)).strip()[:MAX_LINE].rstrip()


def _unwrapped(value: str) -> str:
    """Without the marks of a CDATA section, which are text where a feed has wrapped it twice."""
    return value.replace("<![CDATA[", "").replace("]]>", "") if "<![CDATA[" in value else value


def unescape(value: str) -> str:
    """Entities resolved; twice, since feeds often escape what was escaped already."""
    for _ in range(2):
        if not _ENTITY.search(value):
            break
        value = html.unescape(value)
    return value


def description(value: str) -> str:
    """Sanitised HTML of a description that may be HTML, HTML escaped once or twice, or plain text.

    Plain text keeps its paragraphs and line breaks. Nothing active survives: no script, style, event or image. Markup
    that a parser would pay dearly for, or make far more of, is read as plain text. What comes out goes in again
    unchanged.
    """
    value = value[:MAX_FIELD].strip()
    if is_simple(value):
        return value
    value = _unwrapped(clean(value)).strip()
    if not value:
        return ""
    for _ in range(2):
        if _TAG.search(value) or not _ESCAPED_TAG.search(value):
            break
        value = html.unescape(value)
    if not _TAG.search(value):
        value = _paragraphs(value)
    cleaned = _affordable(clean(_CLEANER.clean(_affordable(value))).strip())
    return cleaned if _TAG.search(cleaned) else _paragraphs(cleaned)


def _affordable(markup: str) -> str:
    if not is_costly(markup, _MOST_TAGS, _MOST_REPEATED):
        return markup
    return _paragraphs(" ".join(_TAG.sub(" ", _SCRIPT.sub(" ", markup)).split()))


def rich(value: str) -> str:
    """Text that may or may not be HTML, fit to be kept: sanitised if it holds tags, else cleaned as it is."""
    return description(value) if "<" in value and _TAG.search(value) else clean(value).strip()


def _paragraphs(value: str) -> str:
    escaped = html.escape(unescape(value), quote=False).replace("\xa0", "&nbsp;")
    blocks = (block.strip().replace("\n", "<br>") for block in _BLANK_LINES.split(escaped))
    joined = [block for block in blocks if block]
    return "".join(f"<p>{block}</p>" for block in joined)


def scalar(value: Any) -> str:
    """A JSON scalar as the text of one line; None, objects and lists are the empty string."""
    if isinstance(value, str):
        return line(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value) if isinstance(value, int | float) else ""


def tidy(value: Any, depth: int = 6) -> Any:
    """A JSON value fit to be kept in ``extra``: text cleaned, depth bounded, nothing that JSON cannot say."""
    if isinstance(value, str):
        return rich(value)
    if isinstance(value, float):
        return value if value == value and abs(value) != float("inf") else None
    if isinstance(value, bool | int) or value is None:
        return value if not isinstance(value, int) or abs(value) < 2**63 else str(value)
    if depth == 0:
        return None
    if isinstance(value, dict):
        return {clean(str(key)): tidy(item, depth - 1) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [tidy(item, depth - 1) for item in value]
    return clean(str(value))
