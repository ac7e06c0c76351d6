"""The way from stored pixels to device pixels: pure functions on arrays, no window and no file.

Data comes as decoded frames (``frames``), their records and tables (``dicom``), the camera
(``viewing``) and the screen's display table (``calibration``), all as plain values. ``ui`` blits
what comes out; ``workflow`` and ``cli`` render thumbnails and exports.
"""

from workstation.rendering.errors import PictureRefused
from workstation.rendering.filters import Interpolation
from workstation.rendering.look import UNCALIBRATED, DisplayTable, Look, level_table, look_of
from workstation.rendering.picture import Domain, Picture, picture_of
from workstation.rendering.placement import Placement, fitted
from workstation.rendering.render import render
from workstation.rendering.resample import Sampled, resample, resample_mask
from workstation.rendering.shade import Plane, draw, shade
from workstation.rendering.warm_up import warm_up

__all__ = [
    "UNCALIBRATED",
    "DisplayTable",
    "Domain",
    "Interpolation",
    "Look",
    "Picture",
    "PictureRefused",
    "Placement",
    "Plane",
    "Sampled",
    "draw",
    "fitted",
    "level_table",
    "look_of",
    "picture_of",
    "render",
    "resample",
    "resample_mask",
    "shade",
    "warm_up",
]
