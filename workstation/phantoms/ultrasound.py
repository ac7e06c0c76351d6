"""Ultrasound of the right upper abdomen: a clip that breathes, with a colour box on the portal vein.

Echoes are drawn beam by beam: complex noise of the pulse's size, whose amplitude is Rayleigh distributed
as speckle is, weighted by each tissue's echo, compressed to decibels and scan converted to the sector.
Breathing slides tissue and speckle together; the flow pulses.

Units:   millimetres and beams in the patient, pixels on the screen; calibration in cm as the standard wants.
Source:  PS3.3 A.7 (Ultrasound Multi-frame Image IOD), C.8.5.5 (regions), C.8.5.6 (image), C.7.6.5 (cine).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Final

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from pydicom.pixels.encoders.base import RLELosslessEncoder
from pydicom.uid import (
    JPEGBaseline8Bit,
    RLELossless,
    UltrasoundImageStorage,
    UltrasoundMultiFrameImageStorage,
)

from workstation.phantoms import files, noise
from workstation.phantoms.noise import FloatArray, length, single
from workstation.phantoms.study import Finding, PhantomStudy, Truth

Colour = NDArray[np.uint8]

_ROWS, _COLUMNS = 600, 800
_FRAMES: Final = 48
_FRAME_TIME: Final = 50.0  # ms
_MM: Final = 0.30  # mm of a pixel on the screen
_APEX: Final = (400.0, -150.0)  # column and row where the beams meet
_FACE: Final = 58.0  # mm from the apex to the transducer's face
_DEPTH: Final = 158.0  # mm imaged
_OPENING: Final = 0.62  # rad to either side
_BEAMS, _SAMPLES = 320, 640
_TISSUE: Final = (60, 20, 735, 560)  # left, top, right, bottom of the calibrated sector, inclusive
_BOX: Final = (404, 150, 566, 330)  # of the colour flow
_RANGE: Final = 58.0  # dB
_BREATH: Final = 5.0  # mm
_GALLBLADDER: Final = 52.0  # mm long


def ultrasound(visit: files.Visit) -> PhantomStudy:
    """Return the clip and one still picture from it."""
    truth = Truth((Finding("gallbladder", diameter=_GALLBLADDER),))

    def open_series() -> Callable[[int], bytes]:
        scanner = _Scanner(noise.stream(visit.scope, visit.key))
        return lambda index: _clip(visit, scanner) if index == 0 else _still(visit, scanner)

    return PhantomStudy(visit.key, visit.description, visit.uid("study"), 2, truth, open_series)


def _clip(visit: files.Visit, scanner: _Scanner) -> bytes:
    import imagecodecs

    head = _template(visit, 1, "Liver, portal vein, colour")
    frames = [
        bytes(imagecodecs.jpeg8_encode(scanner.frame(number), level=88, subsampling="422", colorspace="RGB"))
        for number in range(_FRAMES)
    ]
    head.PhotometricInterpretation, head.PlanarConfiguration = "YBR_FULL_422", 0
    head.NumberOfFrames, head.FrameIncrementPointer = _FRAMES, 0x00181063
    head.FrameTime, head.RecommendedDisplayFrameRate = _FRAME_TIME, round(1000 / _FRAME_TIME)
    head.LossyImageCompression, head.LossyImageCompressionMethod = "01", "ISO_10918_1"
    ratio = _ROWS * _COLUMNS * 3 * _FRAMES / sum(map(len, frames))
    head.LossyImageCompressionRatio = f"{ratio:.1f}"
    files.compress(head, frames)
    return files.part10(head, UltrasoundMultiFrameImageStorage, visit, 1, JPEGBaseline8Bit)


def _still(visit: files.Visit, scanner: _Scanner) -> bytes:
    head = _template(visit, 2, "Liver, still")
    head.PhotometricInterpretation, head.PlanarConfiguration = "RGB", 0
    head.LossyImageCompression = "00"
    picture = scanner.frame(_FRAMES // 3)
    encoded = RLELosslessEncoder.encode(
        picture, rows=_ROWS, columns=_COLUMNS, samples_per_pixel=3, bits_allocated=8, bits_stored=8,
        pixel_representation=0, photometric_interpretation="RGB", number_of_frames=1, planar_configuration=0,
    )  # fmt: skip
    files.compress(head, [encoded])
    return files.part10(head, UltrasoundImageStorage, visit, 1, RLELossless)


def _template(visit: files.Visit, number: int, description: str) -> Dataset:
    head = files.template(visit, "US", number, description, visit.when + timedelta(minutes=4 * number))
    head.ImageType = ["ORIGINAL", "PRIMARY", "ABDOMINAL", "0011"]  # 2D with colour flow (PS3.3 C.8.5.6.1.1)
    head.BodyPartExamined, head.PatientOrientation = "ABDOMEN", ""
    head.SamplesPerPixel, head.Rows, head.Columns = 3, _ROWS, _COLUMNS
    head.BitsAllocated, head.BitsStored, head.HighBit, head.PixelRepresentation = 8, 8, 7, 0
    head.UltrasoundColorDataPresent, head.BurnedInAnnotation = 1, "NO"
    head.TransducerType, head.TransducerData = "CURVED LINEAR", ["INVENTED C5"]
    head.SequenceOfUltrasoundRegions = [_region(_TISSUE, 1), _region(_BOX, 2)]
    return head


def _region(place: tuple[int, int, int, int], data_type: int) -> Dataset:
    """Return a calibrated 2D region: tissue (1) or colour flow (2), centimetres on both axes."""
    item = Dataset()
    item.RegionSpatialFormat, item.RegionDataType, item.RegionFlags = 1, data_type, 0
    item.RegionLocationMinX0, item.RegionLocationMinY0 = place[:2]
    item.RegionLocationMaxX1, item.RegionLocationMaxY1 = place[2:]
    item.PhysicalUnitsXDirection, item.PhysicalUnitsYDirection = 3, 3
    item.PhysicalDeltaX, item.PhysicalDeltaY = _MM / 10, _MM / 10
    item.ReferencePixelX0, item.ReferencePixelY0 = 0, 0
    item.ReferencePixelPhysicalValueX, item.ReferencePixelPhysicalValueY = 0, 0
    item.TransducerFrequency = 3500
    return item


class _Scanner:
    """One examination: where each beam and each pixel look, and the speckle that moves with the tissue."""

    def __init__(self, rng: np.random.Generator) -> None:
        angle = single(np.linspace(-_OPENING, _OPENING, _BEAMS))[:, None]
        radius = single(_FACE + np.linspace(0, _DEPTH, _SAMPLES))[None, :]
        self._x, self._z = single(radius * np.sin(angle)), single(radius * np.cos(angle) - _FACE)
        self._depth = single(radius - _FACE)
        real, imaginary = (_speckle(rng) for _ in range(2))
        self._amplitude = length(real, imaginary)
        self._clumps = noise.tile(rng, 1024, noise.power_law(2.0))[:_BEAMS, : _SAMPLES + 40]
        wide = (noise.tile(rng, 1024, noise.smooth(26.0))[:_BEAMS, : _SAMPLES + 40] for _ in range(2))
        self._bends = 1.8 * np.stack(list(wide))
        self._flow_noise = noise.tile(rng, 1024, noise.smooth(2.2))
        self._lookup()

    def _lookup(self) -> None:
        column = (np.arange(_COLUMNS) - _APEX[0]) * _MM
        row = (np.arange(_ROWS) - _APEX[1]) * _MM
        radius, angle = np.hypot(row[:, None], column[None, :]), np.arctan2(column[None, :], row[:, None])
        beam = (angle + _OPENING) / (2 * _OPENING) * (_BEAMS - 1)
        sample = (radius - _FACE) / _DEPTH * (_SAMPLES - 1)
        self._inside = (beam >= 0) & (beam < _BEAMS - 1) & (sample >= 0) & (sample < _SAMPLES - 1)
        b, s = beam[self._inside], sample[self._inside]
        self._base = b.astype(np.int64) * _SAMPLES + s.astype(np.int64)
        self._part = single(b % 1), single(s % 1)
        self._screen_x = single(np.broadcast_to(column[None, :], radius.shape))
        self._screen_z = single(np.broadcast_to(row[:, None] - _FACE, radius.shape))

    def frame(self, number: int) -> Colour:
        """Return one picture, RGB."""
        phase = 2 * np.pi * number / _FRAMES
        shift = _BREATH * (0.5 - 0.5 * np.cos(phase))
        steps = round(shift / _DEPTH * _SAMPLES)
        start = 40 - steps
        speckle = self._amplitude[:, start : start + _SAMPLES]
        clumps = self._clumps[:, start : start + _SAMPLES]
        echo = _echo(
            self._x, self._z - single(shift), self._depth, clumps, self._bends[:, :, start : start + _SAMPLES]
        )
        attenuated = echo * np.exp(-0.0022 * self._depth) * speckle + 0.0012
        level = 20 * np.log10(np.maximum(attenuated, 1e-6))
        grey = np.clip((level + _RANGE - 4) / _RANGE, 0, 1) ** 1.15
        picture = self._converted(single(grey))
        return self._coloured(picture, number, shift)

    def _converted(self, grey: FloatArray) -> FloatArray:
        flat, (b, s) = grey.ravel(), self._part
        low = flat[self._base] * (1 - s) + flat[self._base + 1] * s
        high = flat[self._base + _SAMPLES] * (1 - s) + flat[self._base + _SAMPLES + 1] * s
        picture = np.zeros((_ROWS, _COLUMNS), np.float32)
        picture[self._inside] = low * (1 - b) + high * b
        return picture

    def _coloured(self, picture: FloatArray, number: int, shift: float) -> Colour:
        grey = (picture * 255).astype(np.uint8)
        out = np.repeat(grey[..., None], 3, axis=2)
        left, top, right, bottom = _BOX
        box = (slice(top, bottom + 1), slice(left, right + 1))
        x, z = self._screen_x[box], self._screen_z[box] - shift
        wall = _portal(x, z)
        pulse = 0.62 + 0.25 * np.sin(2 * np.pi * number * _FRAME_TIME / 900)
        rough = self._flow_noise[number * 7 : number * 7 + wall.shape[0], : wall.shape[1]]
        speed = pulse * (1 - np.clip((wall + 5) / 5, 0, 1) ** 2) + 0.13 * rough
        flowing = (wall < -0.4) & (speed > 0.12)
        out[box][flowing] = _flow_colours(speed[flowing])
        _frame_box(out, _BOX)
        _bars(out)
        return out


def _speckle(rng: np.random.Generator) -> FloatArray:
    """Return noise of the pulse's size: short along the beam, a few beams wide."""

    def spectrum(frequency: FloatArray) -> FloatArray:
        return single(np.exp(-((frequency / 0.20) ** 2)))

    grown = noise.tile(rng, 1024, spectrum)
    return single(grown[: _BEAMS * 2 : 2, : _SAMPLES + 40] / np.sqrt(2))


