"""The page with the list of studies: what came in by hand, and with archives the worklist."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from typing import Final

from PySide6.QtCore import QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QVBoxLayout, QWidget

from workstation.errors import calm
from workstation.ui.actions import Actions, Handler, Offered
from workstation.ui.asking import Asking
from workstation.ui.bridge import Listening
from workstation.ui.contracts import (
    Desk,
    ImportSummary,
    LinkOffer,
    Notice,
    StudyRow,
    Tone,
    WindowMemory,
)
from workstation.ui.imports import Imports
from workstation.ui.operations import Operations
from workstation.ui.panels.refusals import RefusalsPanel
from workstation.ui.studies.archive_search import ArchiveSearch
from workstation.ui.studies.filter_bar import FilterBar
from workstation.ui.studies.import_line import ImportLine
from workstation.ui.studies.listing import Listing, prepare
from workstation.ui.studies.model import StudyModel
from workstation.ui.studies.pace import Pace
from workstation.ui.studies.preview import Preview
from workstation.ui.studies.query import Query
from workstation.ui.studies.same_person import SamePersonDialog
from workstation.ui.studies.saved import Filters, as_text, from_text
from workstation.ui.studies.stack import ListStack
from workstation.ui.studies.table import StudyTable
from workstation.ui.studies.work import WORKS, Work, Works
from workstation.ui.theme.sizes import NARROW_PREVIEW, PREVIEW

_PREVIEW_SHARE: Final = 0.3
_ROOM_FOR_BOTH: Final = 760  # pixels
_SETTLE: Final = 150  # milliseconds; an import tells of every study that it touches
_SECOND: Final = 1000  # milliseconds
_FIRST: Final = 10  # milliseconds from the window's painting to the first question: the window comes first
_CHIPS: Final = {f"show-{name}": name for name in ("today", "all")}
_WORKLIST_CHIPS: Final = {f"show-{name}": name for name in ("mine", "stat", "unread", "priors")}


class StudiesPage(QWidget):
    """Says ``opened`` with the UID of the study to read, ``asked_next`` for the next case.

    It says ``listed`` when other studies are known, and ``noticed`` with what went wrong.
    """

    opened = Signal(str)
    asked_next = Signal()
    listed = Signal(object)
    noticed = Signal(object)

    def __init__(
        self,
        desk: Desk,
        works: Works | None,
        operations: Operations,
        imports: Imports,
        window_actions: Actions,
        *,
        now: Callable[[], datetime],
        reader: str,
        memory: WindowMemory,
    ) -> None:
        super().__init__()
        self._desk, self._operations = desk, operations
        self._network = works.network if works is not None else None
        self._reader, self._memory, self.works = reader, memory, works
        self._is_new_look = True  # somebody begins to look at the list: that is recorded once
        self._to_choose: tuple[str, ...] = ()
        self._has_saved = False  # filters, here: what the store says of them may be older
        self._pace = Pace()
        self._list = Asking(self._ask_list, self._show, operations, _SETTLE, self)
        self._list.answered.connect(self._tell_trouble)
        self._clock = QTimer(self, interval=_SECOND)
        self._clock.timeout.connect(self._tick)
        self.setProperty("kind", "page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.model = StudyModel(now, self)
        self.table = StudyTable(self.model)
        self.bar = FilterBar(window_actions, has_archives=works is not None)
        self.preview = Preview(desk, self._network, operations, now)
        self.refusals = RefusalsPanel()
        self.import_line = ImportLine(imports)
        self.stack = ListStack(self.table, window_actions, has_archives=works is not None)
        self.archive_search = (
            ArchiveSearch(works.network, works.operations, self) if works is not None else None
        )
        self.actions_ = Actions(self, self._handlers())
        self._lay_out()
        self._connect(imports)
        self._follow_selection()
        self._first = QTimer(self, singleShot=True, interval=_FIRST)
        self._first.timeout.connect(self.reload)
        self._first.start()

    def reload(self) -> None:
        """Ask for the studies again."""
        self._first.stop()
        self._list.ask()

    def hold(self, title: str, line: str = "", again: Callable[[], object] | None = None) -> None:
        """Say why there is no list yet; an empty store and one that is not open are two things."""
        self.stack.hold(title, line, again)
        self._after_change()
        self.stack.offer_again()

    def release(self) -> None:
        """Show the list as it is, from the next answer on."""
        self.stack.release()
        self.reload()

    def take_keys(self) -> None:
        """Give the list the keys, with a study chosen."""
        self.table.choose_first()
        self.stack.taker().setFocus(Qt.FocusReason.OtherFocusReason)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave the list most of a small window."""
        super().resizeEvent(event)
        self._show_preview()
        self.preview.setFixedWidth(min(max(round(self.width() * _PREVIEW_SHARE), NARROW_PREVIEW), PREVIEW))

    def showEvent(self, event: QShowEvent) -> None:
        """Let the clocks go on while they can be seen."""
        super().showEvent(event)
        self._is_new_look = True
        self._tick()
        self._clock.start()
        if self._first.isActive():
            self._first.start()

    def hideEvent(self, event: QHideEvent) -> None:
        """Rest."""
        super().hideEvent(event)
        self._clock.stop()

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

    def _ask_list(self) -> tuple[Listing, str]:
        """Answer, on a worker thread, the studies made ready and the saved filters."""
        is_new, self._is_new_look = self._is_new_look, False
        rows = self._desk.studies() if is_new else self._desk.refresh_studies()
        return prepare(rows, self.model.listing, self._reader), self._memory.filters()

    def _tell_trouble(self) -> None:
        if self._list.trouble:
            self.noticed.emit(Notice(self._list.trouble, Tone.FAULT, "Try again", self.reload))

    def _show(self, answer: tuple[Listing, str]) -> None:
        listing, filters = answer
        self._pace.note(listing.arriving, time.monotonic())
        self.model.set_listing(listing)
        self.table.fit_columns()
        self.bar.offer(listing)
        if not self._has_saved:
            self.bar.saved.take(from_text(filters))
            self.bar.show_saved()
        self._after_change()
        self.listed.emit(listing)
        chosen = any(self.table.choose(uid) for uid in self._to_choose)
        self._to_choose = ()
        if not chosen:
            self.table.choose_first()

    def _ask(self, query: Query) -> None:
        self.model.set_query(query)
        self._after_change()
        self.table.choose_first()

    def _after_change(self) -> None:
        shown, known = self.model.rowCount(), len(self.model.listing.entries)
        self.stack.follow_words(self.model.query.text)
        self.stack.follow(shown=shown, known=known, asks=self.model.query.asks)
        self._count()
        self._show_preview()
        self.preview.show_study(self.table.current())
        self._follow_selection()

    def _show_preview(self) -> None:
        """Show it where there is something to preview, and room for it beside the list."""
        self.preview.setVisible(bool(self.model.listing.entries) and self.width() >= _ROOM_FOR_BOTH)

    def _count(self) -> None:
        if self.model.total or self.stack.is_open:
            self.bar.count(self.model.listing, self.model.rowCount(), self.model.total, self.model.at)
        else:
            self.bar.say_nothing()

    def _tick(self) -> None:
        """Let the clocks go on; no row changes its place because of it."""
        self.table.tick()
        self._count()
        study = self.table.current()
        if study is not None:
            self.preview.tick(self._pace.left(study, time.monotonic()))

    def _handlers(self) -> dict[str, Handler]:
        made: dict[str, Handler] = {
            "search": self._search,
            "clear-filters": self._clear,
            "open-study": self._open_current,
            "own-order": self.table.take_own_order,
            "saved-filters": self.bar.saved.open,
            "save-filter": self.bar.saved.save,
            **self._chip_pressers(_CHIPS),
        }
        if self._network is not None:
            made |= {"next-case": self.asked_next.emit, **self._chip_pressers(_WORKLIST_CHIPS)}
            made["search-archives"] = self._search_archives
            made |= {work.name: self._worker(work) for work in WORKS}
        return made

    def _chip_pressers(self, names: dict[str, str]) -> dict[str, Handler]:
        def presser(name: str) -> Handler:
            return lambda: self.bar.quick.press(name)

        return {command: presser(name) for command, name in names.items()}

    def _worker(self, work: Work) -> Handler:
        return lambda: self._work(work)

    def _work(self, work: Work) -> None:
        if self.works is not None:
            self.works.do(work, self.table.several())

    def _follow_selection(self) -> None:
        """Offer what can be done to what is chosen."""
        rows = self.table.several()
        self.preview.buttons.show_rows(rows, has_archives=self.works is not None)
        if self.works is not None:
            for work in WORKS:
                self.actions_[work.name].setEnabled(any(map(work.fits, rows)))

    def _open_menu(self, place: QPoint) -> None:
        """Offer at the pointer what can be done to what is chosen."""
        if self.table.current() is None:
            return
        menu = QMenu(self)
        menu.aboutToHide.connect(menu.deleteLater)
        names = ("open-study", *(work.name for work in WORKS if self.works is not None))
        for name in names:
            if self.actions_[name].isEnabled():
                menu.addAction(self.actions_[name])
        menu.popup(place)

    def _decide(self, study: StudyRow, offer: LinkOffer, is_same: bool) -> None:
        """Let a person look at both once more, and say."""
        network = self._network
        if network is None:
            return
        dialog = SamePersonDialog(study, offer, is_same=is_same, parent=self.window())
        decide = network.confirm_link if is_same else network.refuse_link
        dialog.decided.connect(lambda: self._tell_decision(decide, offer))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _tell_decision(self, decide: Callable[[LinkOffer], None], offer: LinkOffer) -> None:
        self._operations.run(
            lambda _: decide(offer),
            asked_by=self,
            done=lambda _: self._look_again(),
            failed=lambda error: self.noticed.emit(Notice(calm(error), Tone.FAULT)),
        )

    def _look_again(self) -> None:
        self.preview.ask_again()
        self.reload()

    def _keep_filters(self, filters: Filters) -> None:
        self._has_saved = True
        text = as_text(filters)
        self._operations.run(
            lambda _: self._memory.keep_filters(text),
            asked_by=self,
            done=lambda _: None,
            failed=lambda error: self.noticed.emit(Notice(calm(error), Tone.FAULT)),
        )

    def _search(self) -> None:
        self.bar.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.bar.search.selectAll()

    def _search_archives(self) -> None:
        """Look for the words elsewhere; the chips must not hide what is found."""
        if self.archive_search is not None:
            self.bar.ask(Query(text=self.bar.query.text))
            self.archive_search.ask(self.bar.query.text)

    def _archives_answered(self, count: int, sentence: str) -> None:
        """Say it where the reader looks, and list what was found."""
        self.stack.say_searched(sentence)
        if count or self.stack.currentWidget() is not self.stack.no_match:
            self.noticed.emit(Notice(sentence, Tone.PLAIN))
        if count:
            self.reload()

    def _clear(self) -> None:
        """Ask for everything again, and give the list the keys."""
        self.bar.clear()
        self.take_keys()

    def _take_found(self) -> None:
        """Open the study that was found; among several it is the reader who chooses."""
        self.take_keys()
        if self.model.rowCount() == 1 and self.model.query == self.bar.query:
            self._open_current()

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
        self.table.selected.connect(self._follow_selection)
        self.table.opened.connect(self._open)
        self.table.asked_menu.connect(self._open_menu)
        self.bar.changed.connect(self._ask)
        self.bar.asked_next.connect(self.asked_next)
        self.bar.search.left.connect(self.take_keys)
        self.bar.search.entered.connect(self._take_found)
        self.bar.saved.kept.connect(self._keep_filters)
        self.bar.saved.noticed.connect(self.noticed)
        self.stack.asked_all.connect(self.bar.clear)
        self.stack.asked_archives.connect(self._search_archives)
        if self.archive_search is not None:
            self.archive_search.begun.connect(
                lambda: self.stack.say_searched("Asking the archives.", goes_on=True)
            )
            self.archive_search.ended.connect(self._archives_answered)
        self.preview.opened.connect(self.opened)
        self.preview.decided.connect(self._decide)
        self.preview.buttons.asked.connect(self._work)
        self.preview.asked_refusals.connect(self.refusals.show_refusals)
        self.import_line.asked_refusals.connect(self.refusals.show_refusals)
        imports.ended.connect(self._imported)
        if self.works is not None:
            self.works.noticed.connect(self.noticed)
            self.works.ended.connect(self.reload)
        Listening(self._desk.studies_changed, lambda _: self._list.soon(), self)

    def _lay_out(self) -> None:
        left = QVBoxLayout()
        left.setSpacing(0)
        left.addWidget(self.import_line)
        left.addWidget(self.stack, 1)
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
