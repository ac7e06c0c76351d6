"""Ribs, spine and sternum: what repeats along the body, painted all at once.

A rib is where the wall of the cage meets a band that slopes from its vertebra down to the front; a
vertebra is one pattern repeated at the spine's own pitch. So twelve pairs cost no more than one.

Units:   LPS millimetres, as in ``sections``.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from workstation.phantoms.canvas import Canvas, Palette, Solid, pick
from workstation.phantoms.noise import BoolArray, FloatArray, length, single
from workstation.phantoms.sections import (
    CAGE,
    SPINE_DEPTH,
    SPINE_PITCH,
    SPINE_WIDTH,
    SPINE_Y,
    vertebra,
    vertebra_height,
)

_FLOATING: Final = ([0, 9, 10, 11, 12], [0.84, 0.8, 0.62, 0.42, 0])  # how far round each rib is bone
_L5: Final = 16
_FAR: Final = np.float32(60)  # mm: a distance that paints nothing


def ribs(canvas: Canvas, cage: FloatArray, palette: Palette) -> None:
    """Paint all ribs and their cartilages; ``cage`` is the distance to the cage at each pixel."""
    heights = canvas.true[2]
    if heights.max() < -190 or heights.min() > 214:
        return
    x, y = (np.broadcast_to(axis, cage.shape) for axis in canvas.bent[:2])
    near = (np.abs(cage - 5) < 6) & (np.abs(x) > 18) & (heights > -190) & (heights < 214)
    shell = cage[near]
    z = heights[0] if heights.size == 1 else np.broadcast_to(heights, cage.shape)[near]
    distance, number, around = _bands(x[near], y[near], z, shell)
    missing = _FAR * ((number < 0) | (number > 11))
    bone_end = (around - single(np.interp(number, *_FLOATING))) * 150
    _blend(
        canvas,
        near,
        np.maximum(distance, (around - 0.97) * 150) + missing + _FAR * (number > 9),
        palette["cartilage"],
    )
    _blend(canvas, near, np.maximum(distance, bone_end) + missing, palette["rib"])
    _blend(canvas, near, np.maximum(distance + 1.7, bone_end) + missing, palette["rib marrow"])


def _bands(
    x: FloatArray, y: FloatArray, z: FloatArray, shell: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return distance to the nearest rib, its number, and how far round the cage (0 spine, 1 sternum)."""
    across, along = x / CAGE.width(z), (y - CAGE.middle(z)) / CAGE.depth(z)
    around = single((1 - along / length(across, along)) / 2)
    number, above = vertebra(single(z + _fall(around, z)))
    distance = (length((shell - 5) / 3.6, above / 6.4) - 1) * 4.2
    return single(distance), number, around


def _fall(around: FloatArray, z: FloatArray) -> FloatArray:
    """Return how far below its vertebra a rib runs, that far round the cage."""
    share = np.minimum(around**0.75, 0.846 - 1.1 * np.maximum(around - 0.8, 0))
    return single(np.clip(44 + 0.34 * (193 - z), 44, 105) * share)


def rib_lines(pieces: int = 60) -> tuple[FloatArray, FloatArray]:
    """Return the bony ribs as lines for projection: ends (n, 2, 3) in x, y, z and half widths (n, 2).

    Seen from the front a rib is as wide as it is high, but at the side only as wide as it is thick.
    """
    ends, widths = [], []
    for number in range(12):
        last = float(np.interp(number, *_FLOATING))
        around = single(np.linspace(0.012, last, pieces))
        start = np.full(pieces, vertebra_height(number), np.float32)
        z = start
        for _ in range(12):  # the fall depends on the height that it leads to
            z = start - _fall(around, z)
        along = 1 - 2 * around
        across = np.sqrt(1 - along * along)
        scale = 1 / np.sqrt(1 - CAGE.square + CAGE.square * length(along * along, across * across))
        x = across * (scale * CAGE.width(z) + 5)
        y = CAGE.middle(z) + along * (scale * CAGE.depth(z) + 5)
        line, wide = np.stack([x, y, z], axis=1), 3.8 + 2.4 * np.abs(along)
        for side in (-1, 1):
            flipped = line * single([side, 1, 1])
            ends.append(np.stack([flipped[:-1], flipped[1:]], axis=1))
            widths.append(np.stack([wide[:-1], wide[1:]], axis=1))
    return single(np.concatenate(ends)), single(np.concatenate(widths))


def _blend(canvas: Canvas, near: BoolArray, distance: FloatArray, value: float | FloatArray) -> None:
    under = canvas.values[near]
    canvas.values[near] = under + canvas.cover(distance) * (pick(value, near) - under)


def spine(canvas: Canvas, skin: FloatArray, palette: Palette) -> None:
    """Paint vertebrae, discs, arches, processes and the canal with the cord."""
    box = canvas.around((0, 72, 20), (42, 62, 270))
    if box is None:
        return
    x, bent_y, z = (canvas.part(axis, box) for axis in (canvas.bent[0], canvas.bent[1], canvas.true[2]))
    y = bent_y - SPINE_Y(z)
    number, above = vertebra(z)
    pitch, depth, wide = SPINE_PITCH(z), SPINE_DEPTH(z), SPINE_WIDTH(z)
    below = _FAR * (number > _L5)
    disc = (
        np.maximum((length(x / wide, y / depth) - 0.9 - 0.4 * (above / pitch) ** 2) * depth, y - depth * 0.72)
        + below
    )
    bodies = np.maximum(disc, np.abs(above) - 0.39 * pitch)
    canal = length(x / 1.2, y - depth - 7) + below
    rear = np.maximum(_arches(x, y - depth - 7, above, pitch) + below, skin[box] + 5)
    for distance, material in (
        (disc, "disc"), (canal - 10, "fat"), (canal - 8.2, "fluid"), (canal - 4.6, "wall"),
        (rear, "vertebra"), (rear + 2.2, "marrow"), (bodies, "vertebra"), (bodies + 1.6, "spongiosa"),
    ):  # fmt: skip
        canvas.lay(box, single(distance), palette[material])


def _arches(x: FloatArray, back: FloatArray, above: FloatArray, pitch: FloatArray) -> FloatArray:
    """Return the distance to what closes the canal behind; ``back`` is measured from the canal's middle."""
    side = np.abs(x)
    ring = np.maximum(
        np.abs(length(x / 1.2, back) - 12) - 2.4, np.maximum(np.abs(above - 2) - 0.3 * pitch, -back - 9)
    )
    slant = above + 0.55 * back + 2
    thorn = np.maximum(length(x, np.maximum(np.abs(slant) - 6, 0)) - 3.2, np.abs(back - 20) - 12)
    wing = np.maximum(length(back - 4 - 0.25 * side, above - 3) - 5, np.abs(side - 20) - 9)
    joint = np.maximum(length(side - 15, back - 6) - 5.5, np.abs(np.abs(above) - pitch / 2) - 7)
    return single(np.minimum(np.minimum(ring, thorn), np.minimum(wing, joint)))


def sternum() -> Solid:
    """Return the sternum with its manubrium, on the front of the cage."""

    def distance(x: FloatArray, y: FloatArray, z: FloatArray) -> FloatArray:
        front = CAGE.middle(z) - CAGE.depth(z) - 7
        half = single(np.interp(z, [20, 60, 120, 132, 165], [8, 17, 14, 24, 32]))
        flat = length(np.maximum(np.abs(x) - half + 5, 0), y - front) - 5.5
        return single(np.maximum(flat, np.abs(z - 94) - 74))

    return Solid(distance, (0, -70, 94), (36, 60, 74))
