"""Whatever encoding a source declares, its bytes become text: nothing that it can say stops the reading."""

from __future__ import annotations

import encodings
import pkgutil

import pytest

from changeover.sources.encoding import Utf8, decode

BYTES = b"\xff\xfe\x80<source>\xe4\xbd\xa0</source>\xd8"
KNOWN = sorted(module.name for module in pkgutil.iter_modules(encodings.__path__))


def as_utf8(data: bytes, hint: str = "") -> bytes:
    reader = Utf8(hint)
    return reader.feed(data) + reader.finish()


@pytest.mark.parametrize("name", [*KNOWN, "no-such-encoding", ""])
def test_any_name_may_be_declared_or_told_by_the_server(name: str) -> None:
    declared = f'<?xml version="1.0" encoding="{name}"?>'.encode()
    assert b"source" in as_utf8(declared + BYTES)
    assert "source" in decode(declared + BYTES)
    as_utf8(BYTES[3:], name)
    decode(BYTES[3:], name)


@pytest.mark.parametrize("name", ["utf-16", "utf-32", "utf-16-be"])
def test_a_declaration_that_would_not_be_readable_if_it_were_true_is_not_believed(name: str) -> None:
    reader = Utf8()
    text = reader.feed(f'<?xml version="1.0" encoding="{name}"?><a>Köchin</a>'.encode()) + reader.finish()
    assert "Köchin" in text.decode()
    assert [problem.code for problem in reader.problems()] == ["WRONG_ENCODING"]
