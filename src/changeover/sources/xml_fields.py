"""One record of a feed as its fields, whatever case and depth its tags have; broken markup is mended."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from lxml import etree

from changeover.sources.flat_record import FlatRecords
from changeover.sources.text import MAX_FIELD
from changeover.sources.xml_records import plain

_HARDENED = etree.XMLParser(
    resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
)
_TOKEN = re.compile(
    r"<!\[CDATA\[(?P<cdata>.*?)\]\]>|<!--.*?(?:-->|\Z)|<\?.*?(?:\?>|\Z)|"
    r"<(?P<end>/?)(?P<name>[A-Za-z_][\w:.\-]*+)(?P<rest>[^<>]*+)>|(?P<text>[^<]+|<)",
    re.DOTALL,
)
_BAD_NAME = re.compile(r"[^A-Za-z0-9_\-]")
_HTML = frozenset(
    """a abbr article b blockquote br center code dd div dl dt em font h1 h2 h3 h4 h5 h6 hr i img li ol p pre section
    small span strong sub sup table tbody td th thead tr u ul""".split()  # noqa: SIM905 - words read better than a list
)
_NAMED = frozenset(
    ("field", "attribute", "property", "param", "parameter", "data", "customfield", "fl", "question", "classification")
)
# The attributes that name them; the last two are Zoho Recruit's and BrassRing's.
_NAMING = ("name", "key", "val", "Id")
_MAX_DEPTH = 100
_MAX_FIELDS = 2_000

Fields = Mapping[str, list[str]]
"""Values by plain path (``title``, ``location/city``), by attribute (``link@href``, ``@id`` for the record's own)
and, for what lies deeper, by the last name alone behind ``*/`` (``*/city``)."""


@dataclass(frozen=True, slots=True)
class Parsed:
    """The fields of a record, and whether its markup had to be mended. ``fields`` is None if one is too large."""

    fields: Fields | None
    mended: bool = False


class RecordParser:
    """Parses the records of one feed."""

    def __init__(self) -> None:
        self._flat = FlatRecords()

    def parse(self, raw: bytes, namespaces: bytes = b"") -> Parsed:
        """The fields of a record's bytes. Plain ones directly, else strict; where that fails, by a reader that mends.

        The strict parser knows no entities but XML's own, loads nothing and draws a line at 10 MB in one field.
        """
        flat = self._flat.fields(raw)
        return Parsed(flat) if flat is not None else _parsed(raw, namespaces)


def _parsed(raw: bytes, namespaces: bytes) -> Parsed:
    whole = b"<_" + namespaces + b">" + raw + b"</_>" if namespaces else raw
    try:
        root = etree.fromstring(whole, _HARDENED)
        element, mended = (root[0] if namespaces else root), False
    except (etree.XMLSyntaxError, IndexError):
        if len(raw) > MAX_FIELD:
            return Parsed(None)
        element, mended = _mend(raw.decode("utf-8", "replace")), True
    fields: dict[str, list[str]] = {}
    while len(element) == 1 and len(element[0]) > 1:  # <job id="7"><data> … </data></job>
        _flatten_attributes(element, "", fields)
        element = element[0]
    _flatten(element, "", fields, 0)
    if len(element) == 0:  # <vacancy id="7" title="Baker"/>
        fields |= {plain(str(name)): [str(value)] for name, value in element.attrib.items()}
    if len(raw) > MAX_FIELD and any(len(value) > MAX_FIELD for values in fields.values() for value in values):
        return Parsed(None)
    return Parsed(fields, mended)


def _flatten(element: etree._Element, path: str, fields: dict[str, list[str]], depth: int) -> None:
    _flatten_attributes(element, path, fields)
    for child in element:
        if not isinstance(child.tag, str):
            continue
        leaf = _plain(child.tag)
        named = next(filter(None, map(child.get, _NAMING)), "") if leaf in _NAMED else ""
        if named:  # <field name="title">…</field>
            leaf = _plain(named)
        if leaf == "link" and child.get("rel", "alternate") != "alternate":  # the feed's own, a picture's
            continue
        below = f"{path}/{leaf}" if path else leaf
        nested = len(child) > 0 and not all(_plain(str(inner.tag)) in _HTML for inner in child)
        value = child.text or "" if len(child) == 0 else _inner(child) if not nested else (child.text or "").strip()
        _put(fields, below, value)
        if path:
            _put(fields, f"*/{leaf}", value)
            if named:  # <fields><field name="url">
                _put(fields, leaf, value)
        if nested and depth < _MAX_DEPTH:
            _flatten(child, below, fields, depth + 1)
        elif not nested and len(child.attrib):
            _flatten_attributes(child, below, fields)


def _flatten_attributes(element: etree._Element, path: str, fields: dict[str, list[str]]) -> None:
    for name, value in element.attrib.items():
        _put(fields, f"{path}@{_plain(str(name))}", str(value))


def _put(fields: dict[str, list[str]], path: str, value: str) -> None:
    if path in fields:
        fields[path].append(value)
    elif len(fields) < _MAX_FIELDS:
        fields[path] = [value]


def _inner(element: etree._Element) -> str:
    parts = [html.escape(element.text or "", quote=False)]
    parts.extend(etree.tostring(child, encoding="unicode") for child in element)
    return "".join(parts)


@lru_cache(maxsize=4096)
def _plain(name: str) -> str:
    return plain(name)


def _mend(text: str) -> etree._Element:
    """The element that broken markup most likely means.

    An end tag that ends nothing is passed over, one that ends an outer element ends the inner ones too, signs
    and entities that XML does not know stay text, and a CDATA section that never ends is no section.
    """
    root = etree.Element("_")
    path = [root]
    # What was said since the last tag that means something: put down at once, or thousands of pieces cost their square.
    said: list[str] = []
    # To look for the end of each section that has none would cost the square of their number.
    last = text.rfind("]]>") + 1
    text = text[:last] + text[last:].replace("<![CDATA[", "<!---->")
    for token in _TOKEN.finditer(text):
        if token["cdata"] is not None:
            said.append(token["cdata"])
        elif token["text"] is not None:
            said.append(html.unescape(token["text"]))
        elif token["name"] is None:
            continue
        elif token["end"]:
            names = [str(element.tag).lower() for element in path[1:]]
            if (name := _safe(token["name"]).lower()) in names:
                _say(path[-1], said)
                del path[len(names) - names[::-1].index(name) :]
        elif len(path) < _MAX_DEPTH:
            _say(path[-1], said)
            child = etree.SubElement(path[-1], _safe(token["name"]))
            if not token["rest"].endswith("/"):
                path.append(child)
    _say(path[-1], said)
    return root[0] if len(root) else root


def _say(element: etree._Element, pieces: list[str]) -> None:
    """Put down what was said in an element, behind what is in it, and forget it."""
    said = "".join(pieces).replace("\0", "")
    pieces.clear()
    if not said:
        return
    try:
        if len(element):
            element[-1].tail = (element[-1].tail or "") + said
        else:
            element.text = (element.text or "") + said
    except ValueError:  # a sign that XML cannot hold, from a numeric entity
        printable = "".join(sign for sign in said if sign.isprintable() or sign in "\n\t")
        _say(element, [printable.encode("utf-8", "ignore").decode()])


def _safe(name: str) -> str:
    name = _BAD_NAME.sub("_", name.rpartition(":")[2])
    return name if name[:1].isalpha() else f"_{name}"
