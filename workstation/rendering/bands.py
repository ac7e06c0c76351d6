"""Rendering's own two threads, which share the rows of a picture.

Kernels let go of the interpreter lock, so two threads take half the time. The one that asked works
too, and both take the next band when they are done with one: a second thread that comes late, or
not at all because the machine is busy, costs nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from itertools import pairwise
from typing import Final

HELPERS: Final = 1  # besides the thread that asks
BANDS: Final = 8

# Below this many device pixels one thread is done before a second has woken up.
SMALL: Final = 128 * 128

Band = tuple[int, int]


def in_bands(shape: tuple[int, ...], work: Callable[[Band], object]) -> None:
    """Call ``work`` for bands of rows (first, last) that make up a picture of this shape.

    What it raises in either thread is raised here, once neither works any more.
    """
    rows, columns = shape[:2]
    if rows * columns < SMALL:
        work((0, rows))
        return
    edges = [rows * n // BANDS for n in range(BANDS + 1)]
    bands = iter(list(pairwise(edges)))  # taking the next of a list is one step for both threads

    def take() -> None:
        for band in bands:
            work(band)

    helper = _pool().submit(take)
    try:
        take()
    finally:
        if not helper.cancel():
            helper.result()


@cache
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(HELPERS, thread_name_prefix="rendering")
