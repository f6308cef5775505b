"""Where one record of a feed ends: past what hides an end tag, and where an end tag is missing."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from changeover.sources.sign_places import SignPlaces

_AFTER = (b">", b" ", b"/", b"\n", b"\t", b"\r")
_HIDING = ((b"<!--", b"-->"), (b"<?", b"?>"))


@dataclass(frozen=True, slots=True)
class RecordTag:
    """The tag of the records as the feed writes it, and how to find a record's end."""

    opening: bytes
    closing: bytes
    inside: re.Pattern[bytes]
    anywhere: re.Pattern[bytes]
    first: re.Pattern[bytes]
    _found: dict[bytes, SignPlaces] = field(default_factory=dict, compare=False, repr=False)

    @classmethod
    def named(cls, name: bytes) -> RecordTag:
        """The record tag of this name; its case is the feed's, other cases are found more slowly."""
        inside = re.compile(rb"<!--|<!\[CDATA\[|<\?|<(/?)" + re.escape(name) + rb"(?=[\s/>])", re.IGNORECASE)
        anywhere = re.compile(rb"</?" + re.escape(name) + rb"(?=[\s/>])", re.IGNORECASE)
        first = re.compile(rb"<(?:(/?)" + re.escape(name) + rb"(?=[\s/>])|!--|\?)")
        return cls(b"<" + name, b"</" + name, inside, anywhere, first)

    def end(self, buffer: bytes, begin: int, last: bool) -> tuple[int | None, bool]:
        """Where the record that begins at ``begin`` ends, and whether by its own end tag.

        None if the end is not in the buffer (yet). A record whose end tag is missing ends where the next begins.
        """
        # So nearly all end: of what ends, nests or hides a record its own end tag comes first.
        sign = self.first.search(buffer, begin + 1)
        if sign and sign[1] and self._outside(buffer, begin, sign.start()):
            end = buffer.find(b">", sign.end())
            return (end + 1, True) if end >= 0 else (None, False)
        close = self._first_close(buffer, begin)
        if close >= 0 and self._plain(buffer, begin, close):
            end = buffer.find(b">", close)
            return (end + 1, True) if end >= 0 else (None, False)
        if close < 0 and self._cut_off(buffer, begin):
            return None, False
        return self._careful(buffer, begin, last)

    def _cut_off(self, buffer: bytes, begin: int) -> bool:
        """Whether the record's tag is the buffer's last of its name, hidden ones too, and is not empty."""
        end = buffer.find(b">", begin)
        return end >= 0 and buffer[end - 1 : end] != b"/" and not self.anywhere.search(buffer, end)

    def _first_close(self, buffer: bytes, begin: int) -> int:
        close = self._next(buffer, self.closing, begin)
        while close >= 0:
            after = close + len(self.closing)
            if buffer[after : after + 1] in _AFTER:
                return close
            close = self._next(buffer, self.closing, after)  # </jobtype> is no </job>
        return -1

    def _next(self, buffer: bytes, sign: bytes, at: int, before: int | None = None) -> int:
        """``buffer.find(sign, at, before)``, or a place behind ``before``; looked for once: records without an end must
        not each look to the far end.
        """
        places = self._found.get(sign)
        if places is None or places.buffer is not buffer:
            places = self._found[sign] = SignPlaces(buffer, sign)
        return places.next(at, before)

    def _plain(self, buffer: bytes, begin: int, close: int) -> bool:
        """True if nothing between can hide or nest an end tag, so that the first one found is the record's."""
        at = begin + 1
        while 0 <= (at := self._next(buffer, self.opening, at, close)) < close:
            at += len(self.opening)
            if buffer[at : at + 1] in _AFTER:
                return False
        if not self._outside(buffer, begin, close):
            return False
        for hiding, ending in _HIDING:
            if 0 <= self._next(buffer, hiding, begin, close) < close:
                at = buffer.rfind(hiding, begin, close)
                if buffer.find(ending, at, close) < 0:
                    return False
        return True

    def _outside(self, buffer: bytes, begin: int, at: int) -> bool:
        """Whether this place of the record is in none of its sections."""
        section = buffer.rfind(b"<![CDATA[", begin, at)
        return section < 0 or buffer.find(b"]]>", section, at) >= 0

    def _careful(self, buffer: bytes, begin: int, last: bool) -> tuple[int | None, bool]:
        at, depth, second, nested = begin, 0, -1, False
        while found := self.inside.search(buffer, at):
            at = found.end()
            if found[0].startswith((b"<!", b"<?")):
                at = self._past_hidden(buffer, found)
                if at < 0:
                    break
                continue
            end = buffer.find(b">", at)
            if end < 0:
                break
            empty = buffer[end - 1 : end] == b"/"
            if found[1]:
                depth, nested = depth - 1, True
            elif not empty:
                # A second start within the first is a field of that name only if the end tags bear it out.
                if depth == 2 or (depth == 1 and nested):
                    return second, False
                second = found.start() if depth == 1 else second
                depth += 1
            if depth == 0:
                return end + 1, True
            at = end
        return (second, False) if last and second >= 0 else (None, False)

    def _past_hidden(self, buffer: bytes, found: re.Match[bytes]) -> int:
        """Past a comment, instruction or section; only to the record's end tag where the section was never closed.

        A section that holds an end tag and then the start of another record has swallowed its own record's end.
        """
        sign = {b"<!--": b"-->", b"<?": b"?>"}.get(found[0], b"]]>")
        end = self._next(buffer, sign, found.end())
        bound = end if end >= 0 else len(buffer)
        close = self._next(buffer, self.closing, found.end())
        if 0 <= close < bound and bound > self._next(buffer, self.opening + b">", found.end()) > close:
            return close
        return end + len(sign) if end >= 0 else -1
