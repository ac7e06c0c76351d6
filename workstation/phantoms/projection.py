"""What a beam meets on its way: lengths through rods, sums over planes, and the picture that comes of it.

Units:   millimetres; attenuation per millimetre; a radiograph's line integral has none.
Shapes:  pictures are (rows, columns); a rod's ends are (n, 2, 3) as (column axis, row axis, depth).
Source:  Beer and Lambert's law; Poisson noise by its Gaussian limit (many photons in every pixel).
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from workstation.phantoms.canvas import doubled
from workstation.phantoms.noise import BoolArray, FloatArray, single

_STEEPEST: Final = 2.0  # a rod seen nearly end-on is at most so many times longer than it looks
_BLOCK: Final = 8
_CHUNK: Final = 400_000  # pixels painted at once


def rod_lengths(
    rows: FloatArray,
    columns: FloatArray,
    ends: FloatArray,
    radii: FloatArray,
    weights: FloatArray | None = None,
) -> FloatArray:
    """Return, for each pixel, the length of a straight beam inside round tapering rods, summed."""
    total = np.zeros(rows.size * columns.size, np.float32)
    pitch = abs(float(columns[1] - columns[0]))
    size = np.abs(ends[:, 1, :2] - ends[:, 0, :2]).max(axis=1) / 2 + radii.max(axis=1)
    steps = np.ceil(np.log2(size / pitch + 2)).astype(int)
    factor = np.ones(len(ends), np.float32) if weights is None else weights
    for step in np.unique(steps):
        half = int(2**step)
        every = max(_CHUNK // (2 * half + 1) ** 2, 1)
        members = np.flatnonzero(steps == step)
        for first in range(0, len(members), every):
            some = members[first : first + every]
            _splat(total, rows, columns, ends[some], radii[some], factor[some], half)
    return total.reshape(rows.size, columns.size)


def _splat(
    total: FloatArray,
    rows: FloatArray,
    columns: FloatArray,
    ends: FloatArray,
    radii: FloatArray,
    factor: FloatArray,
    half: int,
) -> None:
    reach = np.arange(-half, half + 1)
    middle = ends.mean(axis=1)
    column = _nearest(columns, middle[:, 0])[:, None, None] + reach[None, None, :]
    row = _nearest(rows, middle[:, 1])[:, None, None] + reach[None, :, None]
    inside = (column >= 0) & (column < columns.size) & (row >= 0) & (row < rows.size)
    u = columns[column.clip(0, columns.size - 1)] - ends[:, 0, 0, None, None]
    v = rows[row.clip(0, rows.size - 1)] - ends[:, 0, 1, None, None]
    lengths = factor[:, None, None] * _chords(u, v, ends, radii, abs(float(columns[1] - columns[0])))
    _add(total, row * columns.size + column, lengths, inside)


def _chords(u: FloatArray, v: FloatArray, ends: FloatArray, radii: FloatArray, pitch: float) -> FloatArray:
    """Return the beam's length in each rod at points (u, v) from the rod's first end."""
    du, dv, dw = (ends[:, 1, axis, None, None] - ends[:, 0, axis, None, None] for axis in range(3))
    long = np.sqrt(du * du + dv * dv + dw * dw) + 1e-6
    seen = np.maximum(np.sqrt(du * du + dv * dv), long / _STEEPEST)
    along = (u * du + v * dv) / (seen * seen)
    across = (u * dv - v * du) / seen
    share = np.clip(along, 0, 1)
    radius = radii[:, :1, None] + share * (radii[:, 1:, None] - radii[:, :1, None])
    place, end = along * (seen / pitch), seen / pitch
    blunt = np.maximum(np.minimum(place + 0.5, end) - np.maximum(place - 0.5, 0), 0)  # of the pixel
    steep = np.minimum(np.sqrt(du * du + dv * dv) / (0.5 * long), 1)  # end-on rods would show as squares
    return single(
        2 * steep * blunt * np.sqrt(np.maximum(radius * radius - across * across, 0)) * (long / seen)
    )


def _nearest(places: FloatArray, wanted: FloatArray) -> NDArray[np.int64]:
    return np.asarray(np.rint((wanted - places[0]) / (places[1] - places[0])), dtype=np.int64)


def _add(total: FloatArray, index: NDArray[np.int64], values: FloatArray, inside: BoolArray) -> None:
    np.add.at(total, index[inside], values[inside])


def enlarged(field: FloatArray, shape: tuple[int, int]) -> FloatArray:
    """Return a picture on a finer grid over the same area, by a smooth cubic kernel."""
    down, across = _kernel(field.shape[0], shape[0]), _kernel(field.shape[1], shape[1])
    return single(down @ field @ across.T)


def _kernel(had: int, wanted: int) -> FloatArray:
    """Return the (wanted, had) matrix of Catmull and Rom's cubic interpolation."""
    place = (np.arange(wanted) + 0.5) * (had / wanted) - 0.5
    gap = np.abs(place[:, None] - np.arange(had)[None, :])
    near = 1.5 * gap**3 - 2.5 * gap**2 + 1
    far = -0.5 * gap**3 + 2.5 * gap**2 - 4 * gap + 2
    weights = np.where(gap < 1, near, np.where(gap < 2, far, 0.0))
    return single(weights / weights.sum(axis=1, keepdims=True))


def blurred(field: FloatArray, radius: int) -> FloatArray:
    """Return the picture blurred by three running means, nearly a Gaussian; edges are held."""
    for _ in range(3):
        for axis in (0, 1):
            field = _running_mean(field, radius, axis)
    return field


def _running_mean(field: FloatArray, radius: int, axis: int) -> FloatArray:
    pad = [(0, 0), (0, 0)]
    pad[axis] = (radius + 1, radius)
    sums = np.cumsum(np.pad(field, pad, mode="edge"), axis=axis, dtype=np.float64)
    width = 2 * radius + 1
    high, low = [slice(None), slice(None)], [slice(None), slice(None)]
    high[axis], low[axis] = slice(width, None), slice(None, -width)
    return single((sums[tuple(high)] - sums[tuple(low)]) / width)


def exposed(depth: FloatArray, photons: float, scatter: float, grain: FloatArray) -> FloatArray:
    """Return the logarithm of the detected exposure behind a line integral, scatter and noise included.

    ``scatter`` is the smooth fog as a share of the mean primary around; ``grain`` has deviation 1 and
    twice as many pixels each way: the detector's, finer than the patient need be drawn.
    """
    primary = np.exp(-depth)
    signal = doubled(primary + scatter * slow(primary, 5))
    return single(np.log(np.maximum(signal + np.sqrt(signal / photons) * grain, 1e-5)))


def slow(picture: FloatArray, radius: int) -> FloatArray:
    """Return the slow changes of a picture: blurred by about twice ``radius`` blocks of eight pixels."""
    rows, columns = (size // _BLOCK for size in picture.shape)
    blocks = picture[: rows * _BLOCK, : columns * _BLOCK].reshape(rows, _BLOCK, columns, _BLOCK)
    return enlarged(blurred(single(blocks.mean(axis=(1, 3))), radius), (picture.shape[0], picture.shape[1]))
