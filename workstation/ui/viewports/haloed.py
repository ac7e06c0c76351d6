"""Text and lines that can be read on bone as well as on air: light, with a dark rim.

Units:   logical pixels.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPainterPath, QPen

from workstation.ui.theme import PALETTE, font

RIM: Final = 3.0  # width of the dark rim under text
LINE_RIM: Final = 3.5


def text_size(text: str) -> tuple[float, float]:
    """Return (width, height) of a line of text."""
    metrics = QFontMetricsF(font())
    return metrics.horizontalAdvance(text), metrics.height()


def draw_text(painter: QPainter, at: QPointF, text: str, colour: str) -> None:
    """Draw a line of text whose top left corner is ``at``."""
    path = _outline(text).translated(at.x(), at.y() + QFontMetricsF(font()).ascent())
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(_rim(RIM))
    painter.drawPath(path)
    painter.fillPath(path, QColor(colour))


def draw_line(painter: QPainter, start: QPointF, end: QPointF, colour: str, width: float = 1.5) -> None:
    """Draw a straight line."""
    for pen in (_rim(LINE_RIM), QPen(QColor(colour), width)):
        painter.setPen(pen)
        painter.drawLine(start, end)


def draw_ring(painter: QPainter, middle: QPointF, radius: float, colour: str) -> None:
    """Draw a small open circle."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for pen in (_rim(LINE_RIM), QPen(QColor(colour), 1.5)):
        painter.setPen(pen)
        painter.drawEllipse(middle, radius, radius)


def draw_badge(painter: QPainter, box: QRectF, text: str, colour: str) -> None:
    """Draw a word in a frame."""
    painter.setPen(QPen(QColor(colour), 1))
    painter.setBrush(QColor(PALETTE.image))
    painter.drawRoundedRect(box, 3, 3)
    painter.setFont(font())
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)


def _rim(width: float) -> QPen:
    colour = QColor(PALETTE.image)
    colour.setAlphaF(0.75)
    cap, join = Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin
    return QPen(colour, width, Qt.PenStyle.SolidLine, cap, join)


@lru_cache(maxsize=512)
def _outline(text: str) -> QPainterPath:
    """Return a text's outline; the same few texts are drawn again and again."""
    path = QPainterPath()
    path.setFillRule(Qt.FillRule.WindingFill)
    path.addText(0, 0, font(), text)
    return path
