"""Panels beside or over a page: what could not be read, the sheet of keys, the command palette."""

from workstation.ui.panels.keys import KeySheet
from workstation.ui.panels.palette import CommandPalette
from workstation.ui.panels.refusals import RefusalsPanel

__all__ = ["CommandPalette", "KeySheet", "RefusalsPanel"]
