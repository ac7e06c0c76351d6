"""What the screen shows, without a screen: layout, viewports, window, camera, marks, undo.

Data comes from ``dicom`` (records) and from hands, as ``commands``; every change is told through a
signal, with who asked. Rendering, frames, workflow and the window may import it.
"""

from workstation.viewing import commands
from workstation.viewing.automatic import automatic_window
from workstation.viewing.badges import Badge, badges
from workstation.viewing.camera import UPRIGHT, Camera, Fit, View, device_point
from workstation.viewing.changes import (
    Change,
    Edit,
    LayoutChanged,
    MarkChanged,
    StacksChanged,
    StudyOpened,
    ViewportChanged,
)
from workstation.viewing.corners import Corners, corner_texts
from workstation.viewing.errors import SnapshotBroken, ViewingError
from workstation.viewing.layout import PANES, Layout
from workstation.viewing.picture import fit_of, letters_of, mm_per_device_pixel, pixel_aspect
from workstation.viewing.presets import Preset, presets, window_of_digit
from workstation.viewing.scale_bar import ScaleBar, scale_bar
from workstation.viewing.screen import Screen
from workstation.viewing.seen import SeenLedger
from workstation.viewing.snapshot import Snapshot
from workstation.viewing.viewport import ViewportState
from workstation.viewing.window import Window, offered

__all__ = [
    "PANES",
    "UPRIGHT",
    "Badge",
    "Camera",
    "Change",
    "Corners",
    "Edit",
    "Fit",
    "Layout",
    "LayoutChanged",
    "MarkChanged",
    "Preset",
    "ScaleBar",
    "Screen",
    "SeenLedger",
    "Snapshot",
    "SnapshotBroken",
    "StacksChanged",
    "StudyOpened",
    "View",
    "ViewingError",
    "ViewportChanged",
    "ViewportState",
    "Window",
    "automatic_window",
    "badges",
    "commands",
    "corner_texts",
    "device_point",
    "fit_of",
    "letters_of",
    "mm_per_device_pixel",
    "offered",
    "pixel_aspect",
    "presets",
    "scale_bar",
    "window_of_digit",
]
