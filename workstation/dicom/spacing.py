"""How far apart pixel centres are, and which attribute says so.

The same distance on two radiographs may be a length at the patient or one at the detector,
magnified by a few per cent; a measurement must know which. So a spacing carries its source.

Units:   mm, (row spacing, column spacing).
Errors:  none; a spacing that isn't positive is no spacing.
Source:  PS3.3 10.7.1.1 (PixelSpacing, ImagerPixelSpacing, calibration), C.8.11.7 and C.8.7.3
         (EstimatedRadiographicMagnificationFactor), C.8.6 (NominalScannedPixelSpacing).
"""

from __future__ import annotations

from typing import Final

from pydicom.dataset import Dataset

from workstation.dicom.attributes import floats, has, number
from workstation.dicom.model import Spacing, SpacingSource

_SAME: Final = 1e-4  # relative: two decimal strings of one distance


def spacing_of(dataset: Dataset) -> Spacing | None:
    """Return the spacing that a length at the patient should use, or None where it is unknown."""
    at_detector = _pair(dataset, "ImagerPixelSpacing")
    at_patient = _pair(dataset, "PixelSpacing")
    if at_patient:
        calibrated = has(dataset, "PixelSpacingCalibrationType") or (
            at_detector is not None and not _same(at_patient, at_detector)
        )
        if calibrated or at_detector is None:
            return Spacing(*at_patient, "PixelSpacingCalibrated" if calibrated else "PixelSpacing")
    if at_detector:
        return _detector(dataset, at_detector)
    scanned = _pair(dataset, "NominalScannedPixelSpacing")
    return Spacing(*scanned, "NominalScannedPixelSpacing") if scanned else None


def _detector(dataset: Dataset, at_detector: tuple[float, float]) -> Spacing:
    """Divide by the magnification that the header estimates, if it does."""
    factor = number(dataset, "EstimatedRadiographicMagnificationFactor")
    source: SpacingSource = "ImagerPixelSpacing"
    if factor is not None and factor >= 1:
        source = "ImagerPixelSpacingCorrected"
        at_detector = (at_detector[0] / factor, at_detector[1] / factor)
    return Spacing(*at_detector, source)


def _pair(dataset: Dataset, keyword: str) -> tuple[float, float] | None:
    found = floats(dataset, keyword, 2)
    return (found[0], found[1]) if found and min(found) > 0 else None


def _same(one: tuple[float, float], other: tuple[float, float]) -> bool:
    return all(abs(a - b) <= _SAME * b for a, b in zip(one, other, strict=True))