def _echo(
    x: FloatArray, z: FloatArray, still: FloatArray, clumps: FloatArray, bends: FloatArray
) -> FloatArray:
    """Return the amplitude that comes back from liver, vessels, gallbladder, kidney and diaphragm."""
    straight_x, straight_z = x, z
    x, z = x + bends[0], z + bends[1]
    echo = 0.095 * (1 + 0.25 * clumps)
    arc = length(x - 12, z - 34) - 98
    echo = np.where(arc > 0, 0.05 * np.exp(-arc / 14), echo) + (0.9 + 0.4 * clumps) * np.exp(
        -((arc / 1.3) ** 2)
    )
    for vein in (
        _rod(x, z, (-34, 28), (-4, 46), 2.0, 3.2),
        _rod(x, z, (-4, 46), (16, 70), 3.2, 4.6),
        _rod(x, z, (-60, 70), (-6, 106), 2.4, 5.0),
    ):
        echo = np.where(vein < 0, 0.006, echo)
    portal = _portal(x, z)
    echo = np.where(portal < 0, 0.005, echo) + 0.42 * np.exp(-(((portal - 0.8) / 1.0) ** 2))
    kidney = _oval(x - 52, z - 108, 40.0, 21.0)
    echo = np.where(kidney < 0, 0.060 * (1 + 0.3 * clumps), echo)
    echo = np.where(length((x - 52) / 23, (z - 108) / 8) < 1 + 0.25 * clumps, 0.36, echo)
    echo = echo + 0.16 * np.exp(-(kidney**2))
    bladder = _oval(straight_x + 34, straight_z - 56, _GALLBLADDER / 2, 11.5)
    slant = straight_x / (straight_z + _FACE) + 0.298
    behind = np.clip(1.6 - np.abs(slant) / 0.12, 0, 1) * np.clip((straight_z - 60) / 8, 0, 1)
    echo = echo * (1 + 0.9 * behind)
    echo = np.where(bladder < 0, 0.0012, echo) + 0.34 * np.exp(-(((bladder - 0.9) / 0.8) ** 2))
    return single(_wall(echo, still))


