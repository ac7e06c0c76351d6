"""A screening mammogram of four views, with a cluster of microcalcifications in the left breast.

Tissue is noise whose power falls as the cube of the frequency, as breasts' does, gathered behind the
nipple and drawn into strands that run to it.

Units:   millimetres at the detector.
Source:  A. E. Burgess, Med. Phys. 28 (2001) 419 (the exponent of 3); PS3.3 A.27 (Digital Mammography
         X-Ray Image IOD), C.8.11.7; PS3.16 CID 4014 (views); C.7.6.1.1.1 (orientation).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import numpy as np
from pydicom.dataset import Dataset
from pydicom.uid import DigitalMammographyXRayImageStorageForPresentation, JPEGLSLossless

from workstation.phantoms import files, noise
from workstation.phantoms.canvas import doubled
from workstation.phantoms.markers import text
from workstation.phantoms.noise import FloatArray, single
from workstation.phantoms.projection import blurred
from workstation.phantoms.radiograph import Code
from workstation.phantoms.study import Finding, PhantomStudy, Truth

_ROWS, _COLUMNS = 2294, 1914
_PITCH: Final = 0.1
_TOP: Final = 4095
_DEPTH: Final = 108.0  # from the chest wall to the nipple
_HALF_HEIGHT: Final = 88.0
_ROLL_OFF: Final = 17.0  # over which the thickness falls to the skin
_SPECKS: Final = 15


@dataclass(frozen=True, slots=True)
class _View:
    side: str
    name: str  # CC or MLO
    code: Code
    orientation: tuple[str, str]


_CC: Final = Code("399162004", "SCT", "cranio-caudal")
_MLO: Final = Code("399368009", "SCT", "medio-lateral oblique")
_VIEWS: Final = (
    _View("R", "CC", _CC, ("P", "L")),
    _View("L", "CC", _CC, ("A", "R")),
    _View("R", "MLO", _MLO, ("P", "FL")),
    _View("L", "MLO", _MLO, ("A", "FR")),
)


def mammogram(visit: files.Visit) -> PhantomStudy:
    """Return the four views."""
    truth = Truth((Finding("microcalcifications", value=_SPECKS, unit="specks", side="L"),))

    def open_series() -> Callable[[int], bytes]:
        return lambda index: _instance(visit, index)

    return PhantomStudy(visit.key, visit.description, visit.uid("study"), len(_VIEWS), truth, open_series)


def _instance(visit: files.Visit, index: int) -> bytes:
    import imagecodecs

    view = _VIEWS[index]
    started = visit.when + timedelta(minutes=2 + index)
    head = files.template(visit, "MG", index + 1, f"{view.side} {view.name}", started)
    _describe(head, view)
    rng = noise.stream(visit.person.patient_id, "breast", view.side, view.name)
    stored = np.rint(np.clip(_picture(view, rng), 0, 1) * _TOP).astype(np.uint16)
    files.pixels(head, stored, 12)
    files.compress(head, [bytes(imagecodecs.jpegls_encode(stored))])
    files.window(head, (2100, 3200, "NORMAL"), (2500, 2000, "HARDER"))
    return files.part10(head, DigitalMammographyXRayImageStorageForPresentation, visit, 1, JPEGLSLossless)


def _describe(head: Dataset, view: _View) -> None:
    head.PresentationIntentType, head.BodyPartExamined = "FOR PRESENTATION", "BREAST"
    head.ImageType = ["DERIVED", "PRIMARY", ""]
    head.AnatomicRegionSequence = [Code("76752008", "SCT", "Breast").item()]
    head.ImageLaterality, head.ViewPosition = view.side, view.name
    code = view.code.item()
    code.ViewModifierCodeSequence = []
    head.ViewCodeSequence, head.PatientOrientation = [code], list(view.orientation)
    head.BreastImplantPresent, head.PartialView = "NO", "NO"
    head.AcquisitionContextSequence = []
    head.PixelIntensityRelationship, head.PixelIntensityRelationshipSign = "LOG", -1
    head.RescaleIntercept, head.RescaleSlope, head.RescaleType = 0, 1, "US"
    head.PresentationLUTShape, head.LossyImageCompression, head.BurnedInAnnotation = "IDENTITY", "00", "NO"
    head.DetectorType, head.DetectorConfiguration = "DIRECT", "AREA"
    head.ImagerPixelSpacing, head.PositionerType = [f"{_PITCH:g}"] * 2, "MAMMOGRAPHIC"
    head.PositionerPrimaryAngle = 0 if view.name == "CC" else 45 if view.side == "L" else -45
    head.OrganExposed, head.OrganDose, head.KVP, head.Exposure = "BREAST", 0.013, 29, 72
    head.CompressionForce, head.BodyPartThickness = 98, 56
    head.AnodeTargetMaterial, head.FilterMaterial, head.FocalSpots = "TUNGSTEN", ["RHODIUM"], 0.3


def _picture(view: _View, rng: np.random.Generator) -> FloatArray:
    """Return the picture, 0 black to 1 white, chest wall on the side that the view's orientation says."""
    half_rows, half_columns = _ROWS // 2, _COLUMNS // 2
    out = single((np.arange(half_columns) + 0.5) * 2 * _PITCH)[None, :]  # from the chest wall
    down = single((np.arange(half_rows) + 0.5 - half_rows / 2) * 2 * _PITCH)[:, None]
    wave = noise.tile(rng, 1200, noise.power_law(3.0))
    wander = blurred(3.0 * noise.cut(wave, rng, (half_rows, half_columns)), 22)
    lean = 12.0 if view.name == "MLO" else 0.0
    skin = _outline(out, down - lean, wander, view)
    tissue = _tissue(out, down - lean, skin, wave, rng)
    if view.name == "MLO":
        tissue = _pectoral(tissue, out + 0.5 * wander, down, wave[:half_rows, :half_columns])
    thick = np.sqrt(np.clip(1 - (1 - np.clip(skin / _ROLL_OFF, 0, 1)) ** 2, 0, 1))
    picture = thick * tissue + 0.12 * np.exp(-(((skin - 1.1) / 0.9) ** 2))
    picture = np.where(skin > 0, picture, 0)
    full = doubled(single(picture))
    if view.side == "L":
        _specks(full, view)
    grain = noise.cut(noise.tile(rng, 1200, noise.smooth(0.5)), rng, (1147, 957))
    full += 0.012 * np.tile(grain, (2, 2)) * np.sqrt(full + 0.02)
    full = full if view.side == "L" else full[:, ::-1]
    _mark(full, f"{view.side}-{view.name}", at_left=view.side == "R")
    return full


