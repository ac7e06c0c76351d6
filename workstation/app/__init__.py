"""Puts the pieces together: settings, store, window; owns what only the whole program can.

Only ``__main__`` imports it. What Qt alone knows goes down from here as callables and events.
"""

from workstation.app.window import NoDisplay, open_window

__all__ = ["NoDisplay", "open_window"]
