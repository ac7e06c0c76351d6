"""The list, or what stands in its place: nothing yet, nothing that matches, not open."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from workstation.ui.actions import Actions
from workstation.ui.controls import Button
from workstation.ui.empty import Empty


class ListStack(QStackedWidget):
    """Says ``asked_all`` when everything is to be shown again."""

    asked_all = Signal()

    def __init__(self, table: QWidget, actions: Actions) -> None:
        super().__init__()
        self._table = table
        self.nothing_yet = Empty(
            "No studies yet",
            "Drop a folder, a zip or a CD on the window, or choose what to import.",
            [_button(actions, "import-files", "Files"), _button(actions, "import-folder", "Folder")],
        )
        clear = Button("Clear search and filters", key="Esc")
        clear.clicked.connect(lambda *_: self.asked_all.emit())
        self.no_match = Empty("Nothing matches", "No study has all of these words and filters.", [clear])
        self.all_read = Empty("Nothing to read", "What is here is there only for comparison.", [])
        self.again = Button("Try again", kind="primary")
        self.again.clicked.connect(self._try_again)
        self.not_open = Empty("", "", [self.again])
        self.is_open = True
        self._way_in: Callable[[], object] | None = None
        for page in (table, self.no_match, self.all_read, self.nothing_yet, self.not_open):
            self.addWidget(page)

    def hold(self, title: str, line: str, again: Callable[[], object] | None) -> None:
        """Say why there is no list yet."""
        self.is_open, self._way_in = False, again
        self.not_open.say(title, line)
        self.again.setVisible(again is not None)

    def offer_again(self) -> None:
        """Give the way in the keys, if there is one."""
        if self._way_in is not None:
            self.again.setFocus(Qt.FocusReason.OtherFocusReason)

    def release(self) -> None:
        """Show the list as it is."""
        self.is_open, self._way_in = True, None

    def follow(self, *, shown: int, known: int, asks: bool) -> None:
        """Show the list, or why it is empty; an empty store and one that is not open are two things."""
        empty = self.nothing_yet if self.is_open else self.not_open
        no_row = self.no_match if asks else self.all_read
        self.setCurrentWidget(self._table if shown else no_row if known else empty)

    def _try_again(self) -> None:
        if self._way_in is not None:
            self._way_in()


def _button(actions: Actions, name: str, text: str) -> Button:
    action = actions[name]
    made = Button(f"Import {text.lower()}", key=action.shortcut().toString().replace("+", " "))
    made.clicked.connect(action.trigger)
    return made