def _oval(x: FloatArray, z: FloatArray, wide: float, high: float) -> FloatArray:
    """Return the distance to an oval about the origin, good near its edge."""
    level = length(x / wide, z / high)
    return single((level - 1) * level / (length(x / wide**2, z / high**2) + 1e-6))


def _wall(echo: FloatArray, still: FloatArray) -> FloatArray:
    """Put skin, fat and muscle in front, which hardly move."""
    layers = 0.10 + 0.05 * np.sin(still * 1.3) + 0.3 * np.exp(-(((still - 17) / 0.7) ** 2))
    near = np.clip((18.5 - still) / 1.5, 0, 1)
    return single(echo * (1 - near) + near * (layers + 0.6 * np.exp(-still / 1.0)))


def _portal(x: FloatArray, z: FloatArray) -> FloatArray:
    return np.minimum(_rod(x, z, (2, 84), (34, 60), 6.0, 5.2), _rod(x, z, (34, 60), (70, 49), 5.2, 2.2))


def _rod(
    x: FloatArray,
    z: FloatArray,
    start: tuple[float, float],
    end: tuple[float, float],
    first: float,
    last: float,
) -> FloatArray:
    dx, dz = end[0] - start[0], end[1] - start[1]
    along = np.clip(((x - start[0]) * dx + (z - start[1]) * dz) / (dx * dx + dz * dz), 0, 1)
    return single(
        length(x - start[0] - along * dx, z - start[1] - along * dz) - first - (last - first) * along
    )


