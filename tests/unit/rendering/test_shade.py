import numpy as np
import pytest
from numpy.typing import NDArray

from workstation.dicom.colour import luminance
from workstation.dicom.model import VoiWindow
from workstation.dicom.palette import Palette
from workstation.rendering import (
    DisplayTable,
    Domain,
    Look,
    Picture,
    Placement,
    Plane,
    draw,
    fitted,
    resample,
    shade,
)

WHOLE = VoiWindow(128, 256)
EIGHT_BITS = Domain(0, 255)
CALIBRATED = DisplayTable((np.arange(256) // 2 + 3).astype(np.uint8))
SAME_SIZE = fitted((4, 2), (4, 2))
WIDER = fitted((4, 2), (8, 2))  # two columns of nothing on either side

GREYS = np.array([[0, 50, 100, 255], [7, 8, 9, 10]], dtype=np.uint16)


def _shade(look: Look, placement: Placement = SAME_SIZE, **fields: object) -> NDArray[np.uint8]:
    picture = Picture(GREYS, EIGHT_BITS, **fields)  # type: ignore[arg-type]  # padding or palette
    return shade(resample(picture, placement, "nearest"), look)


def test_the_window_of_all_values_shows_them_as_they_are() -> None:
    assert _shade(Look(WHOLE)).tolist() == GREYS.tolist()


@pytest.mark.parametrize("inverted", [False, True])
@pytest.mark.parametrize("display", [None, CALIBRATED])
def test_around_the_picture_it_is_black_whatever_zero_looks_like(
    display: DisplayTable | None, *, inverted: bool
) -> None:
    look = Look(WHOLE, inverted=inverted, display=display or Look().display)
    shown = _shade(look, WIDER)

    assert (shown[:, :2] == look.display.black).all()
    assert (shown[:, 6:] == look.display.black).all()
    assert (shown[:, 2:6] == _shade(look)).all()


@pytest.mark.parametrize("inverted", [False, True])
def test_padding_is_black_even_where_small_values_are_white(*, inverted: bool) -> None:
    shown = _shade(Look(WHOLE, inverted=inverted, display=CALIBRATED), padding=(0, 8))

    assert shown[0, 0] == shown[1, 0] == shown[1, 1] == CALIBRATED.black
    assert shown[1, 2] != CALIBRATED.black


def test_dragging_the_window_leaves_what_was_sampled() -> None:
    sampled = resample(Picture(GREYS, EIGHT_BITS, (7, 7)), SAME_SIZE, "nearest")
    before = sampled.values.copy()

    first, again = (shade(sampled, Look(VoiWindow(50, width))) for width in (20, 40))

    assert (sampled.values == before).all()
    assert (first != again).any()


def test_floats_are_rescaled_windowed_and_calibrated_like_integers() -> None:
    look = Look(VoiWindow(128, 256), display=CALIBRATED, inverted=True)

    floats = shade(resample(Picture(GREYS.astype(np.float64)), WIDER, "nearest"), look)
    assert (floats == _shade(look, WIDER)).all()


def test_floats_without_a_window_are_shown_from_the_least_to_the_greatest() -> None:
    """Of the whole picture, not of the rows that a thread happens to do; padding doesn't count."""
    pixels = np.linspace(-3, 7, 200).repeat(200).reshape(200, 200)
    pixels[0, 0] = np.nan

    shown = shade(resample(Picture(pixels), fitted((200, 200), (200, 200)), "nearest"), Look())
    assert (shown[0, 1], shown[-1, 0]) == (0, 255)
    assert (np.diff(shown[:, 5].astype(int)) >= 0).all()


def test_floats_that_are_no_numbers_are_black() -> None:
    pixels = GREYS.astype(np.float64)
    pixels[0, 3] = np.nan

    shown = shade(resample(Picture(pixels), SAME_SIZE, "nearest"), Look(WHOLE, inverted=True))
    assert shown[0, 3] == 0


def test_a_deep_screen_gets_deep_pixels() -> None:
    deep = DisplayTable(np.arange(1024, dtype=np.uint16))

    for picture in (Picture(GREYS, EIGHT_BITS), Picture(GREYS.astype(np.float64))):
        shown = shade(resample(picture, WIDER, "nearest"), Look(WHOLE, display=deep))
        assert shown.dtype == np.uint16
        assert shown[0, 5] == 1023


COLOURS = np.array([[[200, 100, 50], [0, 0, 0], [255, 255, 255], [90, 90, 90]]] * 2, dtype=np.uint8)


def test_colours_pass_as_they_are_and_are_not_calibrated() -> None:
    shown = shade(resample(Picture(COLOURS), WIDER, "nearest"), Look(display=CALIBRATED))

    assert (shown[:, 2:6] == COLOURS).all()
    assert not shown[:, :2].any()


def test_a_window_on_colours_changes_their_luminance_alone() -> None:
    """Grey stays grey; the differences between red, green and blue stay what they were."""
    window = VoiWindow(100, 200, function="LINEAR_EXACT")  # 0 to 200 becomes 0 to 255

    shown = shade(resample(Picture(COLOURS), SAME_SIZE, "nearest"), Look(window))

    assert shown[0, 3].tolist() == [115, 115, 115]  # 90 × 255 / 200 = 114.75
    assert shown[0, 1].tolist() == [0, 0, 0]
    before, after = luminance(COLOURS), luminance(shown)
    assert after[0, 0] == pytest.approx(before[0, 0] * 255 / 200, abs=0.6)
    assert (shown[0, 0].astype(int) - shown[0, 0, 0]).tolist() == [0, -100, -150]


def test_inverted_colours_are_the_complement() -> None:
    shown = shade(resample(Picture(COLOURS), SAME_SIZE, "nearest"), Look(inverted=True))

    assert (shown == 255 - COLOURS).all()


def test_a_supplemental_palette_colours_the_values_from_its_first_on() -> None:
    """PS3.3 C.7.6.19: below it, greys go through the window as ever."""
    palette = Palette(100, np.array([[255, 0, 0], [0, 255, 0]], dtype=np.uint8), supplemental=True)

    shown = _shade(Look(WHOLE), WIDER, palette=palette)

    assert shown[0, 2:6].tolist() == [[0, 0, 0], [50, 50, 50], [255, 0, 0], [0, 255, 0]]


def test_a_supplemental_palette_looks_the_same_on_a_deep_screen() -> None:
    palette = Palette(100, np.array([[255, 0, 0]], dtype=np.uint8), supplemental=True)
    deep = DisplayTable(np.arange(1024, dtype=np.uint16))

    plain, deeper = (_shade(Look(WHOLE, display=d), palette=palette) for d in (Look().display, deep))
    assert np.abs(plain.astype(int) - deeper).max() <= 1


def test_nothing_is_mixed_between_greys_and_palette_colours() -> None:
    palette = Palette(100, np.array([[255, 0, 0]], dtype=np.uint8), supplemental=True)
    pixels = np.array([[10, 200]], dtype=np.uint16)

    shown = shade(
        resample(Picture(pixels, EIGHT_BITS, palette=palette), fitted((2, 1), (40, 20)), "cubic"), Look(WHOLE)
    )
    assert set(map(tuple, shown.reshape(-1, 3).tolist())) == {(10, 10, 10), (255, 0, 0)}


def test_a_plane_is_drawn_in_its_colour_over_grey() -> None:
    mask = np.zeros((2, 4), dtype=np.bool_)
    mask[0, 1] = True
    look = Look(WHOLE)

    drawn = draw(_shade(look), [Plane(mask, (242, 209, 107))], look)

    assert drawn[0, 1].tolist() == [242, 209, 107]
    assert (drawn[~mask] == GREYS[~mask][:, np.newaxis]).all()


def test_a_plane_on_a_deep_screen_keeps_its_colour_in_proportion() -> None:
    look = Look(WHOLE, display=DisplayTable(np.arange(1024, dtype=np.uint16)))

    drawn = draw(_shade(look), [Plane(np.ones((2, 4), dtype=np.bool_), (255, 0, 51))], look)
    assert drawn[0, 0].tolist() == [1023, 0, 204]


def test_without_anything_to_draw_the_picture_stays_grey_and_the_same() -> None:
    look = Look(WHOLE)
    shaded = _shade(look)

    assert draw(shaded, [Plane(np.zeros((2, 4), dtype=np.bool_), (1, 2, 3))], look) is shaded


def test_drawing_on_colours_leaves_the_undrawn_picture_alone() -> None:
    shaded = COLOURS.copy()
    drawn = draw(shaded, [Plane(np.ones((2, 4), dtype=np.bool_), (1, 2, 3))], Look())

    assert (shaded == COLOURS).all()
    assert (drawn == [1, 2, 3]).all()
