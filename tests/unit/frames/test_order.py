from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from workstation.frames.order import direction_of, outward


@given(st.integers(1, 60), st.data(), st.sampled_from([-1, 0, 1]))
def test_every_frame_comes_once_and_the_wish_first(total: int, data: st.DataObject, direction: int) -> None:
    wish = data.draw(st.integers(0, total - 1))

    order = list(outward(total, wish, direction))

    assert order[0] == wish
    assert sorted(order) == list(range(total))


@given(st.integers(1, 60), st.data(), st.sampled_from([-1, 0, 1]))
def test_on_either_side_the_nearer_comes_first(total: int, data: st.DataObject, direction: int) -> None:
    wish = data.draw(st.integers(0, total - 1))
    order = list(outward(total, wish, direction))

    assert [k for k in order if k > wish] == list(range(wish + 1, total))
    assert [k for k in order if k < wish] == list(range(wish - 1, -1, -1))


def test_without_a_direction_both_sides_take_turns() -> None:
    assert list(outward(8, 3, 0)) == [3, 4, 2, 5, 1, 6, 0, 7]


def test_three_come_ahead_for_each_one_behind() -> None:
    assert list(outward(12, 4, 1)) == [4, 5, 6, 7, 3, 8, 9, 10, 2, 11, 1, 0]
    assert list(outward(12, 7, -1)) == [7, 6, 5, 4, 8, 3, 2, 1, 9, 0, 10, 11]


def test_a_small_step_has_a_direction_and_a_jump_has_none() -> None:
    assert direction_of(None, 5) == 0
    assert [direction_of(20, now) for now in (21, 28, 29, 19, 12, 11)] == [1, 1, 0, -1, -1, 0]
