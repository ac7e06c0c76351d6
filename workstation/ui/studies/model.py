"""The study list as Qt's model: what a query keeps, sorted by a column.

Filtering and sorting are plain Python over plain rows; Qt's own proxy would call back for every
cell. The rows keep their place in the selection by study, not by number.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Final

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from workstation.ui.contracts import StudyRow
from workstation.ui.studies.columns import COLUMNS, NEWEST_FIRST
from workstation.ui.studies.query import Entry, Query, entry, select
from workstation.ui.theme import FontSize, font

Index = QModelIndex | QPersistentModelIndex
ROOT: Final = QModelIndex()


class StudyModel(QAbstractTableModel):
    """Rows are the studies shown, columns those of ``COLUMNS``."""

    def __init__(self, today: Callable[[], date], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._today = today
        self._entries: list[Entry] = []
        self._shown: list[StudyRow] = []
        self._query = Query()
        self._column = NEWEST_FIRST
        self._descending = True

    @property
    def query(self) -> Query:
        """Return what is asked for."""
        return self._query

    @property
    def total(self) -> int:
        """Return how many studies there are, shown or not."""
        return len(self._entries)

    def all_rows(self) -> list[StudyRow]:
        """Return every study, shown or not."""
        return [made.row for made in self._entries]

    def study(self, number: int) -> StudyRow:
        """Return the study in a row."""
        return self._shown[number]

    def number_of(self, study_uid: str) -> int | None:
        """Return the row of a study, None if it is not shown."""
        return next((n for n, row in enumerate(self._shown) if row.uid == study_uid), None)

    def set_rows(self, rows: Sequence[StudyRow]) -> None:
        """Show other studies."""
        self._entries = [entry(row) for row in rows]
        self._arrange()

    def set_query(self, query: Query) -> None:
        """Show what another query keeps."""
        self._query = query
        self._arrange()

    def rowCount(self, parent: Index = ROOT) -> int:
        """Return how many studies are shown."""
        return 0 if parent.isValid() else len(self._shown)

    def columnCount(self, parent: Index = ROOT) -> int:
        """Return how many columns there are."""
        return 0 if parent.isValid() else len(COLUMNS)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return a cell's text; the row itself as user data."""
        if role == Qt.ItemDataRole.UserRole:
            return self._shown[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return COLUMNS[index.column()].text(self._shown[index.row()])
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        """Return a column's heading."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return COLUMNS[section].heading + self._arrow(section)
        if role == Qt.ItemDataRole.FontRole:
            return font(FontSize.CAPTION)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        return None

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Order by a column."""
        self._column, self._descending = column, order == Qt.SortOrder.DescendingOrder
        self._arrange()

    def _arrange(self) -> None:
        """Filter and sort again, and let the selection follow its studies."""
        self.layoutAboutToBeChanged.emit()
        before = self.persistentIndexList()
        uids = [self._shown[index.row()].uid for index in before]
        rows = select(self._entries, self._query, self._today())
        self._shown = sorted(rows, key=COLUMNS[self._column].order, reverse=self._descending)
        places = {row.uid: number for number, row in enumerate(self._shown)}
        after = [self._moved(index, places.get(uid)) for index, uid in zip(before, uids, strict=True)]
        self.changePersistentIndexList(before, after)
        self.layoutChanged.emit()
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(COLUMNS) - 1)

    def _arrow(self, section: int) -> str:
        """Return what the heading of the sorted column wears."""
        if section != self._column:
            return ""
        return " ▾" if self._descending else " ▴"

    def _moved(self, index: QModelIndex, number: int | None) -> QModelIndex:
        return QModelIndex() if number is None else self.index(number, index.column())
