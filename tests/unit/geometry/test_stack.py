import math
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from workstation.geometry import (
    GeometryError,
    Irregularity,
    StackGeometry,
    examine_stack,
    normal,
    slice_affine,
    to_patient,
)

AXIAL = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0)
OBLIQUE = (0.8, 0.6, 0.0, 0.0, 0.0, -1.0)
SPACING = (0.7, 0.5)

spacings = st.floats(0.3, 10)
counts = st.integers(4, 60)


def examined(heights: Sequence[float], orientation: Sequence[float] = AXIAL) -> StackGeometry:
    """Examine slices at these heights along their normal, straight above each other."""
    places = np.array([10.0, -20.0, 30.0]) + np.outer(heights, normal(orientation))
    return examine_stack(places, [orientation] * len(heights), [SPACING] * len(heights))


def test_a_regular_stack_has_an_affine_that_ends_where_its_last_slice_lies() -> None:
    stack = examined([0, 2.5, 5, 7.5], OBLIQUE)

    assert stack.regular
    assert stack.detail == ""
    assert stack.spacing == pytest.approx(2.5)
    assert stack.affine is not None
    assert stack.affine[:3, :2] == pytest.approx(slice_affine((0, 0, 0), OBLIQUE, SPACING)[:3, :2])
    assert to_patient(stack.affine, (0, 0, 3)) == pytest.approx(
        np.array([10, -20, 30]) + 7.5 * normal(OBLIQUE)
    )


def test_slices_are_ordered_along_the_normal_and_not_as_given() -> None:
    assert examined([5, 0, 20, 10, 15]).order.tolist() == [1, 0, 3, 4, 2]


def test_a_stack_against_its_normal_begins_at_the_other_end() -> None:
    places = [(0, 0, 0), (0, 0, 5), (0, 0, 10)]
    stack = examine_stack(places, [AXIAL] * 3, [SPACING] * 3, against=True)

    assert stack.order.tolist() == [2, 1, 0]
    assert stack.regular
    assert stack.affine is not None
    assert [to_patient(stack.affine, (0, 0, k))[2] for k in range(3)] == pytest.approx([10, 5, 0])


def test_the_order_follows_the_normal_also_where_it_points_down() -> None:
    """Rows to the right of the patient, columns to the back: the normal points to the feet."""
    feet_first = (-1.0, 0.0, 0.0, 0.0, 1.0, 0.0)
    places = [(0, 0, 0), (0, 0, 5), (0, 0, 10)]

    assert examine_stack(places, [feet_first] * 3, [SPACING] * 3).order.tolist() == [2, 1, 0]


@pytest.mark.parametrize(
    ("heights", "kind", "detail"),
    [
        ([0], Irregularity.SINGLE, "one slice alone"),
        (
            [*range(0, 205, 5), *range(210, 300, 5)],
            Irregularity.MISSING,
            "slices 41 and 42 are 10.0 mm apart where 5.0 mm is usual: 1 missing",
        ),
        (
            [0, 5, 10, 25, 30, 40],
            Irregularity.MISSING,
            "slices 3 and 4 are 15.0 mm apart where 5.0 mm is usual (first of 2 gaps): 3 missing",
        ),
        (
            [0, 5, 15],
            Irregularity.MISSING,
            "slices 2 and 3 are 10.0 mm apart where 5.0 mm is usual: 1 missing",
        ),
        ([0, 5, 5, 10], Irregularity.DOUBLED, "slices 2 and 3 lie at the same place"),
        ([0, 0, 0], Irregularity.DOUBLED, "all 3 slices lie at the same place"),
        (
            [0, 0, 5, 10, 10],
            Irregularity.DOUBLED,
            "slices 1 and 2 lie at the same place (first of 2 pairs)",
        ),
        ([0, 5, 10, 17, 22], Irregularity.VARIABLE_SPACING, "slices are 5.00 to 7.00 mm apart"),
        ([0, 1, 2.5, 4.7], Irregularity.VARIABLE_SPACING, "slices are 1.00 to 2.20 mm apart"),
        (
            [0, 5, 5, 15, 20],
            Irregularity.DOUBLED,
            (
                "slices 2 and 3 lie at the same place; "
                "slices 3 and 4 are 10.0 mm apart where 5.0 mm is usual: 1 missing"
            ),
        ),
    ],
)
def test_a_stack_that_is_no_grid_says_why(heights: list[float], kind: Irregularity, detail: str) -> None:
    stack = examined(heights)

    assert (stack.irregularity, stack.detail) == (kind, detail)
    assert not stack.regular


