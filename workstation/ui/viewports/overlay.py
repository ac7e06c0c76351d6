"""What stands over a picture: corner texts, letters at the edges, scale bar, badges, frame.

All of it comes as plain values with the picture that it belongs to, so text and pixels can't say
different things.

Units:   logical pixels, ``scale`` in mm for each device pixel.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen

from workstation.geometry import EdgeLetters
from workstation.ui.contracts import Shown
from workstation.ui.theme import PALETTE, STEP, font, mix
from workstation.ui.viewports.haloed import draw_badge, draw_line, draw_text, text_size
from workstation.ui.viewports.room import GAP, fitting
from workstation.viewing import Badge, Corners, ScaleBar, scale_bar

MARGIN: Final = 2.5 * STEP
LINE: Final = 18.0  # from one line of text to the next
_BAR_SHARE: Final = 0.15  # of the viewport's width, at the most
_TICK: Final = 3.0
_BADGE_HEIGHT: Final = 18.0
_RESTING: Final = mix(PALETTE.accent, PALETTE.image, 0.5)  # the active frame while the keys are elsewhere
_QUIET: Final = mix(PALETTE.text, PALETTE.image, 0.84)  # what stands beside the name; on bone as well
_MIN_WIDTH: Final = 180  # below this a viewport has no room for words


def draw_overlay(painter: QPainter, area: QRectF, shown: Shown, *, ratio: float, texts: bool) -> None:
    """Draw everything over a picture; badges stay when texts are hidden."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    inside = area.adjusted(MARGIN, MARGIN, -MARGIN, -MARGIN)
    if texts and area.width() >= _MIN_WIDTH:
        _corners(painter, inside, _fitting(shown.corners, inside))
        _letters(painter, inside, shown.letters)
        bar = _bar(shown, area, ratio)
        if bar is not None and _bar_width(bar, ratio) <= inside.width() / 2 - GAP:
            _scale_bar(painter, inside, bar, ratio)
    for badge, box in badge_boxes(area, shown, texts=texts):
        draw_badge(painter, box, badge.text, PALETTE.attention)


def badge_boxes(area: QRectF, shown: Shown, *, texts: bool) -> list[tuple[Badge, QRectF]]:
    """Return where each badge stands: above what else is in the lower right corner."""
    lines = 0
    if texts and area.width() >= _MIN_WIDTH:
        inside = area.adjusted(MARGIN, MARGIN, -MARGIN, -MARGIN)
        lines = len(_fitting(shown.corners, inside).bottom_right) + 1
    right, bottom = area.right() - MARGIN, area.bottom() - MARGIN - lines * LINE - 1
    boxes = []
    for badge in shown.badges:
        width = text_size(badge.text)[0] + 3 * STEP
        boxes.append((badge, QRectF(right - width, bottom - _BADGE_HEIGHT, width, _BADGE_HEIGHT)))
        right -= width + STEP
    return boxes


def draw_frame(painter: QPainter, area: QRectF, *, active: bool, has_keys: bool) -> None:
    """Draw the frame that says which viewport is active, and whether the keys go to it."""
    if not active:
        return
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(QColor(PALETTE.accent if has_keys else _RESTING), 1))
    painter.drawRect(area.adjusted(0, 0, -1, -1))


def draw_message(painter: QPainter, area: QRectF, text: str, colour: str) -> None:
    """Say in the middle why there is no picture."""
    painter.setFont(font())
    painter.setPen(QColor(colour))
    room = area.adjusted(6 * STEP, 6 * STEP, -6 * STEP, -6 * STEP)
    painter.drawText(room, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, text)


def _fitting(corners: Corners, inside: QRectF) -> Corners:
    """Return the corner texts that have room."""
    metrics = QFontMetricsF(font())
    return fitting(
        corners,
        inside.width(),
        int(inside.height() // LINE),
        metrics.horizontalAdvance,
        lambda text, width: metrics.elidedText(text, Qt.TextElideMode.ElideRight, width),
    )


def _corners(painter: QPainter, inside: QRectF, corners: Corners) -> None:
    _block(painter, inside, corners.top_left, right=False, bottom=False)
    _block(painter, inside, corners.top_right, right=True, bottom=False)
    _block(painter, inside, corners.bottom_left, right=False, bottom=True)
    above = inside.adjusted(0, 0, 0, -LINE)  # the scale bar's line stays free
    _block(painter, above, corners.bottom_right, right=True, bottom=True)


def _block(painter: QPainter, inside: QRectF, lines: Sequence[str], *, right: bool, bottom: bool) -> None:
    """Draw lines into a corner; at the top the first is the strongest."""
    top = inside.bottom() - len(lines) * LINE if bottom else inside.top() - 1
    for number, text in enumerate(lines):
        left = inside.right() - text_size(text)[0] if right else inside.left()
        colour = _QUIET if number and not bottom else PALETTE.text
        draw_text(painter, QPointF(left, top + number * LINE), text, colour)


def _letters(painter: QPainter, inside: QRectF, letters: EdgeLetters) -> None:
    """Draw the letters half-way along each edge."""
    middle = inside.center()
    for text, across, down in (
        (letters.left, 0.0, 0.5),
        (letters.right, 1.0, 0.5),
        (letters.top, 0.5, 0.0),
        (letters.bottom, 0.5, 1.0),
    ):
        width, height = text_size(text)
        left = {0.0: inside.left(), 0.5: middle.x() - width / 2, 1.0: inside.right() - width}[across]
        top = {0.0: inside.top() - 1, 0.5: middle.y() - height / 2, 1.0: inside.bottom() - height}[down]
        draw_text(painter, QPointF(left, top), text, PALETTE.text)  # left or right is never a side remark


def _bar(shown: Shown, area: QRectF, ratio: float) -> ScaleBar | None:
    return scale_bar(shown.scale, area.width() * ratio * _BAR_SHARE)


def _bar_width(bar: ScaleBar, ratio: float) -> float:
    return bar.pixels / ratio + 2 * STEP + text_size(bar.text())[0]


def _scale_bar(painter: QPainter, inside: QRectF, bar: ScaleBar, ratio: float) -> None:
    """Draw the bar in the lower right corner, its number at its left."""
    end = QPointF(inside.right() - 0.5, round(inside.bottom() - LINE / 2) + 0.5)
    start = QPointF(end.x() - bar.pixels / ratio, end.y())
    tick = QPointF(0, _TICK)
    for one, other in ((start - tick, start + tick), (end - tick, end + tick), (start, end)):
        draw_line(painter, one, other, PALETTE.text, 1.0)
    width, height = text_size(bar.text())
    draw_text(painter, QPointF(start.x() - 2 * STEP - width, end.y() - height / 2), bar.text(), PALETTE.text)
