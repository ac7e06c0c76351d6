import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workstation.dicom.colour import ColourRefused, to_rgb
from workstation.dicom.model import PixelFormat, SampleKind
from workstation.dicom.palette import Palette
from workstation.rendering import Domain, PictureRefused, picture_of

RAINBOW = Palette(0, np.arange(30, dtype=np.uint8).reshape(10, 3))


def _format(
    bits: int = 16,
    *,
    signed: bool = False,
    samples: int = 1,
    photometric: str = "MONOCHROME2",
    kind: SampleKind = "integer",
) -> PixelFormat:
    return PixelFormat(
        "1.2.840.10008.1.2.1", 2, 3, samples, bits, bits, bits - 1, signed, photometric, 0, kind
    )


@given(st.integers(-32_768, 65_535), st.integers(0, 65_535))
def test_a_table_has_room_for_every_value_and_no_more_than_16_bits(low: int, span: int) -> None:
    domain = Domain(low, low + span)

    assert span <= domain.top <= 65_535
    assert domain.top >> domain.fraction == span
    assert domain.fraction == 15 or (domain.top << 1 | 1) > 65_535  # as fine as there is room for


@pytest.mark.parametrize(("low", "high"), [(0, 65_536), (-40_000, 40_000), (1, 0)])
def test_values_that_no_table_holds_are_refused(low: int, high: int) -> None:
    with pytest.raises(PictureRefused, match="table"):
        Domain(low, high)


@pytest.mark.parametrize(
    ("dtype", "bits", "signed", "low", "high"),
    [
        (np.uint8, 8, False, 0, 255),
        (np.int8, 8, True, -128, 127),
        (np.uint8, 1, False, 0, 1),
        (np.uint16, 12, False, 0, 4095),
        (np.int16, 16, True, -32_768, 32_767),
    ],
)
def test_integers_up_to_16_bits_keep_their_values(
    dtype: type[np.integer], bits: int, low: int, high: int, *, signed: bool
) -> None:
    pixels = np.array([[low, high, 0], [0, 1, high]], dtype=dtype)

    picture = picture_of(pixels, _format(bits, signed=signed))

    assert picture.domain == Domain(low, high)
    assert picture.pixels.tolist() == pixels.tolist()


@pytest.mark.parametrize(
    ("dtype", "form"),
    [
        (np.uint32, _format(32)),
        (np.int32, _format(32, signed=True)),
        (np.float32, _format(32, kind="float32")),
        (np.float64, _format(64, kind="float64")),
    ],
)
def test_wider_pixels_are_shown_without_a_table(dtype: type[np.number], form: PixelFormat) -> None:
    pixels = np.array([[0, 1, 2], [3, 4, 2**31 - 1]], dtype=dtype)

    picture = picture_of(pixels, form)

    assert picture.domain is None
    assert picture.pixels.tolist() == pixels.astype(np.float64).tolist()


def test_palette_indices_become_colours() -> None:
    pixels = np.array([[0, 1, 2], [9, 8, 200]], dtype=np.uint8)

    picture = picture_of(pixels, _format(8, photometric="PALETTE COLOR"), palette=RAINBOW)

    assert picture.coloured
    assert picture.pixels.tolist() == RAINBOW.apply(pixels).tolist()


def test_palette_indices_without_a_palette_are_refused_rather_than_shown_grey() -> None:
    with pytest.raises(PictureRefused, match="palette"):
        picture_of(np.zeros((2, 3), dtype=np.uint8), _format(8, photometric="PALETTE COLOR"))


def test_colour_spaces_become_red_green_blue() -> None:
    pixels = np.arange(18, dtype=np.uint8).reshape(2, 3, 3) * 10

    picture = picture_of(pixels, _format(8, samples=3, photometric="YBR_FULL"))

    assert picture.pixels.tolist() == to_rgb(pixels, "YBR_FULL").tolist()


def test_an_unknown_colour_space_is_refused() -> None:
    with pytest.raises(ColourRefused):
        picture_of(np.zeros((2, 3, 3), dtype=np.uint8), _format(8, samples=3, photometric="HSV"))


def test_a_frame_of_another_size_than_its_format_is_refused() -> None:
    with pytest.raises(PictureRefused, match="shape"):
        picture_of(np.zeros((3, 2), dtype=np.uint16), _format())


def test_a_picture_does_not_change_the_frame_it_was_made_from() -> None:
    pixels = np.zeros((2, 3), dtype=np.uint16)

    picture = picture_of(pixels, _format())

    assert not picture.pixels.flags.writeable
    assert pixels.flags.writeable
    assert picture.pixels.base is pixels  # no copy
