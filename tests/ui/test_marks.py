"""The label's places are judged by plain geometry: sampled points of the line against the box."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QPointF, QRectF

from workstation.ui.marks import crosses, place_label, segment_distance

AREA = QRectF(0, 0, 600, 500)
points = st.builds(QPointF, st.floats(0, 600), st.floats(0, 500))


def _touches(start: QPointF, end: QPointF, box: QRectF) -> bool:
    samples = (start + (end - start) * (step / 400) for step in range(401))
    return any(box.contains(point) for point in samples)


@settings(max_examples=300, deadline=None)
@given(points, points)
def test_a_value_never_covers_its_line_and_stays_in_the_viewport(start: QPointF, end: QPointF) -> None:
    box = place_label(start, end, 60, 18, AREA)

    assert not _touches(start, end, box)
    assert AREA.contains(box)


@pytest.mark.parametrize(
    ("end", "crossed"),
    [
        (QPointF(100, 100), True),  # through the middle
        (QPointF(39, 100), False),  # passes at the left
        (QPointF(0, 100), False),
        (QPointF(45, 45), True),  # ends inside
    ],
)
def test_a_line_crosses_a_box_or_not(end: QPointF, crossed: bool) -> None:  # noqa: FBT001  a table's column
    assert crosses(QPointF(0, 0), end, QRectF(40, 40, 20, 20)) == crossed


def test_an_upright_line_beside_a_box_does_not_cross_it() -> None:
    assert not crosses(QPointF(10, 0), QPointF(10, 100), QRectF(40, 40, 20, 20))
    assert crosses(QPointF(50, 0), QPointF(50, 100), QRectF(40, 40, 20, 20))


def test_distance_to_a_line_is_to_its_nearest_end_beyond_it() -> None:
    """3-4-5 triangles."""
    start, end = QPointF(0, 0), QPointF(10, 0)

    assert segment_distance(QPointF(5, 3), start, end) == pytest.approx(3)
    assert segment_distance(QPointF(13, 4), start, end) == pytest.approx(5)
    assert segment_distance(QPointF(3, 4), start, start) == pytest.approx(5)
