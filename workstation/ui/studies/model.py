"""The study list as Qt's model: what a query keeps, sorted by a column or in the list's own order.

Filtering and sorting are plain Python over plain rows; Qt's own proxy would call back for every
cell. The rows keep their place in the selection by study, not by number. The clock moves on by ``tick``
alone: no row changes its place because of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Final

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from workstation.ui.contracts import StudyRow
from workstation.ui.controls import plain
from workstation.ui.studies.columns import COLUMNS, NAMES
from workstation.ui.studies.listing import Listing
from workstation.ui.studies.query import Entry, Query, select
from workstation.ui.theme import FontSize, font
from workstation.ui.wording import UNCOUNTED, counted

Index = QModelIndex | QPersistentModelIndex
ROOT: Final = QModelIndex()
OWN_ORDER: Final = -1  # as Qt calls no column

_RISING, _FALLING = Qt.SortOrder.AscendingOrder, Qt.SortOrder.DescendingOrder
_DATE: Final = NAMES.index("date")
_TEXTS: Final = (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole)


class StudyModel(QAbstractTableModel):
    """Rows are the studies shown, columns those of ``COLUMNS``."""

    def __init__(self, now: Callable[[], datetime], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._now = now
        self._look: dict[int, object] = {  # of the headings; Qt asks for it with every painting
            Qt.ItemDataRole.FontRole: font(FontSize.CAPTION),
            Qt.ItemDataRole.TextAlignmentRole: Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter,
        }
        self.at = now()  # what the clocks of the list say
        self.listing = Listing()
        self._ordered: Sequence[Entry] = ()
        self._shown: list[Entry] = []
        self._places: dict[str, int] | None = None  # study UID → row, once somebody has asked
        self._query = Query()
        self._column = OWN_ORDER
        self._descending = False

    @property
    def query(self) -> Query:
        """Return what is asked for."""
        return self._query

    @property
    def total(self) -> int:
        """Return how many studies the query looks among."""
        return len(self.listing.entries) if self._query.is_wide else self.listing.tally.studies

    @property
    def is_in_own_order(self) -> bool:
        """Return whether nobody has sorted the list by a column."""
        return self._column == OWN_ORDER

    def study(self, number: int) -> StudyRow:
        """Return the study in a row."""
        return self._shown[number].row

    def number_of(self, study_uid: str) -> int | None:
        """Return the row of a study, None if it is not shown."""
        if self._places is None:
            self._places = {made.row.uid: number for number, made in enumerate(self._shown)}
        return self._places.get(study_uid)

    def set_listing(self, listing: Listing) -> None:
        """Show other studies."""
        self.listing = listing
        self.at = self._now()
        self._order()

    def set_query(self, query: Query) -> None:
        """Show what another query keeps."""
        self._query = query
        self._select()

    def tick(self) -> None:
        """Let the clocks go on."""
        self.at = self._now()

    def rowCount(self, parent: Index = ROOT) -> int:
        """Return how many studies are shown."""
        return 0 if parent.isValid() else len(self._shown)

    def columnCount(self, parent: Index = ROOT) -> int:
        """Return how many columns there are."""
        return 0 if parent.isValid() else len(COLUMNS)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return a cell's text; the row itself as user data."""
        row = self._shown[index.row()].row
        if role in _TEXTS:
            column = COLUMNS[index.column()]
            return " · ".join(filter(None, (column.text(row, self.at), column.aside(row))))
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain(_hint(COLUMNS[index.column()].name, row))
        if role == Qt.ItemDataRole.AccessibleDescriptionRole:
            return _hint(COLUMNS[index.column()].name, row)
        return row if role == Qt.ItemDataRole.UserRole else None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        """Return a column's heading, and how a click on it sorts first."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        heading = COLUMNS[section].heading
        if role == Qt.ItemDataRole.DisplayRole:
            return heading + self._arrow(section)
        if role == Qt.ItemDataRole.InitialSortOrderRole:
            return _FALLING if COLUMNS[section].falls and not self._is_own(section) else _RISING
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain(f"Sort by “{heading}”; the third click takes it back")
        return self._look.get(role)

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Order by a column, or by none of them."""
        self._column, self._descending = column, order == Qt.SortOrder.DescendingOrder
        self._order()

    def _order(self) -> None:
        self._ordered = self.listing.entries
        if not self.is_in_own_order:
            key = COLUMNS[self._column].order
            self._ordered = sorted(self._ordered, key=key, reverse=self._descending)
        self._select()
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(COLUMNS) - 1)

    def _select(self) -> None:
        """Filter again, and tell only what has changed: a screen reader begins anew with each layout."""
        shown = select(self._ordered, self._query, self._now().astimezone().date())
        if [made.row.uid for made in shown] == [made.row.uid for made in self._shown]:
            self._take_changes(shown)
        else:
            self._take_rows(shown)

    def _take_changes(self, shown: list[Entry]) -> None:
        """Show the same studies in the same places, some with other words."""
        before, self._shown = self._shown, shown
        changed = (n for n, (old, new) in enumerate(zip(before, shown, strict=True)) if old is not new)
        for first, last in _runs(changed):
            self.dataChanged.emit(self.index(first, 0), self.index(last, len(COLUMNS) - 1))

    def _take_rows(self, shown: list[Entry]) -> None:
        """Show other studies, and let the selection follow its own."""
        self.layoutAboutToBeChanged.emit()
        before = self.persistentIndexList()
        uids = [self._shown[index.row()].row.uid for index in before]
        self._shown = shown
        self._places = None
        if before:
            after = [self._moved(index, uid) for index, uid in zip(before, uids, strict=True)]
            self.changePersistentIndexList(before, after)
        self.layoutChanged.emit()

    def _moved(self, index: QModelIndex, uid: str) -> QModelIndex:
        number = self.number_of(uid)
        return QModelIndex() if number is None else self.index(number, index.column())

    def _arrow(self, section: int) -> str:
        """Return what the heading of the sorted column wears."""
        if section == self._column:
            return " ▾" if self._descending else " ▴"
        return " ▾" if self.is_in_own_order and self._is_own(section) else ""

    def _is_own(self, section: int) -> bool:
        """Return whether the list's own order is by this column: the newest first."""
        return section == _DATE and not self.listing.is_ranked


def _runs(numbers: Iterable[int]) -> list[tuple[int, int]]:
    """Return the first and the last of each run of rising numbers.

    >>> _runs([1, 2, 3, 7])
    [(1, 3), (7, 7)]
    """
    made: list[tuple[int, int]] = []
    for number in numbers:
        if made and made[-1][1] == number - 1:
            made[-1] = (made[-1][0], number)
        else:
            made.append((number, number))
    return made


def _hint(column: str, row: StudyRow) -> str:
    """Return what a cell has to say beyond its text."""
    if column in ("priority", "due"):
        return row.why_here
    if column == "study":
        return " · ".join(filter(None, (row.description, row.reason)))
    if column == "images" and not row.is_counted:
        return UNCOUNTED
    if column == "images" and not row.is_whole and row.expected:
        return f"{counted(row.expected - row.here, 'image')} not here yet"
    return row.trouble if column == "state" else ""
