"""The chips above the list: what is asked for most often, one click each.

Where the modalities' chips find no room they are one chip that opens a menu.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from PySide6.QtCore import QPoint, Signal
from PySide6.QtWidgets import QHBoxLayout, QMenu, QWidget

from workstation.ui.controls import Button
from workstation.ui.shortcuts import COMMANDS, spoken
from workstation.ui.studies.listing import Tally
from workstation.ui.studies.query import Query
from workstation.ui.theme import STEP
from workstation.ui.wording import amount


@dataclass(frozen=True, slots=True)
class Quick:
    """One chip: what it asks for, and whether a query asks for it."""

    name: str
    text: str
    hint: str
    change: Callable[[Query, bool], Query]
    is_on: Callable[[Query], bool]
    count: Callable[[Tally], int] | None = None


def _all(query: Query, _: bool = True) -> Query:  # noqa: FBT002  as the other chips' changes
    return replace(query, mine=False, stat=False, unread=False, days=None)


ALL: Final = Quick("all", "All", "All studies", _all, lambda query: query == _all(query))


def _of_days(name: str, text: str, hint: str, days: int) -> Quick:
    """Return the chip that asks for the last days."""
    return Quick(
        name,
        text,
        hint,
        lambda query, on: replace(query, days=days if on else None),
        lambda query: query.days == days,
    )


def _switch(name: str, hint: str, count: Callable[[Tally], int] | None = None) -> Quick:
    """Return the chip that turns one of a query's wishes on and off; it is called as the wish is."""

    def change(query: Query, on: bool) -> Query:
        wish: dict[str, Any] = {name: on}
        return replace(query, **wish)

    return Quick(name, name.capitalize(), hint, change, lambda query: bool(getattr(query, name)), count)


TODAY: Final = _of_days("today", "Today", "Studies of today", 1)
WEEK: Final = _of_days("week", "7 days", "Studies of the last seven days", 7)
MINE: Final = _switch("mine", "What you have claimed, and what is assigned to you", lambda tally: tally.mine)
STAT: Final = _switch("stat", "Stat studies that are not read yet", lambda tally: tally.stat)
UNREAD: Final = _switch("unread", "What nobody has opened yet", lambda tally: tally.unread)
PRIORS: Final = _switch("priors", "What is there only for comparison as well")
OF_A_STORE: Final = (ALL, TODAY, WEEK)
OF_A_WORKLIST: Final = (MINE, STAT, UNREAD, TODAY, ALL, PRIORS)
KEYS: Final = {command.name: spoken(command.keys[0]) for command in COMMANDS if command.keys}


def chip(text: str, hint: str) -> Button:
    """Return a chip that stays on."""
    made = Button(text, kind="chip", hint=hint)
    made.setCheckable(True)
    return made


class Chips(QWidget):
    """Chips in a row, or where there is no room one chip with a menu of them."""

    def __init__(self, hint: str) -> None:
        super().__init__()
        self.menu_chip = chip("", hint)
        self.menu_chip.clicked.connect(self._open)
        self._shown: list[Button] = []
        self._is_menu = False
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(2 * STEP)
        self._row.addWidget(self.menu_chip)

    def be_menu(self, *, is_menu: bool) -> None:
        """Be one chip with a menu, or a chip for each."""
        self._is_menu = is_menu
        self.menu_chip.setVisible(is_menu and bool(self._shown))
        for button in self._shown:
            button.setVisible(not is_menu)
        self.updateGeometry()

    def _offer(self, buttons: Sequence[Button]) -> None:
        """Offer these; the others are out of sight."""
        for button in self._shown:
            button.hide()
        self._shown = list(buttons)
        self.be_menu(is_menu=self._is_menu)

    def _sum_up(self, nothing: str) -> None:
        """Let the one chip say what is on."""
        on = [button.accessibleName() for button in self._shown if button.isChecked()]
        self.menu_chip.rename(f"{', '.join(on) or nothing} ▾")
        self.menu_chip.setChecked(bool(on))

    def _open(self) -> None:
        self.menu_chip.setChecked(
            any(button.isChecked() for button in self._shown)
        )  # the click has turned it
        menu = QMenu(self)
        menu.aboutToHide.connect(menu.deleteLater)
        for button in self._shown:
            action = menu.addAction(button.accessibleName())
            action.setCheckable(True)
            action.setChecked(button.isChecked())
            action.triggered.connect(lambda *_, button=button: button.click())
        menu.popup(self.menu_chip.mapToGlobal(QPoint(0, self.menu_chip.height() + STEP)))


class QuickChips(Chips):
    """Says ``asked`` with the query that a click makes of the one that is shown."""

    asked = Signal(object)

    def __init__(self, offered: Sequence[Quick]) -> None:
        super().__init__("What to show")
        self._query = Query()
        self.chips = {quick: chip(quick.text, _hint(quick)) for quick in offered}
        for quick, button in self.chips.items():
            button.clicked.connect(lambda on, quick=quick: self.asked.emit(quick.change(self._query, on)))
            self._row.addWidget(button)
            button.hide()  # until it is offered
        self._offer([button for quick, button in self.chips.items() if quick is not PRIORS])
        self.follow(self._query)

    def follow(self, query: Query) -> None:
        """Show which of them a query asks for."""
        self._query = query
        for quick, button in self.chips.items():
            button.setChecked(quick.is_on(query))
        self._sum_up(ALL.text)

    def count(self, tally: Tally, *, has_priors: bool) -> None:
        """Say how many there are behind each chip that counts."""
        for quick, button in self.chips.items():
            if quick.count is not None:
                button.rename(f"{quick.text} {amount(quick.count(tally))}")
        self._offer([button for quick, button in self.chips.items() if has_priors or quick is not PRIORS])
        self._sum_up(ALL.text)

    def press(self, name: str) -> None:
        """Do what a click on a chip does."""
        next(button for quick, button in self.chips.items() if quick.name == name).click()


class ModalityChips(Chips):
    """A chip for each modality that is there; says ``chosen`` with a frozenset."""

    chosen = Signal(object)

    def __init__(self) -> None:
        super().__init__("Choose modalities")
        self.chips: dict[str, Button] = {}
        self._names: frozenset[str] = frozenset()

    def offer(self, names: Sequence[str]) -> None:
        """Offer these; what was chosen stays chosen."""
        if list(names) == list(self.chips):
            return
        old = list(self.chips.values())
        self.chips = {name: chip(name, f"Only {name}") for name in names}
        for name, button in self.chips.items():
            button.clicked.connect(lambda on, name=name: self._toggle(name, on=on))
            self._row.addWidget(button)
        self._offer(list(self.chips.values()))
        for button in old:
            self._row.removeWidget(button)
            button.deleteLater()
        self.follow(self._names)

    def follow(self, names: frozenset[str]) -> None:
        """Show which are chosen."""
        self._names = names
        for name, button in self.chips.items():
            button.setChecked(name in names)
        self._sum_up("Modality")

    def _toggle(self, name: str, *, on: bool) -> None:
        self.chosen.emit(self._names | {name} if on else self._names - {name})


def _hint(quick: Quick) -> str:
    key = KEYS.get(f"show-{quick.name}")
    return f"{quick.hint} ({key})" if key else quick.hint
