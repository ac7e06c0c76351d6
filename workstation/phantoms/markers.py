"""Letters as a lead marker or a scanner's screen shows them, on a grid of five by seven.

Shapes:  a drawn text is a float32 array of zeros and ones.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from workstation.phantoms.noise import FloatArray, single

_LETTERS: Final = {
    "R": "11110 10001 10001 11110 10100 10010 10001",
    "L": "10000 10000 10000 10000 10000 10000 11111",
    "C": "01110 10001 10000 10000 10000 10001 01110",
    "M": "10001 11011 10101 10101 10001 10001 10001",
    "O": "01110 10001 10001 10001 10001 10001 01110",
    "-": "00000 00000 00000 01110 00000 00000 00000",
}


def text(letters: str, size: int) -> FloatArray:
    """Return the letters side by side, each grid point ``size`` pixels wide."""
    grids = [np.array([[int(dot) for dot in row] for row in _LETTERS[letter].split()]) for letter in letters]
    line = np.concatenate([np.pad(grid, ((0, 0), (0, 1))) for grid in grids], axis=1)
    return single(np.kron(line, np.ones((size, size))))
