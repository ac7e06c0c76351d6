"""Text and lines that can be read on bone as well as on air: light, with a dark rim.

Units:   logical pixels.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPainterPath, QPen, QPixmap

from workstation.ui.theme import PALETTE, font

RIM: Final = 4.5  # width of the dark rim under text
LINE: Final = 1.5  # width of a line
LINE_RIM: Final = 3.5
RING: Final = 3.5  # radius of the handle at an end
PAD: Final = 3.0  # room for the rim around a stamp


def text_size(text: str) -> tuple[float, float]:
    """Return (width, height) of a line of text."""
    metrics = QFontMetricsF(font())
    return metrics.horizontalAdvance(text), metrics.height()


def draw_text(painter: QPainter, at: QPointF, text: str, colour: str) -> None:
    """Draw a line of text whose top left corner is ``at``."""
    ratio = painter.device().devicePixelRatioF()
    painter.drawPixmap(_snapped(at - QPointF(PAD, PAD), ratio), _text_stamp(text, colour, ratio))


def draw_line(painter: QPainter, start: QPointF, end: QPointF, colour: str, width: float = LINE) -> None:
    """Draw a straight line; a rim that is translucent or round would take a hundred times as long."""
    flat = Qt.PenCapStyle.FlatCap
    rim = QPen(QColor(PALETTE.image), LINE_RIM, Qt.PenStyle.SolidLine, flat)
    for pen in (rim, QPen(QColor(colour), width)):
        painter.setPen(pen)
        painter.drawLine(start, end)


def draw_ring(painter: QPainter, middle: QPointF, colour: str) -> None:
    """Draw a small open circle."""
    ratio = painter.device().devicePixelRatioF()
    half = RING + PAD
    painter.drawPixmap(_snapped(middle - QPointF(half, half), ratio), _ring_stamp(colour, ratio))


def draw_badge(painter: QPainter, box: QRectF, text: str, colour: str) -> None:
    """Draw a word in a frame."""
    painter.setPen(QPen(QColor(colour), 1))
    painter.setBrush(QColor(PALETTE.image))
    painter.drawRoundedRect(box, 3, 3)
    painter.setFont(font())
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)


def _rim(width: float) -> QPen:
    colour = QColor(PALETTE.image)
    colour.setAlphaF(0.9)
    cap, join = Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin
    return QPen(colour, width, Qt.PenStyle.SolidLine, cap, join)


def _snapped(at: QPointF, ratio: float) -> QPointF:
    """Return the nearest place on whole device pixels, so that a stamp is never resampled."""
    return QPointF(round(at.x() * ratio) / ratio, round(at.y() * ratio) / ratio)


@lru_cache(maxsize=512)
def _text_stamp(text: str, colour: str, ratio: float) -> QPixmap:
    """Return a text with its rim; the same few are drawn again and again, and stroking is slow."""
    width, height = text_size(text)
    stamp = _empty(width + 2 * PAD, height + 2 * PAD, ratio)
    path = QPainterPath()
    path.setFillRule(Qt.FillRule.WindingFill)
    path.addText(PAD, PAD + QFontMetricsF(font()).ascent(), font(), text)
    painter = QPainter(stamp)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.strokePath(path, _rim(RIM))
    painter.fillPath(path, QColor(colour))
    painter.end()
    return stamp


@lru_cache(maxsize=16)
def _ring_stamp(colour: str, ratio: float) -> QPixmap:
    half = RING + PAD
    stamp = _empty(2 * half, 2 * half, ratio)
    painter = QPainter(stamp)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for pen in (_rim(LINE_RIM), QPen(QColor(colour), LINE)):
        painter.setPen(pen)
        painter.drawEllipse(QPointF(half, half), RING, RING)
    painter.end()
    return stamp


def _empty(width: float, height: float, ratio: float) -> QPixmap:
    stamp = QPixmap(math.ceil(width * ratio), math.ceil(height * ratio))
    stamp.setDevicePixelRatio(ratio)
    stamp.fill(Qt.GlobalColor.transparent)
    return stamp
