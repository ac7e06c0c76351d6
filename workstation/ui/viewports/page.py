"""What all viewports of the page have in common: the tool, the chosen mark, who has the keys."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal


class PageState(QObject):
    """A few plain values, and a signal when one of them is another."""

    changed = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.tool = "tool-window"
        self.mark = ""
        self.active = 0
        self.has_keys = False

    def choose(self, mark_id: str) -> None:
        """Make a mark the chosen one, "" for none."""
        if mark_id != self.mark:
            self.mark = mark_id
            self.changed.emit()

    def take_tool(self, tool: str) -> None:
        """Give the left button another tool."""
        if tool != self.tool:
            self.tool = tool
            self.changed.emit()

    def set_active(self, pane: int) -> None:
        """Let another viewport be the active one."""
        if pane != self.active:
            self.active = pane
            self.changed.emit()

    def set_keys(self, has_keys: bool) -> None:
        """Say whether the images have the keys."""
        if has_keys != self.has_keys:
            self.has_keys = has_keys
            self.changed.emit()
