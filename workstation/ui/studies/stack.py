"""The list, or what stands in its place: nothing yet, nothing that matches, not open.

Where archives are set up, what matches nothing here can be looked for there.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from workstation.ui.actions import Actions
from workstation.ui.contracts import LineRow, LineStatus
from workstation.ui.controls import Button
from workstation.ui.empty import Empty

_NO_MATCH: Final = "No study here has all of these words and filters."


class ListStack(QStackedWidget):
    """Says ``asked_all`` when everything is to be shown again, ``asked_archives`` to look there."""

    asked_all = Signal()
    asked_archives = Signal()

    def __init__(self, table: QWidget, actions: Actions, *, has_archives: bool = False) -> None:
        super().__init__()
        self._table, self._has_archives = table, has_archives
        self.nothing_yet = Empty(
            *nothing_text(()),
            [_button(actions, "import-files", "Files"), _button(actions, "import-folder", "Folder")],
        )
        self._clear = clear = Button("Clear search and filters", key="Esc")
        clear.clicked.connect(lambda *_: self.asked_all.emit())
        self.archives = Button("Search the archives", kind="primary", key="Ctrl Shift F")
        self.archives.clicked.connect(lambda *_: self.asked_archives.emit())
        self.no_match = Empty("Nothing matches", _NO_MATCH, [self.archives, clear])
        self.all_read = Empty("Nothing to read", "What is here is there only for comparison.", [])
        self.again = Button("Try again", kind="primary")
        self.again.clicked.connect(self._try_again)
        self.not_open = Empty("", "", [self.again])
        self._words = ""  # that were typed
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

    def follow_lines(self, lines: Sequence[LineRow]) -> None:
        """Say of an empty list whether more could be known."""
        self.nothing_yet.say(*nothing_text(lines))

    def taker(self) -> QWidget:
        """Return what takes the keys: the list, or the way out of its absence."""
        if self.currentWidget() is not self.no_match:
            return self._table
        return self._clear if self.archives.isHidden() else self.archives

    def release(self) -> None:
        """Show the list as it is."""
        self.is_open, self._way_in = True, None

    def say_searched(self, line: str, *, goes_on: bool = False) -> None:
        """Say, where nothing matches, what comes of looking elsewhere."""
        self.no_match.say("Nothing matches", line)
        self.archives.setEnabled(not goes_on)

    def follow_words(self, words: str) -> None:
        """Offer to look elsewhere for words; what was found for other words counts no more."""
        if words != self._words:
            self._words = words
            self.say_searched(_NO_MATCH)
        self.archives.setVisible(self._has_archives and bool(words.strip()))

    def follow(self, *, shown: int, known: int, asks: bool) -> None:
        """Show the list, or why it is empty; an empty store and one that is not open are two things."""
        empty = self.nothing_yet if self.is_open else self.not_open
        no_row = self.no_match if asks else self.all_read
        is_sought = not known and self.is_open and bool(self._words.strip())
        self.setCurrentWidget(self._table if shown else no_row if known or is_sought else empty)

    def _try_again(self) -> None:
        if self._way_in is not None:
            self._way_in()


def nothing_text(lines: Sequence[LineRow]) -> tuple[str, str]:
    """Return a title and a line for an empty list: that nothing is to be read must be somebody's word."""
    drop = "drop a folder, a zip or a CD on the window, or choose what to import."
    names = {status: [row.name for row in lines if row.status is status] for status in LineStatus}
    silent = [row.name for row in lines if row.status is not LineStatus.ONLINE]
    if not lines:
        return "No studies yet", f"{drop[0].upper()}{drop[1:]}"
    if names[LineStatus.SIGNED_OUT]:
        who = " and ".join(names[LineStatus.SIGNED_OUT])
        return f"Signed out of {who}", f"The list comes when you have signed in. Until then {drop}"
    if silent:
        return (
            f"No word from {' and '.join(silent)}",
            f"The list comes when there is a line. Until then {drop}",
        )
    who = " and ".join(names[LineStatus.ONLINE])
    return (
        "Nothing to read",
        f"{who} {'lists' if len(lines) == 1 else 'list'} no study. What comes appears here.",
    )


def _button(actions: Actions, name: str, text: str) -> Button:
    action = actions[name]
    made = Button(f"Import {text.lower()}", key=action.shortcut().toString().replace("+", " "))
    made.clicked.connect(action.trigger)
    return made
