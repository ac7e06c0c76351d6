"""The bar above the list: search, date and modality chips, what they leave, import.

The chips of modalities are those that are there; a date chip is always one of three.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QLineEdit, QMenu, QWidget

from workstation.ui.actions import Actions
from workstation.ui.controls import Button, Label, panel, plain, rule
from workstation.ui.studies.query import Query
from workstation.ui.theme import STEP, FontSize, font, icon
from workstation.ui.theme.sizes import BANNER

MOST_CHIPS: Final = 8
_DATES: Final = (("All", None), ("Today", 1), ("7 days", 7))
_SEARCH_WIDTH: Final = 420
_LEAST_SEARCH: Final = 80
_ROOMY: Final = 1040  # a narrower bar keeps its chips whole, and leaves the count away


class Search(QLineEdit):
    """The search field; says ``left`` when Down or Enter goes on to the list."""

    left = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setPlaceholderText("Search name, ID, accession, description")
        self.setAccessibleName("Search studies")
        self.setToolTip(plain("Search (Ctrl F)"))
        self.setFont(font())
        self.setClearButtonEnabled(False)
        self.setMinimumWidth(_LEAST_SEARCH)
        self.setMaximumWidth(_SEARCH_WIDTH)
        self.setMaxLength(200)

    def sizeHint(self) -> QSize:
        """Ask for the drawn width."""
        return QSize(_SEARCH_WIDTH, super().sizeHint().height())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Give the keys to the list; the key that leads here leads nowhere from here."""
        if event.text() == "/" and not self.text():
            return
        if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.left.emit()
        else:
            super().keyPressEvent(event)


class FilterBar(QWidget):
    """Says ``changed`` with the query whenever it is another one."""

    changed = Signal(object)

    def __init__(self, actions: Actions) -> None:
        super().__init__()
        self.search = Search()
        self.search.textChanged.connect(lambda _: self._tell())
        self._dates = QButtonGroup(self)
        self._modalities: dict[str, Button] = {}
        self._chips = QHBoxLayout()
        self._chips.setSpacing(2 * STEP)
        self._divide = rule(vertical=True)
        self._divide.hide()
        self._count = Label(role="secondary")
        self._lay_out(actions)

    @property
    def query(self) -> Query:
        """Return what is asked for."""
        chosen = frozenset(name for name, chip in self._modalities.items() if chip.isChecked())
        return Query(self.search.text(), chosen, _DATES[self._dates.checkedId()][1])

    def clear(self) -> None:
        """Ask for everything."""
        self.search.clear()
        self._dates.button(0).setChecked(True)
        for chip in self._modalities.values():
            chip.setChecked(False)

    def offer(self, modalities: Sequence[str]) -> None:
        """Show these modalities as chips; what was chosen stays chosen."""
        if list(modalities) == list(self._modalities):
            return
        chosen = self.query.modalities
        while item := self._chips.takeAt(0):
            if widget := item.widget():
                widget.deleteLater()
        self._modalities = {name: _chip(name, f"Only {name}") for name in modalities}
        self._divide.setVisible(bool(modalities))
        for name, chip in self._modalities.items():
            chip.setChecked(name in chosen)
            chip.toggled.connect(lambda _: self._tell())
            self._chips.addWidget(chip)

    def count(self, text: str) -> None:
        """Say what is shown."""
        self._count.setText(text)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Say less where there is little room."""
        super().resizeEvent(event)
        self._count.setVisible(self.width() >= _ROOMY)

    def _tell(self) -> None:
        self.changed.emit(self.query)

    def _lay_out(self, actions: Actions) -> None:
        row = QHBoxLayout()
        row.setSpacing(2 * STEP)
        mark = Label("Lumen", size=FontSize.NAME, strong=True)
        row.addWidget(mark)
        row.addSpacing(3 * STEP)
        row.addWidget(self.search, 2)
        row.addSpacing(3 * STEP)
        for number, (text, _) in enumerate(_DATES):
            chip = _chip(text, f"Studies of: {text.lower()}")
            chip.setChecked(number == 0)
            chip.toggled.connect(lambda on: self._tell() if on else None)
            self._dates.addButton(chip, number)
            row.addWidget(chip)
        row.addSpacing(STEP)
        row.addWidget(self._divide)
        row.addSpacing(STEP)
        row.addLayout(self._chips)
        row.addStretch(1)
        row.addWidget(self._count)
        row.addSpacing(3 * STEP)
        row.addWidget(_import_button(actions))
        outer = QHBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(panel("bar", row, margins=(4 * STEP, 0, 4 * STEP, 0)))
        self.setFixedHeight(BANNER)


def _chip(text: str, hint: str) -> Button:
    made = Button(text, kind="chip", hint=hint)
    made.setCheckable(True)
    return made


def _import_button(actions: Actions) -> Button:
    made = Button(" Import", hint="Import files (Ctrl O) or a folder (Ctrl Shift O)")
    made.setIcon(icon("import"))
    menu = QMenu(made)
    menu.addAction(actions["import-files"])
    menu.addAction(actions["import-folder"])
    made.clicked.connect(lambda: menu.popup(made.mapToGlobal(made.rect().bottomLeft())))
    return made
