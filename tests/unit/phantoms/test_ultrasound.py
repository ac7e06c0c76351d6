from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from pydicom import FileDataset

from workstation.phantoms import PhantomStudy

Dataset = Callable[[str, int], FileDataset]


def test_the_gallbladder_is_as_long_as_the_region_s_calibration_says(
    studies: dict[str, PhantomStudy], dataset: Dataset
) -> None:
    """The longest black run of the still, times PhysicalDeltaX, which is in cm (PhysicalUnits 3)."""
    header = dataset("ultrasound", 1)
    region = header.SequenceOfUltrasoundRegions[0]
    grey = header.pixel_array.max(axis=2).astype(float)
    rows = grey[200:400, 150:400].reshape(50, 4, 250).mean(axis=1)
    longest = max(_longest_run(row < 30) for row in rows)

    assert (region.RegionSpatialFormat, region.PhysicalUnitsXDirection) == (1, 3)
    assert longest * region.PhysicalDeltaX * 10 == pytest.approx(
        studies["ultrasound"].truth.of("gallbladder").diameter, abs=2
    )


def _longest_run(dark: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]) -> int:
    best = run = 0
    for pixel in dark.tolist():
        run = run + 1 if pixel else 0
        best = max(best, run)
    return best


def test_the_clip_moves_and_has_colour(dataset: Dataset) -> None:
    header = dataset("ultrasound", 0)
    frames = header.pixel_array.astype(int)

    assert header.NumberOfFrames == len(frames) == 48
    assert float(header.FrameTime) == 50
    assert np.abs(frames[0] - frames[20]).mean() > 5
    red_over_blue = frames[0][150:330, 404:566, 0] - frames[0][150:330, 404:566, 2]
    assert (red_over_blue > 80).mean() > 0.03


def test_lossy_compression_is_said_with_ratio_and_method(dataset: Dataset) -> None:
    """PS3.3 C.7.6.1.1.5."""
    header = dataset("ultrasound", 0)

    assert (header.LossyImageCompression, header.LossyImageCompressionMethod) == ("01", "ISO_10918_1")
    assert 2 < float(header.LossyImageCompressionRatio) < 40
    assert dataset("ultrasound", 1).LossyImageCompression == "00"


def test_speckle_is_rayleigh_like_before_compression(dataset: Dataset) -> None:
    """Log-compressed Rayleigh speckle has a fixed spread, 5.57 dB, whatever its brightness (Goodman 1975)."""
    grey = dataset("ultrasound", 1).pixel_array[..., 0].astype(float)
    liver = grey[140:190, 420:520]
    decibels = (liver / 255) ** (1 / 1.15) * 58

    assert decibels.std() == pytest.approx(5.57, abs=1.6)
