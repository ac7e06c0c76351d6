"""Saying less where there is little room, the least missed thing first.

Units:   logical pixels.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable


def make_room(width: int, needs: Callable[[], int], steps: Iterable[Callable[[], object]]) -> None:
    """Take one step after another until what ``needs`` answers fits into ``width``.

    >>> words = ["Harbor", "fibre", "184 Mbit/s"]
    >>> make_room(12, lambda: len(" ".join(words)), [words.pop, words.pop])
    >>> words
    ['Harbor', 'fibre']
    """
    for step in steps:
        if needs() <= width:
            return
        step()
