"""The mouse tools: each turns a gesture into viewing's commands, one file a tool.

They know a viewport only as a ``Stage`` and never touch a widget. Only ``viewports`` and
``reading`` import them.
"""

from workstation.ui.tools.length import LengthDrag, MarkDrag
from workstation.ui.tools.pan import PanDrag
from workstation.ui.tools.scroll import ScrollDrag, Wheel
from workstation.ui.tools.stage import Drag, Stage
from workstation.ui.tools.window_level import WindowDrag
from workstation.ui.tools.zoom import ZoomDrag, zoom_by_wheel

__all__ = [
    "Drag",
    "LengthDrag",
    "MarkDrag",
    "PanDrag",
    "ScrollDrag",
    "Stage",
    "Wheel",
    "WindowDrag",
    "ZoomDrag",
    "zoom_by_wheel",
]
