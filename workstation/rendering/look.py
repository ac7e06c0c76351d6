"""How stored values become what the screen is sent: one table for all of them.

Modality, window, inversion and the screen's own calibration are four steps by the standard and one
look-up by the time pixels are touched: dragging the window builds a table and looks up again.

Units:   stored values in; out of it the screen's driving levels, as its display table has them.
Shapes:  tables (Domain.top + 1,), of the display table's type.
Errors:  WindowRefused (see ``dicom.voi``) for a window that means nothing.
Source:  PS3.4 N.2.1 (the grayscale transformation sequence); PS3.14 for the display table.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from workstation.dicom.lookups import NONE, Lookups
from workstation.dicom.modality import FloatArray, Modality, Rescale, modality_values
from workstation.dicom.model import InstanceRecord, VoiWindow
from workstation.dicom.presentation import is_inverted
from workstation.dicom.voi import Voi, apply_voi
from workstation.rendering.picture import Domain

Levels = NDArray[np.uint8] | NDArray[np.uint16]

CACHED: Final = 32  # tables: a screen full of viewports, a window for each


@dataclass(frozen=True, slots=True, eq=False)
class DisplayTable:
    """What a screen must be sent for each of equally spaced P-values, the least first.

    Its length is how finely P-values are told apart, its type how deep the screen is: uint8 for 256
    levels, uint16 for more. Two tables are equal only if they are the same object.
    """

    levels: Levels

    def __post_init__(self) -> None:
        self.levels.setflags(write=False)

    @property
    def black(self) -> int:
        """What is sent where there is no picture."""
        return int(self.levels[0])

    @property
    def brightest(self) -> int:
        """The greatest level that is ever sent, at least 1."""
        return max(1, int(self.levels.max()))

    def apply(self, shown: FloatArray) -> Levels:
        """Return the levels for values from 0, black, to 1, white."""
        return self.levels[np.rint(shown * (self.levels.size - 1)).astype(np.intp)]


UNCALIBRATED: Final = DisplayTable(np.arange(256, dtype=np.uint8))


@dataclass(frozen=True, slots=True)
class Look:
    """Everything that decides the greys of a picture, apart from its pixels.

    ``voi`` None shows all values from the least to the greatest that there can be, and colours as
    they are; a window given for a colour picture works on its luminance.
    """

    voi: Voi | None = None
    modality: Modality = field(default_factory=Rescale)
    inverted: bool = False
    display: DisplayTable = UNCALIBRATED


def look_of(
    record: InstanceRecord,
    frame: int,
    voi: Voi | None,
    *,
    lookups: Lookups = NONE,
    inverted: bool = False,
    display: DisplayTable = UNCALIBRATED,
) -> Look:
    """Return the look of a frame as its header asks for it, inverted once more if the reader did."""
    facts = record.facts(frame)
    photometric = record.pixel.photometric if record.pixel else ""
    return Look(
        voi=voi,
        modality=lookups.modality or Rescale(facts.slope, facts.intercept),
        inverted=inverted != is_inverted(photometric, record.presentation),
        display=display,
    )


@lru_cache(CACHED)
def level_table(look: Look, domain: Domain) -> Levels:
    """Return the screen's level for every index of the domain.

    Between two stored values the table goes straight from one grey to the next.
    """
    shown = shown_values(np.arange(domain.low, domain.high + 1), look)
    table = look.display.apply(_finer(shown, 1 << domain.fraction))
    table.setflags(write=False)
    return table


def shown_values(stored: NDArray[Any], look: Look) -> FloatArray:
    """Return from 0, black, to 1, white, what each stored value is shown as."""
    values = modality_values(stored, look.modality)
    shown = apply_voi(values, look.voi or whole_range(values))
    return 1 - shown if look.inverted else shown


def whole_range(values: FloatArray) -> VoiWindow:
    """Return the window that shows the least value black and the greatest white."""
    low, high = float(values.min()), float(values.max())
    return VoiWindow((low + high) / 2, (high - low) or 1.0, function="LINEAR_EXACT")


def _finer(shown: FloatArray, steps: int) -> FloatArray:
    """Put ``steps`` - 1 further values, evenly, between each two."""
    if steps == 1:
        return shown
    fine = shown[:-1, np.newaxis] + np.diff(shown)[:, np.newaxis] * (np.arange(steps) / steps)
    return np.append(fine.ravel(), shown[-1])
