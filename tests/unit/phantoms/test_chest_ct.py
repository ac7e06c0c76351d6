"""The nodule is measured from the pixels and headers alone: no code of the phantom takes part."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray
from pydicom import FileDataset

from workstation.phantoms import PhantomStudy

Values = NDArray[np.float64]
Dataset = Callable[[str, int], FileDataset]

DIAMETER_TOLERANCE = 0.3  # mm
CURRENT, PRIOR = ("chest-ct", 12.0), ("chest-ct-prior", 8.0)


def hounsfield(header: FileDataset) -> Values:
    return np.asarray(header.pixel_array * float(header.RescaleSlope) + float(header.RescaleIntercept))


def around_the_nodule(
    studies: dict[str, PhantomStudy], dataset: Dataset, key: str
) -> tuple[Values, list[Values]]:
    """Return HU (z, y, x) within 12 mm of the nodule, and the LPS millimetres along each axis."""
    center = studies[key].truth.of("nodule").center
    assert center is not None
    top = dataset(key, 0)
    middle = round((float(top.ImagePositionPatient[2]) - center[2]) / float(top.SpacingBetweenSlices))
    headers = [dataset(key, number) for number in range(middle - 7, middle + 8)]
    x0, y0, _ = (float(value) for value in headers[0].ImagePositionPatient)
    pitch = float(headers[0].PixelSpacing[0])
    x, y = x0 + pitch * np.arange(512), y0 + pitch * np.arange(512)
    near_x, near_y = np.abs(x - center[0]) < 12, np.abs(y - center[1]) < 12
    volume = np.stack([hounsfield(header)[near_y][:, near_x] for header in headers])
    return volume, [np.array([float(h.ImagePositionPatient[2]) for h in headers]), y[near_y], x[near_x]]


def width_at_half(values: Values, places: Values, plateau: float, background: float) -> float:
    """Return the width between the two crossings of half-way, by straight lines between the samples."""
    order = np.argsort(places)
    values, places = values[order], places[order]
    half = (plateau + background) / 2
    inside = np.flatnonzero(values > half)
    first, last = inside[0], inside[-1]
    left = np.interp(half, values[first - 1 : first + 1], places[first - 1 : first + 1])
    right = np.interp(-half, -values[last : last + 2], places[last : last + 2])
    return float(right - left)


@pytest.mark.parametrize(("key", "diameter"), [CURRENT, PRIOR])
def test_the_nodule_measures_its_diameter_along_every_axis(
    studies: dict[str, PhantomStudy], dataset: Dataset, key: str, diameter: float
) -> None:
    volume, axes = around_the_nodule(studies, dataset, key)
    center = studies[key].truth.of("nodule").center
    assert center is not None
    middle = [int(np.abs(axis - place).argmin()) for axis, place in zip(axes, reversed(center), strict=True)]
    plateau = volume[
        middle[0] - 1 : middle[0] + 2, middle[1] - 2 : middle[1] + 3, middle[2] - 2 : middle[2] + 3
    ].mean()
    background = float(np.median(volume[[0, -1]]))

    for axis in range(3):
        others = [n for n in range(3) if n != axis]
        line = np.moveaxis(volume, others, (0, 1))[middle[others[0]], middle[others[1]]]
        # Off the centre by (a, b) mm a ball's chord is shorter: 2·sqrt(r² − a² − b²).
        off = sum((axes[n][middle[n]] - center[2 - n]) ** 2 for n in others)
        chord = 2 * np.sqrt((diameter / 2) ** 2 - off)
        assert width_at_half(line, axes[axis], plateau, background) == pytest.approx(
            chord, abs=DIAMETER_TOLERANCE
        )


@pytest.mark.parametrize("key", ["chest-ct", "chest-ct-prior"])
def test_the_nodule_has_its_hounsfield_units(
    studies: dict[str, PhantomStudy], dataset: Dataset, key: str
) -> None:
    finding = studies[key].truth.of("nodule")
    volume, axes = around_the_nodule(studies, dataset, key)
    assert finding.center is not None
    assert finding.diameter is not None
    z, y, x = np.meshgrid(*axes, indexing="ij")
    gap = np.sqrt((x - finding.center[0]) ** 2 + (y - finding.center[1]) ** 2 + (z - finding.center[2]) ** 2)
    core = volume[gap < finding.diameter / 2 - 1.5]

    # Neighbouring pixels share noise: as many independent samples as a twentieth of them, at least.
    assert core.mean() == pytest.approx(finding.value, abs=3 * core.std() / np.sqrt(len(core) / 20))


def test_both_scans_have_enough_slices_of_512_and_the_prior_is_half_a_year_older(
    studies: dict[str, PhantomStudy], dataset: Dataset
) -> None:
    now, before = dataset("chest-ct", 0), dataset("chest-ct-prior", 0)

    assert min(studies["chest-ct"].count, studies["chest-ct-prior"].count) >= 220
    assert (now.Rows, now.Columns, before.Rows, before.Columns) == (512, 512, 512, 512)
    assert (now.StudyDate, before.StudyDate) == ("20261124", "20260525")
    assert (now.PatientID, now.PatientName) == (before.PatientID, before.PatientName)
    assert now.StudyInstanceUID != before.StudyInstanceUID


def test_slices_run_down_from_the_top_at_their_own_spacing(dataset: Dataset) -> None:
    places = [
        np.array([float(v) for v in dataset("chest-ct", n).ImagePositionPatient]) for n in range(59, 62)
    ]

    steps = np.diff(places, axis=0)
    assert steps == pytest.approx(np.array([[0, 0, -1.6]] * 2), abs=1e-6)


def test_air_lung_fat_muscle_and_bone_are_where_a_histogram_expects_them(dataset: Dataset) -> None:
    """Ranges as any textbook of CT has them."""
    values = hounsfield(dataset("chest-ct", 70))

    assert np.median(values[:60]) == pytest.approx(-1000, abs=5)  # above the patient
    for low, high, share in ((-920, -780, 0.10), (-130, -70, 0.03), (30, 80, 0.03), (300, 1400, 0.005)):
        assert ((values > low) & (values < high)).mean() > share


def test_noise_is_that_of_a_reconstruction_not_white(dataset: Dataset) -> None:
    """Noise power rises with frequency before the kernel rolls it off (Riederer, Phys. Med. Biol. 1978)."""
    air = hounsfield(dataset("chest-ct", 70))[4:68, 100:420]
    power = np.abs(np.fft.fft2((air - air.mean()) * np.outer(np.hanning(64), np.hanning(320)))) ** 2
    frequency = np.hypot(np.fft.fftfreq(64)[:, None], np.fft.fftfreq(320)[None, :])
    low, middle, high = (
        power[(frequency > start) & (frequency < end)].mean()
        for start, end in ((0.005, 0.03), (0.08, 0.16), (0.4, 0.5))
    )

    assert air.std() > 3
    assert low < 0.5 * middle
    assert high < 0.1 * middle
