"""Everything by name: type a few letters of what should happen, Enter does it.

It lists what can be done now; what a page has switched off is not offered.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QSize, Qt
from PySide6.QtGui import QAction, QColor, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from workstation.terms import fold
from workstation.ui.actions import Offered
from workstation.ui.panels.sheet import Sheet
from workstation.ui.shortcuts import Command, spoken
from workstation.ui.theme import CORNER, PALETTE, STEP, font

_WIDTH: Final = 520
_ROWS: Final = 12
_KEY: Final = Qt.ItemDataRole.UserRole + 1
_LEFT: Final = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
_RIGHT: Final = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
_ROW: Final = 32
_LEAVE: Final = (Qt.Key.Key_Escape,)
_GO: Final = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_MOVE: Final = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)


class CommandPalette(Sheet):
    """Opens with what ``offer`` answers."""

    def __init__(self, parent: QWidget, offer: Callable[[], Offered]) -> None:
        super().__init__(parent)
        self._offer = offer
        self._offered: Offered = []
        self.field = QLineEdit()
        self.field.setPlaceholderText("What should happen?")
        self.field.setAccessibleName("Name of a command")
        self.list = QListWidget()
        self.list.setAccessibleName("Commands")
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._lay_out()
        self.field.textChanged.connect(self._narrow)
        self.list.itemClicked.connect(lambda _: self._go())

    def open(self) -> None:
        """Show what can be done now."""
        self._offered = [(command, action) for command, action in self._offer() if action.isEnabled()]
        self.field.clear()
        self._narrow("")
        super().open()
        self.field.setFocus(Qt.FocusReason.PopupFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move, go or leave; letters are the field's."""
        if event.key() in _LEAVE:
            self.close_sheet()
        elif event.key() in _GO:
            self._go()
        elif event.key() in _MOVE:
            self.list.keyPressEvent(event)

    def _narrow(self, text: str) -> None:
        words = fold(text).split()
        self.list.clear()
        for command, action in self._offered:
            if all(word in fold(command.text) for word in words):
                self.list.addItem(_item(command, action))
        self.list.setCurrentRow(0)
        if not self.list.count():
            self.list.addItem(_nothing())

    def _go(self) -> None:
        for item in self.list.selectedItems():
            action: QAction = item.data(Qt.ItemDataRole.UserRole)
            self.close_sheet()
            action.trigger()

    def _lay_out(self) -> None:
        self.field.setFont(font())
        self.list.setFont(font())
        self.list.setItemDelegate(_Row(self.list))
        self.setFocusProxy(self.field)
        column = QVBoxLayout(self)
        column.setContentsMargins(3 * STEP, 3 * STEP, 3 * STEP, 3 * STEP)
        column.setSpacing(2 * STEP)
        column.addWidget(self.field)
        column.addWidget(self.list)
        self.list.setFixedHeight(_ROWS * _ROW)
        self.setFixedWidth(_WIDTH)


class _Row(QStyledItemDelegate):
    """A command's words at the left, its key at the right."""

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Draw one command."""
        painter.save()
        if option.state & QStyle.StateFlag.State_Selected:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(option.palette.highlight())
            painter.drawRoundedRect(option.rect, CORNER, CORNER)
        inside = option.rect.adjusted(2 * STEP, 0, -2 * STEP, 0)
        painter.setPen(QColor(PALETTE.text))
        painter.drawText(inside, _LEFT, str(index.data()))
        painter.setPen(QColor(PALETTE.secondary))
        painter.drawText(inside, _RIGHT, index.data(_KEY) or "")
        painter.restore()


def _nothing() -> QListWidgetItem:
    made = QListWidgetItem("Nothing is called that.")
    made.setFlags(Qt.ItemFlag.NoItemFlags)
    made.setSizeHint(QSize(0, _ROW))
    return made


def _item(command: Command, action: QAction) -> QListWidgetItem:
    made = QListWidgetItem(command.text)
    made.setData(Qt.ItemDataRole.UserRole, action)
    made.setData(_KEY, spoken(command.keys[0]) if command.keys else "")
    made.setSizeHint(QSize(0, _ROW))
    return made
