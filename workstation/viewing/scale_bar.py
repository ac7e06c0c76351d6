"""The bar that shows how large things are on the screen: a round length, as long as there is room.

Units:   mm, and device pixels.
"""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ScaleBar:
    """A bar so many device pixels long, and what it stands for."""

    mm: float
    pixels: float

    def text(self) -> str:
        """Return its length in words, "50 mm"."""
        return f"{self.mm:g} mm"


def scale_bar(mm_per_pixel: float | None, longest: float) -> ScaleBar | None:
    """Return the longest bar of 1, 2 or 5 times a power of ten that fits; None if sizes are unknown.

    >>> scale_bar(0.2, 300)
    ScaleBar(mm=50.0, pixels=250.0)
    """
    room = (mm_per_pixel or 0) * longest
    if not (mm_per_pixel and math.isfinite(room) and room > 0):
        return None
    decade = 10.0 ** math.floor(math.log10(room))
    # 0.5, for a decade that the logarithm's rounding put just beyond the room
    mm = max(step * decade for step in (0.5, 1, 2, 5) if step * decade <= room)
    return ScaleBar(mm, mm / mm_per_pixel)
