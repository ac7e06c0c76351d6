"""CT series: how the pictures were made, and the instances that carry them.

Units:   Hounsfield units, LPS millimetres.
Source:  PS3.3 A.3 (CT Image IOD), C.8.2.1 (CT Image Module).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import numpy as np
from pydicom.uid import UID, CTImageStorage, ExplicitVRLittleEndian

from workstation.phantoms import files, noise
from workstation.phantoms.noise import FloatArray

PIXELS: Final = 512
_STORED_ZERO: Final = -1024  # HU of stored value 0

Slicer = Callable[[float, np.random.Generator], FloatArray]


@dataclass(frozen=True)
class Protocol:
    """How a CT was made."""

    series: str
    body_part: str
    bottom: float  # LPS z of the lowest slice, mm
    count: int
    step: float
    field: float  # mm, side of the picture
    noise: float  # HU in the middle
    windows: tuple[tuple[float, float, str], ...]
    kernel: str = "B31f"
    contrast: str = ""
    syntax: UID = ExplicitVRLittleEndian

    @property
    def places(self) -> FloatArray:
        """Return the millimetres of each row and of each column."""
        return noise.single((np.arange(PIXELS) - (PIXELS - 1) / 2) * (self.field / PIXELS))


def ct_series(
    visit: files.Visit, number: int, protocol: Protocol, slicer: Slicer, started: datetime
) -> Callable[[int], bytes]:
    """Return a maker of the series' instances, by number from 0, from the top slice down."""
    head = files.template(visit, "CT", number, protocol.series, started)
    files.in_space(head, visit, "HFS")
    head.ImageType = ["ORIGINAL", "PRIMARY", "AXIAL"]
    head.BodyPartExamined, head.ScanOptions, head.ConvolutionKernel = (
        protocol.body_part,
        "HELICAL MODE",
        protocol.kernel,
    )
    head.KVP, head.XRayTubeCurrent, head.ExposureTime, head.Exposure = 120, 220, 500, 110
    head.DataCollectionDiameter, head.ReconstructionDiameter = 500, protocol.field
    head.GantryDetectorTilt, head.TableHeight, head.RotationDirection = 0, 140, "CW"
    head.SpacingBetweenSlices = protocol.step
    if protocol.contrast:
        head.ContrastBolusAgent = protocol.contrast
    head.RescaleIntercept, head.RescaleSlope, head.RescaleType = _STORED_ZERO, 1, "HU"
    files.window(head, *protocol.windows)
    pitch, corner = protocol.field / PIXELS, float(protocol.places[0])

    def make(index: int) -> bytes:
        z = protocol.bottom + (protocol.count - 1 - index) * protocol.step
        hounsfield = slicer(z, noise.stream(visit.scope, visit.key, number, index))
        stored = np.clip(np.rint(hounsfield - _STORED_ZERO), 0, 4095).astype(np.uint16)
        files.plane(head, (corner, corner, z), (pitch, pitch), protocol.step)
        files.pixels(head, stored, 12)
        return files.part10(head, CTImageStorage, visit, index + 1, protocol.syntax)

    return make
