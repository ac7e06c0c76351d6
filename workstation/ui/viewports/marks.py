"""Draw the lengths of a picture: a line, its ends to take hold of, its value beside it."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter

from workstation.measurement import Length
from workstation.ui.contracts import Shown
from workstation.ui.marks import ends, on_picture, place_label, value_lines
from workstation.ui.theme import PALETTE
from workstation.ui.viewports.haloed import draw_line, draw_ring, draw_text, text_size


def draw_marks(
    painter: QPainter, area: QRectF, marks: Iterable[Length], shown: Shown, *, ratio: float, chosen: str
) -> None:
    """Draw every length of the picture with its value."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for mark in on_picture(marks, shown):
        colour = PALETTE.mark_selected if mark.id == chosen else PALETTE.mark
        start, end = ends(mark, shown, ratio)
        draw_line(painter, start, end, colour)
        for point in (start, end):
            draw_ring(painter, point, colour)
        _draw_value(painter, area, value_lines(mark, shown), (start, end), colour)


def _draw_value(
    painter: QPainter, area: QRectF, lines: tuple[str, ...], line: tuple[QPointF, QPointF], colour: str
) -> None:
    sizes = [text_size(text) for text in lines]
    box = place_label(*line, max(width for width, _ in sizes), sum(height for _, height in sizes), area)
    top = box.top()
    for text, (_, height) in zip(lines, sizes, strict=True):
        shade = colour if top == box.top() else PALETTE.secondary
        draw_text(painter, QPointF(box.left(), top), text, shade)
        top += height
