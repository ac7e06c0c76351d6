from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from pydicom import FileDataset

Dataset = Callable[[str, int], FileDataset]


def shown(header: FileDataset) -> NDArray[np.float64]:
    """Return the picture as it must appear, 0 black: MONOCHROME1 shows its lowest value white."""
    values = header.pixel_array / 4095
    return np.asarray(1 - values if header.PhotometricInterpretation == "MONOCHROME1" else values)


def test_the_normal_chest_is_monochrome1_of_the_size_asked_for(dataset: Dataset) -> None:
    header = dataset("chest-xr", 0)

    assert (header.PhotometricInterpretation, header.PresentationLUTShape) == ("MONOCHROME1", "INVERSE")
    assert (header.Rows, header.Columns) == (2400, 2000)
    assert list(header.PatientOrientation) == ["L", "F"]


def test_the_mediastinum_is_white_and_lungs_and_open_field_are_dark(dataset: Dataset) -> None:
    for key in ("chest-xr", "pneumothorax-xr"):
        picture = shown(dataset(key, 0))
        spine = np.median(picture[900:1100, 960:1040])
        lungs = np.median(picture[900:1100, 450:700])

        assert lungs < 0.5 < spine
        assert np.median(picture[2200:2380, :40]) < lungs


def test_the_heart_lies_more_to_the_left_of_the_patient(dataset: Dataset) -> None:
    """Row direction L: the patient's left is on the right of the picture."""
    low_chest = shown(dataset("chest-xr", 0))[1250:1400]

    assert low_chest[:, 1100:1420].mean() > low_chest[:, 580:900].mean() + 0.05


def test_beyond_the_pleural_line_there_are_no_lung_markings(dataset: Dataset) -> None:
    """Fine structure at the left apex and side, against the same places on the right."""
    picture = shown(dataset("pneumothorax-xr", 0))
    blurred = picture.reshape(600, 4, 500, 4).mean(axis=(1, 3))
    detail = (
        blurred[1:-1, 1:-1]
        - (blurred[:-2, 1:-1] + blurred[2:, 1:-1] + blurred[1:-1, :-2] + blurred[1:-1, 2:]) / 4
    )
    left = detail[240:330, 432:446]  # between the pleural line and the ribs
    right = detail[240:330, 130:230]  # within the other lung

    assert left.std() < right.std()


def test_the_wrist_comes_in_three_views_of_the_left_side(dataset: Dataset) -> None:
    headers = [dataset("wrist-xr", number) for number in range(3)]

    assert [header.ViewPosition for header in headers] == ["PA", "LLO", "LL"]
    assert {header.ImageLaterality for header in headers} == {"L"}
    assert len({header.SeriesInstanceUID for header in headers}) == 3
