"""Which corner texts have room in a viewport: whole lines only, for half a date is another one.

The letters of the sides keep their places. What stands at the left (whose it is, which image) is kept before
what stands at the right, which the banner says as well; only the name is shortened, with "…".

Units:   logical pixels.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

from workstation.viewing import Corners

GAP: Final = 12.0  # between two texts in one line
_LETTER: Final = 12.0  # width of a letter at the middle of an edge

Width = Callable[[str], float]


def fitting(
    corners: Corners, width: float, lines: int, width_of: Width, shorten: Callable[[str, float], str]
) -> Corners:
    """Return what fits into ``lines`` lines of a width, one of which the letters at the sides take."""
    most = max((lines - 1) // 2, 1)
    half = (width - _LETTER) / 2 - GAP
    name, *others = corners.top_left[:most] or ("",)
    top = (shorten(name, half), *(line for line in others if width_of(line) <= width))
    bottom = tuple(line for line in corners.bottom_left[:most] if width_of(line) <= width)
    if bottom and width_of(bottom[-1]) > half:  # it stands above the letter, or gives way to what does
        kept = bottom[: most - 1]
        bottom = (*kept, "") if kept else (shorten(bottom[0], half),)
    return replace(
        corners,
        top_left=top if name else (),
        top_right=_beside(top, corners.top_right[:most], width, half, width_of),
        bottom_left=bottom,
        # The scale bar takes the last line.
        bottom_right=_above(bottom, corners.bottom_right[: most - 1], width, width_of),
    )


def _beside(
    left: Sequence[str], right: Sequence[str], width: float, half: float, width_of: Width
) -> tuple[str, ...]:
    """Return the lines at the right that stand clear of those at the left, and of the letter between."""
    kept = []
    for number, text in enumerate(right):
        room = width - width_of(left[number]) - GAP if number < len(left) else width
        if width_of(text) > (min(room, half) if number == 0 else room):
            break  # what would stand below it would be taken for it
        kept.append(text)
    return tuple(kept)


def _above(left: Sequence[str], right: Sequence[str], width: float, width_of: Width) -> tuple[str, ...]:
    """Return the lines at the lower right that stand clear of those at the left, counted from below."""
    kept: list[str] = []
    for number, text in enumerate(reversed(right), 2):
        beside = width_of(left[-number]) + GAP if number <= len(left) else 0.0
        if width_of(text) > width - beside:
            break
        kept.insert(0, text)
    return tuple(kept)
