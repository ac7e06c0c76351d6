"""The page with the list of studies."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Final

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from workstation.errors import calm
from workstation.ui.actions import Actions, Offered
from workstation.ui.bridge import Listening
from workstation.ui.contracts import Desk, ImportSummary, Notice, StudyRow, Tone
from workstation.ui.controls import Button
from workstation.ui.imports import Imports
from workstation.ui.operations import Operations
from workstation.ui.panels.refusals import RefusalsPanel
from workstation.ui.studies.empty import Empty
from workstation.ui.studies.filter_bar import MOST_CHIPS, FilterBar
from workstation.ui.studies.import_line import ImportLine
from workstation.ui.studies.model import StudyModel
from workstation.ui.studies.preview import Preview
from workstation.ui.studies.query import Query, modalities
from workstation.ui.studies.table import StudyTable
from workstation.ui.theme.sizes import NARROW_PREVIEW, PREVIEW
from workstation.ui.wording import amount, counted

_PREVIEW_SHARE: Final = 0.3
_SETTLE: Final = 150  # milliseconds; an import tells of every study that it touches


class StudiesPage(QWidget):
    """Says ``opened`` with the UID of the study to read, ``noticed`` with what went wrong."""

    opened = Signal(str)
    noticed = Signal(object)

    def __init__(
        self,
        desk: Desk,
        operations: Operations,
        imports: Imports,
        window_actions: Actions,
        today: Callable[[], date],
    ) -> None:
        super().__init__()
        self._desk = desk
        self._operations = operations
        self._to_choose: tuple[str, ...] = ()
        self._soon = QTimer(self, singleShot=True, interval=_SETTLE)
        self._soon.timeout.connect(self.reload)
        self.setProperty("kind", "page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.model = StudyModel(today, self)
        self.table = StudyTable(self.model)
        self.bar = FilterBar(window_actions)
        self.preview = Preview(desk, operations)
        self.refusals = RefusalsPanel()
        self._import_line = ImportLine(imports)
        self._stack = QStackedWidget()
        self._nothing_yet = Empty(
            "No studies yet",
            "Drop a folder, a zip or a CD on the window, or choose what to import.",
            [
                _button(window_actions, "import-files", "Files"),
                _button(window_actions, "import-folder", "Folder"),
            ],
        )
        self._no_match = self._make_no_match()
        self._way_in: Callable[[], object] | None = None
        self._again = Button("Try again", kind="primary")
        self._again.clicked.connect(self._try_again)
        self._not_open = Empty("", "", [self._again])
        self._is_open = True
        self.actions_ = Actions(
            self, {"search": self._search, "clear-filters": self._clear, "open-study": self._open_current}
        )
        self._lay_out()
        self._connect(imports)
        self.reload()

    def reload(self) -> None:
        """Ask for the studies again."""
        self._operations.run(
            lambda _: self._desk.studies(),
            asked_by=self,
            done=self._show,
            failed=lambda error: self.noticed.emit(Notice(calm(error), Tone.FAULT, "Try again", self.reload)),
        )

    def hold(self, title: str, line: str = "", again: Callable[[], object] | None = None) -> None:
        """Say why there is no list yet; an empty store and one that is not open are two things."""
        self._is_open, self._way_in = False, again
        self._not_open.say(title, line)
        self._again.setVisible(again is not None)
        self._after_change()
        if again is not None:
            self._again.setFocus(Qt.FocusReason.OtherFocusReason)

    def release(self) -> None:
        """Show the list as it is, from the next answer on."""
        self._is_open, self._way_in = True, None
        self.reload()

    def take_keys(self) -> None:
        """Give the list the keys, with a study chosen."""
        self.table.choose_first()
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave the list most of a small window."""
        super().resizeEvent(event)
        self.preview.setFixedWidth(min(max(round(self.width() * _PREVIEW_SHARE), NARROW_PREVIEW), PREVIEW))

    def offered(self) -> Offered:
        """Return what can be done here, for the palette."""
        return self.actions_.items()

    def areas(self) -> list[QWidget]:
        """Return where the keys can be, in the order of the eye."""
        return [self.table, self.bar.search, self.preview]

    def neighbour(self, study_uid: str, step: int) -> StudyRow | None:
        """Return the study ``step`` rows further on in the list as it is shown."""
        number = self.model.number_of(study_uid)
        if number is None or not 0 <= number + step < self.model.rowCount():
            return None
        return self.model.study(number + step)

    def _show(self, rows: Sequence[StudyRow]) -> None:
        self.model.set_rows(rows)
        self.bar.offer(modalities(rows, MOST_CHIPS))
        self._after_change()
        chosen = any(self.table.choose(uid) for uid in self._to_choose)
        self._to_choose = ()
        if not chosen:
            self.table.choose_first()

    def _ask(self, query: Query) -> None:
        self.model.set_query(query)
        self._after_change()
        self.table.choose_first()

    def _after_change(self) -> None:
        shown, total = self.model.rowCount(), self.model.total
        everything = counted(total, "study", "studies") if total or self._is_open else ""
        asks = self.model.query.asks and total
        self.bar.count(f"{amount(shown)} of {everything}" if asks else everything)
        empty = self._nothing_yet if self._is_open else self._not_open
        self._stack.setCurrentWidget(self.table if shown else self._no_match if total else empty)
        self.preview.setVisible(total > 0)
        self.preview.show_study(self.table.current())

    def _try_again(self) -> None:
        if self._way_in is not None:
            self._way_in()

    def _search(self) -> None:
        self.bar.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.bar.search.selectAll()

    def _clear(self) -> None:
        """Ask for everything again, and give the list the keys."""
        self.bar.clear()
        self.take_keys()

    def _open_current(self) -> None:
        self._open(self.table.current())

    def _open(self, study: StudyRow | None) -> None:
        if study is not None:
            self.opened.emit(study.uid)

    def _imported(self, summary: ImportSummary) -> None:
        self._to_choose = summary.study_uids
        self.reload()

    def _connect(self, imports: Imports) -> None:
        self.table.chosen.connect(self.preview.show_study)
        self.table.opened.connect(self._open)
        self.bar.changed.connect(self._ask)
        self.bar.search.left.connect(self.take_keys)
        self.preview.opened.connect(self._open)
        self.preview.asked_refusals.connect(self.refusals.show_refusals)
        self._import_line.asked_refusals.connect(self.refusals.show_refusals)
        imports.ended.connect(self._imported)
        Listening(self._desk.studies_changed, lambda _: self._soon.start(), self)

    def _make_no_match(self) -> Empty:
        clear = Button("Clear search and filters", key="Esc")
        clear.clicked.connect(self.bar.clear)
        return Empty("Nothing matches", "No study has all of these words and filters.", [clear])

    def _lay_out(self) -> None:
        for page in (self.table, self._no_match, self._nothing_yet, self._not_open):
            self._stack.addWidget(page)
        left = QVBoxLayout()
        left.setSpacing(0)
        left.addWidget(self._import_line)
        left.addWidget(self._stack, 1)
        left.addWidget(self.refusals)
        middle = QHBoxLayout()
        middle.setSpacing(0)
        middle.addLayout(left, 1)
        middle.addWidget(self.preview)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self.bar)
        whole.addLayout(middle, 1)


def _button(actions: Actions, name: str, text: str) -> Button:
    action = actions[name]
    made = Button(f"Import {text.lower()}", key=action.shortcut().toString().replace("+", " "))
    made.clicked.connect(action.trigger)
    return made
