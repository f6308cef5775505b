"""The words of a candidate's file: read in a process of its own, which may take so much and no more."""

from __future__ import annotations

import asyncio
import io
import resource
import sys
import zipfile

from lxml import etree
from pypdf import PdfReader

from changeover.apply.sniff import Sniffed, sniff

MOST_LETTERS, MOST_PAGES, MOST_PART = 100_000, 40, 20_000_000
_SECONDS, _BYTES = 10, 1_000_000_000
_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
# Files that are read at once by one process of the board.
_turns = asyncio.Semaphore(2)


async def words_of(content: bytes) -> str:
    """What a file says, or nothing where it is of no kind whose words are read, is damaged, or asks for too much.

    Files are strangers' and readers of PDF are large: what goes wrong in one ends that process alone.
    """
    async with _turns:
        child = await asyncio.create_subprocess_exec(
            sys.executable, "-m", __name__, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
        )  # fmt: skip
        try:
            said, _ = await asyncio.wait_for(child.communicate(content), 2 * _SECONDS)
        except TimeoutError:
            child.kill()
            await child.wait()
            return ""
    return said.decode("utf-8", "ignore").replace("\0", "")[:MOST_LETTERS] if child.returncode == 0 else ""


def read(content: bytes) -> str:
    """The words of a PDF, a Word file or plain text; raises whatever a damaged file makes its reader raise."""
    kind = sniff(content)
    if not isinstance(kind, Sniffed):
        return ""
    if kind.kind == "pdf":
        pages = PdfReader(io.BytesIO(content)).pages[:MOST_PAGES]
        return "\n".join(page.extract_text() for page in pages)
    if kind.kind == "docx":
        return _docx(content)
    return content.decode("utf-8", "replace") if kind.kind == "txt" else ""


def _docx(content: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(content)) as archive, archive.open("word/document.xml") as part:
        parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
        document = etree.fromstring(part.read(MOST_PART), parser)
    lines = ["".join(text.text or "" for text in line.iter(f"{_WORD}t")) for line in document.iter(f"{_WORD}p")]
    return "\n".join(lines)


def _main() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (_SECONDS, _SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (_BYTES, _BYTES))
    sys.stdout.buffer.write(read(sys.stdin.buffer.read())[:MOST_LETTERS].encode("utf-8", "ignore"))


if __name__ == "__main__":
    _main()
