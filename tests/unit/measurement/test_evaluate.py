import math
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workstation.dicom.model import FrameFacts, InstanceRecord, Spacing, SpacingSource, UltrasoundRegion
from workstation.measurement import Length, MeasurementError, Point, Quantity, evaluate_length

Records = Callable[..., InstanceRecord]

B_MODE = UltrasoundRegion(0, 0, 299, 399, 1, 1, 3, 3, 0.02, 0.03)
DOPPLER = UltrasoundRegion(300, 0, 599, 399, 3, 3, 4, 7, 0.01, 1.5)
INSET = UltrasoundRegion(100, 100, 149, 149, 1, 1, 3, 3, 0.1, 0.1)


def measured(record: InstanceRecord, start: tuple[float, float], end: tuple[float, float]) -> Quantity:
    drawn = Length.drawn(record, 0, Point(*start), Point(*end), created=datetime(2026, 11, 24, tzinfo=UTC))
    return evaluate_length(drawn, record)


@pytest.mark.parametrize(
    ("start", "end", "text"),
    [
        ((0, 0), (10, 0), "5.0 mm"),  # along a row: the spacing between columns
        ((0, 0), (0, 10), "20.0 mm"),  # along a column: the spacing between rows
        ((0, 0), (40, 7.5), "25.0 mm"),  # 20 and 15: a 3-4-5 triangle
        ((2.5, 2.5), (2.5, 2.5), "0.0 mm"),
    ],
)
def test_a_length_uses_each_spacing_in_its_own_direction(
    records: Records, start: tuple[float, float], end: tuple[float, float], text: str
) -> None:
    """By hand; PS3.3 10.7.1.3: the first value is the distance between rows, 2.0 mm here."""
    assert measured(records(Spacing(2.0, 0.5, "PixelSpacing")), start, end).text() == text


@pytest.mark.parametrize(
    ("source", "modality", "note"),
    [
        ("PixelSpacing", "CT", ""),
        ("PixelSpacing", "DX", "projection: at the detector or the patient, not said"),
        ("PixelSpacingCalibrated", "DX", "calibrated to the patient"),
        ("ImagerPixelSpacing", "DX", "at the detector"),
        ("ImagerPixelSpacing", "MG", "at the detector"),
        ("ImagerPixelSpacingCorrected", "XA", "corrected by the estimated magnification"),
        ("NominalScannedPixelSpacing", "OT", "on the scanned film or page"),
    ],
)
def test_a_length_says_where_it_is_true(
    records: Records, source: SpacingSource, modality: str, note: str
) -> None:
    quantity = measured(records(Spacing(1.0, 1.0, source), modality), (0, 0), (3, 4))

    assert (quantity.text(), quantity.spacing_source, quantity.note) == ("5.0 mm", source, note)


@pytest.mark.parametrize(
    ("changes", "note"),
    [
        ({}, "pixel spacing unknown"),
        ({"aspect": (1, 1)}, "pixel spacing unknown"),
        ({"aspect": (4, 3)}, "pixel size unknown, pixels not square"),
    ],
)
def test_without_a_spacing_a_length_has_no_millimetres(
    records: Records, changes: dict[str, Any], note: str
) -> None:
    quantity = measured(records(**changes), (0, 0), (3, 4))

    assert (quantity.text(), quantity.spacing_source, quantity.note) == ("5.0 px", "", note)


def test_both_ends_in_a_tissue_region_are_measured_in_its_centimetres(records: Records) -> None:
    """By hand: 20 columns of 0.02 cm are 4 mm, 10 rows of 0.03 cm 3 mm."""
    record = records(modality="US", regions=(B_MODE, DOPPLER))
    quantity = measured(record, (10, 10), (30, 20))

    assert (quantity.text(), quantity.spacing_source) == ("5.0 mm", "UltrasoundRegion")


