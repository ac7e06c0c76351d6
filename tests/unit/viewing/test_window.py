import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workstation.dicom.model import VoiWindow
from workstation.viewing import ViewingError, Window, offered

moves = st.floats(-5000, 5000)
windows = st.builds(Window, center=st.floats(-2000, 4000), width=st.floats(1, 5000))


def test_a_drag_to_the_right_widens_and_down_darkens() -> None:
    """OHIF's and cornerstone's rule; down raises the level, so the picture gets darker."""
    start = Window(40, 400, name="abdomen")

    assert start.dragged(10, 0).width > 400
    assert start.dragged(-10, 0).width < 400
    assert start.dragged(0, 10).center > 40
    assert start.dragged(0, -10).center < 40


def test_a_dragged_window_has_lost_its_name_and_its_table() -> None:
    moved = Window(100, 200, name="from LUT", lut=0).dragged(1, 1)

    assert (moved.name, moved.lut) == ("", None)


def test_a_drag_of_400_pixels_changes_a_window_by_its_width() -> None:
    assert Window(0, 1000).dragged(400, -200) == Window(-500, 2000)


def test_a_narrow_window_on_wide_data_moves_by_a_share_of_the_data() -> None:
    """By hand: CT spans 4096 HU, so 100 pixels are 100 HU even in a stroke window."""
    assert Window(40, 40).dragged(100, 0, data_range=4096).width == 140


@given(window=windows, right=moves, down=moves, data_range=st.none() | st.floats(0, 1e5))
def test_a_window_never_gets_narrower_than_the_standard_allows(
    window: Window, right: float, down: float, data_range: float | None
) -> None:
    assert window.dragged(right, down, data_range).width >= 1


@given(right=moves, data_range=st.none() | st.floats(1e-6, 1e3))
def test_an_exact_window_may_get_narrower_than_one_but_never_nothing(
    right: float, data_range: float | None
) -> None:
    window = Window(0.5, 0.01, "LINEAR_EXACT")

    assert window.dragged(right, 0, data_range).width > 0


def test_an_exact_window_stops_at_a_thousandth_of_the_data() -> None:
    assert Window(0.5, 0.01, "LINEAR_EXACT").dragged(-1e6, 0, data_range=2).width == 0.002


@given(window=windows)
def test_a_drag_that_comes_back_changes_nothing_but_the_name(window: Window) -> None:
    assert window.dragged(0, 0) == window


@pytest.mark.parametrize(
    ("window", "text"),
    [
        (Window(38, 76), "C 38 W 76"),
        (Window(-600, 1500, name="lung"), "C −600 W 1500 · lung"),
        (Window(2.5, 5, "LINEAR_EXACT"), "C 2.5 W 5.0"),
        (Window(0.0013, 0.002, "LINEAR_EXACT"), "C 0.0013 W 0.0020"),
        (Window(512, 1024, lut=1), "C 512 W 1024 · LUT 2"),
    ],
)
def test_the_corner_says_centre_and_width_as_finely_as_they_matter(window: Window, text: str) -> None:
    assert window.text() == text


@pytest.mark.parametrize(
    ("center", "width"), [(math.nan, 1), (0, math.nan), (0, 0), (0, -5), (math.inf, 1), (0, math.inf)]
)
def test_a_window_that_shows_nothing_is_refused(center: float, width: float) -> None:
    with pytest.raises(ViewingError):
        Window(center, width)


def test_a_linear_window_below_one_is_refused_and_an_exact_one_is_not() -> None:
    """PS3.3 C.11.2.1.2.1: at least 1; C.11.2.1.3.2: above 0."""
    assert offered(VoiWindow(0.5, 0.5, function="LINEAR_EXACT")) == Window(0.5, 0.5, "LINEAR_EXACT")
    assert offered(VoiWindow(0.5, 0.5)) is None


def test_a_window_of_the_file_keeps_its_explanation() -> None:
    assert offered(VoiWindow(40, 80, " BRAIN ", "SIGMOID")) == Window(40, 80, "SIGMOID", "BRAIN")
