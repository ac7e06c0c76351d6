"""PET/CT from the neck to the thighs, with a lesion of known standardized uptake value.

The PET is painted in uptake and stored as activity concentration, decay corrected to the start of the
series, so that weight, dose and the two times give the uptake back.

Units:   SUV by body weight in g/ml; becquerel and Bq/ml; seconds; LPS millimetres.
Source:  PS3.3 A.21 (PET Image IOD), C.8.9.1 (series), C.8.9.2 (isotope), C.8.9.4 (image).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

import numpy as np
from pydicom.dataset import Dataset
from pydicom.uid import PositronEmissionTomographyImageStorage

from workstation.phantoms import files, noise
from workstation.phantoms.canvas import Canvas, Palette
from workstation.phantoms.ct import Protocol, ct_series
from workstation.phantoms.ct_trunk import PLAIN, Ball, Scene, trunk_ct
from workstation.phantoms.noise import FloatArray, single
from workstation.phantoms.radiograph import Code
from workstation.phantoms.study import PhantomStudy, Truth

_LESION: Final = Ball((66.0, 4.0, 134.0), 26.0, 8.0)  # left upper lobe, SUV
_ON_CT: Final = Ball(_LESION.center, _LESION.diameter, 42.0)
_UPTAKE: Final[Palette] = {
    "air": 0.0, "gas": 0.1, "fat": 0.22, "skin": 0.35, "muscle": 0.62, "wall": 1.0, "lung": 0.45,
    "blood": 1.6,
    "portal": 1.7,
    "myocardium": 3.4, "liver": 2.3, "spleen": 1.9, "pancreas": 1.4, "renal cortex": 3.0,
    "renal medulla": 3.6, "urine": 14.0, "fluid": 0.8, "chyme": 1.2, "faeces": 1.0, "bone": 0.8, "rib": 0.8,
    "rib marrow": 1.2, "vertebra": 0.9, "marrow": 1.2, "spongiosa": 1.5, "cartilage": 0.5, "disc": 0.6,
}  # fmt: skip
_STEP: Final = 4.0
_BOTTOM: Final = -400.0
_COUNT: Final = 166
_CT: Final = Protocol(
    "CT for attenuation correction", "WHOLEBODY", bottom=_BOTTOM, count=_COUNT, step=_STEP, field=500.0,
    noise=17.0, windows=((40, 400, "SOFT TISSUE"), (-600, 1500, "LUNG")),
)  # fmt: skip
_PIXELS: Final = 128
_VOXEL: Final = 4.0  # mm
_BLUR: Final = 8.0  # mm, the full width of an edge
_DOSE: Final = 252e6  # Bq
_UPTAKE_TIME: Final = timedelta(minutes=62)
_HALF_LIFE: Final = 6586.2  # s, fluorine-18
_FRAME: Final = 120.0  # s a bed position


def pet_ct(visit: files.Visit) -> PhantomStudy:
    """Return the CT and the PET, in one frame of reference."""

    def open_series() -> Callable[[int], bytes]:
        scene = Scene.draw(visit.person.patient_id, (0.0, 0.0, 0.0), _ON_CT)
        slicer = trunk_ct(_CT, scene, PLAIN, visit.scope, visit.key)
        ct = ct_series(visit, 2, _CT, slicer, visit.when)
        pet = _pet_series(visit, 3, scene, visit.when + timedelta(minutes=3))
        return lambda index: ct(index) if index < _COUNT else pet(index - _COUNT)

    truth = Truth((_LESION.finding("lesion", "g/ml", "L"),))
    return PhantomStudy(visit.key, visit.description, visit.uid("study"), 2 * _COUNT, truth, open_series)


def _pet_series(visit: files.Visit, number: int, scene: Scene, started: datetime) -> Callable[[int], bytes]:
    head = files.template(visit, "PT", number, "PET FDG, attenuation corrected", started)
    files.in_space(head, visit, "HFS")
    del head.PatientPosition  # coded instead (PS3.3 C.8.4.6)
    _describe(head, started)
    decayed = _DOSE * 2 ** (-_UPTAKE_TIME.total_seconds() / _HALF_LIFE)
    activity = decayed / (visit.person.weight * 1000)  # Bq/ml where the SUV is 1
    grain = noise.tile(noise.stream(visit.scope, visit.key, number, "tile"), 2 * _PIXELS, noise.smooth(0.9))
    corner = -_PIXELS * _VOXEL / 2 + _VOXEL / 2

    def make(index: int) -> bytes:
        z = _BOTTOM + (_COUNT - 1 - index) * _STEP
        rng = noise.stream(visit.scope, visit.key, number, index)
        uptake = _uptake(scene, z, noise.cut(grain, rng, (_PIXELS, _PIXELS)))
        stored, slope = _scaled(activity * uptake)
        files.plane(head, (corner, corner, z), (_VOXEL, _VOXEL), _STEP)
        files.pixels(head, stored, 16)
        head.RescaleSlope, head.ImageIndex = f"{slope:.10g}", index + 1
        return files.part10(head, PositronEmissionTomographyImageStorage, visit, index + 1)

    return make


def _uptake(scene: Scene, z: float, grain: FloatArray) -> FloatArray:
    places = single((np.arange(_PIXELS) - (_PIXELS - 1) / 2) * _VOXEL)
    canvas = Canvas.plane((1, places), (0, places), (2, z), soft=_BLUR)
    scene.trunk.paint(canvas, _UPTAKE)
    _LESION.paint(canvas)
    noisy = canvas.values + grain * (0.025 + 0.055 * np.sqrt(canvas.values))
    return single(np.maximum(noisy, 0))


def _scaled(values: FloatArray) -> tuple[np.ndarray[tuple[int, ...], np.dtype[np.uint16]], float]:
    """Return stored values that use the whole range, and the slope that gives Bq/ml back."""
    slope = float(f"{max(float(values.max()), 1.0) / 32767:.10g}")
    return np.rint(values / slope).astype(np.uint16), slope


def _describe(head: Dataset, started: datetime) -> None:
    head.ImageType, head.BodyPartExamined = ["ORIGINAL", "PRIMARY"], "WHOLEBODY"
    head.Units, head.CountsSource, head.SeriesType = "BQML", "EMISSION", ["WHOLE BODY", "IMAGE"]
    head.NumberOfSlices, head.DecayCorrection, head.CollimatorType = _COUNT, "START", "NONE"
    head.CorrectedImage = ["NORM", "DTIM", "ATTN", "SCAT", "DECY", "RAN"]
    head.RandomsCorrectionMethod, head.AttenuationCorrectionMethod = "DLYD", "CT-derived"
    head.ReconstructionMethod, head.ConvolutionKernel = "OSEM", "Gauss 5 mm"
    head.PatientOrientationCodeSequence = [Code("102538003", "SCT", "recumbent").item()]
    head.PatientOrientationCodeSequence[0].PatientOrientationModifierCodeSequence = [
        Code("40199007", "SCT", "supine").item()
    ]
    head.PatientGantryRelationshipCodeSequence = [Code("102540008", "SCT", "headfirst").item()]
    head.RadiopharmaceuticalInformationSequence = [_isotope(started)]
    head.FrameReferenceTime, head.ActualFrameDuration = _FRAME / 2 * 1000, round(_FRAME * 1000)
    head.DecayFactor, head.RescaleIntercept = 1, 0
    head.AcquisitionDate, head.AcquisitionTime = head.SeriesDate, head.SeriesTime
    files.window(head, (9000, 18000, "SUV 0 TO 6"))


def _isotope(started: datetime) -> Dataset:
    injected = started - _UPTAKE_TIME
    item = Dataset()
    item.Radiopharmaceutical = "FDG"
    item.RadionuclideCodeSequence = [Code("77004003", "SCT", "^18^Fluorine").item()]
    item.RadiopharmaceuticalRoute = "Intravenous route"
    item.RadiopharmaceuticalStartTime = injected.strftime("%H%M%S")
    item.RadiopharmaceuticalStartDateTime = injected.strftime("%Y%m%d%H%M%S%z")
    item.RadionuclideTotalDose, item.RadionuclideHalfLife = _DOSE, _HALF_LIFE
    item.RadionuclidePositronFraction = 0.967
    return item
