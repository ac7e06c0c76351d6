"""Make everything larger for a reader who sits further away or sees less well.

Qt multiplies every size by ``QT_SCALE_FACTOR``, on top of what the screen asks for. A viewport
asks for device pixels, so its picture is never the one that is stretched.

Errors:  ScaleOutOfRange for a scale that the window was not built for.
"""

from __future__ import annotations

import os
from typing import Final

from workstation.errors import LumenError

SMALLEST: Final = 100  # per cent
LARGEST: Final = 300
_VARIABLE: Final = "QT_SCALE_FACTOR"


class ScaleOutOfRange(LumenError):
    """A scale outside 100 to 300 %."""

    exit_code = 11


def apply_scale(percent: int) -> None:
    """Scale the whole window; must be called before the QApplication is made."""
    if not SMALLEST <= percent <= LARGEST:
        raise ScaleOutOfRange(
            f"The window's scale is {percent} %",
            remedy=f"Choose a scale from {SMALLEST} to {LARGEST} %.",
        )
    os.environ[_VARIABLE] = f"{percent / 100:g}"
