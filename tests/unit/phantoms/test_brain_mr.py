"""Contrast and diffusion, measured from the pixels against physics."""

from __future__ import annotations

from collections.abc import Callable
from math import exp

import numpy as np
import pytest
from numpy.typing import NDArray
from pydicom import FileDataset

from workstation.phantoms import PhantomStudy

Dataset = Callable[[str, int], FileDataset]
T1, T2, B0, B1000 = range(4)
FIRST = (0, 120, 152, 179)  # number of each series' lowest slice
STEP, LOWEST = (1.4, 5.0, 6.0, 6.0), (-76.0, -72.0, -70.0, -70.0)


def plane(dataset: Dataset, series: int, z: float) -> tuple[NDArray[np.float64], FileDataset]:
    header = dataset("brain-mr", FIRST[series] + round((z - LOWEST[series]) / STEP[series]))
    assert float(header.ImagePositionPatient[2]) == pytest.approx(z, abs=STEP[series] / 2 + 0.01)
    return header.pixel_array.astype(np.float64), header


def disc(header: FileDataset, x: float, y: float, radius: float) -> NDArray[np.bool_]:
    x0, y0, _ = (float(value) for value in header.ImagePositionPatient)
    pitch = float(header.PixelSpacing[0])
    across, down = x0 + pitch * np.arange(header.Columns), y0 + pitch * np.arange(header.Rows)
    return np.asarray((across[None, :] - x) ** 2 + (down[:, None] - y) ** 2 < radius**2)


def brightest_of_t2(dataset: Dataset) -> tuple[float, float, float]:
    """Return where T2 is brightest near the middle of the brain: fluid in a ventricle."""
    picture, header = plane(dataset, T2, 13.0)
    near = np.where(disc(header, 0, 0, 45), picture, 0)
    blocks = near.reshape(64, 8, 64, 8).mean(axis=(1, 3))
    row, column = np.unravel_index(int(blocks.argmax()), blocks.shape)
    pitch = float(header.PixelSpacing[0])
    x0, y0, z = (float(value) for value in header.ImagePositionPatient)
    return x0 + pitch * (8 * int(column) + 3.5), y0 + pitch * (8 * int(row) + 3.5), z


def test_fluid_is_bright_on_t2_and_dark_on_t1(dataset: Dataset) -> None:
    x, y, z = brightest_of_t2(dataset)
    for series, brighter in ((T2, True), (T1, False)):
        picture, header = plane(dataset, series, z)
        fluid = picture[disc(header, x, y, 1.5)].mean()
        brain = np.median(picture[disc(header, 0, 0, 60)])
        assert (fluid > 1.5 * brain) if brighter else (fluid < 0.5 * brain)


def test_white_matter_is_brighter_than_grey_on_t1_and_darker_on_t2(dataset: Dataset) -> None:
    """Between skull and midline T1 has two peaks; the brighter tissue of T1 must be the darker one of T2."""
    t1, header1 = plane(dataset, T1, 38.0)
    t2, header2 = plane(dataset, T2, 38.0)
    inside1, inside2 = t1[disc(header1, 0, 0, 50)], t2[disc(header2, 0, 0, 50)]

    white_share = (inside1 > 600).mean()
    assert 0.2 < white_share < 0.8
    assert np.quantile(inside2, 0.5 * white_share) < 800 < np.quantile(inside2, 1 - 0.3 * (1 - white_share))


def test_the_spot_loses_signal_as_its_diffusion_says(
    studies: dict[str, PhantomStudy], dataset: Dataset
) -> None:
    spot = studies["brain-mr"].truth.of("restricted diffusion")
    assert spot.center is not None
    assert spot.value is not None
    x, y, z = spot.center
    still, header = plane(dataset, B0, z)
    weighted, _ = plane(dataset, B1000, z)
    inside = disc(header, x, y, 2.6)

    ratio = weighted[inside].mean() / still[inside].mean()
    assert ratio == pytest.approx(exp(-1000 * spot.value), abs=0.05)


def test_fluid_all_but_vanishes_at_b_1000_and_the_spot_stands_out(
    studies: dict[str, PhantomStudy], dataset: Dataset
) -> None:
    spot = studies["brain-mr"].truth.of("restricted diffusion")
    assert spot.center is not None
    weighted, header = plane(dataset, B1000, spot.center[2])
    inside = weighted[disc(header, spot.center[0], spot.center[1], 2.6)].mean()
    x, y, z = brightest_of_t2(dataset)
    there, fluid_header = plane(dataset, B1000, z)

    assert inside > 1.4 * np.median(weighted[disc(header, 0, 0, 50)])
    assert there[disc(fluid_header, x, y, 2.0)].mean() < 0.5 * np.median(there[disc(fluid_header, 0, 0, 50)])


def test_the_three_series_have_slices_of_their_own_thickness(dataset: Dataset) -> None:
    assert [float(dataset("brain-mr", first).SliceThickness) for first in FIRST] == [1.4, 4.5, 5.0, 5.0]
