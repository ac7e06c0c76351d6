"""What a record says of its picture's shape: the pixels' proportions, the letters at its edges.

Units:   spacings in mm, (between rows, between columns); screen lengths in device pixels.
Source:  PS3.3 C.7.6.3.1.7 (Pixel Aspect Ratio, vertical to horizontal), C.7.6.1.1.1 (Patient
         Orientation), C.7.6.2 (image plane).
"""

from __future__ import annotations

from typing import Final

from workstation.dicom.model import InstanceRecord
from workstation.geometry import EdgeLetters, GeometryError, aspect, edge_letters, edge_letters_of_codes
from workstation.viewing.camera import Camera, Fit

# A pixel 20 times taller than wide is a broken header; square pixels at least show everything.
LONGEST: Final = 20.0


def fit_of(record: InstanceRecord, frame: int, width: int, height: int) -> Fit:
    """Return how a record's picture fits a viewport of so many device pixels."""
    columns, rows = (record.pixel.columns, record.pixel.rows) if record.pixel else (1, 1)
    return Fit(columns, rows, width, height, pixel_aspect(record, frame))


def pixel_aspect(record: InstanceRecord, frame: int) -> float:
    """Return how many times taller than wide the pixels are to be shown."""
    spacing = record.facts(frame).spacing
    if spacing is not None:
        found = aspect((spacing.row, spacing.column))
    elif record.aspect is not None:
        vertical, horizontal = record.aspect
        found = vertical / horizontal
    else:
        return 1.0
    return found if 1 / LONGEST <= found <= LONGEST else 1.0


def mm_per_device_pixel(record: InstanceRecord, frame: int, fit: Fit, camera: Camera) -> float | None:
    """Return what a device pixel is worth, in any direction on the screen; None if unknown."""
    spacing = record.facts(frame).spacing
    return spacing.column / fit.scale(camera) if spacing else None


def letters_of(record: InstanceRecord, frame: int, camera: Camera) -> EdgeLetters:
    """Return the letters at the edges of the picture as it stands; unknown ones are ""."""
    orientation = record.facts(frame).orientation
    if orientation is not None:
        try:
            return edge_letters(orientation, rotation=camera.rotation, flip=camera.flip)
        except GeometryError:
            return EdgeLetters("", "", "", "")
    codes = dict(record.extra).get("PatientOrientation", "").split("\\")
    return edge_letters_of_codes(codes, rotation=camera.rotation, flip=camera.flip)
