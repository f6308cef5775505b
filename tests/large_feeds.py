"""Feeds of some jobs that are read as large ones are."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from changeover import source_memory
from changeover.sources import content, encoding, feed_intake, xml_records

ALL = range(40)


def small(change: Callable[[object, str, object], None] = setattr) -> None:
    """Have a feed of more than a few jobs be taken for a large one, and read in steps."""
    for module in (content, feed_intake):
        change(module, "BATCH", 5)
    for module, name, size in (
        (source_memory, "CHUNK", 10),
        (source_memory, "_COMPARED", 5),
        (content, "SNIFFED", 100),
        (encoding, "_SAMPLE", 300),
        (xml_records, "HEAD", 3_000),
    ):
        change(module, name, size)


def feed(numbers: Sequence[int], title: str = "Digger of ditch {n}", place: str = "Boston", text: str = "Digs.") -> str:
    """A feed of these jobs, whose ids are L and their number."""
    return (
        "<source><publisher>P</publisher>"
        + "".join(
            f"<job><referencenumber>L{n}</referencenumber><requisitionid>R-{n}</requisitionid>"
            f"<title>{title.format(n=n)}</title><city>{place}</city><description>{text}</description></job>"
            for n in numbers
        )
        + "</source>"
    )
