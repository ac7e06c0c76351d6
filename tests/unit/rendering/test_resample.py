from typing import Any, get_args

import numpy as np
import pytest
import SimpleITK
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from workstation.dicom.model import PixelFormat
from workstation.rendering import (
    Domain,
    Picture,
    PictureRefused,
    Placement,
    fitted,
    picture_of,
    resample,
    resample_mask,
)
from workstation.rendering.filters import Interpolation

EVERY: tuple[Interpolation, ...] = get_args(Interpolation)
Array = NDArray[Any]

TWELVE_BITS = Domain(0, 4095)
STEP = 1 / 16  # of a stored value: 12 bits leave 4 behind the point


def _noise(rows: int, columns: int, seed: int = 1) -> Array:
    return np.random.default_rng(seed).integers(0, 4096, (rows, columns)).astype(np.uint16)


def _values(pixels: Array, placement: Placement, interpolation: Interpolation) -> Array:
    """Return stored values at the device pixels of the picture's box."""
    picture = Picture(pixels, TWELVE_BITS)
    return resample(picture, placement, interpolation).values / 16


@pytest.mark.parametrize("interpolation", EVERY)
def test_at_a_scale_of_one_every_pixel_is_itself(interpolation: Interpolation) -> None:
    """Also where the viewport's odd size would put the middle between two pixels."""
    pixels = _noise(30, 40)

    assert (_values(pixels, fitted((40, 30), (40, 31)), interpolation) == pixels).all()


@pytest.mark.parametrize("factor", [2, 3, 7])
def test_nearest_copies_pixels_as_blocks(factor: int) -> None:
    pixels = _noise(20, 30)

    enlarged = _values(pixels, fitted((30, 20), (30 * factor, 20 * factor)), "nearest")
    assert (enlarged == np.kron(pixels, np.ones((factor, factor)))).all()


@pytest.mark.parametrize("flip", [False, True])
@pytest.mark.parametrize("rotation", range(4))
def test_turning_and_mirroring_agree_with_numpy(rotation: int, *, flip: bool) -> None:
    pixels = _noise(20, 30)
    size = (30, 20) if rotation % 2 == 0 else (20, 30)

    shown = _values(pixels, fitted((30, 20), size, rotation=rotation, flip=flip), "nearest")

    mirrored = np.fliplr(pixels) if flip else pixels
    assert (shown == np.rot90(mirrored, -rotation)).all()  # numpy turns the other way round


@pytest.mark.parametrize("interpolation", EVERY)
@settings(max_examples=30)
@given(
    value=st.integers(0, 4095),
    zoom=st.floats(0.1, 12),
    pan=st.tuples(st.floats(-20, 20), st.floats(-20, 20)),
    rotation=st.integers(0, 3),
)
def test_a_constant_picture_stays_constant(
    interpolation: Interpolation, value: int, zoom: float, pan: tuple[float, float], rotation: int
) -> None:
    pixels = np.full((41, 37), value, dtype=np.uint16)

    shown = _values(pixels, fitted((37, 41), (64, 50), zoom=zoom, pan=pan, rotation=rotation), interpolation)
    assert (shown == value).all()


@pytest.mark.parametrize("interpolation", ["linear", "cubic"])
@pytest.mark.parametrize("zoom", [1.0, 2.6, 7.3])
def test_an_enlarged_ramp_stays_a_ramp(interpolation: Interpolation, zoom: float) -> None:
    """Away from the edges, where weights are cut off."""
    pixels = np.add.outer(np.arange(90) * 20, np.arange(100) * 17).astype(np.uint16)
    placement = fitted((100, 90), (200, 180), zoom=zoom)

    shown = _values(pixels, placement, interpolation)
    down, across = placement.down.centres(), placement.across.centres()
    expected = np.add.outer(down * 20, across * 17)
    inner = (slice(6, -6), slice(6, -6))
    assert np.abs(shown - expected)[inner].max() <= STEP


@pytest.mark.parametrize("scale", [1 / 2, 1 / 3, 0.4])
def test_shrinking_by_area_keeps_the_mean(scale: float) -> None:
    pixels = _noise(60, 60)
    side = round(60 * scale)

    shown = _values(pixels, fitted((60, 60), (side, side)), "linear")
    assert shown.mean() == pytest.approx(pixels.mean(), abs=STEP)


