"""How long a drawn line is: millimetres where the image says what a pixel is worth, else pixels.

A wrong unit is worse than none. Ultrasound is measured by its calibrated regions only, a projection
says that it shows the detector's plane, and an image that only knows the shape of its pixels, not
their size, is never given millimetres.

Units:   points are (column, row); spacings (between rows, between columns) in mm.
Errors:  MeasurementError for a length that belongs to another image.
Source:  PS3.3 10.7.1 (pixel spacing and its calibration), C.8.5.5 (ultrasound regions),
         C.7.6.3.1.7 (Pixel Aspect Ratio).
"""

from __future__ import annotations

import math
from typing import Final

from workstation.dicom.model import InstanceRecord, Spacing, SpacingSource, UltrasoundRegion
from workstation.measurement.errors import MeasurementError
from workstation.measurement.length import Length, Point
from workstation.measurement.quantity import Quantity

TISSUE_2D: Final = 1  # C.8.5.5.1.1, Region Spatial Format: 2D
CENTIMETRES: Final = 3  # C.8.5.5.1.15, Physical Units: cm
MM_PER_CM: Final = 10.0

# Modalities that project the body onto a plane: a plain Pixel Spacing doesn't say which plane it means.
PROJECTIONS: Final = frozenset({"CR", "DX", "IO", "MG", "PX", "RF", "RG", "XA"})

NOTES: Final[dict[SpacingSource, str]] = {
    "PixelSpacing": "",
    "PixelSpacingCalibrated": "calibrated to the patient",
    "ImagerPixelSpacing": "at the detector",
    "ImagerPixelSpacingCorrected": "corrected by the estimated magnification",
    "NominalScannedPixelSpacing": "on the scanned film or page",
}
UNSAID_PLANE: Final = "projection: at the detector or the patient, not said"
OUTSIDE_REGIONS: Final = "not within one calibrated region"
NO_DISTANCE: Final = "this region's axes are not distances"
NOT_SQUARE: Final = "pixel size unknown, pixels not square"
UNKNOWN: Final = "pixel spacing unknown"


def evaluate_length(length: Length, record: InstanceRecord) -> Quantity:
    """Return how long a line on this instance is, from the attribute that says it best."""
    if length.sop_uid != record.uid or not length.frame < record.frame_count:
        raise MeasurementError("a length belongs to another image than the one shown")
    if record.regions:
        return _by_regions(length, record.regions)
    spacing = record.facts(length.frame).spacing
    if spacing is None:
        return _in_pixels(length, NOT_SQUARE if _oblong(record.aspect) else UNKNOWN)
    return Quantity(
        _distance(length.start, length.end, spacing.column, spacing.row),
        "mm",
        spacing.source,
        _note(spacing, record.series.modality),
    )


def _by_regions(length: Length, regions: tuple[UltrasoundRegion, ...]) -> Quantity:
    """Measure in the smallest region around both ends: insets lie over what they are cut into."""
    around = [region for region in regions if _holds(region, length.start) and _holds(region, length.end)]
    if not around:
        return _in_pixels(length, OUTSIDE_REGIONS)
    region = min(around, key=_area)
    if not _spatial(region):
        return _in_pixels(length, NO_DISTANCE)
    across, down = abs(region.delta_x) * MM_PER_CM, abs(region.delta_y) * MM_PER_CM
    return Quantity(_distance(length.start, length.end, across, down), "mm", "UltrasoundRegion")


def _note(spacing: Spacing, modality: str) -> str:
    if spacing.source == "PixelSpacing" and modality in PROJECTIONS:
        return UNSAID_PLANE
    return NOTES[spacing.source]


def _in_pixels(length: Length, note: str) -> Quantity:
    return Quantity(_distance(length.start, length.end, 1, 1), "px", "", note)


def _distance(start: Point, end: Point, column_size: float, row_size: float) -> float:
    return math.hypot((end.column - start.column) * column_size, (end.row - start.row) * row_size)


def _oblong(aspect: tuple[int, int] | None) -> bool:
    return aspect is not None and aspect[0] != aspect[1]


def _holds(region: UltrasoundRegion, point: Point) -> bool:
    """Tell whether a point lies on the region's pixels, which are counted inclusively (C.8.5.5.1.14)."""
    across = region.left - 0.5 <= point.column <= region.right + 0.5
    return across and region.top - 0.5 <= point.row <= region.bottom + 0.5


def _area(region: UltrasoundRegion) -> int:
    return (region.right - region.left + 1) * (region.bottom - region.top + 1)


def _spatial(region: UltrasoundRegion) -> bool:
    in_cm = region.unit_x == region.unit_y == CENTIMETRES
    sized = all(math.isfinite(delta) and delta != 0 for delta in (region.delta_x, region.delta_y))
    return region.spatial_format == TISSUE_2D and in_cm and sized
