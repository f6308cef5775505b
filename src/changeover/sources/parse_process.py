"""A second process that makes jobs of records, so that a large feed is read by two processors."""

from __future__ import annotations

import gc
import os
import pickle
import subprocess
import sys
import threading
from collections.abc import Sequence
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from typing import IO, Any

from changeover.pacing import pace_interpreter
from changeover.sources.recognised import program_stamp
from changeover.sources.record_jobs import Block, Made, Maker, Recipe, block_of
from changeover.sources.xml_records import Record

WORTH = 10_000
"""Records that one process makes jobs of before a second one begins, which takes half a second."""

PATIENCE = 60.0
"""Seconds in which the second process makes jobs of some hundred records; one that takes longer is ended."""

# What it is given ahead, so that it need not wait.
_AHEAD = 3
# Bytes that a pipe holds, so that neither waits for the other to have a turn.
_PIPE = 1 << 20
_SIZE = 8
Answer = tuple[Block, Made]


def _processors() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


# So many readings of this process have a second one at once: none where there is one processor.
_FREE = threading.Semaphore(_processors() - 1)


@dataclass(frozen=True, slots=True)
class Promised:
    """What becomes of some records, which the second process is at."""

    coming: Future[Answer]

    @property
    def done(self) -> bool:
        """Whether its jobs are made, or never will be."""
        return self.coming.done()

    def answer(self) -> Answer | None:
        """The jobs as a block, and what else there is to say; None where the process has ended or does not answer."""
        try:
            return self.coming.result(PATIENCE)
        # It has ended, does not answer, is another program by now: whatever it is, the records can be read here.
        except (Exception, CancelledError):
            return None


class ParseProcess:
    """The second process of one reading, begun when it is worth it and ended by ``close``.

    It lives no longer than this one: it ends where its input does.
    """

    def __init__(self) -> None:
        self._seen = 0
        self._under_way = list[Promised]()
        self.process: subprocess.Popen[bytes] | None = None
        self._greeted: Future[Any] | None = None
        self._closed = False
        self._ending = threading.Lock()
        # To write and to read at once: each waits for the other process.
        self._writing, self._reading = ThreadPoolExecutor(1), ThreadPoolExecutor(1)

    def promise(self, recipe: Recipe, records: Sequence[Record]) -> Promised | None:
        """Have jobs made of the records; None where they are better made here, since it has enough to do."""
        self._seen += len(records)
        self._under_way = [each for each in self._under_way if not each.done]
        if self._closed or self._seen < WORTH or len(self._under_way) >= _AHEAD or not self._ready():
            return None
        asked = (recipe, [record.raw for record in records], [record.number for record in records])
        self._writing.submit(self._ask, asked)
        promised = Promised(self._reading.submit(self._heard))
        self._under_way.append(promised)
        return promised

    def _ready(self) -> bool:
        """Whether it has come so far that it can be asked; it is begun where it was not."""
        with self._ending:  # or one that was begun while this is closed would live on
            if self.process is None and not self._closed and _FREE.acquire(blocking=False):
                self._begin()
        if self._greeted is None or not self._greeted.done():
            return False
        if self._greeted.exception() or self._greeted.result() != program_stamp():
            self.close()
        return not self._closed

    def _begin(self) -> None:
        # -P: no module of the folder that it is called in is taken for one of ours.
        command = [sys.executable, "-P", "-m", __name__]
        try:
            self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, pipesize=_PIPE)
            self._greeted = self._reading.submit(self._heard)
        except OSError:  # no memory for another one, say: this one does it all
            _FREE.release()
            self._closed = True

    def _ask(self, asked: object) -> None:
        if self.process and self.process.stdin:
            with suppress(OSError):  # it has ended, which whoever waits for the answer is told
                _send(self.process.stdin, asked)

    def _heard(self) -> Any:
        if self.process is None or self.process.stdout is None:
            raise EOFError
        return _receive(self.process.stdout)

    def close(self) -> None:
        """End it; what it was at is made by nobody."""
        with self._ending:
            if self._closed:
                return
            self._closed, process = True, self.process
        if process is not None:
            process.kill()
            process.wait()
        # Both threads find now that it has ended.
        self._writing.shutdown(cancel_futures=True)
        self._reading.shutdown(cancel_futures=True)
        if process is not None:
            for stream in (process.stdin, process.stdout):
                with suppress(OSError):
                    stream.close()  # type: ignore[union-attr]
            _FREE.release()


def _send(stream: IO[bytes], said: object) -> None:
    packed = pickle.dumps(said, protocol=pickle.HIGHEST_PROTOCOL)
    stream.write(len(packed).to_bytes(_SIZE))
    stream.write(packed)
    stream.flush()


def _receive(stream: IO[bytes]) -> Any:
    """What was sent; EOFError where the other process has ended."""
    size = stream.read(_SIZE)
    if len(size) < _SIZE:
        raise EOFError
    packed = stream.read(int.from_bytes(size))
    return pickle.loads(packed)  # noqa: S301  between two processes of one program


@lru_cache(maxsize=1)
def _maker(recipe: Recipe) -> Maker:
    return Maker(recipe)


def made_apart(recipe: Recipe, raws: Sequence[bytes], numbers: Sequence[int]) -> Answer:
    """What the second process answers: the jobs with an id as a block, and the rest."""
    made = _maker(recipe).make(Record(raw, number=number) for raw, number in zip(raws, numbers, strict=True))
    block = block_of([told for told in made.told if told.job.id], small=True)
    made.told = [told for told in made.told if not told.job.id]
    return block, made


def _serve() -> None:
    """Answer what is asked until there is nothing more to come."""
    # What anything prints must not come between the answers.
    asked, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    pace_interpreter()
    gc.freeze()
    with suppress(EOFError, BrokenPipeError, KeyboardInterrupt):
        _send(answers, program_stamp())
        while True:
            _send(answers, made_apart(*_receive(asked)))


if __name__ == "__main__":
    _serve()