def _outline(out: FloatArray, down: FloatArray, wander: FloatArray, view: _View) -> FloatArray:
    """Return the distance inwards from the skin, nipple included."""
    tall = _HALF_HEIGHT * (1.12 if view.name == "MLO" else 1.0)
    upper = np.where(down < 0, tall * (1.45 if view.name == "MLO" else 1.0), tall)
    level = np.sqrt((out / _DEPTH) ** 2 + np.abs(down / upper) ** 2.3)
    breast = (1 - level) * 62 + 0.4 * wander
    nipple = 6 - np.sqrt((out - _DEPTH + 2) ** 2 + (down / 1.1) ** 2)
    near = np.maximum(5 - np.abs(breast - nipple), 0)
    return single(np.maximum(breast, nipple) + near * near / 20)


def _tissue(
    out: FloatArray, down: FloatArray, skin: FloatArray, wave: FloatArray, rng: np.random.Generator
) -> FloatArray:
    """Return how bright the tissue is: fat dark, gland bright, strands between them."""
    shape = skin.shape
    clouds, cover = noise.cut(wave, rng, shape), noise.cut(wave, rng, shape)
    disc = 1.15 - np.sqrt(((out - 58) / 52) ** 2 + (down / 58) ** 2)
    gland = 1 / (1 + np.exp(-(4.2 * disc + 1.5 * clouds - 0.6)))
    gland *= np.clip((skin - 7) / 12, 0, 1)
    strands = _strands(out, down, rng, clouds)
    near = np.exp(-np.sqrt((out - _DEPTH) ** 2 + down**2) / 26)
    fibres = 0.42 * strands * (0.35 + gland)
    return single(0.25 + gland * (0.30 + 0.09 * cover) + 0.04 * clouds + fibres + 0.10 * near)


def _strands(out: FloatArray, down: FloatArray, rng: np.random.Generator, bend: FloatArray) -> FloatArray:
    """Return thin bright lines that run to the nipple, and coarser threads across."""
    rows, columns = bend.shape
    around = np.arctan2(down, np.maximum(_DEPTH + 30 - out, 1)) + 0.10 * bend
    far = np.sqrt((out - _DEPTH - 30) ** 2 + down**2)
    sheet = noise.tile(rng, 1024, noise.power_law(1.6))
    row = np.mod((around * 700).astype(np.int32), 1024)
    column = np.mod((far * 2.2).astype(np.int32), 1024)
    ridges = np.exp(-np.abs(sheet[row, column]) * 3.2)
    return single(blurred(single(ridges - ridges.mean()), 1)[:rows, :columns])


def _pectoral(tissue: FloatArray, out: FloatArray, down: FloatArray, streak: FloatArray) -> FloatArray:
    edge = 64 - (down + 115) * 0.53 + 0.0004 * (down + 115) ** 2
    share = np.clip((edge - out) / 5 + 0.5, 0, 1)
    return single(
        tissue + share * (0.62 + 0.03 * streak - 0.35 * tissue - 0.2 * np.clip((down + 20) / 70, 0, 1))
    )


def _specks(full: FloatArray, view: _View) -> None:
    """Add the cluster: the same specks in both views, behind and above the nipple."""
    rng = noise.stream("specks")
    center = (66.0, -12.0) if view.name == "CC" else (64.0, 2.0)
    places = rng.normal(0, 3.4, (_SPECKS, 2)) + center
    widths, shines = rng.uniform(0.12, 0.28, _SPECKS), rng.uniform(0.2, 0.42, _SPECKS)
    for (out, down), width, shine in zip(places.tolist(), widths.tolist(), shines.tolist(), strict=True):
        row, column = round(down / _PITCH + _ROWS / 2), round(out / _PITCH)
        reach = np.arange(-8, 9)
        gap = (reach[:, None] ** 2 + (reach[None, :] * 1.3) ** 2) * _PITCH**2
        full[row - 8 : row + 9, column - 8 : column + 9] += single(shine * np.exp(-gap / (2 * width**2)))


def _mark(full: FloatArray, letters: str, *, at_left: bool) -> None:
    lead = text(letters, 8)
    rows, columns = lead.shape
    start = 120 if at_left else _COLUMNS - 120 - columns
    corner = full[70 : 70 + rows, start : start + columns]
    corner[:] = np.maximum(corner, 0.95 * lead)
