"""Left, right or both: as words, as abbreviations, and as DICOM's codes.

Source:  PS3.3 C.7.3.1 (Laterality, R and L), 10.10 (Image Laterality: R, L, U unpaired, B both).
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from functools import lru_cache
from typing import Final

from workstation.terms.words import Lexicon, phrases


class Side(StrEnum):
    """Which half of the body."""

    LEFT = "left"
    RIGHT = "right"
    BOTH = "both sides"
    UNKNOWN = ""  # not said, or the part has no sides


# What stands for nothing: letters that are no side, and sides of the heart or of a quadrant.
_PHRASES: Final = """
left = left, lt, l, lft, links, linke, linker, linkes, linken, li;
right = right, rt, r, rgt, rechts, rechte, rechter, rechtes, rechten, re;
both sides = bilateral, bilat, bil, b l, both, bi, beidseits, beidseitig, bds, bd, beide,
  beider, lr, rl;
 = l spine, l s spine, t l spine, c t l spine, t l s spine, l s, r o, left ventricle, right ventricle,
  left atrium, right atrium, left heart, right heart, right upper quadrant, left upper quadrant, right
  lower quadrant, left lower quadrant, re staging, re evaluation, re check, l 1, l 2, l 3, l 4, l 5;
"""
_LEXICON: Final = Lexicon({phrase: Side(meaning) for phrase, meaning in phrases(_PHRASES)})
_CODES: Final[Mapping[str, Side]] = {"L": Side.LEFT, "R": Side.RIGHT, "B": Side.BOTH}


@lru_cache(maxsize=16_384)
def side_of(text: str) -> Side:
    """Return the side that a text names; both if it names left and right.

    >>> side_of("XR KNEE 2 VIEWS LT")
    <Side.LEFT: 'left'>
    """
    return together(_LEXICON.values(text))


def side_of_code(code: str) -> Side:
    """Return the side of a DICOM code; of U (unpaired) and of anything else UNKNOWN."""
    return _CODES.get(code.strip().upper(), Side.UNKNOWN)


def together(sides: list[Side]) -> Side:
    """Return what several mentions say together."""
    named = {side for side in sides if side is not Side.UNKNOWN}
    return named.pop() if len(named) == 1 else Side.BOTH if named else Side.UNKNOWN


def are_opposite(one: Side, other: Side) -> bool:
    """Say whether one is left and the other right."""
    return {one, other} == {Side.LEFT, Side.RIGHT}
