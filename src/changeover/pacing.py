"""How the interpreter is to run in every process of the program."""

from __future__ import annotations

import ctypes
import gc
import sys

# mallopt(3), by malloc.h: M_ARENA_MAX, M_MMAP_THRESHOLD and M_TRIM_THRESHOLD. Memory of 4 MB and more goes back to the
# system when it is let go, and so does what is free at the heap's end beyond 8 MB.
_MALLOC = ((-8, 1), (-3, 4 << 20), (-1, 8 << 20))


def pace_interpreter() -> None:
    """Have the interpreter look for garbage seldom, hand over between threads soon, and give memory back.

    A reading holds tens of thousands of objects and makes no circles of them: looking for some took an eighth of it.
    And while a feed is parsed in one thread, the statements of another go out after half a millisecond, not after five.
    glibc gives each thread a heap of its own and, left alone, keeps what large arrays leave behind: that was 55 MB.
    """
    gc.set_threshold(10_000, 20, 50)
    sys.setswitchinterval(0.0005)
    libc = ctypes.CDLL(None)
    if hasattr(libc, "mallopt"):
        for option, value in _MALLOC:
            libc.mallopt(option, value)
