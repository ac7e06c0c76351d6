"""The top-level window: pages, state bar, notices, drops, the keys that work everywhere."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

from PySide6.QtCore import QByteArray, QSize, Qt
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QMainWindow, QStackedWidget, QToolTip, QVBoxLayout, QWidget

from workstation.errors import calm
from workstation.ui.actions import Actions, Offered
from workstation.ui.contracts import (
    Desk,
    ImportProgress,
    Network,
    Notice,
    Reading,
    StateItem,
    Tone,
    WindowMemory,
)
from workstation.ui.dialogs import choose_files, choose_folder
from workstation.ui.drop import DropArea
from workstation.ui.imports import Imports, share
from workstation.ui.network import CheckPage, Switchboard, Window
from workstation.ui.next_case import NextCases
from workstation.ui.notices import Notices
from workstation.ui.opening import Opening
from workstation.ui.operations import Operations
from workstation.ui.panels import CommandPalette, KeySheet
from workstation.ui.reading import ReadingPage
from workstation.ui.shortcuts import COMMANDS, OF_THE_NETWORK, OF_THE_WORKLIST, Command, Place
from workstation.ui.state_bar import StateBar
from workstation.ui.studies import Listing, StudiesPage, Works

_log = logging.getLogger(__name__)

_SHARE_OF_SCREEN: Final = 0.9  # of the first window
_SMALLEST: Final = QSize(960, 600)


class MainWindow(QMainWindow):
    """One window; it shows what ``desk`` tells."""

    def __init__(
        self,
        desk: Desk,
        *,
        network: Network | None = None,
        now: Callable[[], datetime],
        reader: str = "",
        memory: WindowMemory | None = None,
    ) -> None:
        super().__init__()
        self._desk = desk
        self._memory = memory or WindowMemory()
        self.setWindowTitle("Lumen")
        self.setMinimumSize(_SMALLEST.boundedTo(self.screen().availableSize()))
        self.operations = Operations(self)
        self.imports = Imports(desk, self.operations, self)
        self.state = StateBar(now, reader)
        self._pages = QStackedWidget()
        self.notices = Notices(self._pages)
        self._is_leaving = False  # nothing more is asked
        self.network = self._connect_network(network, now, reader) if network is not None else None
        self.actions_ = self._make_actions()
        # A claim waits for a line; the list doesn't wait for it.
        works = Works(network, self.network.operations, self) if network and self.network else None
        self.studies = StudiesPage(
            desk,
            works,
            self.operations,
            self.imports,
            self.actions_,
            now=now,
            reader=reader,
            memory=self._memory,
        )
        self.cases = NextCases(network, self.operations, self.notices, self) if network is not None else None
        self.reading = ReadingPage(self.operations, self.actions_, has_cases=self.cases is not None)
        self.opening = Opening(desk, self.operations, self.notices, self)
        self._looked_in = Path.home()
        self._lay_out()
        self.palette_ = CommandPalette(self, self._offered)
        self._keys: KeySheet | None = None
        self._drop = DropArea(self, self.imports.start)
        self._connect()
        self._restore()

    def tell(self, notice: Notice) -> None:
        """Show a line."""
        self.notices.tell(notice)

    def show_studies(self) -> None:
        """Go to the study list; what was open is put away."""
        QToolTip.hideText()
        self._pages.setCurrentWidget(self.studies)
        self.reading.put_away()
        self.studies.reload()  # what was open is no longer unread
        self.studies.take_keys()

    def open_study(self, study_uid: str) -> None:
        """Open a study for reading; the last one that was asked for is the one that opens."""
        self.opening.open(study_uid)

    def _show_reading(self, reading: Reading) -> None:
        QToolTip.hideText()  # it spoke of the images before
        self.reading.show_reading(reading)
        self._tell_neighbours()
        self._pages.setCurrentWidget(self.reading)
        self.reading.take_keys()

    def _tell_neighbours(self) -> None:
        """Say whether there is a study before and after the open one; the list may come later than it."""
        reading = self.reading.reading
        if reading is not None:
            before, after = (self.studies.neighbour(reading.study.uid, step) for step in (-1, 1))
            self.reading.banner.allow(previous=before is not None, following=after is not None)

    def _step_study(self, step: int) -> None:
        reading = self.reading.reading
        study = self.studies.neighbour(reading.study.uid, step) if reading else None
        if study is not None:
            self.studies.table.choose(study.uid)
            self.open_study(study.uid)

    def _open_case(self, study_uid: str) -> None:
        """Open the next case, and choose it in the list for the way back."""
        self.studies.table.choose(study_uid)
        self.open_study(study_uid)

    def leave(self) -> None:
        """Close without a question, as when the session ends or the person has answered it."""
        self._is_leaving = True
        self.close()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Stop what runs and remember where the window was; only unsent work asks once before."""
        if not self._is_leaving and self.network and self.network.ask_before_quitting(self.leave):
            event.ignore()
            return
        self.imports.cancel()
        ends = (self.network.close,) if self.network else ()
        for last in (self.reading.put_away_for_good, self._remember, *ends, self.operations.close):
            try:
                last()
            except Exception as error:  # noqa: BLE001  whatever it is, the window closes
                _log.error("while the window closed: %s", calm(error))
        event.accept()

    def _remember(self) -> None:
        self._memory.remember(bytes(self.saveGeometry().data()))

    def _make_actions(self) -> Actions:
        return Actions(
            self,
            {
                "palette": self._open_palette,
                "keys": self._open_keys,
                "full-screen": self.toggle_full_screen,
                "next-area": self._next_area,
                "import-files": self._choose_files,
                "import-folder": self._choose_folder,
                "quit": self.close,
                **(self.network.handlers() if self.network else {}),
            },
        )

    def _connect_network(self, network: Network, now: Callable[[], datetime], reader: str) -> Switchboard:
        window = Window(
            self,
            self._pages,
            self.state,
            self.notices,
            self.tell,
            self._show_page,
            self.show_studies,
            now,
            reader,
        )
        return Switchboard(network, window)

    def _show_page(self, page: QWidget) -> None:
        """Show a page as it is, and give it the keys."""
        QToolTip.hideText()
        self._pages.setCurrentWidget(page)
        self._page().take_keys()

    def toggle_full_screen(self) -> None:
        """Use the whole screen, or a part of it again."""
        self.setWindowState(self.windowState() ^ Qt.WindowState.WindowFullScreen)

    def _open_palette(self) -> None:
        self.palette_.open()

    def _open_keys(self) -> None:
        if self._keys is None or not self._keys.isVisible():
            self._keys, before = KeySheet(self, self._commands()), self._keys
            if before is not None:
                before.deleteLater()
        self._keys.open()

    def _commands(self) -> tuple[Command, ...]:
        """Return the commands for the sheet of keys, by the names that they have here.

        Of the list and the images only those of the page that is shown: both together find no room.
        """
        elsewhere = Place.STUDIES if self._page() is self.reading else Place.READING
        here = {command.name: command for command, _ in self._offered()}
        places = self.network.places() if self.network else (Place.EVERYWHERE, Place.STUDIES, Place.READING)
        return tuple(
            here.get(command.name, command)
            for command in COMMANDS
            if command.place in places
            and command.place is not elsewhere
            and (self.network or command.name not in (*OF_THE_NETWORK, *OF_THE_WORKLIST))
        )

    def _next_area(self) -> None:
        beside = [self.network.outbox] if self.network else []
        areas = [
            area for area in (*self._page().areas(), *beside, self.state) if _takes_keys(area) is not None
        ]
        current = next((n for n, area in enumerate(areas) if _has_keys(area)), -1)
        _give_keys(areas[(current + 1) % len(areas)])

    def _choose_files(self) -> None:
        self._import(choose_files(self, "Import files", self._looked_in))

    def _choose_folder(self) -> None:
        self._import(choose_folder(self, "Import a folder", self._looked_in))

    def _import(self, paths: Sequence[Path]) -> None:
        """Import what was chosen; the next choice begins beside it."""
        if paths:
            self._looked_in = paths[0].parent
        self.imports.start(paths)

    def _offered(self) -> Offered:
        beside = self.network.outbox.offered() if self.network else []
        offered = [*beside, *self._page().offered(), *self.actions_.items()]
        return [one for one in offered if one[0].name != "full-screen-images"]  # F11 does the same

    def _page(self) -> StudiesPage | ReadingPage | CheckPage:
        pages = (self.reading, self.network.check) if self.network else (self.reading,)
        shown = self._pages.currentWidget()
        return next((page for page in pages if page is shown), self.studies)

    def _tell_arriving(self, listing: Listing) -> None:
        if self.network:
            self.network.arriving(len(listing.arriving))

    def _progress(self, progress: ImportProgress) -> None:
        done = share(progress)
        text = "Importing" if done is None else f"Importing {done:.0%}"
        self.state.set_item(StateItem("import", text))

    def _end_import(self, _: object) -> None:
        self.state.set_item(StateItem("import", ""))

    def _connect(self) -> None:
        self.studies.model.layoutChanged.connect(self._tell_neighbours)
        self.studies.listed.connect(self._tell_arriving)
        self._pages.currentChanged.connect(lambda _: self.notices.raise_())
        self.studies.noticed.connect(self.tell)
        self.studies.opened.connect(self.open_study)
        self.opening.opened.connect(self._show_reading)
        self.reading.noticed.connect(self.tell)
        if self.network is not None:
            self.reading.looked_at.connect(self.network.focus_series)
            state = self.network.state
            state.lines_changed.connect(lambda: self.studies.stack.follow_lines(state.lines))
        self.reading.left.connect(self.show_studies)
        self.reading.stepped.connect(self._step_study)
        if self.cases is not None:
            self.studies.asked_next.connect(self.cases.ask)
            self.reading.asked_next.connect(self.cases.ask)
            self.cases.opened.connect(self._open_case)
        self.reading.full_screen.connect(self.toggle_full_screen)
        self.imports.progressed.connect(self._progress)
        self.imports.ended.connect(self._end_import)
        self.imports.failed.connect(self._end_import)
        self.imports.failed.connect(lambda error: self.tell(Notice(calm(error), Tone.FAULT)))

    def _restore(self) -> None:
        if not self._memory.geometry or not self.restoreGeometry(QByteArray(self._memory.geometry)):
            self.resize(self.screen().availableSize() * _SHARE_OF_SCREEN)

    def _lay_out(self) -> None:
        self._pages.addWidget(self.studies)
        self._pages.addWidget(self.reading)
        if self.network:
            self._pages.addWidget(self.network.check)
            self.network.follow(self.actions_)
        column = QVBoxLayout()
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._pages, 1)
        column.addWidget(self.state)
        middle = QWidget()
        middle.setLayout(column)
        self.setCentralWidget(middle)


def _has_keys(area: QWidget) -> bool:
    return area.hasFocus() or any(child.hasFocus() for child in area.findChildren(QWidget))


def _takes_keys(area: QWidget) -> QWidget | None:
    """Return the area, or the first control in it, that takes the keys now; None if nothing does."""
    return next(
        (
            widget
            for widget in (area, *area.findChildren(QWidget))
            if widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.isEnabled() and widget.isVisible()
        ),
        None,
    )


def _give_keys(area: QWidget) -> None:
    """Give the keys to an area, or to the first control in it that takes them."""
    taker = _takes_keys(area)
    if taker is not None:
        taker.setFocus(Qt.FocusReason.TabFocusReason)
