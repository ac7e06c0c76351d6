"""What an import could not take in, name by name, with the reason; a panel, never a dialog.

Names of files may hold anything; they are shown as plain text.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QAbstractTableModel, QEvent, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHBoxLayout, QHeaderView, QTableView, QVBoxLayout, QWidget

from workstation.ui.contracts import Refusal
from workstation.ui.controls import Button, IconButton, Label, panel, plain
from workstation.ui.theme import STEP, FontSize, font, icon
from workstation.ui.wording import counted

_HEADINGS: Final = ("What", "Why")
_HEIGHT: Final = 240
_ROW: Final = 28
_NAMES: Final = 360  # width of the column of names
_ROOT: Final = QModelIndex()
Index = QModelIndex | QPersistentModelIndex


class RefusalModel(QAbstractTableModel):
    """The files and reasons."""

    def __init__(self) -> None:
        super().__init__()
        self.refusals: Sequence[Refusal] = ()

    def show(self, refusals: Sequence[Refusal]) -> None:
        """Show these."""
        self.beginResetModel()
        self.refusals = refusals
        self.endResetModel()

    def rowCount(self, parent: Index = _ROOT) -> int:
        """Return how many there are."""
        return 0 if parent.isValid() else len(self.refusals)

    def columnCount(self, parent: Index = _ROOT) -> int:
        """Return the two columns."""
        return 0 if parent.isValid() else len(_HEADINGS)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return name or reason."""
        refusal = self.refusals[index.row()]
        text = refusal.reason if index.column() else refusal.name
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain(text)
        return text if role == Qt.ItemDataRole.DisplayRole else None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        """Return the headings."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        if role == Qt.ItemDataRole.FontRole:
            return font(FontSize.CAPTION)
        return _HEADINGS[section] if role == Qt.ItemDataRole.DisplayRole else None


class RefusalTable(QTableView):
    """The list; each row is as high as its reason is long. Only rows in view are measured."""

    def __init__(self, model: RefusalModel) -> None:
        super().__init__()
        self.setModel(model)
        self.setAccessibleName("Files that were left out")
        self.setFont(font())
        self.setShowGrid(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setTabKeyNavigation(False)
        self.setWordWrap(True)
        self._lay_out()
        model.modelReset.connect(self.fit_rows)
        self.verticalScrollBar().valueChanged.connect(self.fit_rows)
        self.horizontalHeader().sectionResized.connect(self.fit_rows)

    def fit_rows(self) -> None:
        """Make the rows in view high enough for their texts."""
        row, rows = max(self.rowAt(0), 0), self.model().rowCount()
        while row < rows and self.rowViewportPosition(row) < self.viewport().height():
            self.setRowHeight(row, max(_ROW, self.sizeHintForRow(row) + STEP))
            row += 1

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Break the texts anew."""
        super().resizeEvent(event)
        self.fit_rows()

    def _lay_out(self) -> None:
        rows, header = self.verticalHeader(), self.horizontalHeader()
        rows.hide()
        rows.setMinimumSectionSize(_ROW)
        rows.setDefaultSectionSize(_ROW)
        header.setHighlightSections(False)
        header.resizeSection(0, _NAMES)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)


class RefusalsPanel(QWidget):
    """The panel below the list; Esc closes it."""

    def __init__(self) -> None:
        super().__init__()
        self.model = RefusalModel()
        self._title = Label(strong=True)
        self._table = RefusalTable(self.model)
        self._lay_out()
        self.hide()

    def show_refusals(self, refusals: Sequence[Refusal]) -> None:
        """Open with these."""
        self.model.show(refusals)
        self._title.setText(f"{counted(len(refusals), 'file')} left out")
        self.show()
        self._table.setFocus(Qt.FocusReason.OtherFocusReason)

    def event(self, event: QEvent) -> bool:
        """Keep Esc, which means something else on the page."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            event.setAccepted(event.key() == Qt.Key.Key_Escape)
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Close with Esc."""
        if event.key() == Qt.Key.Key_Escape:
            self.hide()
            return
        super().keyPressEvent(event)

    def copy(self) -> None:
        """Put the whole list on the clipboard, for whoever has to mend the files."""
        lines = [f"{refusal.name}\t{refusal.reason}" for refusal in self.model.refusals]
        QGuiApplication.clipboard().setText("\n".join(lines))

    def _lay_out(self) -> None:
        close = IconButton()
        close.setIcon(icon("close"))
        close.setToolTip(plain("Close (Esc)"))
        close.setAccessibleName("Close the list of files that were left out")
        close.clicked.connect(self.hide)
        copy = Button("Copy list", kind="link")
        copy.clicked.connect(self.copy)
        head = QHBoxLayout()
        head.setContentsMargins(4 * STEP, STEP, 2 * STEP, STEP)
        head.addWidget(self._title)
        head.addSpacing(3 * STEP)
        head.addWidget(copy)
        head.addStretch(1)
        head.addWidget(close)
        column = QVBoxLayout()
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self._table)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(panel("state-bar", column))
        self.setFixedHeight(_HEIGHT)
