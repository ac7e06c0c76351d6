"""The image area: viewports in a grid, each a thin shell that copies device pixels to the screen.

Pictures come ready from ``contracts.Reading``; what is drawn over them is drawn from plain values.
Only ``reading`` and ``main_window`` import it.
"""

from workstation.ui.viewports.grid import ViewportGrid
from workstation.ui.viewports.viewport import Viewport

__all__ = ["Viewport", "ViewportGrid"]
