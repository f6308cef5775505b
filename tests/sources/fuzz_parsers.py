"""Fuzz one parser of sources: bytes in, and whatever they are, a reading of our form and no surprise.

With atheris installed beside the development tools (it has wheels for some Pythons only, so it is not among them):

    pip install atheris
    python tests/sources/fuzz_parsers.py feed -max_total_time=300

What it found is kept in ``test_fuzzed.py``, cut down to what matters.
"""

from __future__ import annotations

import sys
import unicodedata
from collections.abc import Callable, Iterable
from datetime import UTC, datetime

from protego import Protego

from changeover.job import Job
from changeover.sources.content import ContentReader
from changeover.sources.encoding import decode
from changeover.sources.job_page import read_page
from changeover.sources.listing import read_listing
from changeover.sources.mapping import Sample, flaw, guess
from changeover.sources.record_stream import RecordStream
from changeover.sources.robots import Robots
from changeover.sources.sitemap import read_sitemap
from changeover.sources.source import Problem, Reading
from changeover.sources.text import description, line
from changeover.sources.xml_feed import read_feed

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def fit(jobs: Iterable[Job]) -> None:
    """The jobs are of our form: ids of their own, clean text, nothing active, and JSON can say them."""
    seen = set()
    for job in jobs:
        assert job.id
        assert job.id not in seen
        seen.add(job.id)
        for told in (job.title, job.location, job.company, job.description):
            assert unicodedata.is_normalized("NFC", told)
            assert "\0" not in told
        assert "<script" not in job.description.lower()
        assert description(job.description) == job.description
        assert line(job.title) == job.title
        assert job.url.startswith(("", "http://", "https://"))
        assert len(job.digest()) == 16


def told(reading: Reading) -> list[dict[str, object]]:
    """What a reading tells, for comparison."""
    return [job.as_record() for job in reading.jobs]


def feed(data: bytes) -> None:
    """A feed is read, and the same whole as in pieces of any size."""
    whole = read_feed([data])
    fit(whole.jobs)
    step = 1 + data[0] % 7 if data else 1
    parts = read_feed(data[at : at + step] for at in range(0, len(data), step))
    assert told(parts) == told(whole)
    assert (parts.completeness, parts.unreadable) == (whole.completeness, whole.unreadable)


def content(data: bytes) -> None:
    """Bytes of any shape are read or refused in one sentence."""
    reader = ContentReader(NOW, name="it")
    reader.feed(data)
    reading = reader.finish()
    fit(reading.jobs)
    assert all(problem.sentence for problem in reading.problems)


def page(data: bytes) -> None:
    """A career page is read."""
    fit(job for job in read_page(data, "https://example.com/jobs/1", NOW).jobs if job.id)


def around(data: bytes) -> None:
    """What a site says of itself is read."""
    read_sitemap(data)
    read_listing(data, "https://example.com/jobs")
    Robots(Protego.parse(decode(data))).allows("https://example.com/jobs/1")


def mapped(data: bytes) -> None:
    """The records of an unknown feed are found, and a mapping guessed that can be judged."""
    stream = RecordStream("it", "")
    records = [*stream.feed(data), *stream.finish()]
    found = tuple(record for record in records if record)
    if found and not stream.failure:
        sample = Sample(stream.record, found[:20])
        assert isinstance(flaw(guess(sample), sample), Problem | None)


TARGETS: dict[str, Callable[[bytes], None]] = {
    "feed": feed, "content": content, "page": page, "around": around, "mapped": mapped
}  # fmt: skip


def main() -> None:
    """Fuzz the parser that the first argument names; the others are libFuzzer's."""
    import atheris  # type: ignore[import-untyped, unused-ignore]

    name = sys.argv.pop(1)
    atheris.instrument_all()  # the parsers too: of the target alone it learns nothing
    atheris.Setup(sys.argv, TARGETS[name])
    atheris.Fuzz()


if __name__ == "__main__":
    main()
