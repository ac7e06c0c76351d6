"""Lengths on the screen: where they lie, what is near the pointer, where the value stands.

The value never covers its line: a label is put beyond an end, or beside the middle.

Units:   logical pixels of the viewport, its top left corner at (0, 0).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final, Literal

from PySide6.QtCore import QPointF, QRectF

from workstation.measurement import Length, Point, evaluate_length
from workstation.ui.contracts import Shown

REACH: Final = 8.0  # how near the pointer must be to take hold
GAP: Final = 8.0  # between a line and its value

Part = Literal["start", "end", "line"]


@dataclass(frozen=True, slots=True)
class Hit:
    """What lies under the pointer."""

    mark: Length
    part: Part


def on_picture(marks: Iterable[Length], shown: Shown) -> list[Length]:
    """Return the marks of the picture that is shown."""
    return [mark for mark in marks if mark.sop_uid == shown.record.uid and mark.frame == shown.frame]


def ends(mark: Length, shown: Shown, ratio: float) -> tuple[QPointF, QPointF]:
    """Return where the ends lie on the screen."""
    view = shown.fit.laid(shown.camera)
    (x1, y1), (x2, y2) = (view.to_screen([mark.start, mark.end]) + 0.5) / ratio
    return QPointF(x1, y1), QPointF(x2, y2)


def image_point(at: QPointF, shown: Shown, ratio: float) -> Point:
    """Return the place in the image under a place on the screen, kept within the image."""
    view = shown.fit.laid(shown.camera)
    column, row = view.to_image((at.x() * ratio - 0.5, at.y() * ratio - 0.5))
    return Point(
        min(max(float(column), -0.5), shown.fit.columns - 0.5),
        min(max(float(row), -0.5), shown.fit.rows - 0.5),
    )


def hit(marks: Iterable[Length], at: QPointF, shown: Shown, ratio: float) -> Hit | None:
    """Return the mark near the pointer, the last drawn first; its ends before its line."""
    for mark in reversed(on_picture(marks, shown)):
        start, end = ends(mark, shown, ratio)
        parts: tuple[tuple[Part, float], ...] = (
            ("start", distance(at, start)),
            ("end", distance(at, end)),
            ("line", segment_distance(at, start, end)),
        )
        for part, far in parts:
            if far <= REACH:
                return Hit(mark, part)
    return None


def value_lines(mark: Length, shown: Shown) -> tuple[str, ...]:
    """Return what stands beside a length: its value, and what to beware of."""
    quantity = evaluate_length(mark, shown.record)
    return (quantity.text(), quantity.note) if quantity.note else (quantity.text(),)


def place_label(start: QPointF, end: QPointF, width: float, height: float, area: QRectF) -> QRectF:
    """Return where a label of this size stands: inside the area, and off the line."""
    places = list(_places(start, end, width, height))
    within = [place for place in places if area.contains(place)]
    inside = [_pushed_in(place, area) for place in places]
    for place in (*within, *inside):
        if not crosses(start, end, place.adjusted(-1, -1, 1, 1)):
            return place
    return places[0]


def crosses(start: QPointF, end: QPointF, box: QRectF) -> bool:
    """Return whether a line goes through a box (Liang and Barsky's clipping)."""
    along = end - start
    enter, leave = 0.0, 1.0
    for step, low, high in (
        (along.x(), box.left() - start.x(), box.right() - start.x()),
        (along.y(), box.top() - start.y(), box.bottom() - start.y()),
    ):
        if step == 0:
            if low > 0 or high < 0:
                return False
            continue
        first, last = sorted((low / step, high / step))
        enter, leave = max(enter, first), min(leave, last)
    return enter <= leave


def segment_distance(at: QPointF, start: QPointF, end: QPointF) -> float:
    """Return how far a point is from a line between two ends."""
    along, to = end - start, at - start
    length = along.x() ** 2 + along.y() ** 2
    share = min(max(QPointF.dotProduct(along, to) / length, 0.0), 1.0) if length else 0.0
    return distance(at, start + along * share)


def _places(start: QPointF, end: QPointF, width: float, height: float) -> Iterator[QRectF]:
    """Offer places, the best first: beyond the right end, the left end, beside the middle."""
    left, right = sorted((start, end), key=lambda point: point.x())
    yield QRectF(right.x() + GAP, right.y() - height / 2, width, height)
    yield QRectF(left.x() - GAP - width, left.y() - height / 2, width, height)
    middle = (start + end) / 2
    across = end - start
    length = math.hypot(across.x(), across.y()) or 1.0
    for side in (1, -1):
        normal = QPointF(-across.y() / length, across.x() / length) * side
        reach = GAP + (abs(normal.x()) * width + abs(normal.y()) * height) / 2
        centre = middle + normal * reach
        yield QRectF(centre.x() - width / 2, centre.y() - height / 2, width, height)


def _pushed_in(box: QRectF, area: QRectF) -> QRectF:
    left = min(max(box.left(), area.left()), max(area.right() - box.width(), area.left()))
    top = min(max(box.top(), area.top()), max(area.bottom() - box.height(), area.top()))
    return QRectF(left, top, box.width(), box.height())


def distance(one: QPointF, other: QPointF) -> float:
    """Return how far apart two points are."""
    return math.hypot(one.x() - other.x(), one.y() - other.y())
