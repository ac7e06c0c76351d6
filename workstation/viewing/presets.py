"""Windows that readers call by a digit.

A preset is found by its name or digit, never by its place in a list (a list that changed made keys
labelled bone show the liver, in a viewer that many use). 0 is automatic, 1 and 2 are the file's own
windows, 3 to 9 the modality's.

Units:   HU for CT; g/ml for PET whose values are SUV. Presets hold for no other units.
Source:  the common ground of Weasis's, OHIF's, Horos's and InVesalius's tables; digits as in Weasis
         where it has them (3 brain, 4 abdomen, 5 mediastinum, 6 bone, 7 lung).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from workstation.viewing.window import Window

AUTOMATIC: Final = 0
OF_THE_FILE: Final = (1, 2)


@dataclass(frozen=True, slots=True)
class Preset:
    """A window by name; not every one has a digit."""

    window: Window
    digit: int | None = None

    @property
    def name(self) -> str:
        """Return its name, as the corner of the picture shows it."""
        return self.window.name


def _preset(name: str, width: float, center: float, digit: int | None = None) -> Preset:
    return Preset(Window(center, width, name=name), digit)


def _suv(highest: float, digit: int) -> Preset:
    return Preset(Window(highest / 2, highest, "LINEAR_EXACT", f"SUV 0–{highest:g}"), digit)


_CT: Final = (
    _preset("brain", 80, 40, 3),
    _preset("abdomen", 400, 40, 4),
    _preset("mediastinum", 350, 25, 5),
    _preset("bone", 2000, 300, 6),
    _preset("lung", 1500, -600, 7),
    _preset("liver", 150, 90, 8),
    _preset("stroke", 40, 40, 9),
    _preset("subdural", 200, 75),
    _preset("angiography", 600, 300),
)
_SUV: Final = (_suv(5, 3), _suv(10, 4), _suv(15, 5))


def presets(modality: str, unit: str = "") -> tuple[Preset, ...]:
    """Return the presets that hold for values of this modality and unit (Rescale Type, SUV)."""
    if modality == "CT" and unit in {"HU", ""}:  # C.8.2.1.1: HU is what CT means if it says nothing
        return _CT
    if modality == "PT" and unit == "SUV":
        return _SUV
    return ()


def window_of_digit(
    digit: int, known: Sequence[Preset], of_file: Sequence[Window], automatic: Window | None
) -> Window | None:
    """Return the window behind a digit, None if there is none."""
    if digit == AUTOMATIC:
        return automatic
    if digit in OF_THE_FILE:
        return next(iter(of_file[digit - 1 : digit]), None)
    return next((preset.window for preset in known if preset.digit == digit), None)