def _flow_colours(speed: FloatArray) -> Colour:
    """Return red to yellow for flow towards the transducer, as the bar at the side shows it."""
    share = np.clip(speed, 0, 1)
    red, green = 90 + 165 * np.minimum(share * 1.4, 1), 235 * np.clip(share * 1.5 - 0.55, 0, 1)
    return np.stack([red, green, 20 * share], axis=-1).astype(np.uint8)


def _frame_box(out: Colour, place: tuple[int, int, int, int]) -> None:
    left, top, right, bottom = place
    out[[top, bottom], left : right + 1] = (190, 190, 120)
    out[top : bottom + 1, [left, right]] = (190, 190, 120)


def _bars(out: Colour) -> None:
    """Draw the grey and colour bars, and a tick for every centimetre of depth."""
    ramp = np.linspace(1, 0, 160)
    out[40:200, 20:32] = (ramp * 255).astype(np.uint8)[:, None, None]
    half = single(np.linspace(1, 0.05, 80))
    out[230:310, 20:32] = _flow_colours(half)[:, None]
    out[310:390, 20:32] = _flow_colours(half[::-1])[:, None, ::-1]
    face = _APEX[1] + _FACE / _MM
    for centimetre in range(int(_DEPTH // 10) + 1):
        row = round(face + centimetre * 10 / _MM)
        out[row : row + 2, 770 : 786 if centimetre % 5 == 0 else 779] = 200
