"""Typed signals with weakly held listeners, for everything below the window.

Qt's own signals stay in ``ui``; ``ui.bridge`` carries these over to the main thread.
"""

from workstation.events.signal import Signal

__all__ = ["Signal"]
