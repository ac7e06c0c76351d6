"""The window: which values of a picture are spread over black to white.

It belongs to the view, not to the image: the same pixels may be seen in several windows at once.

Units:   centre and width in modality values (HU, counts, …); a drag in pixels of the screen, each as
         large as on a plain display (device pixels divided by the display's ratio).
Errors:  ViewingError for a centre or width that the standard doesn't allow.
Source:  PS3.3 C.11.2.1.2 (window centre and width), C.11.2.1.3 (VOI LUT function).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Final

from workstation.dicom.model import VoiFunction, VoiWindow
from workstation.viewing.errors import ViewingError

# C.11.2.1.2.1: a LINEAR window is at least 1 wide; C.11.2.1.3: the other functions need only be above 0.
NARROWEST_LINEAR: Final = 1.0
NARROWEST_SHARE: Final = 1e-3  # of the data's range, for the other functions

# A drag over this many pixels changes the window by its own width …
DRAG_PIXELS: Final = 400

# … but a pixel is never worth less than this share of the data's range (1 HU in CT), so that lung is
# reached from a stroke window in one stroke of the hand.
SLOWEST_SHARE: Final = 1 / 4096


@dataclass(frozen=True, slots=True)
class Window:
    """A window with its name ("brain"), or look-up table ``lut`` of the file with its input range."""

    center: float
    width: float
    function: VoiFunction = "LINEAR"
    name: str = ""
    lut: int | None = None

    def __post_init__(self) -> None:
        if not (math.isfinite(self.center) and math.isfinite(self.width) and self.width > 0):
            raise ViewingError(f"a window of centre {self.center:g} and width {self.width:g} shows nothing")
        if self.function == "LINEAR" and self.width < NARROWEST_LINEAR:
            raise ViewingError(f"a linear window must be at least 1 wide, not {self.width:g}")

    def dragged(self, right: float, down: float, data_range: float | None = None) -> Window:
        """Return the window after a drag that began at this one: right is wider, down is darker.

        Both are counted from where the button went down, so the way back leads to the same window.
        ``data_range`` is how far the picture's values spread, where that is known.
        """
        step = max(self.width / DRAG_PIXELS, (data_range or 0) * SLOWEST_SHARE)
        narrowest = NARROWEST_LINEAR if self.function == "LINEAR" else self._narrowest(data_range)
        width = max(self.width + right * step, min(narrowest, self.width))
        return replace(self, center=self.center + down * step, width=width, name="", lut=None)

    def text(self) -> str:
        """Return what the corner of the picture says, "C 38 W 76"."""
        values = f"C {_figure(self.center, self.width)} W {_figure(self.width, self.width)}"
        name = f"LUT {self.lut + 1}" if self.lut is not None and not self.name else self.name
        return f"{values} · {name}" if name else values

    def _narrowest(self, data_range: float | None) -> float:
        return (data_range or self.width) * NARROWEST_SHARE


def offered(window: VoiWindow) -> Window | None:
    """Return a window that the file offers, None for one that the standard doesn't allow."""
    try:
        return Window(window.center, window.width, window.function, window.explanation.strip())
    except ViewingError:
        return None


def _figure(value: float, width: float) -> str:
    """Write a value as finely as a window of this width needs it, with a true minus sign."""
    decimals = min(6, max(0, math.ceil(1 - math.log10(width))))
    return f"{value:.{decimals}f}".replace("-", "\N{MINUS SIGN}")
