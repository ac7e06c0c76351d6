"""Compile every kernel for every kind of picture, or load what was compiled before.

The first picture would otherwise wait for it: seconds on a new machine, a tenth of one later. The
window calls this when it is up and idle, off its main thread; compiling holds the interpreter lock,
so on a new machine it belongs into a process of its own, which fills the cache folder.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from workstation.rendering.look import UNCALIBRATED, DisplayTable, Look
from workstation.rendering.picture import Domain, Picture
from workstation.rendering.placement import fitted
from workstation.rendering.render import render
from workstation.rendering.resample import resample_mask

SIDE: Final = 4  # pixels


def warm_up() -> None:
    """Render a tiny picture of each kind."""
    deep = DisplayTable(np.arange(1024, dtype=np.uint16))
    placement = fitted((SIDE, SIDE), (SIDE, SIDE))
    pictures = [
        Picture(np.zeros((SIDE, SIDE), dtype=np.uint16), Domain(0, 4095), (0, 0)),
        Picture(np.zeros((SIDE, SIDE), dtype=np.int16), Domain(-2048, 2047), (0, 0)),
        Picture(np.zeros((SIDE, SIDE))),
        Picture(np.zeros((SIDE, SIDE, 3), dtype=np.uint8)),
    ]
    for picture in pictures:
        for display in (UNCALIBRATED, deep):
            render(picture, Look(display=display), placement)
    resample_mask(np.ones((SIDE, SIDE), dtype=np.bool_), placement)
