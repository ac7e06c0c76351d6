from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import numpy as np
import pytest
from pydicom import FileDataset

from workstation.phantoms import PhantomStudy


def test_the_lesion_has_its_uptake_by_the_formula_of_the_standard(
    studies: dict[str, PhantomStudy], dataset: Callable[[str, int], FileDataset]
) -> None:
    """SUVbw = activity x weight / dose decayed to the start of the series (QIBA's vendor-neutral recipe)."""
    lesion = studies["pet-ct"].truth.of("lesion")
    assert lesion.center is not None
    first = dataset("pet-ct", 166)
    number = 166 + round((float(first.ImagePositionPatient[2]) - lesion.center[2]) / 4.0)
    header = dataset("pet-ct", number)
    isotope = header.RadiopharmaceuticalInformationSequence[0]
    injected = datetime.strptime(isotope.RadiopharmaceuticalStartDateTime, "%Y%m%d%H%M%S%z")
    started = datetime.strptime(header.SeriesDate + header.SeriesTime + "+0000", "%Y%m%d%H%M%S%z")
    decay = 2 ** (-(started - injected).total_seconds() / float(isotope.RadionuclideHalfLife))
    grams = float(header.PatientWeight) * 1000
    activity = header.pixel_array * float(header.RescaleSlope) + float(header.RescaleIntercept)
    uptake = activity * grams / (float(isotope.RadionuclideTotalDose) * decay)
    x = float(header.ImagePositionPatient[0]) + 4.0 * np.arange(128)
    y = float(header.ImagePositionPatient[1]) + 4.0 * np.arange(128)
    inside = (x[None, :] - lesion.center[0]) ** 2 + (y[:, None] - lesion.center[1]) ** 2 < 7.0**2

    assert header.Units == "BQML"
    assert uptake[inside].mean() == pytest.approx(lesion.value, rel=0.06)
    assert np.median(uptake[uptake > 0.2]) < 2


def test_the_lesion_is_in_the_same_place_on_the_ct(
    studies: dict[str, PhantomStudy], dataset: Callable[[str, int], FileDataset]
) -> None:
    lesion = studies["pet-ct"].truth.of("lesion")
    assert lesion.center is not None
    top = dataset("pet-ct", 0)
    header = dataset("pet-ct", round((float(top.ImagePositionPatient[2]) - lesion.center[2]) / 4.0))
    pitch = float(header.PixelSpacing[0])
    x = float(header.ImagePositionPatient[0]) + pitch * np.arange(512)
    y = float(header.ImagePositionPatient[1]) + pitch * np.arange(512)
    inside = (x[None, :] - lesion.center[0]) ** 2 + (y[:, None] - lesion.center[1]) ** 2 < 9.0**2

    assert (header.pixel_array[inside] - 1024.0).mean() == pytest.approx(42, abs=5)
