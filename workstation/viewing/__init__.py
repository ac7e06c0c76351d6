"""What the screen shows, without a screen: layout, viewports, window, camera, marks, undo.

Data comes from ``dicom`` (records) and from hands, as commands; every change is told through a
signal, with who asked. Rendering, frames, workflow and the window may import it.
"""

from workstation.viewing.automatic import automatic_window
from workstation.viewing.camera import Camera, Fit, View, device_point
from workstation.viewing.errors import SnapshotBroken, ViewingError
from workstation.viewing.presets import Preset, presets, window_of_digit
from workstation.viewing.window import Window, offered

__all__ = [
    "Camera",
    "Fit",
    "Preset",
    "SnapshotBroken",
    "View",
    "ViewingError",
    "Window",
    "automatic_window",
    "device_point",
    "offered",
    "presets",
    "window_of_digit",
]
