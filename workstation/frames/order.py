"""In which order a stack's frames are likely to be looked at.

Units:   frames are counted from 0; a direction is +1, -1, or 0 where none is known.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from typing import Final

AHEAD: Final = 3  # frames in the direction of scrolling for each one behind
SCROLL_STEP: Final = 8  # a longer way is a jump, which has no direction


def direction_of(before: int | None, now: int) -> int:
    """Return where a reader who went from one frame to another is heading."""
    step = 0 if before is None else now - before
    return 0 if abs(step) > SCROLL_STEP else (step > 0) - (step < 0)


def outward(total: int, wish: int, direction: int) -> Iterator[int]:
    """Yield every frame once: the wish, then its neighbours, further and further out."""
    yield wish
    steps = {1: (AHEAD, 1), -1: (1, AHEAD), 0: (1, 1)}[direction]
    up, down = iter(range(wish + 1, total)), iter(range(wish - 1, -1, -1))
    sides = ((down, steps[1]), (up, steps[0])) if direction < 0 else ((up, steps[0]), (down, steps[1]))
    left = total - 1
    for turn in count():
        if left == 0:
            return
        side, run = sides[turn % 2]
        for _ in range(run):
            frame = next(side, None)
            if frame is not None:
                left -= 1
                yield frame