@pytest.mark.parametrize(
    ("start", "end", "note"),
    [
        ((10, 10), (310, 10), "not within one calibrated region"),
        ((310, 10), (330, 10), "this region's axes are not distances"),
        ((10, 10), (10, 400), "not within one calibrated region"),
    ],
)
def test_elsewhere_in_ultrasound_there_are_no_millimetres(
    records: Records, start: tuple[float, float], end: tuple[float, float], note: str
) -> None:
    """A plain Pixel Spacing, which some scanners write too, must not stand in for the regions."""
    record = records(Spacing(0.3, 0.3, "PixelSpacing"), "US", regions=(B_MODE, DOPPLER))
    quantity = measured(record, start, end)

    assert (quantity.unit, quantity.note) == ("px", note)


@pytest.mark.parametrize("regions", [(B_MODE, INSET), (INSET, B_MODE)])
def test_the_smallest_region_around_both_ends_counts(
    records: Records, regions: tuple[UltrasoundRegion, ...]
) -> None:
    """A line within the inset is 10 px of 1 mm; one that leaves it is measured outside (C.8.5.5.1.3)."""
    record = records(modality="US", regions=regions)

    assert measured(record, (110, 110), (120, 110)).text() == "10.0 mm"
    assert measured(record, (140, 110), (160, 110)).text() == "4.0 mm"


@pytest.mark.parametrize(
    "changes",
    [
        {"unit_x": 1},  # percent
        {"unit_y": 4},  # seconds
        {"spatial_format": 2},  # M-mode
        {"spatial_format": 0},
        {"delta_x": 0.0},
        {"delta_y": math.nan},
    ],
)
def test_a_region_that_is_not_tissue_in_centimetres_gives_no_millimetres(
    records: Records, changes: dict[str, Any]
) -> None:
    record = records(modality="US", regions=(replace(B_MODE, **changes),))

    assert measured(record, (10, 10), (30, 20)).unit == "px"


def test_the_last_pixel_of_a_region_belongs_to_it(records: Records) -> None:
    """Bounds are inclusive; a pixel reaches half a step beyond its centre."""
    record = records(modality="US", regions=(B_MODE,))

    assert measured(record, (-0.5, -0.5), (299.5, 399.5)).unit == "mm"
    assert measured(record, (0, 0), (299.6, 0)).unit == "px"


def test_each_frame_is_measured_with_its_own_spacing(records: Records) -> None:
    frames = tuple(FrameFacts(spacing=Spacing(size, size, "PixelSpacing")) for size in (1.0, 2.0))
    record = records(frame_count=2, frames=frames)
    drawn = Length.drawn(record, 1, Point(0, 0), Point(3, 4), created=datetime(2026, 11, 24, tzinfo=UTC))

    assert evaluate_length(drawn, record).text() == "10.0 mm"


def test_a_length_is_not_measured_on_another_image(records: Records) -> None:
    record = records(Spacing(1, 1, "PixelSpacing"))
    drawn = Length.drawn(record, 0, Point(0, 0), Point(3, 4), created=datetime(2026, 11, 24, tzinfo=UTC))

    for wrong in (replace(drawn, sop_uid="2.25.4"), replace(drawn, frame=1)):
        with pytest.raises(MeasurementError, match="another image"):
            evaluate_length(wrong, record)


points = st.tuples(st.floats(-10, 610), st.floats(-10, 410))


@given(start=points, end=points, row=st.floats(0.05, 5), column=st.floats(0.05, 5))
def test_a_length_is_the_same_both_ways_and_no_shorter_than_its_shadow(
    records: Records, start: tuple[float, float], end: tuple[float, float], row: float, column: float
) -> None:
    record = records(Spacing(row, column, "PixelSpacing"))
    there, back = measured(record, start, end).value, measured(record, end, start).value

    assert there == back
    assert there >= abs(end[0] - start[0]) * column - 1e-9
    assert there <= abs(end[0] - start[0]) * column + abs(end[1] - start[1]) * row + 1e-9
