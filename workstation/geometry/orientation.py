"""Which way the patient lies in a picture: normals, plane names and the letters at its edges.

A reader takes left from right by one letter at the edge of the picture. That letter is worked out
from the header and from how the picture was turned, never assumed; where it is not known it is "".

Units:   direction cosines in patient space, LPS: +x to the left, +y to the back, +z to the head.
Shapes:  an orientation is six cosines: along a row (to the next column), then along a column.
Errors:  GeometryError for cosines that are not finite, not of length one or not perpendicular.
Source:  PS3.3 C.7.6.2.1.1 (Image Orientation) and C.7.6.1.1.1 (Patient Orientation). The standard
         writes H and F (head, foot) where readers expect S and I (superior, inferior), as here.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from workstation.geometry.errors import GeometryError

FloatArray = NDArray[np.float64]
Plane = Literal["axial", "coronal", "sagittal", "oblique"]

# Cosines written with two decimals are the coarsest that headers hold: lengths then err by 0.009.
COSINE_TOLERANCE: Final = 0.01

# A letter is shown for an axis that the direction leans to by more than 10°: less is a head that
# is not quite straight, and a second letter would only be noise.
LETTER_MIN: Final = math.sin(math.radians(10))

# Within 36.9° of an axis a plane carries that axis's name (0.8 is the cosine that D. Clunie's
# PixelMed toolkit uses for the same question).
PLANE_MIN_COSINE: Final = 0.8

_LETTERS: Final = (("L", "R"), ("P", "A"), ("S", "I"))  # for the positive and negative end of x, y, z
_PLANES: Final[tuple[Plane, ...]] = ("sagittal", "coronal", "axial")
_SHOWN_FOR_CODE: Final = {"L": "L", "R": "R", "P": "P", "A": "A", "H": "S", "F": "I"}
_OPPOSITE: Final = str.maketrans("LRPASI", "RLAPIS")


@dataclass(frozen=True, slots=True)
class EdgeLetters:
    """The letters at the four edges of the picture as it stands on the screen; "" is unknown."""

    left: str
    right: str
    top: str
    bottom: str


def axes(orientation: ArrayLike) -> tuple[FloatArray, FloatArray]:
    """Return the unit vectors along a row and along a column."""
    cosines = np.asarray(orientation, dtype=np.float64)
    if cosines.shape != (6,) or not np.isfinite(cosines).all():
        raise GeometryError("the image orientation is not six numbers")
    lengths = np.linalg.norm(cosines.reshape(2, 3), axis=1)
    if (np.abs(lengths - 1) > COSINE_TOLERANCE).any():
        raise GeometryError(
            f"the direction cosines have lengths {lengths[0]:.4g} and {lengths[1]:.4g} instead of 1"
        )
    row, column = cosines[:3] / lengths[0], cosines[3:] / lengths[1]
    if abs(row @ column) > COSINE_TOLERANCE:
        angle = math.degrees(math.acos(row @ column))
        raise GeometryError(f"rows and columns stand at {angle:.1f}° to each other instead of 90°")
    return row, column


def normal(orientation: ArrayLike) -> FloatArray:
    """Return the unit normal of the image plane, shape (3,): row direction × column direction."""
    across = np.cross(*axes(orientation))
    return np.asarray(across / np.linalg.norm(across))


def orientation_letters(direction: ArrayLike) -> str:
    """Name a direction by the sides it points to, the nearest first: "A", "RA", "LPS".

    >>> orientation_letters([0.0, -1.0, 0.0])
    'A'
    >>> orientation_letters([-0.9, -0.43, 0.0])
    'RA'
    """
    vector = np.asarray(direction, dtype=np.float64)
    length = float(np.linalg.norm(vector))
    if vector.shape != (3,) or not math.isfinite(length) or length == 0:
        raise GeometryError("a direction must be three numbers, not all zero")
    cosines = vector / length
    nearest_first = sorted(range(3), key=lambda axis: -abs(cosines[axis]))
    return "".join(
        _LETTERS[axis][int(cosines[axis] < 0)] for axis in nearest_first if abs(cosines[axis]) > LETTER_MIN
    )


def plane_name(orientation: ArrayLike) -> Plane:
    """Name the plane of a slice after the axis that its normal lies nearest to."""
    leaning = np.abs(normal(orientation))
    axis = int(leaning.argmax())
    return _PLANES[axis] if leaning[axis] >= PLANE_MIN_COSINE else "oblique"


def display_axes(rotation: int, flip: bool) -> NDArray[np.int64]:  # noqa: FBT001  a value, not a switch
    """Return the 2×2 matrix that takes image (right, down) to screen (right, down).

    The picture is first mirrored left to right (``flip``), then turned clockwise by ``rotation``
    quarter turns. Its transpose takes the screen back to the image.
    """
    quarter = np.array([[0, -1], [1, 0]])  # right becomes down, down becomes left
    turned = np.linalg.matrix_power(quarter, rotation % 4)
    return np.asarray(turned @ np.diag([-1 if flip else 1, 1]))


def edge_letters(orientation: ArrayLike, *, rotation: int = 0, flip: bool = False) -> EdgeLetters:
    """Return the letters at the edges of a slice that is shown mirrored and turned like this."""
    row, column = axes(orientation)
    return _edges(orientation_letters(row), orientation_letters(column), rotation, flip=flip)


def edge_letters_of_codes(codes: Sequence[str], *, rotation: int = 0, flip: bool = False) -> EdgeLetters:
    """Return the letters from Patient Orientation (0020,0020), as radiographs carry it.

    The two codes name where the rows and where the columns lead to, such as ``("L", "F")``.
    One that is absent or not a biped's gives no letters.
    """
    row, column = (_shown(code) for code in (*codes, "", "")[:2])
    return _edges(row, column, rotation, flip=flip)


def _edges(right: str, bottom: str, rotation: int, *, flip: bool) -> EdgeLetters:
    to_image = display_axes(rotation, flip).T
    shown_right, shown_bottom = (_toward(right, bottom, to_image @ screen) for screen in ((1, 0), (0, 1)))
    return EdgeLetters(
        left=shown_right.translate(_OPPOSITE),
        right=shown_right,
        top=shown_bottom.translate(_OPPOSITE),
        bottom=shown_bottom,
    )


def _toward(right: str, bottom: str, image_direction: NDArray[np.int64]) -> str:
    across, down = image_direction
    letters = right if across else bottom
    return letters if across + down > 0 else letters.translate(_OPPOSITE)


def _shown(code: str) -> str:
    letters = [_SHOWN_FOR_CODE.get(letter, "") for letter in code.strip().upper()]
    return "".join(letters) if all(letters) else ""
