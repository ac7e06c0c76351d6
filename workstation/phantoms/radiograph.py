"""Radiographs as files: the digital X-ray image, for presentation.

Source:  PS3.3 A.26 (Digital X-Ray Image IOD), C.8.11 (its modules), 10.7 (spacing at the detector).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

import numpy as np
from pydicom.dataset import Dataset
from pydicom.uid import DigitalXRayImageStorageForPresentation

from workstation.phantoms import files
from workstation.phantoms.noise import FloatArray

_TOP: Final = 4095
_RANGE: Final = (0.001, 0.92)  # of the picture's values: the open field may saturate


@dataclass(frozen=True, slots=True)
class Code:
    """A coded concept: value, scheme, meaning."""

    value: str
    scheme: str
    meaning: str

    def item(self) -> Dataset:
        """Return it as a sequence item (PS3.3 8.8)."""
        item = Dataset()
        item.CodeValue, item.CodingSchemeDesignator, item.CodeMeaning = self.value, self.scheme, self.meaning
        return item


@dataclass(frozen=True, slots=True)
class View:
    """How a part was put before the detector."""

    description: str
    body_part: str
    region: Code
    position: str  # PA, LAT, …
    code: Code
    orientation: tuple[str, str]  # along the rows, along the columns
    laterality: str  # R, L, U
    pitch: float  # mm at the detector
    voltage: float  # kV


def radiograph(
    visit: files.Visit, number: int, view: View, exposure: FloatArray, started: datetime, *, inverted: bool
) -> bytes:
    """Return a radiograph as a file; ``exposure`` is the processed log exposure, high where much came.

    MONOCHROME1 shows the lowest stored value white, so the exposure is stored as it is; MONOCHROME2
    stores it turned round. Either way bone is white.
    """
    head = files.template(visit, "DX", number, view.description, started)
    _describe(head, view)
    low, high = (float(value) for value in np.quantile(exposure[::7, ::7], _RANGE))
    share = np.clip((exposure - low) / (high - low) * 0.84 + 0.08, 0, 1)
    share = share * share * (3 - 2 * share)  # a film's toe and shoulder
    stored = np.rint(share * _TOP if inverted else (1 - share) * _TOP).astype(np.uint16)
    files.pixels(head, stored, 12, "MONOCHROME1" if inverted else "MONOCHROME2")
    head.PresentationLUTShape = "INVERSE" if inverted else "IDENTITY"
    head.PixelIntensityRelationshipSign = 1 if inverted else -1
    files.window(head, (_TOP / 2 + 0.5, _TOP + 1, "NORMAL"), (_TOP / 2 + 0.5, _TOP * 0.7, "HARDER"))
    return files.part10(head, DigitalXRayImageStorageForPresentation, visit, 1)


def _describe(head: Dataset, view: View) -> None:
    head.PresentationIntentType, head.BodyPartExamined = "FOR PRESENTATION", view.body_part
    head.ImageType = ["ORIGINAL", "PRIMARY"]
    head.AnatomicRegionSequence = [view.region.item()]
    head.ImageLaterality, head.PatientOrientation = view.laterality, list(view.orientation)
    head.ViewPosition, head.ViewCodeSequence = view.position, [view.code.item()]
    head.AcquisitionContextSequence = []
    head.PixelIntensityRelationship = "LOG"
    head.RescaleIntercept, head.RescaleSlope, head.RescaleType = 0, 1, "US"
    head.LossyImageCompression, head.BurnedInAnnotation = "00", "NO"
    head.DetectorType, head.DetectorConfiguration = "SCINTILLATOR", "AREA"
    head.ImagerPixelSpacing = [f"{view.pitch:.6g}"] * 2
    head.KVP, head.Exposure, head.DistanceSourceToDetector = view.voltage, 3, 1800
    head.Grid, head.PositionerType = ["FOCUSED"], "NONE"
