import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from workstation.viewing import Camera, Fit, ViewingError, device_point

PLAIN = Camera()

cameras = st.builds(
    Camera,
    zoom=st.floats(0.2, 40),
    pan=st.tuples(st.floats(-200, 200), st.floats(-200, 200)),
    rotation=st.integers(0, 3),
    flip=st.booleans(),
)
fits = st.builds(
    Fit,
    columns=st.integers(1, 3000),
    rows=st.integers(1, 3000),
    width=st.integers(1, 4000),
    height=st.integers(1, 4000),
    aspect=st.floats(0.25, 4),
)
points = st.tuples(st.floats(-500, 3500), st.floats(-500, 3500))


def test_a_picture_fits_its_viewport_with_the_corner_pixels_cut_by_nothing() -> None:
    """By hand: 512² in 1024 × 1024 doubles each pixel; the first one covers screen pixels 0 and 1."""
    view = Fit(512, 512, 1024, 1024).view(PLAIN)

    assert view.to_screen((0, 0)).tolist() == [0.5, 0.5]
    assert view.to_screen((511, 511)).tolist() == [1022.5, 1022.5]


def test_the_tighter_side_decides_the_fit() -> None:
    """By hand: 200 × 100 in 300 × 300 is 1.5 times larger, with 75 black rows above and below."""
    view = Fit(200, 100, 300, 300).view(PLAIN)

    assert view.to_screen((-0.5, -0.5)).tolist() == [-0.5, 74.5]
    assert view.to_screen((199.5, 99.5)).tolist() == [299.5, 224.5]


def test_pixels_twice_as_tall_are_shown_twice_as_tall() -> None:
    """By hand: 100 × 50 pixels of aspect 2 are a square."""
    view = Fit(100, 50, 400, 400, aspect=2.0).view(PLAIN)

    assert view.to_screen((-0.5, -0.5)).tolist() == [-0.5, -0.5]
    assert view.to_screen((99.5, 49.5)).tolist() == [399.5, 399.5]


@pytest.mark.parametrize(
    ("camera", "corner"),
    [
        (PLAIN, (0, 0)),
        (PLAIN.turned(1), (9, 0)),
        (PLAIN.turned(2), (9, 9)),
        (PLAIN.turned(3), (0, 9)),
        (PLAIN.mirrored(), (9, 0)),
        (PLAIN.upended(), (0, 9)),
        (PLAIN.turned(1).mirrored(), (0, 0)),
        (PLAIN.mirrored().turned(1), (9, 9)),
        (PLAIN.turned(-1), (0, 9)),
    ],
)
def test_the_top_left_pixel_goes_where_a_sheet_of_paper_would_take_it(
    camera: Camera, corner: tuple[int, int]
) -> None:
    """By hand, with a sheet marked at its top left corner; turns are clockwise."""
    assert Fit(10, 10, 10, 10).view(camera).to_screen((0, 0)) == pytest.approx(corner)


def test_a_quarter_turn_fits_the_long_side_to_the_other_edge() -> None:
    assert Fit(200, 100, 300, 300).scale(Camera(rotation=1)) == 1.5
    assert Fit(200, 100, 400, 200).scale(Camera(rotation=1)) == 1.0


def test_actual_pixels_show_a_column_as_one_device_pixel() -> None:
    fit = Fit(512, 512, 1024, 768)

    assert fit.scale(fit.actual_pixels(Camera(zoom=3, rotation=1))) == pytest.approx(1)


@given(fit=fits, camera=cameras, point=points)
def test_there_and_back_returns_the_point(fit: Fit, camera: Camera, point: tuple[float, float]) -> None:
    view = fit.view(camera)

    assert view.to_image(view.to_screen(point)) == pytest.approx(point, abs=1e-6)


@given(fit=fits, camera=cameras, about=points, factor=st.floats(0.5, 2))
def test_zooming_keeps_the_point_under_the_pointer(
    fit: Fit, camera: Camera, about: tuple[float, float], factor: float
) -> None:
    before = fit.view(camera).to_image(about)
    zoomed = fit.zoomed(camera, factor, about)
    after = fit.view(zoomed).to_image(about)

    assert after == pytest.approx(before, abs=1e-6 * (1 + float(np.abs(before).max())))


@given(fit=fits, camera=cameras, by=st.tuples(st.floats(-300, 300), st.floats(-300, 300)))
def test_panning_moves_the_picture_with_the_hand(fit: Fit, camera: Camera, by: tuple[float, float]) -> None:
    panned = fit.panned(camera, *by)
    reach = (fit.columns / 2, fit.rows / 2)
    assume(all(abs(p) < r for p, r in zip(panned.pan, reach, strict=True)))
    moved = fit.view(panned).to_screen((0, 0)) - fit.view(camera).to_screen((0, 0))

    assert moved == pytest.approx(by, abs=1e-5)


@given(fit=fits, camera=cameras, by=st.tuples(st.floats(-1e5, 1e5), st.floats(-1e5, 1e5)))
def test_a_picture_cannot_be_dragged_out_of_sight(fit: Fit, camera: Camera, by: tuple[float, float]) -> None:
    across, down = fit.panned(camera, *by).pan

    assert abs(across) <= fit.columns / 2
    assert abs(down) <= fit.rows / 2


@given(camera=cameras)
def test_what_is_done_twice_or_four_times_is_undone(camera: Camera) -> None:
    assert camera.mirrored().mirrored() == camera
    assert camera.upended().upended() == camera
    assert camera.turned(1).turned(1).turned(1).turned(1) == camera


@given(camera=cameras)
def test_mirroring_swaps_left_and_right_on_the_screen_whatever_the_turn(camera: Camera) -> None:
    fit = Fit(30, 30, 300, 300)
    spot = (3.0, 7.0)
    centred = Camera(camera.zoom, (0, 0), camera.rotation, camera.flip)
    before, after = (fit.view(c).to_screen(spot) for c in (centred, centred.mirrored()))

    assert after == pytest.approx([299 - before[0], before[1]], abs=1e-6)


def test_zoom_stops_at_its_limits() -> None:
    fit = Fit(10, 10, 100, 100)

    assert fit.zoomed(PLAIN, 1e6, (0, 0)).zoom == 64
    assert fit.zoomed(PLAIN, 1e-6, (0, 0)).zoom == 1 / 8


def test_a_pointer_on_a_dense_display_is_counted_in_device_pixels() -> None:
    """By hand, at ratio 2: the corner of the viewport is half a device pixel before its first centre."""
    assert device_point(0, 0, 2) == (-0.5, -0.5)
    assert device_point(10, 4.5, 2) == (19.5, 8.5)


@pytest.mark.parametrize("zoom", [0, -1, math.nan, math.inf, 1e9])
def test_a_zoom_that_shows_nothing_is_refused(zoom: float) -> None:
    with pytest.raises(ViewingError):
        Camera(zoom=zoom)


@pytest.mark.parametrize("rotation", [-1, 4, 90])
def test_a_rotation_is_counted_in_quarters(rotation: int) -> None:
    with pytest.raises(ViewingError):
        Camera(rotation=rotation)


@pytest.mark.parametrize("sizes", [(0, 1, 1, 1), (1, 0, 1, 1), (1, 1, 0, 1), (1, 1, 1, -1)])
def test_a_viewport_without_size_is_refused(sizes: tuple[int, int, int, int]) -> None:
    with pytest.raises(ViewingError):
        Fit(*sizes)
