from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray
from pydicom import FileDataset

from workstation.phantoms import PhantomStudy

Dataset = Callable[[str, int], FileDataset]


def around(
    dataset: Dataset, key: str, center: tuple[float, float, float], radius: float
) -> NDArray[np.float64]:
    """Return the HU of all pixels within a ball, from headers and pixels alone."""
    top = dataset(key, 0)
    middle = round((float(top.ImagePositionPatient[2]) - center[2]) / float(top.SpacingBetweenSlices))
    found = []
    for number in (middle - 1, middle, middle + 1):
        header = dataset(key, number)
        x0, y0, z = (float(value) for value in header.ImagePositionPatient)
        pitch = float(header.PixelSpacing[0])
        x, y = x0 + pitch * np.arange(512), y0 + pitch * np.arange(512)
        gap = (x[None, :] - center[0]) ** 2 + (y[:, None] - center[1]) ** 2 + (z - center[2]) ** 2
        values = header.pixel_array * float(header.RescaleSlope) + float(header.RescaleIntercept)
        found.append(values[gap < radius**2])
    return np.concatenate(found)


def test_the_bleed_has_its_hounsfield_units(studies: dict[str, PhantomStudy], dataset: Dataset) -> None:
    bleed = studies["head-ct"].truth.of("bleed")
    assert bleed.center is not None
    core = around(dataset, "head-ct", bleed.center, 8.0)

    assert core.mean() == pytest.approx(bleed.value, abs=1.5)


def test_it_lies_on_the_right_and_the_left_is_brain(
    studies: dict[str, PhantomStudy], dataset: Dataset
) -> None:
    """LPS: the patient's right is where x is negative; grey and white matter have 20 to 45 HU."""
    bleed = studies["head-ct"].truth.of("bleed")
    assert bleed.center is not None
    x, y, z = bleed.center

    assert (bleed.side, x < 0) == ("R", True)
    assert 20 < around(dataset, "head-ct", (-x, y, z), 8.0).mean() < 45


def test_years_before_there_was_no_bleed(studies: dict[str, PhantomStudy], dataset: Dataset) -> None:
    bleed = studies["head-ct"].truth.of("bleed")
    assert bleed.center is not None

    assert 20 < around(dataset, "head-ct-prior", bleed.center, 8.0).mean() < 45
    assert dataset("head-ct-prior", 0).PatientID == dataset("head-ct", 0).PatientID
