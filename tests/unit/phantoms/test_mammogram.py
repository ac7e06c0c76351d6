from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from pydicom import FileDataset

Dataset = Callable[[str, int], FileDataset]

# View codes of PS3.16 CID 4014; orientations as IHE's Mammography Image profile has them for presentation.
VIEWS = [
    ("R", "CC", "399162004", ["P", "L"]),
    ("L", "CC", "399162004", ["A", "R"]),
    ("R", "MLO", "399368009", ["P", "FL"]),
    ("L", "MLO", "399368009", ["A", "FR"]),
]


@pytest.mark.parametrize("number", range(4))
def test_each_view_names_side_view_and_orientation(dataset: Dataset, number: int) -> None:
    header = dataset("mammogram", number)
    side, view, code, orientation = VIEWS[number]

    assert (header.ImageLaterality, header.ViewPosition) == (side, view)
    assert header.ViewCodeSequence[0].CodeValue == code
    assert list(header.PatientOrientation) == orientation


@pytest.mark.parametrize("number", range(4))
def test_the_chest_wall_is_on_the_side_that_the_orientation_says(dataset: Dataset, number: int) -> None:
    """Rows that run to the anterior (A) begin at the chest wall; rows that run to P end there."""
    header = dataset("mammogram", number)
    columns = header.pixel_array[800:1500].mean(axis=0)
    starts_at_wall = columns[:300].mean() > columns[-300:].mean()

    assert starts_at_wall == (header.PatientOrientation[0] == "A")


def test_tissue_is_rough_at_all_scales_as_breasts_are(dataset: Dataset) -> None:
    """Burgess 2001: power falls about as the cube of the frequency; white noise would not fall at all."""
    patch = dataset("mammogram", 1).pixel_array[900:1412, 150:662].astype(float)
    patch = (patch - patch.mean()) * np.outer(np.hanning(512), np.hanning(512))
    power = np.abs(np.fft.fft2(patch)) ** 2
    frequency = np.hypot(*np.meshgrid(np.fft.fftfreq(512), np.fft.fftfreq(512)))
    bands = [power[(frequency >= low) & (frequency < 2 * low)].mean() for low in (0.008, 0.016, 0.032)]
    slopes = -np.diff(np.log2(bands))

    assert ((slopes > 1.5) & (slopes < 4.5)).all()
