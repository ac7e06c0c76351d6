"""In which order a series comes: its middle first, then outwards, so that the first picture says most.

Where the archive tells positions, the order is that of space; else that of instance numbers. A hanging
that wants another slice first hands in that slice's place.

Shapes:  places are indices into the series as it lies in space (or by number).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from workstation.archive import ListedInstance

SINGLY: Final = 9
"""How many central instances come one by one, ahead of the stream that brings the rest."""


def in_space(instances: Sequence[ListedInstance]) -> list[ListedInstance]:
    """Return instances as they lie along the normal of the first, or by number where one has no place."""
    first = next((one for one in instances if one.orientation is not None), None)
    if first is None or any(one.position is None for one in instances):
        return sorted(instances, key=lambda one: (one.number is None, one.number or 0))
    assert first.orientation is not None  # noqa: S101  it was chosen for that
    normal = np.cross(first.orientation[:3], first.orientation[3:])
    heights = {one.uid: float(np.dot(normal, one.position or ())) for one in instances}
    return sorted(instances, key=lambda one: (heights[one.uid], one.number or 0))


def outwards(count: int, start: int | None = None) -> list[int]:
    """Return the places of a series from ``start`` (its middle) outwards, alternating.

    >>> outwards(5)
    [2, 3, 1, 4, 0]
    >>> outwards(4, start=0)
    [0, 1, 2, 3]
    """
    middle = count // 2 if start is None else min(max(start, 0), max(count - 1, 0))
    return sorted(range(count), key=lambda place: (abs(place - middle), place < middle))


def arranged(instances: Sequence[ListedInstance], start: int | None = None) -> list[ListedInstance]:
    """Return a series in the order in which it should arrive."""
    lying = in_space(instances)
    return [lying[place] for place in outwards(len(lying), start)]