def test_shrinking_by_two_by_area_is_the_mean_of_four() -> None:
    pixels = _noise(20, 30)

    expected = pixels.reshape(10, 2, 15, 2).mean(axis=(1, 3))
    assert np.abs(_values(pixels, fitted((30, 20), (15, 10)), "linear") - expected).max() <= STEP / 2


@pytest.mark.parametrize("zoom", [1.0, 1.7, 3.3])
def test_enlarging_linearly_agrees_with_simpleitk(zoom: float) -> None:
    pixels = _noise(50, 60)
    placement = fitted((60, 50), (120, 100), zoom=zoom, pan=(3.3, -2.1))
    image = SimpleITK.GetImageFromArray(pixels.astype(np.float32))
    down, across = placement.down, placement.across
    resampled = SimpleITK.Resample(
        image,
        size=(across.last - across.first, down.last - down.first),  # type: ignore[arg-type]  # its stub says int
        outputOrigin=placement.to_image((across.first, down.first)).tolist(),
        outputSpacing=[1 / placement.scale] * 2,
    )

    shown = _values(pixels, placement, "linear")
    inner = (slice(4, -4), slice(4, -4))  # SimpleITK gives 0 beyond the outer pixel centres
    assert np.abs(shown - SimpleITK.GetArrayFromImage(resampled))[inner].max() <= STEP


@pytest.mark.parametrize("interpolation", EVERY)
@pytest.mark.parametrize("side", [16, 64, 100, 300])
def test_padding_never_mixes_with_what_was_measured(interpolation: Interpolation, side: int) -> None:
    """A disc of 1000 in padding of 0, as a CT has it: between them no value may appear."""
    rows, columns = np.mgrid[:64, :64]
    disc = (rows - 31.5) ** 2 + (columns - 31.5) ** 2 < 30**2
    picture = Picture(np.where(disc, 1000, 0).astype(np.uint16), TWELVE_BITS, padding=(0, 0))

    sampled = resample(picture, fitted((64, 64), (side, side)), interpolation)

    assert sampled.padded is not None
    assert (sampled.values[~sampled.padded] == 1000 * 16).all()
    share = (~sampled.padded).mean()
    assert share == pytest.approx(disc.mean(), abs=0.06)


def test_padding_of_a_whole_range_leaves_the_rest_untouched() -> None:
    """Padding between −2000 and −1990: a value of −1989 was measured."""
    pixels = np.full((8, 8), 500, dtype=np.int16)
    pixels[:, :3], pixels[0, 0], pixels[:, 3] = -1995, -2000, -1989
    picture = Picture(pixels, Domain(-2048, 2047), padding=(-1990, -2000))

    sampled = resample(picture, fitted((8, 8), (8, 8)), "cubic")

    assert sampled.padded is not None
    assert sampled.padded.all(axis=0).tolist() == [True] * 3 + [False] * 5


def test_a_padding_value_that_no_pixel_can_have_changes_nothing() -> None:
    pixels = _noise(20, 20)
    placement = fitted((20, 20), (50, 50))

    plain, padded = (
        resample(Picture(pixels, TWELVE_BITS, padding), placement) for padding in (None, (-2000, -2000))
    )

    assert padded.padded is None
    assert (plain.values == padded.values).all()


def test_an_empty_picture_of_padding_is_all_padding() -> None:
    picture = Picture(np.zeros((8, 8), dtype=np.uint16), TWELVE_BITS, padding=(0, 0))

    padded = resample(picture, fitted((8, 8), (20, 20))).padded
    assert padded is not None
    assert padded.all()


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_a_float_that_is_no_number_spoils_nothing_around_it(bad: float) -> None:
    pixels = np.full((9, 9), 2.5, dtype=np.float32)
    pixels[4, 4] = bad
    form = PixelFormat(
        "", 9, 9, 1, 32, 32, 31, signed=True, photometric="MONOCHROME2", planar=0, kind="float32"
    )

    sampled = resample(picture_of(pixels, form), fitted((9, 9), (27, 27)))

    assert sampled.padded is not None
    assert 1 <= sampled.padded.sum() <= 16
    assert sampled.values[~sampled.padded] == pytest.approx(2.5, abs=1e-12)


