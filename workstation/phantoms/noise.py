"""Randomness that repeats: seeded streams, noise tiles with a given spectrum, and smooth wave fields.

Fresh normals for each voxel would cost more than the anatomy itself, so noise is drawn once as a
periodic tile with the right spectrum and laid over each picture at another place and another turn.

Units:   frequencies in cycles per pixel for tiles, millimetres for wave fields.
Shapes:  tiles are square float32 arrays of mean 0 and standard deviation 1.
Source:  the spectra are named where they are made.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

FloatArray = NDArray[np.float32]
BoolArray = NDArray[np.bool_]
Spectrum = Callable[[FloatArray], FloatArray]

_ROWS_AT_ONCE: Final = 8


def single(values: ArrayLike) -> FloatArray:
    """Return the values in single precision (without a copy where they are)."""
    return np.asarray(values, dtype=np.float32)


def length(a: NDArray[np.floating], b: NDArray[np.floating]) -> FloatArray:
    """Return the square root of the sum of squares; numpy's hypot takes four times as long over it."""
    return single(np.sqrt(a * a + b * b))


def stream(*labels: object) -> np.random.Generator:
    """Return the generator that belongs to these labels: the same numbers in every run."""
    text = "/".join(str(label) for label in labels)
    return np.random.default_rng(int.from_bytes(hashlib.sha256(text.encode()).digest(), "big"))


def reconstruction(frequency: FloatArray) -> FloatArray:
    """Amplitude of CT noise: a ramp rolled off by a soft-tissue kernel (the power goes as f before it)."""
    return single(np.sqrt(frequency) * np.exp(-((frequency / 0.22) ** 2)))


def smooth(width: float) -> Spectrum:
    """Return the spectrum of white noise blurred by a Gaussian of that standard deviation in pixels."""

    def spectrum(frequency: FloatArray) -> FloatArray:
        return single(np.exp(-2 * (np.pi * width * frequency) ** 2))

    return spectrum


def power_law(exponent: float) -> Spectrum:
    """Return the amplitude of noise whose power falls as 1/f**exponent; the mean is left out."""

    def spectrum(frequency: FloatArray) -> FloatArray:
        safe = np.where(frequency > 0, frequency, np.inf)
        return single(safe ** (-exponent / 2))

    return spectrum


def tile(rng: np.random.Generator, size: int, spectrum: Spectrum) -> FloatArray:
    """Return a periodic square of noise with that amplitude spectrum, mean 0 and deviation 1."""
    white = rng.standard_normal((size, size), dtype=np.float32)
    rows = single(np.fft.fftfreq(size))[:, None]
    columns = single(np.fft.rfftfreq(size))[None, :]
    shaped = np.fft.rfft2(white) * spectrum(np.hypot(rows, columns))
    noise = single(np.fft.irfft2(shaped, s=(size, size)))
    noise -= noise.mean()
    return single(noise / noise.std())


def cut(noise: FloatArray, rng: np.random.Generator, shape: tuple[int, int]) -> FloatArray:
    """Return a piece of a tile from a random place, upside down or not."""
    row, column = (int(rng.integers(had - want + 1)) for had, want in zip(noise.shape, shape, strict=True))
    piece = noise[row : row + shape[0], column : column + shape[1]]
    return piece[:: 1 - 2 * int(rng.integers(2))]


@dataclass(frozen=True)
class Waves:
    """A smooth random field in space: a sum of plane waves, the same from whichever side it is cut."""

    vectors: FloatArray  # (count, 3), radians per mm
    phases: FloatArray  # (count,)
    amplitude: float

    @classmethod
    def draw(cls, rng: np.random.Generator, wavelength: float, amplitude: float, count: int = 12) -> Waves:
        """Draw waves of about that length in mm; their sum has ``amplitude`` as standard deviation."""
        directions = rng.standard_normal((count, 3))
        directions /= np.linalg.norm(directions, axis=1, keepdims=True)
        lengths = wavelength * rng.uniform(0.8, 1.3, (count, 1))
        phases = rng.uniform(0, 2 * np.pi, count)
        vectors = 2 * np.pi / lengths * directions
        return cls(single(vectors), single(phases), amplitude * (2.0 / count) ** 0.5)

    def at(self, x: FloatArray, y: FloatArray, z: FloatArray) -> FloatArray:
        """Return the field at any points (arrays that broadcast together)."""
        total = np.zeros(np.broadcast_shapes(x.shape, y.shape, z.shape), dtype=np.float32)
        for (u, v, w), phase in zip(self.vectors.tolist(), self.phases.tolist(), strict=True):
            total += np.sin(u * x + v * y + w * z + phase)
        return single(self.amplitude * total)

    def on_grid(
        self, rows: tuple[int, FloatArray], columns: tuple[int, FloatArray], fixed: tuple[int, float]
    ) -> FloatArray:
        """Return the field on a plane along two axes, each given as (axis number, millimetres).

        A sine of a sum is two products, so the whole plane is one matrix product.
        """
        across = self.vectors[:, columns[0], None] * columns[1][None, :]
        down = self.vectors[:, rows[0]] * rows[1][:, None] + (
            self.vectors[:, fixed[0]] * fixed[1] + self.phases
        )
        left = np.concatenate([np.sin(down), np.cos(down)], axis=1)
        right = np.concatenate([np.cos(across), np.sin(across)], axis=0)
        return single(self.amplitude * _product(left, right))


def _product(left: FloatArray, right: FloatArray) -> FloatArray:
    """Return the matrix product, a few rows at a time.

    A product of this size wakes the threads of the linear algebra library, and on a busy machine they take
    a hundred times as long to meet again as one of them would have taken to do it.
    """
    rows = len(left)
    padded = np.pad(left, ((0, -rows % _ROWS_AT_ONCE), (0, 0)))
    blocks = padded.reshape(-1, _ROWS_AT_ONCE, left.shape[1]) @ right
    return single(blocks.reshape(-1, right.shape[1])[:rows])
