import numpy as np
import pytest
from numpy.typing import NDArray
from pydicom.pixels.processing import convert_color_space

from workstation.dicom.colour import ColourRefused, luminance, to_rgb

Array = NDArray[np.uint8]


def _every_third_colour() -> Array:
    axis = np.arange(0, 256, 3, dtype=np.uint8)
    return np.stack(np.meshgrid(axis, axis, axis), axis=-1).reshape(86, -1, 3)


@pytest.mark.parametrize("photometric", ["YBR_FULL", "YBR_FULL_422"])
def test_full_range_agrees_with_pydicom(photometric: str) -> None:
    """All but ties of the rounding, which pydicom takes in float32, are the same."""
    ybr = _every_third_colour()

    difference = to_rgb(ybr, photometric).astype(int) - convert_color_space(ybr, photometric, "RGB")
    assert np.abs(difference).max() <= 1
    assert (difference != 0).mean() < 1e-4


@pytest.mark.parametrize(
    ("ybr", "rgb"),
    [
        ((16, 128, 128), (0, 0, 0)),
        ((235, 128, 128), (255, 255, 255)),
        ((126, 128, 128), (128, 128, 128)),
        ((65, 100, 212), (191, 0, 0)),
        ((112, 72, 58), (0, 191, 0)),
        ((35, 212, 114), (0, 0, 191)),
        ((162, 44, 142), (191, 191, 0)),
    ],
    ids=["black", "white", "grey", "red", "green", "blue", "yellow"],
)
@pytest.mark.parametrize("photometric", ["YBR_PARTIAL_422", "YBR_PARTIAL_420"])
def test_partial_range_agrees_with_the_colour_bars_of_bt601(
    photometric: str, ybr: tuple[int, int, int], rgb: tuple[int, int, int]
) -> None:
    """The 75 % colour bars of ITU-R BT.601, as every video handbook prints their codes.

    The codes are rounded to whole numbers, so a colour comes back within 2.
    """
    shown = to_rgb(np.array([[ybr]], dtype=np.uint8), photometric)

    assert np.abs(shown[0, 0].astype(int) - rgb).max() <= 2


def test_rgb_passes_unchanged() -> None:
    rgb = _every_third_colour()

    assert (to_rgb(rgb, "RGB") == rgb).all()


def test_more_than_8_bits_keep_the_upper_8() -> None:
    deep = np.array([[[0xFF00, 0x80FF, 0x0100]]], dtype=np.uint16)

    assert to_rgb(deep, "RGB", bits_stored=16).tolist() == [[[255, 128, 1]]]
    assert to_rgb(deep >> 4, "RGB", bits_stored=12).tolist() == [[[255, 128, 1]]]


@pytest.mark.parametrize("photometric", ["YBR_ICT", "YBR_RCT", "HSV", "CMYK", "PALETTE COLOR", ""])
def test_a_space_without_three_colour_samples_is_refused(photometric: str) -> None:
    with pytest.raises(ColourRefused):
        to_rgb(_every_third_colour(), photometric)


@pytest.mark.parametrize("shape", [(4, 4), (4, 4, 1), (4, 4, 4), (2, 4, 4, 3)])
def test_anything_but_three_samples_a_pixel_is_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(ColourRefused, match="3 samples"):
        to_rgb(np.zeros(shape, dtype=np.uint8), "RGB")


def test_signed_samples_are_refused() -> None:
    with pytest.raises(ColourRefused, match="int8"):
        to_rgb(np.zeros((1, 1, 3), dtype=np.int8), "RGB")


def test_luminance_is_what_ybr_full_calls_y() -> None:
    rgb = _every_third_colour()

    expected = convert_color_space(rgb, "RGB", "YBR_FULL")[..., 0]
    assert np.abs(luminance(rgb) - expected).max() <= 0.5 + 1e-4
