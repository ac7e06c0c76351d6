"""Calm lines about what went wrong, over the page's lower edge; they never move the images.

The newest is shown, older ones wait behind it until it is put away. A line that stands for good
news leaves by itself. A line that is kept has a name: it stands through its action and through other words,
until whoever told it withdraws it or the reader puts it away.
"""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, QObject, QRect, Qt, QTimer
from PySide6.QtWidgets import QHBoxLayout, QWidget

from workstation.ui.contracts import Notice, Tone
from workstation.ui.controls import Button, IconButton, Label, plain
from workstation.ui.theme import PALETTE, STEP, icon
from workstation.ui.theme.sizes import ROW

_NARROWEST: Final = 320
_WIDEST: Final = 880
_SHARE: Final = 0.7  # of the page's width
_GAP: Final = 4 * STEP
_GOOD_NEWS: Final = 6000  # milliseconds that good news stays
_ICONS: Final = {
    Tone.PLAIN: ("info", PALETTE.secondary),
    Tone.GOOD: ("check", PALETTE.good),
    Tone.ATTENTION: ("attention", PALETTE.attention),
    Tone.FAULT: ("fault", PALETTE.fault),
}


class Notices(QWidget):
    """The line, laid over ``page``."""

    def __init__(self, page: QWidget) -> None:
        super().__init__(page)
        self.setProperty("kind", "sheet")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._page = page
        self._waiting: list[Notice] = []
        self._kept: dict[str, Notice] = {}
        self._covered = 0
        self._mark = Label()
        self._text = Label(wrapped=True)
        self._count = Label(role="secondary")
        self._action = Button("", kind="link")
        self._close = IconButton()
        self._lay_out()
        self._action.clicked.connect(self._act)
        self._close.clicked.connect(self.dismiss)
        page.installEventFilter(self)
        self.hide()

    @property
    def text(self) -> str:
        """Return the line that is shown, "" if none is."""
        return self._waiting[-1].text if self._waiting else ""

    def tell(self, notice: Notice) -> None:
        """Show a line; the same one twice is once."""
        if notice in self._waiting:
            self._waiting.remove(notice)
        self._waiting.append(notice)
        self._show()
        if notice.tone in (Tone.GOOD, Tone.PLAIN):
            QTimer.singleShot(_GOOD_NEWS, self, lambda: self._withdraw(notice))

    def keep(self, name: str, notice: Notice) -> None:
        """Show a line for as long as what it says goes on; put away, it stays away under that name."""
        before = self._kept.get(name)
        if notice == before:
            return
        self._kept[name] = notice
        if before is None:
            self._waiting.append(notice)
        elif before in self._waiting:
            self._waiting[self._waiting.index(before)] = notice
        self._show()

    def withdraw(self, name: str) -> None:
        """Take a kept line away, whether or not it is still shown."""
        notice = self._kept.pop(name, None)
        if notice is not None:
            self._withdraw(notice)

    def leave_free(self, width: int) -> None:
        """Stay out of the page's right edge, where a panel lies over it."""
        self._covered = width
        self._place()

    def dismiss(self) -> None:
        """Put the shown line away."""
        if self._waiting:
            self._waiting.pop()
        self._show()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay at the page's lower edge."""
        if watched is self._page and event.type() == QEvent.Type.Resize:
            self._place()
        return False

    def _withdraw(self, notice: Notice) -> None:
        if notice in self._waiting:
            self._waiting.remove(notice)
            self._show()

    def _act(self) -> None:
        notice = self._waiting[-1] if self._waiting else None
        if notice is None:
            return
        if notice not in self._kept.values():
            self.dismiss()
        if notice.act is not None:
            notice.act()

    def _show(self) -> None:
        if not self._waiting:
            self.hide()
            return
        notice = self._waiting[-1]
        name, colour = _ICONS[notice.tone]
        self._mark.setPixmap(icon(name, colour=colour).pixmap(20, 20))
        self._text.setText(notice.text)
        self._action.setText(notice.action)
        self._action.setAccessibleName(notice.action)
        self._action.setVisible(bool(notice.action))
        self._count.setText(f"1 of {len(self._waiting)}" if len(self._waiting) > 1 else "")
        self._place()
        self.show()
        self.raise_()

    def _place(self) -> None:
        """Be as wide as the words ask for; where the page has no such room, be higher instead."""
        free = self._page.width() - self._covered
        if free < _NARROWEST + 2 * _GAP:
            free = self._page.width()
        room = max(_NARROWEST, min(_WIDEST, round(free * _SHARE)))
        metrics, text = self._text.fontMetrics(), self._text.text()
        others = self._mark, self._count, self._action, self._close
        beside = 4 * STEP + sum(_width(widget) + 2 * STEP for widget in others if not widget.isHidden())
        width = min(room, max(_NARROWEST, metrics.horizontalAdvance(text) + STEP + beside))
        column = QRect(0, 0, width - beside, self._page.height())
        lines = metrics.boundingRect(column, Qt.TextFlag.TextWordWrap, text).height()
        self.setFixedSize(width, max(ROW + STEP, lines + 3 * STEP))
        left = (free - self.width()) // 2
        self.move(left, self._page.height() - self.height() - _GAP)

    def _lay_out(self) -> None:
        self._close.setIcon(icon("close"))
        self._close.setToolTip(plain("Put this line away"))
        self._close.setAccessibleName("Put this line away")
        row = QHBoxLayout(self)
        row.setContentsMargins(3 * STEP, 0, STEP, 0)
        row.setSpacing(2 * STEP)
        row.addWidget(self._mark)
        row.addWidget(self._text, 1)
        row.addWidget(self._count)
        row.addWidget(self._action)
        row.addWidget(self._close)


def _width(widget: QWidget) -> int:
    """Return how wide a widget is going to be; a size that was fixed is no hint."""
    return widget.sizeHint().expandedTo(widget.minimumSize()).width()
