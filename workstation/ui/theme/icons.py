"""Icons by what they mean here; the family is Phosphor's outlined one.

The font file comes with qtawesome (both are MIT-licensed). It is read directly: importing that
package would cost the start a fifth of a second.
"""

from __future__ import annotations

import json
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QIcon, QIconEngine, QPainter, QPixmap

from workstation.ui.theme.palette import PALETTE, mix

ICONS: Final = {
    "attention": "warning",
    "back": "caret-left",
    "cancel": "x",
    "check": "check",
    "clear": "x-circle",
    "close": "x",
    "fault": "warning-circle",
    "file": "file",
    "folder": "folder-open",
    "held": "pause",
    "import": "download-simple",
    "info": "info",
    "invert": "swap",
    "keys": "keyboard",
    "layout": "grid-four",
    "length": "ruler",
    "next": "caret-right",
    "open": "caret-right",
    "opened": "caret-down",
    "pan": "arrows-out-cardinal",
    "reset": "arrow-counter-clockwise",
    "running": "dots-three",
    "scroll": "stack",
    "search": "magnifying-glass",
    "sending": "arrow-up",
    "series": "columns",
    "skipped": "minus",
    "texts": "text-aa",
    "up": "arrow-up",
    "waiting": "clock",
    "window": "circle-half",
    "zoom": "magnifying-glass-plus",
}
_DISABLED: Final = mix(PALETTE.disabled, PALETTE.panel, 0.5)
_FONT: Final = "phosphor-1.3.0.ttf"
_CHARACTERS: Final = "phosphor-charmap-1.3.0.json"


def icon(name: str, *, colour: str = PALETTE.secondary) -> QIcon:
    """Return an icon by its meaning; it lights up when its control is on."""
    return QIcon(_Glyph(_glyphs()[ICONS[name]], colour))


class _Glyph(QIconEngine):
    """One character of the icon font, drawn sharp at any scale."""

    def __init__(self, character: str, colour: str) -> None:
        super().__init__()
        self._character = character
        self._colour = colour

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        """Draw it to fill ``rect``."""
        painter.save()
        painter.setFont(_font(rect.height()))
        painter.setPen(QColor(self._colour_of(mode, state)))
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, self._character)
        painter.restore()

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        """Draw it on nothing; Qt asks in device pixels."""
        pixmap = QPixmap(size)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        self.paint(painter, QRect(QPoint(), size), mode, state)
        painter.end()
        return pixmap

    def clone(self) -> QIconEngine:
        """Make another; Qt does when an icon is copied and changed."""
        return _Glyph(self._character, self._colour)

    def _colour_of(self, mode: QIcon.Mode, state: QIcon.State) -> str:
        if mode == QIcon.Mode.Disabled:
            return _DISABLED
        return PALETTE.mark_selected if state == QIcon.State.On else self._colour


def _font(height: int) -> QFont:
    made = QFont(_family())
    made.setPixelSize(max(height, 1))
    return made


@cache
def _family() -> str:
    number = QFontDatabase.addApplicationFont(str(_folder() / _FONT))
    return QFontDatabase.applicationFontFamilies(number)[0]


@cache
def _glyphs() -> dict[str, str]:
    codes: dict[str, str] = json.loads((_folder() / _CHARACTERS).read_text(encoding="utf-8"))
    return {name: chr(int(codes[name], 16)) for name in ICONS.values()}


@cache
def _folder() -> Path:
    spec = find_spec("qtawesome")
    if spec is None or not spec.submodule_search_locations:
        raise FileNotFoundError("the icon font of qtawesome is not installed")
    return Path(spec.submodule_search_locations[0]) / "fonts"
