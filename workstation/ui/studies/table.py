"""The table of studies: keys, columns, selection.

Enter and a double click open; Ctrl and Shift choose several. Letters are commands of the page and never jump.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QItemSelectionModel, QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView

from workstation.ui.contracts import StudyRow
from workstation.ui.studies.columns import NAMES, widths
from workstation.ui.studies.delegate import StudyDelegate
from workstation.ui.studies.model import OWN_ORDER, StudyModel
from workstation.ui.theme.sizes import HEADER, ROW

_ENTER: Final = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_CURRENT: Final = NAMES.index("patient")  # a column that is always there: Qt goes to no hidden cell


class StudyTable(QTableView):
    """The list.

    Says ``chosen`` when another study is current (None: none), ``selected`` when others are chosen beside it,
    ``opened`` to read one, ``asked_menu`` with a place on the screen.
    """

    chosen = Signal(object)
    selected = Signal()
    opened = Signal(object)
    asked_menu = Signal(QPoint)

    def __init__(self, model: StudyModel) -> None:
        super().__init__()
        self._model = model
        self.setModel(model)
        self.setItemDelegate(StudyDelegate(self, model))
        self.setAccessibleName("Studies")
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setCornerButtonEnabled(False)
        self._lay_out_columns()
        self.selectionModel().currentRowChanged.connect(lambda *_: self.chosen.emit(self.current()))
        self.selectionModel().selectionChanged.connect(lambda *_: self.selected.emit())
        self.doubleClicked.connect(lambda *_: self._open())
        self.customContextMenuRequested.connect(
            lambda place: self.asked_menu.emit(self.viewport().mapToGlobal(place))
        )

    def current(self) -> StudyRow | None:
        """Return the study that is chosen."""
        index = self.currentIndex()
        return self._model.study(index.row()) if index.isValid() else None

    def several(self) -> Sequence[StudyRow]:
        """Return every study that is chosen, in the list's order."""
        numbers = sorted(index.row() for index in self.selectionModel().selectedRows(_CURRENT))
        return [self._model.study(number) for number in numbers]

    def choose(self, study_uid: str) -> bool:
        """Choose a study and bring it into view; False if it is not shown."""
        number = self._model.number_of(study_uid)
        if number is not None:
            self._choose_row(number)
        return number is not None

    def choose_first(self) -> None:
        """Choose the first study unless one is chosen."""
        if self.current() is None and self._model.rowCount():
            self._choose_row(0)

    def take_own_order(self) -> None:
        """Go back to the list's own order."""
        self.sortByColumn(OWN_ORDER, Qt.SortOrder.AscendingOrder)

    def fit_columns(self) -> None:
        """Divide the width among the columns that have something to show."""
        listing = self._model.listing
        made = widths(self.viewport().width(), listing.columns or NAMES, is_ranked=listing.is_ranked)
        for number, width in enumerate(made):
            self.setColumnHidden(number, not width)
            if width:
                self.setColumnWidth(number, width)

    def tick(self) -> None:
        """Let the clocks go on; nothing but them is drawn again."""
        self._model.tick()
        number = NAMES.index("due")
        if not self.isColumnHidden(number):
            left, width = self.columnViewportPosition(number), self.columnWidth(number)
            self.viewport().update(left, 0, width, self.viewport().height())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Open with Enter."""
        if event.key() in _ENTER:
            self._open()
            return
        super().keyPressEvent(event)

    def keyboardSearch(self, search: str) -> None:
        """Don't jump: the search field is for that, and it would ask for every cell."""

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Divide the new width among the columns."""
        super().resizeEvent(event)
        self.fit_columns()

    def _choose_row(self, number: int) -> None:
        index = self._model.index(number, _CURRENT)
        flags = QItemSelectionModel.SelectionFlag
        self.selectionModel().setCurrentIndex(index, flags.ClearAndSelect | flags.Rows)
        self.scrollTo(index)

    def _open(self) -> None:
        if self.current() is not None:
            self.opened.emit(self.current())

    def _lay_out_columns(self) -> None:
        rows = self.verticalHeader()
        rows.hide()
        rows.setDefaultSectionSize(ROW)
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header = self.horizontalHeader()
        header.setFixedHeight(HEADER)
        header.setHighlightSections(False)
        header.setSectionsClickable(True)
        header.setSortIndicatorClearable(True)
        header.setSortIndicator(OWN_ORDER, Qt.SortOrder.AscendingOrder)
        header.setMinimumSectionSize(48)
        self.setSortingEnabled(True)
        header.setSortIndicatorShown(False)  # the heading says it
