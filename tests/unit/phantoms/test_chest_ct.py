"""The nodule is measured from the pixels alone: no code of the phantom takes part."""

from __future__ import annotations

import io

import numpy as np
import pydicom
import pytest
from numpy.typing import NDArray

from workstation.phantoms import PhantomStudy

Volume = NDArray[np.float64]

DIAMETER_TOLERANCE = 0.3  # mm
CURRENT, PRIOR = ("chest-ct", 12.0), ("chest-ct-prior", 8.0)


def around_the_nodule(study: PhantomStudy) -> tuple[Volume, list[NDArray[np.float64]]]:
    """Return HU (z, y, x) within 15 mm of the nodule, and the LPS millimetres of each axis."""
    center = study.truth.of("nodule").center
    assert center is not None
    top = pydicom.dcmread(io.BytesIO(next(study.slices(range(1)))))
    step = float(top.SpacingBetweenSlices)
    middle = round((float(top.ImagePositionPatient[2]) - center[2]) / step)
    wanted = range(middle - 10, middle + 11)
    headers = [pydicom.dcmread(io.BytesIO(part10)) for part10 in study.slices(wanted)]
    volume = np.stack([h.pixel_array * float(h.RescaleSlope) + float(h.RescaleIntercept) for h in headers])
    z = np.array([float(h.ImagePositionPatient[2]) for h in headers])
    x0, y0, _ = (float(value) for value in headers[0].ImagePositionPatient)
    pitch = float(headers[0].PixelSpacing[0])
    x, y = x0 + pitch * np.arange(512), y0 + pitch * np.arange(512)
    near_x, near_y = np.abs(x - center[0]) < 15, np.abs(y - center[1]) < 15
    return volume[:, near_y][:, :, near_x], [z, y[near_y], x[near_x]]


def width_at_half(values: NDArray[np.float64], places: NDArray[np.float64]) -> float:
    """Return the width between the two crossings of half-way, found by straight lines between samples."""
    order = np.argsort(places)
    values, places = values[order], places[order]
    half = (values[:3].mean() + values[len(values) // 2 - 1 : len(values) // 2 + 2].mean()) / 2
    inside = np.flatnonzero(values > half)
    first, last = inside[0], inside[-1]
    left = np.interp(half, values[first - 1 : first + 1], places[first - 1 : first + 1])
    right = np.interp(-half, -values[last : last + 2], places[last : last + 2])
    return float(right - left)


@pytest.mark.parametrize(("key", "diameter"), [CURRENT, PRIOR])
def test_the_nodule_measures_its_diameter_along_every_axis(
    studies: dict[str, PhantomStudy], key: str, diameter: float
) -> None:
    volume, axes = around_the_nodule(studies[key])
    center = studies[key].truth.of("nodule").center
    assert center is not None
    middle = [int(np.abs(axis - place).argmin()) for axis, place in zip(axes, reversed(center), strict=True)]

    for axis in range(3):
        others = tuple(n for n in range(3) if n != axis)
        line = np.moveaxis(volume, others, (0, 1))[middle[others[0]], middle[others[1]]]
        # Off its centre by (a, b) mm a ball's chord is shorter: 2·sqrt(r² − a² − b²).
        off = sum((axes[n][middle[n]] - center[2 - n]) ** 2 for n in others)
        chord = 2 * np.sqrt((diameter / 2) ** 2 - off)
        assert width_at_half(line, axes[axis]) == pytest.approx(chord, abs=DIAMETER_TOLERANCE)


@pytest.mark.parametrize("key", ["chest-ct", "chest-ct-prior"])
def test_the_nodule_has_its_hounsfield_units(studies: dict[str, PhantomStudy], key: str) -> None:
    finding = studies[key].truth.of("nodule")
    volume, axes = around_the_nodule(studies[key])
    assert finding.center is not None
    assert finding.diameter is not None
    z, y, x = np.meshgrid(*axes, indexing="ij")
    gap = np.sqrt((x - finding.center[0]) ** 2 + (y - finding.center[1]) ** 2 + (z - finding.center[2]) ** 2)
    core = volume[gap < finding.diameter / 2 - 1.5]

    assert core.mean() == pytest.approx(finding.value, abs=4 * core.std() / np.sqrt(len(core) / 8))


def test_patient_and_prior_are_the_same_person_half_a_year_apart(studies: dict[str, PhantomStudy]) -> None:
    now, before = (
        pydicom.dcmread(io.BytesIO(next(studies[key].slices(range(1)))))
        for key in ("chest-ct", "chest-ct-prior")
    )

    assert (now.PatientID, now.PatientName, now.PatientBirthDate) == (
        before.PatientID, before.PatientName, before.PatientBirthDate,
    )  # fmt: skip
    assert (now.StudyDate, before.StudyDate) == ("20261124", "20260525")
    assert now.StudyInstanceUID != before.StudyInstanceUID
    assert min(studies["chest-ct"].count, studies["chest-ct-prior"].count) >= 220
