"""The outbox as a list: what needs a person, what is on its way, and folded below what has come to an end.

Rows keep their place in the selection by what they are. A delivery that moves on may get another identifier;
then the selection stays at its number.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from workstation.ui.contracts import DeliveryState, OutboxRow
from workstation.ui.network.wording import state_text, title, way
from workstation.ui.wording import amount

Index = QModelIndex | QPersistentModelIndex
_ROOT: Final = QModelIndex()
_ITEM: Final = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable


@dataclass(frozen=True, slots=True)
class Heading:
    """The title of a group."""

    text: str


@dataclass(frozen=True, slots=True)
class Fold:
    """The line that opens and closes what has come to an end."""

    text: str
    is_open: bool


Entry = Heading | Fold | OutboxRow


def entries(rows: Sequence[OutboxRow], now: datetime, *, is_open: bool) -> list[Entry]:
    """Return the lines of the list; of what has ended only today's."""
    persons = [row for row in rows if row.needs_person]
    going = [row for row in rows if row.is_unsent and not row.needs_person]
    done = done_today(rows, now)
    made: list[Entry] = []
    for text, group in (("Needs you", persons), ("On the way", going)):
        if group:
            made += [Heading(text), *group]
    if done:
        made.append(Fold(_done_text(done), is_open))
        made += done if is_open else []
    return made


def done_today(rows: Sequence[OutboxRow], now: datetime) -> list[OutboxRow]:
    """Return what has come to an end today, the newest first."""
    today = now.astimezone().date()
    done = [row for row in rows if not row.is_unsent and _ended(row).astimezone().date() == today]
    return sorted(done, key=_ended, reverse=True)


class OutboxModel(QAbstractListModel):
    """The lines; ``entry`` gives what stands behind one."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._entries: list[Entry] = []
        self._now: datetime | None = None

    def show(self, shown: list[Entry], now: datetime) -> None:
        """Show these lines."""
        self._now = now
        if shown == self._entries:
            return
        self.beginResetModel()
        self._entries = shown
        self.endResetModel()

    def tick(self, now: datetime) -> None:
        """Let ages and countdowns go on."""
        self._now = now

    def entry(self, number: int) -> Entry | None:
        """Return a line, None where there is none."""
        return self._entries[number] if 0 <= number < len(self._entries) else None

    def number_of(self, identifier: str) -> int | None:
        """Return the number of a delivery's line."""
        found = (
            number
            for number, entry in enumerate(self._entries)
            if isinstance(entry, OutboxRow) and entry.identifier == identifier
        )
        return next(found, None)

    def first(self) -> int | None:
        """Return the number of the first line that can be chosen."""
        found = (number for number, entry in enumerate(self._entries) if not isinstance(entry, Heading))
        return next(found, None)

    def rowCount(self, parent: Index = _ROOT) -> int:
        """Return how many lines there are."""
        return 0 if parent.isValid() else len(self._entries)

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Return that headings can't be chosen."""
        return Qt.ItemFlag.NoItemFlags if isinstance(self.entry(index.row()), Heading) else _ITEM

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return the line's words, or the entry behind it."""
        entry = self.entry(index.row())
        if role == Qt.ItemDataRole.UserRole:
            return entry
        if role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return None
        if isinstance(entry, OutboxRow) and self._now is not None:
            return ", ".join((title(entry), way(entry), state_text(entry, self._now)))
        return entry.text if isinstance(entry, Heading | Fold) else None


def _ended(row: OutboxRow) -> datetime:
    return row.changed or row.created


def _done_text(done: Sequence[OutboxRow]) -> str:
    given_up = sum(row.state is DeliveryState.CLOSED for row in done)
    arrived = len(done) - given_up
    parts = (
        f"{amount(arrived)} arrived today" if arrived else "",
        f"{amount(given_up)} given up" if given_up else "",
    )
    return ", ".join(filter(None, parts))
