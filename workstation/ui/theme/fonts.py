"""The one typeface, in its four sizes, with figures that do not dance when they change.

Units:   logical pixels. Only these sizes exist: 11 captions, 13 text, 16 a name, 22 an empty page.
"""

from __future__ import annotations

from enum import IntEnum
from functools import cache
from typing import Final

from PySide6.QtGui import QFont, QFontDatabase

FAMILIES: Final = ("Inter", "Segoe UI", "SF Pro Text", ".AppleSystemUIFont", "Noto Sans")
FIXED: Final = ("DejaVu Sans Mono", "Consolas", "SF Mono", "Menlo", "Noto Sans Mono", "Liberation Mono")
_TABULAR: Final = "tnum"  # OpenType: figures of one width


class FontSize(IntEnum):
    """The sizes that the window uses, in pixels."""

    CAPTION = 11
    TEXT = 13
    NAME = 16
    TITLE = 22


def font(size: FontSize = FontSize.TEXT, *, strong: bool = False, spaced: bool = False) -> QFont:
    """Return the window's typeface; figures always have one width.

    ``spaced`` opens the letters of a caption in capitals.
    """
    made = QFont(list(_families()))
    made.setPixelSize(size)
    made.setWeight(QFont.Weight.DemiBold if strong else QFont.Weight.Normal)
    made.setHintingPreference(QFont.HintingPreference.PreferNoHinting)  # the letters as they were drawn
    made.setFeature(QFont.Tag(_TABULAR), 1)
    if spaced:
        made.setLetterSpacing(QFont.SpacingType.PercentageSpacing, 106)
    return made


def fixed_font(size: FontSize = FontSize.TEXT) -> QFont:
    """Return a typeface whose letters all have one width and cannot be mistaken: for keys on paper."""
    made = QFont([*FIXED, QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont).family()])
    made.setPixelSize(size)
    made.setStyleHint(QFont.StyleHint.Monospace)
    made.setFixedPitch(True)
    return made


@cache
def _families() -> tuple[str, ...]:
    """Return the wanted families that are installed, or the system's own."""
    installed = set(QFontDatabase.families())
    found = tuple(family for family in FAMILIES if family in installed)
    return found or (QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont).family(),)
