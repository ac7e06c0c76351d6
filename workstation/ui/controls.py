"""The few controls that the pages are made of, each with its look, its name and its text rules.

Texts from DICOM may hold anything, markup included: every label made here shows plain text.
"""

from __future__ import annotations

import html
from collections.abc import Container
from typing import Final

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QFrame,
    QLabel,
    QLayout,
    QPushButton,
    QSizePolicy,
    QStyle,
    QStyleOptionButton,
    QStylePainter,
    QToolButton,
    QWidget,
)

from workstation.ui.theme import ICON, PALETTE, FontSize, font

_KEY_GAP: Final = "   "
ENTER_KEYS: Final = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_OWN_KEYS: Final = (Qt.Key.Key_Space, *ENTER_KEYS)


class Label(QLabel):
    """Plain text; where it doesn't fit it ends in "…" and the tooltip has all of it."""

    def __init__(
        self,
        text: str = "",
        *,
        role: str = "",
        size: FontSize = FontSize.TEXT,
        strong: bool = False,
        elided: bool = False,
        wrapped: bool = False,
    ) -> None:
        super().__init__()
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setProperty("role", role)
        self.setFont(font(size, strong=strong))
        self.setWordWrap(wrapped)
        self._elided = elided
        if elided:
            self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.setText(text)

    def setText(self, text: str) -> None:
        """Show another text."""
        super().setText(text)
        if self._elided:
            self.setToolTip(plain(text))

    def set_role(self, role: str) -> None:
        """Change what the text means, and so its colour."""
        if self.property("role") != role:
            self.setProperty("role", role)
            self.style().unpolish(self)
            self.style().polish(self)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the text, shortened where it must be."""
        if not self._elided:
            super().paintEvent(event)
            return
        painter = QPainter(self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        shown = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, self.width())
        painter.drawText(self.rect(), self.alignment() | Qt.AlignmentFlag.AlignVCenter, shown)


class IconButton(QToolButton):
    """An icon with a tooltip and an accessible name; a click leaves the keys where they are."""

    def __init__(self) -> None:
        super().__init__()
        self.setIconSize(QSize(ICON, ICON))
        self.setFixedSize(QSize(36, 32))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def event(self, event: QEvent) -> bool:
        """Keep the keys that press a button, which elsewhere on the page mean something else."""
        return kept(event, _OWN_KEYS) or super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Let Enter press as Space does."""
        if not _pressed(self, event):
            super().keyPressEvent(event)


class Button(QPushButton):
    """A button with words, and its key in a quieter tone."""

    def __init__(self, text: str, *, kind: str = "", key: str = "", hint: str = "") -> None:
        super().__init__()
        self._key, self._hint = key, hint
        self.setProperty("kind", kind)
        self.setFont(font())
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.rename(text)

    def rename(self, text: str) -> None:
        """Say something else; key and hint stay."""
        self._words = text
        self.setText(f"{text}{_KEY_GAP}{self._key}" if self._key else text)
        self.setAccessibleName(text)
        self.setToolTip(plain(self._hint or (f"{text} ({self._key})" if self._key else text)))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the key more quietly than the words."""
        if not self._key:
            super().paintEvent(event)
            return
        option = QStyleOptionButton()
        self.initStyleOption(option)
        option.text = ""
        painter = QStylePainter(self)
        painter.drawControl(QStyle.ControlElement.CE_PushButton, option)
        words = self.fontMetrics().horizontalAdvance(self._words + _KEY_GAP)
        inside = self.rect()
        inside.setLeft((self.width() - self.fontMetrics().horizontalAdvance(self.text())) // 2)
        painter.drawText(inside, Qt.AlignmentFlag.AlignVCenter, self._words)
        painter.setPen(QColor(PALETTE.secondary))
        painter.drawText(inside.adjusted(words, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, self._key)

    def event(self, event: QEvent) -> bool:
        """Keep the keys that press a button, which elsewhere on the page mean something else."""
        return kept(event, _OWN_KEYS) or super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Let Enter press as Space does."""
        if not _pressed(self, event):
            super().keyPressEvent(event)


def caption(text: str) -> Label:
    """Return a heading of a group: small capitals' height, spaced, quiet."""
    made = Label(text.upper(), role="secondary", size=FontSize.CAPTION, strong=True)
    made.setFont(font(FontSize.CAPTION, strong=True, spaced=True))
    return made


def rule(*, vertical: bool = False) -> QFrame:
    """Return a hairline."""
    made = QFrame()
    made.setProperty("kind", "rule")
    if vertical:
        made.setFixedSize(1, ICON)
    else:
        made.setFixedHeight(1)
    return made


def panel(kind: str, layout: QLayout, *, margins: tuple[int, int, int, int] = (0, 0, 0, 0)) -> QWidget:
    """Return a plain surface of a kind that the style sheet knows."""
    made = QWidget()
    made.setProperty("kind", kind)
    made.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
    layout.setContentsMargins(*margins)
    made.setLayout(layout)
    return made


def plain(text: str) -> str:
    """Return a text that a tooltip shows as it is, whatever markup it holds."""
    return f"<p style='white-space:pre-wrap'>{html.escape(text)}</p>" if text else ""


def kept(event: QEvent, keys: Container[int]) -> bool:
    """Say whether an event offers one of these keys to the page's commands, and keep it from them."""
    is_one = (
        event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and event.key() in keys
    )
    if is_one:
        event.accept()
    return is_one


def elide(metrics: QFontMetrics, text: str, width: int) -> str:
    """Return a text that fits."""
    return metrics.elidedText(text, Qt.TextElideMode.ElideRight, max(width, 0))


def _pressed(button: QAbstractButton, event: QKeyEvent) -> bool:
    pressed = event.key() in ENTER_KEYS
    if pressed:
        button.click()
    return pressed