def test_only_a_gap_has_missing_slices() -> None:
    """By hand: 25, 30 and 40 leave 15, 20 and 35 empty."""
    assert examined([0, 5, 10, 25, 30, 40]).missing == 3
    assert examined([0, 5, 10, 17, 22]).missing == 0


def test_a_gap_of_no_whole_multiple_is_variable_spacing() -> None:
    assert examined([0, 5, 10, 22.5, 27.5]).irregularity is Irregularity.VARIABLE_SPACING


def test_two_slices_nearly_at_one_place_are_no_grid() -> None:
    """Each is near enough to a place on the grid, but it is the same place."""
    stack = examined([0, 5, 10, 10.15, 15, 20])

    assert stack.irregularity is Irregularity.VARIABLE_SPACING
    assert stack.detail == "slices are 0.15 to 5.00 mm apart"


def test_a_tilted_gantry_is_seen_with_its_angle() -> None:
    """A gantry tilted by 12°: the slice planes lean, the table still moves along z."""
    tilt = math.radians(12)
    leaning = (1.0, 0.0, 0.0, 0.0, math.cos(tilt), math.sin(tilt))
    stack = examine_stack([(0, 0, 5.0 * k) for k in range(10)], [leaning] * 10, [SPACING] * 10)

    assert stack.irregularity is Irregularity.TILTED
    assert stack.detail == "the stack leans 12.0° from the normal"
    assert stack.spacing == pytest.approx(5 * math.cos(tilt))
    assert stack.affine is not None
    assert to_patient(stack.affine, (0, 0, 9)) == pytest.approx([0, 0, 45])


def test_a_slice_pushed_sideways_is_seen() -> None:
    places = [(0.0, 0.0, 5.0 * k) for k in range(10)]
    places[4] = (3.0, 0.0, 20.0)
    stack = examine_stack(places, [AXIAL] * 10, [SPACING] * 10)

    assert stack.irregularity is Irregularity.SHIFTED
    assert stack.affine is None


def test_crossed_planes_have_no_order_but_the_given_one() -> None:
    sagittal = (0.0, 1.0, 0.0, 0.0, 0.0, -1.0)
    stack = examine_stack([(0, 0, 9), (0, 0, 0), (5, 0, 0)], [AXIAL, AXIAL, sagittal], [SPACING] * 3)

    assert stack.irregularity is Irregularity.MIXED_ORIENTATION
    assert stack.order.tolist() == [0, 1, 2]
    assert stack.detail == "slices are turned against the first: 1 of 3, by up to 90.0°"


def test_pictures_of_different_size_are_seen() -> None:
    stack = examine_stack([(0, 0, 5), (0, 0, 0)], [AXIAL] * 2, [(0.5, 0.5), (0.7, 0.7)])

    assert stack.irregularity is Irregularity.MIXED_SPACING
    assert stack.order.tolist() == [1, 0]
    assert stack.detail == "pixels are between 0.500 × 0.500 mm and 0.700 × 0.700 mm large"


@pytest.mark.parametrize(
    ("places", "orientation", "spacing"),
    [
        ([(0, 0, math.nan)], AXIAL, SPACING),
        ([(0, 0, 1e300)], AXIAL, SPACING),
        ([(0, 0, 0)], (0.0,) * 6, SPACING),
        ([(0, 0, 0)], (math.nan,) * 6, SPACING),
        ([(0, 0, 0)], AXIAL, (0.0, 1.0)),
        ([], AXIAL, SPACING),
        ([(0, 0)], AXIAL, SPACING),
    ],
)
def test_what_cannot_be_a_slice_is_refused(
    places: list[tuple[float, ...]], orientation: tuple[float, ...], spacing: tuple[float, ...]
) -> None:
    with pytest.raises(GeometryError):
        examine_stack(places, [orientation] * len(places), [spacing] * len(places))


