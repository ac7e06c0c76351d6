"""The colours of the window, once.

A reading room is dark: a bright patch beside the image costs the reader contrast in the image, so
nothing outside it is brighter than ``text``.

Units:   colours are sRGB, written ``#rrggbb``; contrast is the ratio of WCAG 2.1, 1 to 21.
Source:  WCAG 2.1, "relative luminance" and success criterion 1.4.3 (4.5 : 1 for text).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Palette:
    """Every colour by its role."""

    image: str = "#000000"
    window: str = "#0c0e11"
    panel: str = "#14171b"
    raised: str = "#1c2026"
    line: str = "#2a2f37"
    disabled: str = "#6f7884"
    secondary: str = "#8d96a1"
    text: str = "#c8cfd7"
    accent: str = "#4a9fd8"
    fault: str = "#e0605a"
    attention: str = "#d6a03f"
    good: str = "#5aa86a"
    mark: str = "#f2d16b"  # annotation on images
    mark_selected: str = "#7fd1ff"
    prior: str = "#b59cf0"


PALETTE: Final = Palette()


def mix(over: str, under: str, share: float) -> str:
    """Return ``over`` laid on ``under`` with an opacity from 0 to 1.

    >>> mix("#ffffff", "#000000", 0.2)
    '#333333'
    """
    pairs = zip(_channels(over), _channels(under), strict=True)
    return "#" + "".join(f"{round(top * share + below * (1 - share)):02x}" for top, below in pairs)


def luminance(colour: str) -> float:
    """Return the relative luminance, 0 black to 1 white."""
    red, green, blue = (_linear(channel / 255) for channel in _channels(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours.

    >>> contrast("#000000", "#ffffff")
    21.0
    """
    dark, bright = sorted((luminance(one), luminance(other)))
    return (bright + 0.05) / (dark + 0.05)


def _channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.03928 else float(((channel + 0.055) / 1.055) ** 2.4)
