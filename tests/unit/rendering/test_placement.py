import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workstation.rendering import PictureRefused, Placement, fitted
from workstation.viewing.camera import Camera, Fit

SNAP = 0.5 + 1e-9  # device pixels


@st.composite
def _views(draw: st.DrawFn) -> tuple[Fit, Camera]:
    columns, rows, width, height = (draw(st.integers(1, 400)) for _ in range(4))
    fit = Fit(columns, rows, width, height, draw(st.floats(0.25, 4)))
    pan = draw(st.floats(-50, 50)), draw(st.floats(-50, 50))
    camera = Camera(draw(st.floats(0.25, 8)), pan, draw(st.integers(0, 3)), draw(st.booleans()))
    return fit, camera


def _placed(fit: Fit, camera: Camera) -> Placement:
    return fitted(
        (fit.columns, fit.rows),
        (fit.width, fit.height),
        aspect=fit.aspect,
        zoom=camera.zoom,
        pan=camera.pan,
        rotation=camera.rotation,
        flip=camera.flip,
    )


@given(_views())
def test_a_placement_is_the_cameras_view_to_the_nearest_device_pixel(view: tuple[Fit, Camera]) -> None:
    fit, camera = view
    placement = _placed(fit, camera)

    assert placement.matrix == pytest.approx(fit.view(camera).matrix)
    assert np.abs(placement.offset - fit.view(camera).offset).max() <= SNAP


@given(_views())
def test_the_pictures_edges_lie_between_device_pixels(view: tuple[Fit, Camera]) -> None:
    """Its upper left corner on the screen is at n − 0.5, where one device pixel ends and the next begins."""
    placement = _placed(*view)
    corners = [(x, y) for x in (-0.5, placement.columns - 0.5) for y in (-0.5, placement.rows - 0.5)]

    edge = placement.to_screen(corners).min(axis=0) + 0.5
    assert edge == pytest.approx(np.rint(edge), abs=1e-6)


@given(_views(), st.floats(-100, 500), st.floats(-100, 500))
def test_there_and_back_returns_the_point(view: tuple[Fit, Camera], column: float, row: float) -> None:
    placement = _placed(*view)

    there = placement.to_screen((column, row))
    assert placement.to_image(there) == pytest.approx((column, row), abs=1e-6)


@pytest.mark.parametrize(
    ("rotation", "flip", "corner"),
    [
        (0, False, (0, 0)), (1, False, (3, 0)), (2, False, (3, 3)), (3, False, (0, 3)),
        (0, True, (3, 0)), (1, True, (3, 3)), (2, True, (0, 3)), (3, True, (0, 0)),
    ],
)  # fmt: skip
def test_where_the_first_pixel_goes_when_the_picture_is_mirrored_and_turned(
    rotation: int, corner: tuple[int, int], *, flip: bool
) -> None:
    """By hand, with a sheet of paper: mirrored left to right first, then turned clockwise."""
    placement = fitted((4, 4), (4, 4), rotation=rotation, flip=flip)

    assert placement.to_screen((0, 0)) == pytest.approx(corner)


def test_a_tall_pixel_makes_the_picture_taller() -> None:
    """100 × 100 pixels, twice as tall as wide, fill 200 × 200 to 100 × 200."""
    placement = fitted((100, 100), (200, 200), aspect=2.0)

    assert (placement.across.first, placement.across.last) == (50, 150)
    assert (placement.down.first, placement.down.last) == (0, 200)


def test_only_the_device_pixels_of_the_picture_are_shown() -> None:
    """Zoomed 4 times in a viewport of 10, a picture of 10 is 40 wide and reaches beyond both ends."""
    inside = fitted((10, 10), (30, 20))
    beyond = fitted((10, 10), (10, 10), zoom=4)
    away = fitted((10, 10), (10, 10), pan=(1000.0, 0.0))

    assert (inside.across.first, inside.across.last) == (5, 25)
    assert (beyond.across.first, beyond.across.last) == (0, 10)
    assert away.across.first == away.across.last


@pytest.mark.parametrize("field", ["columns", "rows", "width", "height", "scale", "aspect"])
@pytest.mark.parametrize("value", [0, -1, float("nan"), float("inf")])
def test_a_picture_or_viewport_without_a_size_is_refused(field: str, value: float) -> None:
    sizes: dict[str, float] = {"columns": 4, "rows": 4, "width": 4, "height": 4, "scale": 1.0, "aspect": 1.0}

    with pytest.raises(PictureRefused, match="placed"):
        Placement(centre=(0, 0), **(sizes | {field: value}))  # type: ignore[arg-type]  # wrong on purpose
