"""The bar above the list: search, chips, saved filters, what they leave, the next case, import.

What is asked for is one value, ``query``; the controls follow it. In a small window the modalities become a
menu and the count goes.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QWidget

from workstation.ui.actions import Actions
from workstation.ui.controls import Button, Label, panel, rule
from workstation.ui.studies import search
from workstation.ui.studies.chips import OF_A_STORE, OF_A_WORKLIST, ModalityChips, QuickChips
from workstation.ui.studies.listing import Listing
from workstation.ui.studies.query import Query
from workstation.ui.studies.saved_menu import SavedMenu
from workstation.ui.studies.words import NEARLY_DUE, time_left
from workstation.ui.theme import STEP, FontSize, icon
from workstation.ui.theme.sizes import BANNER
from workstation.ui.wording import amount, counted

_EDGE: Final = 4 * STEP
_GAP: Final = 2 * STEP


@dataclass(frozen=True, slots=True)
class _Room:
    """What the bar is made of."""

    field: int  # the least width of the search field
    modalities: bool  # chips, else a menu of them
    count: bool
    name: bool  # the program's
    quick: bool = True  # chips, else a menu of them


# From much room to little: where archives are, what is there to do is worth more than the modalities' chips.
_STEPS: Final = {
    False: (
        _Room(160, modalities=True, count=True, name=True),
        _Room(search.LEAST, modalities=True, count=True, name=True),
        _Room(search.LEAST, modalities=True, count=False, name=True),
        _Room(search.LEAST, modalities=False, count=False, name=True),
        _Room(search.LEAST, modalities=False, count=False, name=False, quick=False),
    ),
    True: (
        _Room(200, modalities=True, count=True, name=True),
        _Room(200, modalities=False, count=True, name=True),
        _Room(140, modalities=False, count=False, name=True),
        _Room(search.LEAST, modalities=False, count=False, name=False),
        _Room(search.LEAST, modalities=False, count=False, name=False, quick=False),
    ),
}


class FilterBar(QWidget):
    """Says ``changed`` with the query whenever it is another one, ``asked_next`` for the next case."""

    changed = Signal(object)
    asked_next = Signal()

    def __init__(self, actions: Actions, *, has_archives: bool) -> None:
        super().__init__()
        self._query = Query()
        self._length = (0, 0)  # of what is counted, in characters
        self._has_archives = has_archives
        self.search = search.Search()
        self.quick = QuickChips(OF_A_WORKLIST if has_archives else OF_A_STORE)
        self.modalities = ModalityChips()
        self.saved = SavedMenu()
        self.next_case = Button("Next case", kind="primary", key="N", hint="Open the next case to read (N)")
        self._divide = rule(vertical=True)
        self._count = Label(role="secondary")
        self._due = Label(strong=True)
        self._import = _import_button(actions, is_short=has_archives)
        self._mark = Label("Lumen", size=FontSize.NAME, strong=True)
        self._lay_out()
        self._connect()
        self.ask(self._query)

    @property
    def query(self) -> Query:
        """Return what is asked for."""
        return self._query

    def ask(self, query: Query) -> None:
        """Ask for something else."""
        is_other = query != self._query
        self._query = query
        if self.search.text() != query.text:
            self.search.setText(query.text)
        for follower in (self.quick, self.saved):
            follower.follow(query)
        self.modalities.follow(query.modalities)
        if is_other:
            self.changed.emit(query)

    def clear(self) -> None:
        """Ask for everything."""
        self.ask(Query())

    def offer(self, listing: Listing) -> None:
        """Follow what there is to choose from."""
        tally = listing.tally
        self.modalities.offer(listing.modalities)
        self._divide.setVisible(bool(listing.modalities))
        self.quick.count(tally, has_priors=len(listing.entries) > tally.studies)
        self._make_room()

    def count(self, listing: Listing, shown: int, total: int, now: datetime) -> None:
        """Say what is shown, or what there is to do."""
        asks = self._query.asks and total
        worklist = self._has_archives and listing.tally.studies and not asks
        everything = counted(total, "study", "studies")
        self._count.setText(
            _to_do(listing, now) if worklist else f"{amount(shown)} of {everything}" if asks else everything
        )
        due = listing.tally.next_due(now) if worklist else None
        self._due.setText(time_left(due - now) if due else "")
        self._due.set_role("fault" if due and due - now < NEARLY_DUE else "secondary")
        length = len(self._count.text()), len(self._due.text())  # figures all have one width
        if length != self._length:
            self._length = length
            self._make_room()

    def say_nothing(self) -> None:
        """Count nothing, as long as nothing is known."""
        self._count.setText("")
        self._due.setText("")

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Say less where there is little room."""
        super().resizeEvent(event)
        self._make_room()

    def _make_room(self) -> None:
        """Say less and less until it fits; no chip is ever cut."""
        for room in _STEPS[self._has_archives]:
            self.search.setMinimumWidth(room.field)
            self.quick.be_menu(is_menu=not room.quick)
            self.modalities.be_menu(is_menu=not room.modalities)
            for label in (self._count, self._due):
                label.setVisible(room.count and bool(label.text()))
            self._mark.setVisible(room.name)
            self._row.invalidate()  # what is nested in it has changed
            if self._row.minimumSize().width() <= self.width():
                break

    def _connect(self) -> None:
        self.search.textChanged.connect(lambda text: self.ask(replace(self._query, text=text)))
        self.quick.asked.connect(self.ask)
        self.modalities.chosen.connect(lambda names: self.ask(replace(self._query, modalities=names)))
        self.saved.asked.connect(self.ask)
        self.saved.kept.connect(lambda _: self.show_saved())
        self.next_case.clicked.connect(lambda *_: self.asked_next.emit())

    def show_saved(self) -> None:
        """Show the saved filters where there can be a use for them."""
        self.saved.setVisible(self._has_archives or bool(self.saved.filters))
        self._make_room()

    def _lay_out(self) -> None:
        row = self._row = QHBoxLayout()
        row.setSpacing(_GAP)
        row.addWidget(self._mark)
        row.addSpacing(3 * STEP)
        row.addWidget(self.search, 2)
        row.addSpacing(3 * STEP)
        row.addWidget(self.quick)
        row.addSpacing(STEP)
        row.addWidget(self._divide)
        row.addSpacing(STEP)
        row.addWidget(self.modalities)
        row.addWidget(self.saved)
        row.addStretch(1)
        row.addWidget(self._count)
        row.addWidget(self._due)
        row.addSpacing(3 * STEP)
        row.addWidget(self.next_case)
        row.addWidget(self._import)
        outer = QHBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(panel("bar", row, margins=(_EDGE, 0, _EDGE, 0)))
        self.setFixedHeight(BANNER)
        self.next_case.setVisible(self._has_archives)
        self.show_saved()


def _to_do(listing: Listing, now: datetime) -> str:
    """Return "12 unread · 3 stat · next due in"; the time itself stands behind it."""
    tally = listing.tally
    overdue = tally.overdue(now)
    parts = (
        f"{amount(tally.unread)} unread",
        f"{amount(tally.stat)} stat" if tally.stat else "",
        f"{amount(overdue)} overdue" if overdue else "",
        "next due in" if tally.next_due(now) else "",
    )
    return " · ".join(filter(None, parts))


def _import_button(actions: Actions, *, is_short: bool) -> Button:
    """Return the button of import; where the worklist needs the room, only its icon."""
    made = Button("" if is_short else " Import", hint="Import files (Ctrl O) or a folder (Ctrl Shift O)")
    made.setIcon(icon("import"))
    made.setAccessibleName("Import")
    menu = QMenu(made)
    menu.addAction(actions["import-files"])
    menu.addAction(actions["import-folder"])
    made.clicked.connect(lambda: menu.popup(made.mapToGlobal(made.rect().bottomLeft())))
    return made
