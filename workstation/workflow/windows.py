"""Which windows a picture has: the file's own, the modality's, and one from its values.

A file that brings a VOI LUT was drawn to be seen through it, so it comes before the file's windows;
where the file is silent, the picture's own values decide (MR), or the modality's habit (CT).

Source:  PS3.3 C.11.2 (several windows and tables are alternatives).
"""

from __future__ import annotations

from typing import Any

from numpy.typing import NDArray

from workstation.dicom.lookups import Lookups
from workstation.dicom.lut import Lut
from workstation.dicom.modality import Rescale, is_padding, modality_values
from workstation.dicom.model import InstanceRecord, VoiWindow
from workstation.dicom.voi import Voi
from workstation.viewing import Window, automatic_window, offered, presets, window_of_digit

_HABIT = {"CT": "abdomen"}  # by the name of the preset


def windows_of_file(record: InstanceRecord, frame: int, lookups: Lookups) -> tuple[Window, ...]:
    """Return what the file offers, its tables before its windows."""
    tables = [_window_of_table(table, n) for n, table in enumerate(lookups.voi_of(frame))]
    windows = [offered(window) for window in record.facts(frame).windows]
    return (*tables, *(window for window in windows if window is not None))


def opening_window(
    record: InstanceRecord, frame: int, lookups: Lookups, stored: NDArray[Any]
) -> Window | None:
    """Return the window that a picture opens with; None for colour."""
    if not is_grey(record):
        return None
    of_file = windows_of_file(record, frame, lookups)
    if of_file:
        return of_file[0]
    habit = _HABIT.get(record.series.modality)
    known = presets(record.series.modality, record.facts(frame).rescale_type)
    usual = next((preset.window for preset in known if preset.name == habit), None)
    return usual or window_of_values(record, frame, lookups, stored)


def window_behind(
    digit: int, record: InstanceRecord, frame: int, lookups: Lookups, stored: NDArray[Any]
) -> Window | None:
    """Return the window behind a digit key."""
    if not is_grey(record):
        return None
    known = presets(record.series.modality, record.facts(frame).rescale_type)
    automatic = window_of_values(record, frame, lookups, stored) if digit == 0 else None
    return window_of_digit(digit, known, windows_of_file(record, frame, lookups), automatic)


def window_of_values(
    record: InstanceRecord, frame: int, lookups: Lookups, stored: NDArray[Any]
) -> Window | None:
    """Return the window that the picture's own values ask for, padding left out."""
    measured = stored if record.padding is None else stored[~is_padding(stored, record.padding)]
    facts = record.facts(frame)
    modality = lookups.modality or Rescale(facts.slope, facts.intercept)
    if modality == Rescale(1.0, 0.0):
        return automatic_window(measured)
    return automatic_window(modality_values(measured, modality))


def _window_of_table(table: Lut, number: int) -> Window:
    """Return a table's input range as a window, so that a drag can begin from it."""
    width = max(2, table.entries.size)
    return Window(table.first + width / 2, float(width), name=table.explanation.strip(), lut=number)


def voi_of(window: Window | None, frame: int, lookups: Lookups) -> Voi | None:
    """Return the window as the pipeline takes it."""
    if window is None:
        return None
    tables = lookups.voi_of(frame)
    if window.lut is not None and window.lut < len(tables):
        return tables[window.lut]
    return VoiWindow(window.center, window.width, window.name, window.function)


def is_grey(record: InstanceRecord) -> bool:
    """Tell whether a window means anything for this image."""
    pixel = record.pixel
    return pixel is not None and pixel.samples == 1 and pixel.photometric != "PALETTE COLOR"
