"""MR of the brain: T1, T2 and diffusion of one head in one frame of reference, with one fresh infarct.

Each material has a proton density, relaxation times and a diffusion coefficient; a sequence turns them
into signal by its own equation, so contrast follows from the timing as it does in a magnet.

Units:   milliseconds, s/mm², mm²/s, LPS millimetres; signal in arbitrary units.
Source:  PS3.3 A.4, C.8.3.1 (MR Image); relaxation times as commonly measured at 3 T.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from math import exp
from typing import Final

import numpy as np
from pydicom.dataset import Dataset
from pydicom.uid import MRImageStorage

from workstation.phantoms import files, noise
from workstation.phantoms.canvas import Canvas, Point, Solid, ellipsoid
from workstation.phantoms.head import Head
from workstation.phantoms.noise import FloatArray, Waves, length, single
from workstation.phantoms.study import Finding, PhantomStudy, Truth


@dataclass(frozen=True, slots=True)
class Tissue:
    """What a magnet knows of a material."""

    density: float
    t1: float
    t2: float
    diffusion: float = 0.7e-3


_TISSUES: Final[Mapping[str, Tissue]] = {
    "air": Tissue(0.0, 1000, 10), "cells": Tissue(0.02, 800, 20), "bone": Tissue(0.04, 600, 4),
    "calcium": Tissue(0.2, 800, 12), "diploe": Tissue(0.42, 420, 60, 0.2e-3),
    "fat": Tissue(0.92, 380, 120, 0.1e-3),
    "skin": Tissue(0.6, 900, 40), "muscle": Tissue(0.75, 1400, 36, 1.4e-3), "falx": Tissue(0.35, 900, 25),
    "fluid": Tissue(1.0, 4200, 1900, 3.0e-3), "grey": Tissue(0.82, 1400, 92, 0.83e-3),
    "white": Tissue(0.70, 850, 70, 0.72e-3), "deep grey": Tissue(0.79, 1150, 74, 0.76e-3),
    "stem": Tissue(0.72, 950, 74, 0.75e-3), "vessel": Tissue(0.03, 1600, 20), "vein": Tissue(0.25, 1600, 60),
    "vitreous": Tissue(1.0, 4000, 1600, 2.8e-3),
    "sclera": Tissue(0.4, 1200, 40), "lens": Tissue(0.6, 1000, 32),
    "scar": Tissue(0.86, 1350, 190, 1.2e-3), "infarct": Tissue(0.80, 1250, 105, 0.38e-3),
}  # fmt: skip
_SUPPRESSED: Final = ("fat", "diploe", "skin")  # by the fat saturation of the diffusion sequence
_LEFT_OVER: Final = 0.12

_INFARCT: Final[Point] = (24.0, 6.0, 25.0)
_INFARCT_WIDTH: Final = 10.0
_SCARS: Final = 9
_SIDE: Final = 91.0  # mm: no ear reaches further


@dataclass(frozen=True, slots=True)
class Sequence:
    """One series: timing, grid, and how noisy."""

    series: str
    repetition: float
    echo: float
    inversion: float | None
    pixels: int
    bottom: float
    count: int  # slices
    step: float
    thickness: float
    snr: float  # of white matter
    soft: float  # mm, the full width of an edge
    b_values: tuple[float, ...] = ()
    tags: tuple[tuple[str, object], ...] = ()

    def signal(self, tissue: Tissue, b_value: float = 0.0) -> float:
        """Return the signal: an inversion recovery or a saturation recovery, then decay and diffusion."""
        if self.inversion is None:
            recovered = 1 - exp(-self.repetition / tissue.t1)
        else:
            recovered = abs(1 - 2 * exp(-self.inversion / tissue.t1) + exp(-self.repetition / tissue.t1))
        return tissue.density * recovered * exp(-self.echo / tissue.t2) * exp(-b_value * tissue.diffusion)

    @property
    def images(self) -> int:
        """Return how many instances the series has."""
        return self.count * max(len(self.b_values), 1)


_FIELD: Final = 240.0  # mm
_T1: Final = Sequence(
    "T1 MPRAGE axial", 2000, 2.6, 900, 256, -76.0, 120, 1.4, 1.4, snr=26, soft=1.1,
    tags=(
        ("ScanningSequence", ["GR", "IR"]), ("SequenceVariant", ["SP", "MP"]), ("MRAcquisitionType", "3D"),
        ("FlipAngle", 9), ("EchoTrainLength", 1), ("ImageType", ["ORIGINAL", "PRIMARY", "OTHER", "NORM"]),
        ("SequenceName", "*tfl3d1"),
    ),
)  # fmt: skip
_T2: Final = Sequence(
    "T2 TSE axial", 4500, 96, None, 512, -72.0, 32, 5.0, 4.5, snr=22, soft=1.0,
    tags=(
        ("ScanningSequence", "SE"), ("SequenceVariant", ["SK", "SP"]), ("MRAcquisitionType", "2D"),
        ("FlipAngle", 150), ("EchoTrainLength", 15), ("ImageType", ["ORIGINAL", "PRIMARY", "OTHER", "NORM"]),
        ("SequenceName", "*tse2d1_15"),
    ),
)  # fmt: skip
_DWI: Final = Sequence(
    "DWI b0 b1000", 4200, 78, None, 160, -70.0, 27, 6.0, 5.0, snr=24, soft=2.4, b_values=(0.0, 1000.0),
    tags=(
        ("ScanningSequence", "EP"), ("SequenceVariant", ["SK", "SP"]), ("MRAcquisitionType", "2D"),
        ("FlipAngle", 90), ("EchoTrainLength", 1), ("SequenceName", "ep_b"),
        ("ImageType", ["ORIGINAL", "PRIMARY", "OTHER", "DIFFUSION"]),
    ),
)  # fmt: skip
_SEQUENCES: Final = (_T1, _T2, _DWI)
_WHITE: Final = 700.0  # stored value of white matter, where the coil is even


def brain_mr(visit: files.Visit) -> PhantomStudy:
    """Return the three series, with a small infarct in the left corona radiata."""
    infarct = _TISSUES["infarct"].diffusion
    finding = Finding("restricted diffusion", infarct, "mm²/s", _INFARCT, _INFARCT_WIDTH, "L")
    count = sum(sequence.images for sequence in _SEQUENCES)

    def open_series() -> Callable[[int], bytes]:
        rng = noise.stream(visit.person.patient_id, "head")
        head, scars, coil = Head.draw(rng), _scars(rng), Waves.draw(rng, 260, 0.10, 6)
        makers: list[Callable[[int], bytes]] = []
        for number, sequence in enumerate(_SEQUENCES, start=2):
            painter = _Painter(
                head, scars, coil, sequence, noise.stream(visit.scope, visit.key, number, "tiles")
            )
            makers.append(_series(visit, number, sequence, painter))
        return lambda index: _pick(makers, index)

    return PhantomStudy(
        visit.key, visit.description, visit.uid("study"), count, Truth((finding,)), open_series
    )


def _pick(makers: list[Callable[[int], bytes]], index: int) -> bytes:
    for sequence, make in zip(_SEQUENCES, makers, strict=True):
        if index < sequence.images:
            return make(index)
        index -= sequence.images
    raise IndexError(index)


def _series(visit: files.Visit, number: int, sequence: Sequence, painter: _Painter) -> Callable[[int], bytes]:
    head = files.template(visit, "MR", number, sequence.series, visit.when + timedelta(minutes=5 * number))
    files.in_space(head, visit, "HFS")
    _describe(head, sequence)
    pitch = _FIELD / sequence.pixels
    corner = (pitch - _FIELD) / 2

    def make(index: int) -> bytes:
        part, level = divmod(index, sequence.count)
        z = sequence.bottom + level * sequence.step
        b_value = sequence.b_values[part] if sequence.b_values else 0.0
        if sequence.b_values:
            head.DiffusionBValue, head.SequenceName = b_value, f"ep_b{b_value:.0f}"
            head.DiffusionDirectionality = "ISOTROPIC" if b_value else "NONE"
            head.AcquisitionNumber = part + 1
            files.window(head, (750 - 0.4 * b_value, 1500 - 0.8 * b_value, "DIFFUSION"))
        values = painter.draw(z, b_value, noise.stream(visit.scope, visit.key, number, index))
        files.plane(head, (corner, corner, z), (pitch, pitch), sequence.thickness)
        files.pixels(head, np.clip(np.rint(values), 0, 4095).astype(np.uint16), 12)
        return files.part10(head, MRImageStorage, visit, index + 1)

    return make


def _describe(head: Dataset, sequence: Sequence) -> None:
    head.BodyPartExamined, head.ScanOptions, head.MagneticFieldStrength = "HEAD", "", 3
    head.RepetitionTime, head.EchoTime, head.NumberOfAverages = sequence.repetition, sequence.echo, 1
    if sequence.inversion is not None:
        head.InversionTime = sequence.inversion
    head.SpacingBetweenSlices, head.ImagedNucleus, head.ImagingFrequency = sequence.step, "1H", 123.2
    head.EchoNumbers, head.PixelBandwidth, head.ProtocolName = 1, 200, sequence.series
    for keyword, value in sequence.tags:
        setattr(head, keyword, value)
    brightest = 1.5 if sequence is _T1 else 3.0
    files.window(head, (_WHITE * brightest / 2, _WHITE * brightest, "BRAIN"))


def _scars(rng: np.random.Generator) -> tuple[Solid, ...]:
    """Return small old lesions about the ventricles, as most elderly brains have."""
    places = rng.uniform((20, -38, 14), (32, 44, 30), (_SCARS, 3)) * rng.choice([-1, 1], (_SCARS, 1)) ** [
        1,
        0,
        0,
    ]
    widths = rng.uniform(1.2, 3.0, (_SCARS, 3))
    return tuple(
        ellipsoid((x, y, z), (a, b, c))
        for (x, y, z), (a, b, c) in zip(places.tolist(), widths.tolist(), strict=True)
    )


class _Painter:
    """Paints slices of one head for one sequence: signal, coil shading, Rician noise."""

    def __init__(
        self, head: Head, scars: tuple[Solid, ...], coil: Waves, sequence: Sequence, rng: np.random.Generator
    ) -> None:
        self._head, self._scars, self._coil, self._sequence = head, scars, coil, sequence
        pitch = _FIELD / sequence.pixels
        self._places = single((np.arange(sequence.pixels) - (sequence.pixels - 1) / 2) * pitch)
        size = sequence.pixels + 160
        self._noise = noise.tile(rng, size, noise.smooth(0.35)), noise.tile(rng, size, noise.smooth(0.35))
        self._mottle = noise.tile(rng, size, noise.power_law(2.2))
        self._scale = _WHITE / sequence.signal(_TISSUES["white"])

    def draw(self, z: float, b_value: float, rng: np.random.Generator) -> FloatArray:
        """Return one slice in stored units."""
        picture = np.zeros((self._places.size, self._places.size), np.float32)
        inside = slice(*(np.searchsorted(self._places, (-_SIDE, _SIDE)) // 2 * 2).tolist())
        canvas = Canvas.plane((1, self._places), (0, self._places[inside]), (2, z), soft=self._sequence.soft)
        canvas.values = picture[:, inside]  # a view: what is painted is in the picture
        palette = {name: self._signal(name, b_value) for name in _TISSUES}
        self._head.paint(canvas, palette)
        canvas.paint_all(self._scars, palette["scar"])
        canvas.paint_straight(ellipsoid(_INFARCT, (_INFARCT_WIDTH / 2,) * 3), palette["infarct"])
        shading = 1 + self._coil.on_grid(canvas.rows, canvas.columns, canvas.fixed)
        canvas.values *= shading + 0.02 * noise.cut(self._mottle, rng, canvas.values.shape)
        sigma = _WHITE / self._sequence.snr
        real, imaginary = (sigma * noise.cut(part, rng, picture.shape) for part in self._noise)
        return length(picture + real, imaginary)

    def _signal(self, name: str, b_value: float) -> float:
        left_over = _LEFT_OVER if self._sequence.b_values and name in _SUPPRESSED else 1.0
        return self._scale * left_over * self._sequence.signal(_TISSUES[name], b_value)
