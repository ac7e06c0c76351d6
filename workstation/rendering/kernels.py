"""The inner loops: weighing pixels together, and looking values up. Imported late: numba is heavy.

Each kernel does the device rows from ``first`` to ``last``, so that threads can share a picture.
A device pixel is a weighted sum of source pixels; the weights of its row and of its column are
multiplied. Rows are weighed first, whole lines at a time, which the processor does in parallel.

Every array is in one piece (C order), source pixels are unchangeable: each other kind would be
compiled again, for a second or two, in the middle of reading.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from workstation.rendering.arguments import Padding, Steps, Taps
from workstation.rendering.compiled import compiled

Array = NDArray[Any]


@compiled
def weigh_rows(source: Array, row: int, weights: Array, left: int, line: Array) -> None:
    """Add up one column of ``weights`` many source rows into a line that begins at ``left``."""
    width = line.size
    weight = weights[0]
    pixels = source[row, left : left + width]
    for x in range(width):
        line[x] = weight * pixels[x]
    for tap in range(1, weights.size):
        weight = weights[tap]
        pixels = source[row + tap, left : left + width]
        for x in range(width):
            line[x] += weight * pixels[x]


@compiled
def weigh_columns(line: Array, left: int, across: Taps, sums: Array) -> None:
    """Add up pixels of a line into device pixels."""
    start, weights = across
    for x in range(sums.size):
        sums[x] = weights[0, x] * line[start[x] - left]
    for tap in range(1, weights.shape[0]):
        for x in range(sums.size):
            sums[x] += weights[tap, x] * line[start[x] - left + tap]


@compiled
def count_padding(source: Array, row: int, taps: int, left: int, padding: Padding, before: Array) -> int:
    """Count the padding in ``taps`` source rows; ``before[x]`` is how much lies left of column x."""
    width = before.size - 1
    counts = np.zeros(width, np.int32)
    low, high = padding.low, padding.high
    for tap in range(taps):
        pixels = source[row + tap, left : left + width]
        for x in range(width):
            counts[x] += np.int32(not (pixels[x] < low or pixels[x] > high))  # NaN counts as padding
    total = np.int32(0)
    for x in range(width):
        total += counts[x]
        before[x + 1] = total
    return int(total)


@compiled
def weigh_valid(source: Array, row: int, column: int, down: Array, over: Array, padding: Padding) -> Any:  # noqa: ANN401  a number of the weights' type, or NaN
    """Return the weighted mean without the padding; NaN where padding weighs as much as the rest.

    Negative weights count as none: without their positive neighbours they would invent values.
    """
    none = down.dtype.type(0)
    total, valid, summed = none, none, none
    for j in range(down.size):
        for i in range(over.size):
            weight = max(down[j], none) * max(over[i], none)
            value = source[row + j, column + i]
            total += weight
            if value < padding.low or value > padding.high:
                valid += weight
                summed += weight * value
    return summed / valid if valid * 2 > total else down.dtype.type(np.nan)


@compiled
def resample(
    source: Array,
    down: Taps,
    across: Taps,
    steps: Steps,
    padding: Padding,
    out: Array,
    padded: Array,
    rows: tuple[int, int],
) -> None:
    """Write device rows of one-sample pixels; ``padded`` becomes True where padding prevails."""
    offset, factor, bottom, top = steps
    taps_down, taps_across = down.weights.shape[0], across.weights.shape[0]
    left = across.start.min()
    span = across.start.max() + taps_across - left
    line, sums = np.empty(span, down.weights.dtype), np.empty(out.shape[1], down.weights.dtype)
    before = np.zeros(span + 1, np.int32)
    for y in range(rows[0], rows[1]):
        row = down.start[y]
        weigh_rows(source, row, down.weights[:, y], left, line)
        weigh_columns(line, left, across, sums)
        for x in range(sums.size):
            out[y, x] = min(max((sums[x] - offset) * factor, bottom), top)
        if not padding.present or count_padding(source, row, taps_down, left, padding, before) == 0:
            continue
        for x in range(sums.size):
            column = across.start[x]
            count = before[column - left + taps_across] - before[column - left]
            if count == taps_down * taps_across:
                padded[y, x] = True
            elif count:
                value = weigh_valid(source, row, column, down.weights[:, y], across.weights[:, x], padding)
                padded[y, x] = np.isnan(value)
                if not padded[y, x]:
                    out[y, x] = min(max((value - offset) * factor, bottom), top)


@compiled
def resample_colour(source: Array, down: Taps, across: Taps, out: Array, rows: tuple[int, int]) -> None:
    """Write device rows of pixels of three samples; ``source`` is (rows, columns × 3)."""
    left = across.start.min()
    span = across.start.max() + across.weights.shape[0] - left
    line, sums = np.empty(span * 3, np.float32), np.empty(3, np.float32)
    for y in range(rows[0], rows[1]):
        weigh_rows(source, down.start[y], down.weights[:, y], left * 3, line)
        for x in range(out.shape[1]):
            first = (across.start[x] - left) * 3
            sums[:] = np.float32(0.5)
            for tap in range(across.weights.shape[0]):
                weight = across.weights[tap, x]
                for sample in range(3):
                    sums[sample] += weight * line[first + tap * 3 + sample]
            for sample in range(3):
                out[y, x, sample] = min(max(sums[sample], np.float32(0)), np.float32(255))


@compiled
def cover(mask: Array, down: Array, across: Array, out: Array, rows: tuple[int, int]) -> None:
    """Write whether anything is drawn between the first and the last source pixel of a device pixel."""
    for y in range(rows[0], rows[1]):
        for x in range(out.shape[1]):
            drawn = False
            for row in range(down[0, y], down[1, y]):
                for column in range(across[0, x], across[1, x]):
                    drawn |= mask[row, column]
            out[y, x] = drawn


@compiled
def look_up(index: Array, table: Array, out: Array, corner: tuple[int, int], rows: tuple[int, int]) -> None:
    """Write ``table[index]`` into ``out``, the first pixel at ``corner`` (row, column)."""
    top, left = corner
    for y in range(rows[0], rows[1]):
        for x in range(index.shape[1]):
            out[top + y, left + x] = table[index[y, x]]
