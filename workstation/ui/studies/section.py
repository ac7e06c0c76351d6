"""A part of the preview: a caption and lines below it, absent until there is something to say.

It is filled from a value; the same value again changes nothing, so that what a reader looks at stays still
while images arrive.
"""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLayout,
    QSizePolicy,
    QStyle,
    QStyleOptionButton,
    QStylePainter,
    QVBoxLayout,
    QWidget,
)

from workstation.ui.controls import Button, Label, caption, elide, plain
from workstation.ui.pictures import Still
from workstation.ui.theme import STEP


class Section(QWidget):
    """One part; hidden while it is empty."""

    def __init__(self, parent: QWidget, title: str = "") -> None:
        super().__init__(parent)  # from the first: what is shown without one is a window
        self._value: object = None
        self._title = caption(title) if title else None
        self.lines = QVBoxLayout()
        self.lines.setSpacing(STEP // 2)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 4 * STEP if title else 0, 0, 0)
        column.setSpacing(STEP)
        if self._title is not None:
            column.addWidget(self._title)
        column.addLayout(self.lines)
        self.hide()

    def begin(self, value: object) -> bool:
        """Empty it for another value; False if it shows this one already."""
        if value == self._value:
            return False
        self._value = value
        _empty(self.lines)
        self.hide()
        return True

    def clear(self) -> None:
        """Be as if nothing had ever been said."""
        self.begin(None)
        self._value = None

    def rename(self, title: str) -> None:
        """Stand under another caption."""
        if self._title is not None:
            self._title.setText(title.upper())

    def say(self, text: str, role: str = "") -> None:
        """Add a line."""
        self.add(Label(text, role=role, wrapped=True))

    def add(self, widget: QWidget) -> None:
        """Add something."""
        self.lines.addWidget(widget)
        self.show()

    def pictured(self, still: Still, *texts: QWidget) -> None:
        """Add texts beside a picture."""
        column = QVBoxLayout()
        column.setSpacing(STEP // 2)
        for text in texts:
            column.addWidget(text)
        column.addStretch(1)
        holder = QWidget()
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, STEP, 0, STEP)
        row.setSpacing(3 * STEP)
        row.addWidget(still, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(column, 1)
        self.add(holder)


class Link(Button):
    """A link that ends in "…" where it doesn't fit; the tooltip has all of it."""

    def __init__(self, text: str, hint: str = "") -> None:
        super().__init__(text, kind="line", hint=hint)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setToolTip(plain(f"{text}\n{hint}".strip()))

    def sizeHint(self) -> QSize:
        """Return the width of all words."""
        return QSize(self.fontMetrics().horizontalAdvance(self.text()) + 2, super().sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw as many of the words as fit."""
        del event
        option = QStyleOptionButton()
        self.initStyleOption(option)
        option.text = elide(self.fontMetrics(), self.text(), self.width() - 2)
        QStylePainter(self).drawControl(QStyle.ControlElement.CE_PushButton, option)


def _empty(layout: QLayout) -> None:
    while (item := layout.takeAt(0)) is not None:
        if widget := item.widget():
            widget.hide()
            widget.deleteLater()
        elif inner := item.layout():
            _empty(inner)
