"""Values of interest: which measured values go from black to white, and along which curve.

A CT holds 4,096 values and an eye tells some hundred greys apart; the window decides which tissue
gets them. The file offers windows and tables (``viewing`` lists them), the reader chooses and drags.

Units:   modality values in; out of it 0.0 (the minimum output) to 1.0 (the maximum). Which of the
         two is black is decided by ``presentation``.
Shapes:  any; a new float64 array of the same shape.
Errors:  WindowRefused for a width that its function doesn't allow, NaN included.
Source:  PS3.3 C.11.2.1.1 (VOI LUT), C.11.2.1.2.1 (LINEAR), C.11.2.1.3.1 (SIGMOID),
         C.11.2.1.3.2 (LINEAR_EXACT).
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from workstation.dicom.lut import Lut
from workstation.dicom.modality import FloatArray
from workstation.dicom.model import VoiWindow
from workstation.errors import LumenError

Voi = VoiWindow | Lut

# Beyond this the sigmoid differs from 0 or 1 by less than the last bit of a float64.
_SIGMOID_END: Final = 40.0


class WindowRefused(LumenError):
    """A window that no function of the standard defines."""

    exit_code = 25


def apply_voi(values: ArrayLike, voi: Voi) -> FloatArray:
    """Return where each modality value lies between the minimum and the maximum output.

    >>> apply_voi([-0.5, 1024, 4095], VoiWindow(2048, 4096)).round(4).tolist()
    [0.0, 0.2501, 1.0]
    """
    if isinstance(voi, Lut):
        return voi.apply(values) / voi.top
    if not is_usable(voi):
        least = "at least 1" if voi.function == "LINEAR" else "more than 0"
        raise WindowRefused(
            f"A {voi.function} window must be {least} wide, not {voi.width:g} around {voi.center:g}",
            remedy="Choose another window.",
        )
    inputs = np.asarray(values, dtype=np.float64)
    match voi.function:
        case "LINEAR":
            return _ramp(inputs, voi.center - 0.5, voi.width - 1)
        case "LINEAR_EXACT":
            return _ramp(inputs, voi.center, voi.width)
        case "SIGMOID":
            return _sigmoid(inputs, voi.center, voi.width)


def is_usable(window: VoiWindow) -> bool:
    """Tell whether a window means anything: some files hold a width of 0."""
    wide = window.width >= 1 if window.function == "LINEAR" else window.width > 0
    return wide and math.isfinite(window.width) and math.isfinite(window.center)


def _ramp(inputs: FloatArray, middle: float, width: float) -> FloatArray:
    """Return a straight line from 0 to 1 over ``width``; a width of 0 is a step just above ``middle``."""
    if width == 0:
        return (inputs > middle).astype(np.float64)
    with np.errstate(over="ignore"):  # a hair's breadth: infinity is clipped as it should be
        return np.clip((inputs - middle) / width + 0.5, 0.0, 1.0)


def _sigmoid(inputs: FloatArray, center: float, width: float) -> FloatArray:
    with np.errstate(over="ignore"):
        exponent = np.clip(-4 * ((inputs - center) / width), -_SIGMOID_END, _SIGMOID_END)
    return np.asarray(1 / (1 + np.exp(exponent)))
