"""How urgently something is wanted from an archive; a smaller number goes first."""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum
from typing import Final


class Urgency(IntEnum):
    """The classes in which retrieval is ordered."""

    OPEN = 0  # on the screen, or stat
    ASSIGNED = 1  # to this reader
    NEXT = 2  # what the list offers next
    PRIOR = 3  # relevant priors of those
    PREFETCH = 4  # everything else that may be of use


YIELDS: Final = frozenset({Urgency.PRIOR, Urgency.PREFETCH})
"""What is broken off at once while an open study is incomplete."""

SHARES: Final[Mapping[Urgency, float]] = {
    Urgency.OPEN: 1.0,
    Urgency.ASSIGNED: 1.0,
    Urgency.NEXT: 0.8,
    Urgency.PRIOR: 0.5,
    Urgency.PREFETCH: 0.5,
}
"""How much of the line each class may take."""
