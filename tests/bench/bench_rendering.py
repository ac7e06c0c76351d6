"""How long it takes to draw the next slice, or the same one with another window: without the window's rest.

Each is the 95th percentile of ``ROUNDS``, beside the frame of a 60 Hz screen; one row lets SimpleITK
resample the same slice linearly, all its threads, without any look-up.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from itertools import count, cycle
from typing import Final

import numpy as np
import SimpleITK
from figures import Figure, late, seconds
from ground import Ground

from workstation.dicom.model import VoiWindow
from workstation.rendering import (
    Domain,
    Look,
    Picture,
    Placement,
    Sampled,
    fitted,
    level_table,
    resample,
    shade,
    warm_up,
)

ROUNDS: Final = 100
SCREEN_MS: Final = 16.0
TABLE_MS: Final = 1.0
CT: Final = Domain(-32_768, 32_767)
RADIOGRAPH: Final = Domain(0, 4095)


def figures(_: Ground) -> Iterator[Figure]:
    """Time everything."""
    warm_up()
    for what, budget, work in (*scrolls(), *drags(), *others()):
        work()
        spent = [1e3 * seconds(work) for _ in range(ROUNDS)]
        yield Figure(what, late(spent), budget, 1.0)


def slices(*, padded: bool) -> list[Picture]:
    """Return eight CT slices of noise, with padding around the field of view or without."""
    rows, columns = np.mgrid[:512, :512]
    outside = (rows - 255.5) ** 2 + (columns - 255.5) ** 2 > 256**2
    noise = np.random.default_rng(1).integers(-1024, 3000, (8, 512, 512)).astype(np.int16)
    if padded:
        noise[:, outside] = -2000
    return [Picture(pixels, CT, (-2000, -2000) if padded else None) for pixels in noise]


def scrolls() -> Iterator[tuple[str, float, Callable[[], object]]]:
    """Yield what is done to show the next slice of 512² in a viewport of 1024²."""
    look = Look(VoiWindow(40, 400))

    def scroll(pictures: list[Picture], placement: Placement, *how: str) -> Callable[[], object]:
        turn = cycle(pictures)
        return lambda: shade(resample(next(turn), placement, *how), look)  # type: ignore[arg-type]  # words

    upright, turned = (fitted((512, 512), (1024, 1024), rotation=n) for n in (0, 1))
    plain, padded = (slices(padded=flag) for flag in (False, True))
    yield "scroll 512² in 1024²", SCREEN_MS, scroll(plain, upright)
    yield "scroll, linear instead of cubic", SCREEN_MS, scroll(plain, upright, "linear")
    yield "scroll, with padding around", SCREEN_MS, scroll(padded, upright)
    yield "scroll, turned by a quarter", SCREEN_MS, scroll(plain, turned)
    image = SimpleITK.GetImageFromArray(plain[0].pixels)
    yield (
        "scroll, SimpleITK, linear",
        SCREEN_MS,
        lambda: SimpleITK.Resample(image, size=(1024, 1024), outputSpacing=(0.5, 0.5)),  # type: ignore[arg-type]  # its stub says int
    )


def drags() -> Iterator[tuple[str, float, Callable[[], object]]]:
    """Yield what is done while the window of a radiograph is dragged, and while it is zoomed."""
    width = count(1000)
    pixels = np.random.default_rng(1).integers(0, 4096, (2487, 2048)).astype(np.uint16)
    radiograph = Picture(pixels, RADIOGRAPH)

    def drag(sampled: Sampled) -> Callable[[], object]:
        return lambda: shade(sampled, Look(VoiWindow(2000, next(width))))

    for side in (1024, 2000):
        placement = fitted((2048, 2487), (side, side))
        yield f"drag 2487×2048 in {side}²", SCREEN_MS, drag(resample(radiograph, placement))
        yield f"zoom 2487×2048 in {side}²", SCREEN_MS, partial(resample, radiograph, placement)


def others() -> Iterator[tuple[str, float, Callable[[], object]]]:
    """Yield the table alone, colours and floats."""
    width = count(1000)
    yield (
        "table of 65,536",
        TABLE_MS,
        lambda: level_table(Look(VoiWindow(2000, next(width))), Domain(0, 65_535)),
    )
    clip = Picture(np.random.default_rng(1).integers(0, 256, (600, 800, 3)).astype(np.uint8))
    wide = fitted((800, 600), (1024, 1024))
    yield "colour 800×600 in 1024²", SCREEN_MS, lambda: shade(resample(clip, wide), Look())
    dose = Picture(np.random.default_rng(1).random((512, 512)))
    square = fitted((512, 512), (1024, 1024))
    look = Look(VoiWindow(0.5, 1.0, function="LINEAR_EXACT"))
    yield "floats 512² in 1024²", SCREEN_MS, lambda: shade(resample(dose, square), look)