def test_the_ends_of_16_bits_stay_the_ends() -> None:
    pixels = np.tile(np.array([[0, 65_535], [65_535, 0]], dtype=np.uint16), (8, 8))
    picture = Picture(pixels, Domain(0, 65_535))

    sampled = resample(picture, fitted((16, 16), (16, 16)))
    assert (sampled.values == pixels).all()
    enlarged = resample(picture, fitted((16, 16), (160, 160))).values  # overshoot is cut, not wrapped
    assert (enlarged.min(), enlarged.max()) == (0, 65_535)


def test_8_bits_leave_8_behind_the_point() -> None:
    """Between 10 and 11 lie 256 steps, so that a window of three values still shows a ramp."""
    picture = Picture(np.array([[10, 11]], dtype=np.uint16), Domain(0, 255))

    between = resample(picture, fitted((2, 1), (64, 32)), "linear").values[0]
    assert between[0] == 10 * 256
    assert between[-1] == 11 * 256
    assert len(set(between.tolist())) > 30


def test_colours_are_weighed_one_by_one_like_greys() -> None:
    rgb = np.random.default_rng(2).integers(0, 256, (40, 50, 3)).astype(np.uint8)
    for placement in (fitted((50, 40), (111, 90)), fitted((50, 40), (30, 31), rotation=3, flip=True)):
        shown = resample(Picture(rgb), placement).values

        for n in range(3):
            grey = Picture(rgb[..., n].astype(np.uint16), Domain(0, 255))
            expected = resample(grey, placement).values / 256
            assert np.abs(shown[..., n] - expected).max() <= 0.51


def test_what_lies_outside_is_known_by_its_box() -> None:
    sampled = resample(Picture(_noise(10, 10), TWELVE_BITS), fitted((10, 10), (30, 20)))

    assert sampled.values.shape == (20, 20)
    assert (sampled.corner, sampled.size) == ((0, 5), (20, 30))


def test_a_picture_out_of_sight_has_no_values() -> None:
    for picture in (Picture(_noise(10, 10), TWELVE_BITS), Picture(np.zeros((10, 10, 3), dtype=np.uint8))):
        assert resample(picture, fitted((10, 10), (30, 20), pan=(500.0, 0.0))).values.size == 0


def test_a_placement_of_another_picture_is_refused() -> None:
    with pytest.raises(PictureRefused, match="placed as"):
        resample(Picture(_noise(10, 10), TWELVE_BITS), fitted((11, 10), (30, 20)))


@pytest.mark.parametrize("flip", [False, True])
@pytest.mark.parametrize("rotation", range(4))
def test_a_plane_is_enlarged_crisply_and_turned_with_the_picture(rotation: int, *, flip: bool) -> None:
    mask = _noise(20, 30) < 1000
    size = (90, 60) if rotation % 2 == 0 else (60, 90)
    placement = fitted((30, 20), size, rotation=rotation, flip=flip)

    mirrored = np.fliplr(mask) if flip else mask
    expected = np.kron(np.rot90(mirrored, -rotation), np.ones((3, 3))).astype(bool)
    assert (resample_mask(mask, placement) == expected).all()


@given(st.integers(0, 99), st.floats(0.05, 1.0), st.booleans())
def test_a_thin_line_of_a_plane_is_never_lost(line: int, zoom: float, flip: bool) -> None:  # noqa: FBT001  hypothesis passes it so
    mask = np.zeros((100, 100), dtype=np.bool_)
    mask[line] = mask[:, line] = True

    placement = fitted((100, 100), (100, 100), zoom=zoom, flip=flip)
    shown = resample_mask(mask, placement)

    inside = shown[placement.down.first : placement.down.last, placement.across.first : placement.across.last]
    assert inside.any(axis=0).all()
    assert inside.any(axis=1).all()


def test_a_plane_outside_the_viewport_draws_nothing() -> None:
    placement = fitted((10, 10), (30, 20), pan=(500.0, 0.0))

    assert not resample_mask(np.ones((10, 10), dtype=np.bool_), placement).any()
