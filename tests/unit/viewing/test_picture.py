from collections.abc import Callable

import pytest

from workstation.dicom.model import FrameFacts, InstanceRecord, Spacing
from workstation.geometry import EdgeLetters
from workstation.viewing import Camera, Fit, fit_of, letters_of, mm_per_device_pixel, pixel_aspect

Records = Callable[..., InstanceRecord]
AXIAL = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0)
NO_LETTERS = EdgeLetters("", "", "", "")


@pytest.mark.parametrize(
    ("spacing", "ratio", "aspect"),
    [
        (Spacing(1.0, 0.5, "PixelSpacing"), None, 2.0),
        (Spacing(1.0, 0.5, "PixelSpacing"), (1, 1), 2.0),  # the size in mm says it better
        (None, (4, 3), 4 / 3),  # C.7.6.3.1.7: vertical over horizontal
        (None, None, 1.0),
        (Spacing(1000.0, 0.1, "PixelSpacing"), None, 1.0),
    ],
)
def test_pixels_have_the_proportions_that_the_header_gives_them(
    records: Records, spacing: Spacing | None, ratio: tuple[int, int] | None, aspect: float
) -> None:
    record = records(FrameFacts(spacing=spacing), aspect=ratio)

    assert pixel_aspect(record, 0) == aspect
    assert fit_of(record, 0, 640, 480) == Fit(200, 100, 640, 480, aspect)


def test_a_device_pixel_is_worth_a_columns_size_over_its_width_on_the_screen(records: Records) -> None:
    """By hand: 200 columns of 0.5 mm in 400 device pixels, twice enlarged: 100 mm over 800 pixels."""
    record = records()
    fit = fit_of(record, 0, 400, 400)

    assert mm_per_device_pixel(record, 0, fit, Camera(zoom=2)) == 0.125
    assert mm_per_device_pixel(records(FrameFacts()), 0, fit, Camera()) is None


def test_letters_come_from_the_plane_first_and_else_from_the_codes(records: Records) -> None:
    codes = (("PatientOrientation", "L\\F"),)
    axial = records(FrameFacts(orientation=AXIAL), extra=codes)
    radiograph = records(FrameFacts(), extra=codes)

    assert letters_of(axial, 0, Camera()) == EdgeLetters("R", "L", "A", "P")
    assert letters_of(radiograph, 0, Camera()) == EdgeLetters("R", "L", "S", "I")
    assert letters_of(radiograph, 0, Camera(flip=True)) == EdgeLetters("L", "R", "S", "I")


@pytest.mark.parametrize("orientation", [None, (0.0,) * 6])
def test_an_unknown_or_broken_orientation_has_no_letters(
    records: Records, orientation: tuple[float, ...] | None
) -> None:
    assert letters_of(records(FrameFacts(orientation=orientation)), 0, Camera()) == NO_LETTERS  # type: ignore[arg-type]
