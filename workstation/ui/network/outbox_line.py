"""How one line of the outbox is drawn: what and whose, where to, how it stands; its age at the right.

Icon and words say the same; the colour only helps to find them.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Final

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from workstation.ui.contracts import DeliveryState, OutboxRow
from workstation.ui.controls import elide
from workstation.ui.network.outbox_model import Fold, Heading
from workstation.ui.network.wording import elapsed, state_text, title, way
from workstation.ui.theme import PALETTE, STEP, FontSize, font, icon, mix

ICONS: Final = {
    DeliveryState.QUEUED: ("waiting", PALETTE.secondary),
    DeliveryState.SENDING: ("sending", PALETTE.accent),
    DeliveryState.STORED: ("check", PALETTE.secondary),
    DeliveryState.VERIFIED: ("check", PALETTE.good),
    DeliveryState.HELD: ("held", PALETTE.attention),
    DeliveryState.CONFLICT: ("attention", PALETTE.fault),
    DeliveryState.QUARANTINED: ("fault", PALETTE.fault),
    DeliveryState.CLOSED: ("close", PALETTE.secondary),
}
_CHOSEN: Final = QColor(mix(PALETTE.accent, PALETTE.panel, 0.16))
_LINE: Final = 18
_ROW: Final = 3 * _LINE + 4 * STEP
_FLAT: Final = 2 * _LINE  # a heading, the fold
_MARK: Final = 16
_LEFT: Final = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT: Final = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_Index = QModelIndex | QPersistentModelIndex


class OutboxDelegate(QStyledItemDelegate):
    """Draws the lines of a list; a bar at the left says that the list has the keys."""

    def __init__(self, view: QWidget, now: Callable[[], datetime]) -> None:
        super().__init__(view)
        self._view = view
        self._now = now

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        """Return three lines for a delivery, one for the rest."""
        del option
        return QSize(0, _ROW if isinstance(index.data(Qt.ItemDataRole.UserRole), OutboxRow) else _FLAT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """Draw one line."""
        entry = index.data(Qt.ItemDataRole.UserRole)
        painter.save()
        self._ground(painter, option)
        inside: QRect = option.rect.adjusted(4 * STEP, 2 * STEP, -4 * STEP, -2 * STEP)
        if isinstance(entry, OutboxRow):
            self._delivery(painter, inside, entry)
        elif isinstance(entry, Fold):
            _fold(painter, inside, entry)
        elif isinstance(entry, Heading):
            painter.setFont(font(FontSize.CAPTION, strong=True, spaced=True))
            painter.setPen(QColor(PALETTE.secondary))
            painter.drawText(inside, Qt.AlignmentFlag.AlignBottom, entry.text.upper())
        painter.restore()

    def _delivery(self, painter: QPainter, inside: QRect, row: OutboxRow) -> None:
        name, colour = ICONS[row.state]
        ended = row.changed if not row.is_unsent and row.changed else None
        age = elapsed(self._now() - (ended or row.created))
        _draw_icon(painter, inside, name, colour)
        words = inside.adjusted(_MARK + 2 * STEP, 0, 0, 0)
        first, second, third = (
            QRect(words.left(), words.top() + number * _LINE, words.width(), _LINE) for number in range(3)
        )
        width = painter.fontMetrics().horizontalAdvance(age) + 3 * STEP
        _write(painter, first, age, PALETTE.secondary, _RIGHT)
        _write(painter, first.adjusted(0, 0, -width, 0), title(row), PALETTE.text)
        _write(painter, second, way(row), PALETTE.secondary)
        stands = " · ".join(filter(None, (state_text(row, self._now()), row.error)))
        _write(painter, third, stands, colour if row.is_unsent else PALETTE.secondary)

    def _ground(self, painter: QPainter, option: QStyleOptionViewItem) -> None:
        rect: QRect = option.rect
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, _CHOSEN)
            if self._view.hasFocus():
                painter.fillRect(QRect(rect.left(), rect.top(), 2, rect.height()), QColor(PALETTE.accent))


def _fold(painter: QPainter, inside: QRect, fold: Fold) -> None:
    _draw_icon(painter, inside, "opened" if fold.is_open else "open", PALETTE.secondary)
    _write(painter, inside.adjusted(_MARK + 2 * STEP, 0, 0, 0), fold.text, PALETTE.secondary)


def _draw_icon(painter: QPainter, inside: QRect, name: str, colour: str) -> None:
    icon(name, colour=colour).paint(painter, QRect(inside.left(), inside.top() + 1, _MARK, _MARK))


def _write(painter: QPainter, inside: QRect, text: str, colour: str, how: Qt.AlignmentFlag = _LEFT) -> None:
    painter.setFont(font())
    painter.setPen(QColor(colour))
    painter.drawText(inside, how, elide(painter.fontMetrics(), text, inside.width()))
