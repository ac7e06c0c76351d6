"""Corner texts of a small viewport: widths are counted in letters here, one pixel each."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workstation.ui.viewports.room import GAP, fitting
from workstation.viewing import Corners

WHOLE = Corners(
    top_left=("VALE, Marisol", "F 67 · 1959-03-02", "ID 4711-08 (Harbor)"),
    top_right=("CT head without contrast", "2026-11-24 02:04", "CT axial", "120 kV · 3 mm"),
    bottom_left=("16 / 32 · z 45.0 mm", "C 40 W 80 · brain"),
    bottom_right=("zoom 94 %",),
)


def shorten(text: str, width: float) -> str:
    return text if len(text) <= width else f"{text[: max(int(width) - 1, 0)]}…"


def fit(width: float, lines: int, corners: Corners = WHOLE) -> Corners:
    return fitting(corners, width, lines, len, shorten)


def test_where_there_is_room_nothing_is_left_out() -> None:
    assert fit(200, 20) == WHOLE


def test_in_a_narrow_viewport_the_right_side_goes_first_and_a_date_is_never_cut() -> None:
    made = fit(66, 20)

    assert made.top_left == WHOLE.top_left
    assert made.top_right == ()  # its first line would run into the letter
    assert made.bottom_left == (*WHOLE.bottom_left, "")  # the last line is the letter's


def test_where_lines_are_few_the_image_is_said_before_the_window() -> None:
    assert fit(66, 5).bottom_left == ("16 / 32 · z 45.0 mm", "")
    assert fit(66, 3).bottom_left == ("16 / 32 · z 45…",)


def test_in_a_low_viewport_name_and_image_stay() -> None:
    made = fit(200, 3)

    assert made.top_left == ("VALE, Marisol",)
    assert made.top_right == ("CT head without contrast",)
    assert made.bottom_left == ("16 / 32 · z 45.0 mm",)
    assert made.bottom_right == ()


def test_only_the_name_is_shortened() -> None:
    made = fit(40, 20)

    assert made.top_left[0] == "V…"
    assert made.top_left[1:] == WHOLE.top_left[1:]


texts = st.lists(st.text("abc ", min_size=1, max_size=30), max_size=5).map(tuple)


@given(texts, texts, texts, texts, st.integers(40, 120), st.integers(1, 12))
def test_no_two_texts_ever_meet(
    top_left: tuple[str, ...],
    top_right: tuple[str, ...],
    bottom_left: tuple[str, ...],
    bottom_right: tuple[str, ...],
    width: int,
    lines: int,
) -> None:
    made = fit(width, lines, Corners(top_left, top_right, bottom_left, bottom_right))

    for left, right in zip(made.top_left, made.top_right, strict=False):
        assert len(left) + GAP + len(right) <= width
    for left, right in zip(reversed(made.bottom_left[:-1]), reversed(made.bottom_right), strict=False):
        assert len(left) + GAP + len(right) <= width
    above = max(len(made.top_left), len(made.top_right))
    below = max(len(made.bottom_left), len(made.bottom_right) + 1)
    assert above + below + 1 <= max(lines, 3)


@pytest.mark.parametrize("width", [40, 300])
def test_nothing_to_say_is_nothing(width: int) -> None:
    assert fit(width, 9, Corners((), (), (), ())) == Corners((), (), (), ())