@given(spacing=spacings, count=counts, seed=st.integers(0, 2**32))
def test_shuffling_changes_nothing_but_the_order(spacing: float, count: int, seed: int) -> None:
    heights = np.arange(count) * spacing
    shuffled = np.random.default_rng(seed).permutation(heights)
    straight, again = examined(heights.tolist()), examined(shuffled.tolist())

    assert (shuffled[again.order] == heights).all()
    assert again.regular
    assert straight.affine == pytest.approx(again.affine, abs=1e-9)


@given(spacing=spacings, count=counts, data=st.data())
def test_one_slice_taken_away_is_missed(spacing: float, count: int, data: st.DataObject) -> None:
    gone = data.draw(st.integers(1, count - 2))
    stack = examined([k * spacing for k in range(count) if k != gone])

    assert (stack.irregularity, stack.missing) == (Irregularity.MISSING, 1)
    assert stack.detail.startswith(f"slices {gone} and {gone + 1} are ")


@given(spacing=spacings, count=counts, data=st.data())
def test_one_slice_twice_is_doubled(spacing: float, count: int, data: st.DataObject) -> None:
    twice = data.draw(st.integers(0, count - 1))
    stack = examined([*(k * spacing for k in range(count)), twice * spacing])

    assert stack.irregularity is Irregularity.DOUBLED
    assert stack.detail == f"slices {twice + 1} and {twice + 2} lie at the same place"


@given(spacing=st.floats(1, 10), count=counts, orientation=st.sampled_from([AXIAL, OBLIQUE]))
def test_positions_written_with_one_decimal_stay_regular(
    spacing: float, count: int, orientation: tuple[float, ...]
) -> None:
    places = np.round(np.outer(np.arange(count) * spacing, normal(orientation)), 1)

    assert examine_stack(places, [orientation] * count, [SPACING] * count).detail == ""


def test_three_thin_slices_with_one_decimal_are_not_taken_for_a_tilt() -> None:
    """The last one is 0.1 mm off by rounding alone; by the angle it would be a tilt of 3°."""
    places = [(0.0, 0.0, 0.0), (0.0, 0.0, 1.0), (0.1, 0.0, 2.0)]

    assert examine_stack(places, [AXIAL] * 3, [SPACING] * 3).regular


@given(spacing=spacings, count=counts, share=st.floats(0.15, 0.45), data=st.data())
def test_one_slice_out_of_place_makes_the_spacing_variable(
    spacing: float, count: int, share: float, data: st.DataObject
) -> None:
    astray = data.draw(st.integers(1, count - 2))
    heights = np.arange(count) * spacing
    heights[astray] += share * spacing

    assert examined(heights.tolist()).irregularity is Irregularity.VARIABLE_SPACING


@given(
    spacing=spacings,
    errors=st.lists(st.floats(-1, 1), min_size=2, max_size=30),
    size=st.sampled_from([0, 0.05, 0.09, 0.11, 0.2]),
    against=st.booleans(),
)
def test_a_stack_called_regular_has_every_slice_where_its_affine_says(
    spacing: float, errors: list[float], size: float, *, against: bool
) -> None:
    heights = np.arange(len(errors)) * spacing + np.array(errors) * size
    places = np.array([10.0, -20.0, 30.0]) + np.outer(heights, normal(OBLIQUE))
    stack = examine_stack(places, [OBLIQUE] * len(errors), [SPACING] * len(errors), against=against)
    if stack.affine is None:
        assert not stack.regular
        return
    computed = to_patient(stack.affine, [(0, 0, k) for k in range(len(errors))])

    assert _farthest(computed - places[stack.order]) <= 0.1


def _farthest(offsets: NDArray[np.float64]) -> float:
    return float(np.linalg.norm(offsets, axis=1).max())
