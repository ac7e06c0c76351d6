"""The table of studies: keys, columns, selection.

Enter and a double click open; everything else the table can do, arrows and letters do.
"""

from __future__ import annotations

from PySide6.QtCore import QItemSelectionModel, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView

from workstation.ui.contracts import StudyRow
from workstation.ui.studies.columns import NEWEST_FIRST, widths
from workstation.ui.studies.delegate import StudyDelegate
from workstation.ui.studies.model import StudyModel
from workstation.ui.theme.sizes import HEADER, ROW


class StudyTable(QTableView):
    """The list; ``chosen`` when another study is current (None: none), ``opened`` to read it."""

    chosen = Signal(object)
    opened = Signal(object)

    def __init__(self, model: StudyModel) -> None:
        super().__init__()
        self._model = model
        self.setModel(model)
        self.setItemDelegate(StudyDelegate(self))
        self.setAccessibleName("Studies")
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setCornerButtonEnabled(False)
        self._lay_out_columns()
        self.selectionModel().currentRowChanged.connect(lambda *_: self.chosen.emit(self.current()))
        self.doubleClicked.connect(lambda *_: self._open())

    def current(self) -> StudyRow | None:
        """Return the study that is chosen."""
        index = self.currentIndex()
        return self._model.study(index.row()) if index.isValid() else None

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

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Open with Enter."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._open()
            return
        super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Divide the new width among the columns."""
        super().resizeEvent(event)
        for number, width in enumerate(widths(self.viewport().width())):
            self.setColumnHidden(number, not width)
            if width:
                self.setColumnWidth(number, width)

    def _choose_row(self, number: int) -> None:
        index = self._model.index(number, 0)
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
        header.setSortIndicator(NEWEST_FIRST, Qt.SortOrder.DescendingOrder)
        header.setMinimumSectionSize(48)
        self.setSortingEnabled(True)
        header.setSortIndicatorShown(False)  # the heading says it
