"""Errors that a person can act on: what happened, where, and what to do.

The lowest rung: every package raises its own subclass of ``LumenError``, nobody catches it but
the window (a line where the reader looks) and the command line (a line and an exit code).
"""

from workstation.errors.base import Cancelled, LumenError, calm

__all__ = ["Cancelled", "LumenError", "calm"]
