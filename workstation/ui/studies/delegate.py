"""How one cell of the study list is drawn: calm, one line, a bar where a count is a share.

What has been opened steps back; what is incomplete says so in words and colour.
"""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from workstation.ui.contracts import StudyRow, StudyState
from workstation.ui.controls import elide
from workstation.ui.studies.columns import COLUMNS
from workstation.ui.theme import PALETTE, STEP, font, mix
from workstation.ui.theme.sizes import ROW

_CHOSEN: Final = QColor(mix(PALETTE.accent, PALETTE.window, 0.16))
_BAR_WIDTH: Final = 72
_BAR_HEIGHT: Final = 4
_MARGIN: Final = 2 * STEP
_STATE_COLOURS: Final = {
    StudyState.ARRIVING: PALETTE.accent,
    StudyState.INCOMPLETE: PALETTE.attention,
    StudyState.UNREAD: PALETTE.text,
    StudyState.OPENED: PALETTE.secondary,
}


class StudyDelegate(QStyledItemDelegate):
    """Draws the cells of a table; a bar at the left says that the table has the keys."""

    def __init__(self, table: QWidget) -> None:
        super().__init__(table)
        self._table = table

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """Return one row's height."""
        return QSize(super().sizeHint(option, index).width(), ROW)

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Draw one cell."""
        row: StudyRow = index.data(Qt.ItemDataRole.UserRole)
        painter.save()
        self._ground(painter, option, index.column())
        inside = option.rect.adjusted(_MARGIN, 0, -_MARGIN, -1)
        if COLUMNS[index.column()].name == "images" and not _whole_and_known(row):
            _bar(painter, inside, row)
            inside.setLeft(inside.left() + _BAR_WIDTH + 2 * STEP)
        painter.setFont(font())
        painter.setPen(QColor(_colour(row, index.column())))
        text = elide(painter.fontMetrics(), str(index.data()), inside.width())
        painter.drawText(inside, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)
        painter.restore()

    def _ground(self, painter: QPainter, option: QStyleOptionViewItem, column: int) -> None:
        rect: QRect = option.rect
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, _CHOSEN)
            if column == 0 and self._table.hasFocus():
                painter.fillRect(QRect(rect.left(), rect.top(), 2, rect.height() - 1), QColor(PALETTE.accent))
        painter.fillRect(QRect(rect.left(), rect.bottom(), rect.width(), 1), QColor(PALETTE.raised))


def _whole_and_known(row: StudyRow) -> bool:
    return row.state == StudyState.OPENED and row.here >= row.expected


def _colour(row: StudyRow, column: int) -> str:
    name = COLUMNS[column].name
    if name == "state":
        return _STATE_COLOURS[row.state]
    if row.state == StudyState.OPENED or COLUMNS[column].quiet:
        return PALETTE.secondary
    return PALETTE.text


def _bar(painter: QPainter, inside: QRect, row: StudyRow) -> None:
    """Draw how much of a study is here."""
    share = min(row.here / row.expected, 1.0) if row.expected else 0.0
    middle = inside.center().y() - _BAR_HEIGHT / 2 + 1
    colour = PALETTE.attention if row.state == StudyState.INCOMPLETE else PALETTE.accent
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    for width, fill in ((_BAR_WIDTH, PALETTE.raised), (_BAR_WIDTH * share, colour)):
        painter.setBrush(QColor(fill))
        painter.drawRoundedRect(QRectF(inside.left(), middle, width, _BAR_HEIGHT), 2, 2)
