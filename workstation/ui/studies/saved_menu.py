"""The chip with the filters that a person has saved: take one, save what is shown, rename, delete."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QPoint, Signal
from PySide6.QtWidgets import QLineEdit, QMenu, QVBoxLayout, QWidget

from workstation.ui.contracts import Notice, Tone
from workstation.ui.controls import Label
from workstation.ui.dialogs.sheet import Dialog
from workstation.ui.studies.chips import chip
from workstation.ui.studies.query import Query
from workstation.ui.studies.saved import LONGEST, Filters, named_as, renamed, with_filter, without
from workstation.ui.theme import STEP, font
from workstation.ui.wording import shortened

_SHORT: Final = 16  # characters of a name on the chip


class SavedMenu(QWidget):
    """Says ``asked`` with a query, ``kept`` with the filters when they are others, ``noticed``."""

    asked = Signal(object)
    kept = Signal(object)
    noticed = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.filters: Filters = ()
        self._query = Query()
        self.chip = chip("Saved ▾", "Filters that you have saved (V)")
        self.chip.clicked.connect(self.open)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.chip)

    def take(self, filters: Filters) -> None:
        """Offer these."""
        self.filters = filters
        self.follow(self._query)

    def follow(self, query: Query) -> None:
        """Wear the name of the filter that is on."""
        self._query = query
        name = named_as(self.filters, query)
        self.chip.setChecked(bool(name))
        self.chip.rename(f"{shortened(name, _SHORT) or 'Saved'} ▾")

    def open(self) -> QMenu:
        """Open the menu."""
        self.follow(self._query)  # the click has turned the chip
        menu = QMenu(self)
        menu.aboutToHide.connect(menu.deleteLater)
        current = named_as(self.filters, self._query)
        for one in self.filters:
            action = menu.addAction(_shown(one.name))
            action.setCheckable(True)
            action.setChecked(one.name == current)
            action.triggered.connect(lambda _, query=one.query: self.asked.emit(query))
        menu.addSeparator()
        save = menu.addAction("Save what is shown…")
        save.setEnabled(self._query.asks)
        save.triggered.connect(lambda _: self.save())
        self._add_names(menu, "Rename", self.rename)
        self._add_names(menu, "Delete", self.delete)
        menu.popup(self.chip.mapToGlobal(QPoint(0, self.chip.height() + STEP)))
        return menu

    def save(self) -> None:
        """Give what is shown a name."""
        if self._query.asks:
            query = self._query
            self._ask("Save this filter", "", lambda name: with_filter(self.filters, name, query))

    def rename(self, name: str) -> None:
        """Give a filter another name."""
        self._ask("Rename the filter", name, lambda new: renamed(self.filters, name, new))

    def delete(self, name: str) -> None:
        """Forget a filter; it can be taken back while the line stands."""
        before = self.filters
        self._keep(without(before, name))
        self.noticed.emit(
            Notice(f"The filter “{name}” is deleted.", Tone.PLAIN, "Undo", lambda: self._keep(before))
        )

    def _ask(self, title: str, name: str, change: Callable[[str], Filters]) -> None:
        dialog = NameDialog(title, name, {one.name for one in self.filters} - {name}, self.window())
        dialog.accepted.connect(lambda: self._keep(change(dialog.name())))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _keep(self, filters: Filters) -> None:
        self.take(filters)
        self.kept.emit(filters)

    def _add_names(self, menu: QMenu, title: str, act: Callable[[str], None]) -> None:
        if not self.filters:
            return
        names = menu.addMenu(title)
        for one in self.filters:
            names.addAction(_shown(one.name)).triggered.connect(lambda _, name=one.name: act(name))


class NameDialog(Dialog):
    """Asks for the name of a filter; a name that is taken is taken over."""

    def __init__(self, title: str, name: str, taken: set[str], parent: QWidget | None = None) -> None:
        super().__init__(title, "It stands in the menu beside the chips.", accept="Save", parent=parent)
        self._taken = taken
        self.field = QLineEdit(name)
        self.field.setFont(font())
        self.field.setMaxLength(LONGEST)
        self.field.setPlaceholderText("Name")
        self.field.setAccessibleName("Name of the filter")
        self._hint = Label("", role="attention", wrapped=True)
        self.column.addWidget(self.field)
        self.column.addWidget(self._hint)
        self.field.textChanged.connect(lambda _: self._follow())
        self.field.selectAll()
        self.field.setFocus()
        self._follow()

    def name(self) -> str:
        """Return what was typed."""
        return self.field.text().strip()

    def _follow(self) -> None:
        taken = self.name() in self._taken
        self._hint.setText("There is a filter of this name; it would be replaced." if taken else "")
        self._hint.setVisible(taken)
        self.accept_button.setEnabled(bool(self.name()))
        self.fit()


def _shown(name: str) -> str:
    """Return a name for a menu, where an ampersand would be a key."""
    return name.replace("&", "&&")
