"""Everything of the network in its place in the window: state items, outbox, check, kept lines, questions.

Made once for a window that has a network; the window gives it the places and asks it before it closes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QStackedWidget, QWidget

from workstation.errors import calm
from workstation.ui.actions import Actions, Handler
from workstation.ui.contracts import LineRow, LineStatus, Network, Notice, Outage, StateItem, Told, Tone
from workstation.ui.network.check_page import CheckPage
from workstation.ui.network.outage import OutageDialog, OutageLine
from workstation.ui.network.outbox_panel import OutboxPanel
from workstation.ui.network.questions import QuitDialog
from workstation.ui.network.signing_in import SigningIn
from workstation.ui.network.state import NetworkState
from workstation.ui.network.wording import arriving_item, lines_item, listener_item, outbox_item, worst_first
from workstation.ui.notices import Notices
from workstation.ui.operations import Operations
from workstation.ui.shortcuts import Place
from workstation.ui.state_bar import StateBar

_AGES: Final = 20_000  # milliseconds between two looks at how old things are


@dataclass(frozen=True)
class Window:
    """What the window gives: where things go, who reads, what time it is."""

    widget: QWidget
    pages: QStackedWidget
    bar: StateBar
    notices: Notices
    tell: Callable[[Notice], object]
    show: Callable[[QWidget], object]  # a page
    show_studies: Callable[[], object]
    now: Callable[[], datetime]
    reader: str


class Switchboard(QObject):
    """Follows a network and shows what it says."""

    def __init__(self, network: Network, window: Window) -> None:
        super().__init__(window.widget)
        self._window, self._network = window, network
        # Threads of its own: a check takes a minute, a sign-in waits for a person, and the list for neither.
        self.operations = Operations(self)
        self.state = NetworkState(network, self.operations, self)
        self.check = CheckPage(network, self.state, self.operations, window.now)
        self.outbox = OutboxPanel(window.pages, network, self.state, self.operations, window.now)
        self.signing_in = SigningIn(network, self.state, self.operations, window.notices, window.tell)
        self.outage = OutageLine(window.notices, window.tell, window.now)
        self._before: QWidget | None = None
        self._question: QuitDialog | None = None
        self._actions: Actions | None = None
        self._ages = QTimer(self, interval=_AGES)
        self._ages.timeout.connect(self._show_all)
        self._ages.start()
        self._connect()

    def handlers(self) -> dict[str, Handler]:
        """Return what the window's commands of the network do."""
        return {
            "outbox": self.outbox.open,
            "connection": self.open_check,
            "sign-in": self._sign_in,
            "tell-group": self.tell_group,
        }

    def follow(self, actions: Actions) -> None:
        """Switch the window's commands on and off, as there is something to do for them."""
        self._actions = actions
        self._show_all()

    def places(self) -> tuple[Place, ...]:
        """Return where keys mean something now, for the sheet of keys."""
        beside = (Place.OUTBOX,) if self.outbox.isVisible() else ()
        if self._window.pages.currentWidget() is self.check:
            return (Place.EVERYWHERE, Place.CONNECTION, *beside)
        return (Place.EVERYWHERE, Place.STUDIES, Place.READING, *beside)

    def open_check(self) -> None:
        """Show the connection check; from there Esc leads back to where one was."""
        pages = self._window.pages
        if pages.currentWidget() is self.check:
            self.check.stop_or_leave()
            return
        self._before = pages.currentWidget()
        self._window.show(self.check)

    def tell_group(self) -> None:
        """Show whom to tell of the outage."""
        outage = self.outage.outage
        if outage is None:
            return
        dialog = OutageDialog(outage, self._window.now(), self._told_of(outage), self._window.widget)
        dialog.accepted.connect(self._told)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def arriving(self, count: int) -> None:
        """Say how many studies are on their way here."""
        self._window.bar.set_item(arriving_item(count))

    def focus_series(self, study_uid: str, series_uid: str) -> None:
        """Let the series that is looked at come first."""
        self._network.focus_series(study_uid, series_uid)

    def ask_before_quitting(self, leave: Callable[[], object]) -> bool:
        """Ask if anything is unsent; True while the question stands, and ``leave`` may be called later."""
        unsent = self.state.unsent
        if unsent and self._question is None:
            self._question = QuitDialog(unsent, self._window.now(), self._window.widget)
            self._question.quits.connect(leave)
            self._question.finished.connect(self._forget_question)
            self._question.open()
        return bool(unsent)

    def close(self) -> None:
        """Wait for nobody any more."""
        self.signing_in.cancel()
        if self._question is not None:
            self._question.reject()
        self.operations.close()

    def _connect(self) -> None:
        bar = self._window.bar
        bar.opens("line", self._open_line)
        bar.opens("arriving", self._window.show_studies)
        bar.opens("outbox", self.outbox.open)
        self.state.lines_changed.connect(self._forget_told)
        self.state.lines_changed.connect(self._show_all)
        self.state.outbox_changed.connect(self._show_outbox)
        self._window.pages.currentChanged.connect(lambda _: self.outbox.raise_())
        self.check.left.connect(self._leave_check)
        self.check.asked_sign_in.connect(self._sign_in_to)
        self.check.noticed.connect(self._window.tell)
        self.outbox.noticed.connect(self._window.tell)
        self.outbox.covers.connect(self._window.notices.leave_free)

    def _open_line(self) -> None:
        """Open what helps the line that wants to be noticed most."""
        lines = worst_first(self.state.lines)
        if lines and lines[0] == self.state.signed_out:
            self._sign_in_to(lines[0])
        else:
            self.open_check()

    def _leave_check(self) -> None:
        if self._before is not None:
            self._window.show(self._before)

    def _sign_in(self) -> None:
        line = self.state.signed_out
        if line is not None:
            self._sign_in_to(line)

    def _sign_in_to(self, line: LineRow | None) -> None:
        if line is not None:
            self.signing_in.start(line, self._window.widget)

    def _forget_question(self) -> None:
        if self._question is not None:
            self._question.deleteLater()
        self._question = None

    def _told_of(self, outage: Outage) -> Told | None:
        told = self.state.told
        return told if told is not None and told.archive == outage.archive else None

    def _told(self) -> None:
        """Keep that the group was told, now."""
        if self.outage.outage is not None:
            self._keep_told(Told(self.outage.outage.archive, self._window.now(), self._window.reader))

    def _keep_told(self, told: Told | None) -> None:
        self.operations.run(
            lambda _: self._network.keep_told(told),
            asked_by=self,
            done=lambda _: self.state.ask_lines(),
            failed=lambda error: self._window.tell(Notice(calm(error), Tone.FAULT)),
        )

    def _forget_told(self) -> None:
        """Let the next outage be another one, once the line stands."""
        told = self.state.told
        if told is not None and any(
            row.name == told.archive and row.status is LineStatus.ONLINE for row in self.state.lines
        ):
            self.state.told = None
            self._keep_told(None)

    def _show_all(self) -> None:
        self._show_lines()
        self._show_outbox()

    def _show_lines(self) -> None:
        trouble = self.state.lines_trouble
        item = StateItem("line", "Line: state unknown", Tone.FAULT, trouble) if trouble else None
        self._window.bar.set_item(item or lines_item(self.state.lines, self._window.now()))
        self._window.bar.set_item(listener_item(self.state.listener))
        self.outage.show(self.state.outage, self.state.told, self.tell_group)
        self._allow("connection", bool(self.state.lines))
        self._allow("sign-in", self.state.signed_out is not None)
        self._allow("tell-group", self.outage.outage is not None)

    def _show_outbox(self) -> None:
        bar, trouble = self._window.bar, self.state.outbox_trouble
        self._allow("outbox", self.state.exists)
        if trouble:
            bar.set_item(StateItem("outbox", "Outbox cannot be read", Tone.FAULT, trouble))
        elif self.state.exists:
            bar.set_item(outbox_item(self.state.outbox, self._window.now()))
        else:
            bar.set_item(StateItem("outbox", ""))

    def _allow(self, name: str, allowed: bool) -> None:
        if self._actions is not None:
            self._actions[name].setEnabled(allowed)
