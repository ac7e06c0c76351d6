"""The outbox beside whatever page is shown: everything that still has to reach an archive, and what has.

It lies over the page's right edge, so that the images keep their place. Esc closes it and gives the keys back
to who had them.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Final

import shiboken6
from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QHBoxLayout,
    QListView,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from workstation.errors import calm
from workstation.ui.actions import Actions, Offered
from workstation.ui.contracts import Network, Notice, OutboxRow, Tone
from workstation.ui.controls import Label, panel, rule
from workstation.ui.empty import Empty
from workstation.ui.network.outbox_details import OutboxDetails
from workstation.ui.network.outbox_line import OutboxDelegate
from workstation.ui.network.outbox_model import Fold, OutboxModel, done_today, entries
from workstation.ui.network.questions import GiveUpDialog
from workstation.ui.network.state import NetworkState
from workstation.ui.network.wording import thing
from workstation.ui.operations import Operations
from workstation.ui.theme import STEP, FontSize
from workstation.ui.theme.sizes import BANNER

_WIDTH: Final = 460
_DETAILS_SHARE: Final = 0.55  # of the panel's height, at most
_LOW_SHARE: Final = 0.4  # … in a low window
_LOW: Final = 480  # pixels; lower, the state bar alone sums up
_SECOND: Final = 1000  # milliseconds
_TOGGLES: Final = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space)


class OutboxPanel(QWidget):
    """Laid over ``page``; says ``noticed`` with what went wrong, ``covers`` with the width that it takes."""

    noticed = Signal(object)
    covers = Signal(int)

    def __init__(
        self,
        page: QWidget,
        network: Network,
        state: NetworkState,
        operations: Operations,
        now: Callable[[], datetime],
    ) -> None:
        super().__init__(page)
        self._page, self._network, self._state = page, network, state
        self._operations, self._now = operations, now
        self._had_keys: QWidget | None = None
        self._is_open = False  # whether what has come to an end is shown
        self.model = OutboxModel(self)
        self.list = OutboxList(self.model)
        self.list.setItemDelegate(OutboxDelegate(self.list, now))
        self.actions_ = Actions(
            self,
            {
                "retry": self._retry,
                "give-up": self._ask_why,
                "fold-done": self.toggle_done,
                "close-outbox": self.close_panel,
            },
        )
        self.details = OutboxDetails(self.actions_["retry"], self.actions_["give-up"], now)
        self.summary = Label(role="secondary", wrapped=True)
        self.empty = Empty(
            "Everything has arrived.", "What is signed or sent stands here until the archive has it.", []
        )
        self._close = self.actions_.button("close-outbox")
        self._tick = QTimer(self, interval=_SECOND)
        self._tick.timeout.connect(self._go_on)
        self._lay_out()
        self.list.selectionModel().currentChanged.connect(lambda *_: self._show_chosen())
        self.list.toggled.connect(self.toggle_done)
        state.outbox_changed.connect(self._show)
        page.installEventFilter(self)
        self.hide()

    def open(self) -> None:
        """Show it and give it the keys; close it if it has been open."""
        if self.isVisible():
            self.close_panel()
            return
        self._had_keys = QApplication.focusWidget()
        self._place()
        self._show()
        self.show()
        self.raise_()
        self._tick.start()
        (self._close if self.list.isHidden() else self.list).setFocus(Qt.FocusReason.PopupFocusReason)
        self._state.begin_look()
        self.covers.emit(self.width())

    def close_panel(self) -> None:
        """Put it away and give the keys back."""
        had_keys = self.isAncestorOf(QApplication.focusWidget() or self._page)
        self._tick.stop()
        self.hide()
        self._state.end_look()
        self.covers.emit(0)
        if had_keys and self._had_keys is not None and shiboken6.isValid(self._had_keys):
            self._had_keys.setFocus(Qt.FocusReason.PopupFocusReason)
        self._had_keys = None

    def toggle_done(self) -> None:
        """Show what has come to an end today, or hide it."""
        self._is_open = not self._is_open
        self._show()

    def offered(self) -> Offered:
        """Return what can be done here, for the palette; nothing while it is closed."""
        return self.actions_.items() if self.isVisible() else []

    def chosen(self) -> OutboxRow | None:
        """Return the delivery that is chosen."""
        entry = self.model.entry(self.list.currentIndex().row())
        return entry if isinstance(entry, OutboxRow) else None

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay at the page's right edge."""
        if watched is self._page and event.type() == QEvent.Type.Resize:
            self._place()
        return False

    def _place(self) -> None:
        width = min(_WIDTH, self._page.width())
        self.setGeometry(self._page.width() - width, 0, width, self._page.height())
        share = _LOW_SHARE if self.height() < _LOW else _DETAILS_SHARE
        self._scrolled.setMaximumHeight(round(self.height() * share))
        self._show_parts()
        if self.isVisible():
            self.covers.emit(width)

    def _show(self) -> None:
        chosen, number = self.chosen(), self.list.currentIndex().row()
        now = self._now()
        self.model.show(entries(self._state.outbox, now, is_open=self._is_open), now)
        found = self.model.number_of(chosen.identifier) if chosen else None
        self.list.choose(number if found is None else found)
        self._say()
        self._show_chosen()
        self._show_parts()

    def _show_parts(self) -> None:
        """Show the list or that it is empty; a low window has no room to sum up, the state bar does."""
        trouble = bool(self._state.outbox_trouble)
        is_empty = not self.model.rowCount() and not trouble
        if is_empty and self.list.hasFocus():
            self._close.setFocus(Qt.FocusReason.OtherFocusReason)
        sums_up = trouble or (not is_empty and self.height() >= _LOW)
        for widget, shown in ((self.empty, is_empty), (self.list, not is_empty), (self.summary, sums_up)):
            widget.setVisible(shown)

    def _say(self) -> None:
        unsent = self._state.unsent
        persons = sum(row.needs_person for row in unsent)
        waiting = len(unsent) - persons
        parts = (
            f"{persons} {'needs' if persons == 1 else 'need'} you" if persons else "",
            f"{waiting} on the way" if waiting else "",
        )
        text = ", ".join(filter(None, parts)) or "Everything has arrived."
        trouble = self._state.outbox_trouble
        self.summary.setText(trouble or text)
        self.summary.set_role("fault" if trouble or persons else "secondary")
        self.actions_["fold-done"].setEnabled(bool(done_today(self._state.outbox, self._now())))

    def _show_chosen(self) -> None:
        row = self.chosen()
        self.details.show_row(row)
        self._rule.setVisible(row is not None)
        self._scrolled.setVisible(row is not None)

    def _go_on(self) -> None:
        self.model.tick(self._now())
        self.list.viewport().update()
        self.details.tick()

    def _retry(self) -> None:
        row = self.chosen()
        if row is not None:
            self._do(lambda: self._network.retry(row.identifier))

    def _ask_why(self) -> None:
        row = self.chosen()
        if row is None:
            return
        dialog = GiveUpDialog(row, self.window())
        dialog.accepted.connect(lambda: self._give_up(row, dialog.reason()))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _give_up(self, row: OutboxRow, why: str) -> None:
        self._do(
            lambda: self._network.give_up(row.identifier, why), Notice(f"{thing(row)} given up.", Tone.PLAIN)
        )

    def _do(self, work: Callable[[], None], told: Notice | None = None) -> None:
        """Do something away from the main thread, and show what became of it."""

        def done(_: None) -> None:
            self._state.ask_outbox()
            if told is not None:
                self.noticed.emit(told)

        self._operations.run(
            lambda _: work(),
            asked_by=self,
            done=done,
            failed=lambda error: self.noticed.emit(Notice(calm(error), Tone.FAULT)),
        )

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.addWidget(Label("Outbox", size=FontSize.NAME, strong=True))
        head.addStretch(1)
        head.addWidget(self._close)
        top = panel("bar", head, margins=(4 * STEP, 0, 2 * STEP, 0))
        top.setFixedHeight(BANNER)
        self.summary.setContentsMargins(4 * STEP, 3 * STEP, 4 * STEP, STEP)
        self._rule = rule()
        self._scrolled = QScrollArea()
        self._scrolled.setWidgetResizable(True)
        self._scrolled.setFrameShape(QFrame.Shape.NoFrame)
        self._scrolled.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scrolled.setWidget(self.details)
        column = QVBoxLayout()
        column.setSpacing(0)
        for widget in (top, self.summary, self.list, self.empty, self._rule, self._scrolled):
            column.addWidget(widget)
        column.setStretch(2, 1)
        column.setStretch(3, 1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(panel("preview", column))


class OutboxList(QListView):
    """The list; ``toggled`` when the fold is opened or closed."""

    toggled = Signal()

    def __init__(self, model: OutboxModel) -> None:
        super().__init__()
        self._model = model
        self.setModel(model)
        self.setAccessibleName("What is on its way")
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setProperty("kind", "outbox")
        self.setMinimumHeight(4 * BANNER // 2)
        self.setTabKeyNavigation(False)

    def choose(self, number: int) -> None:
        """Choose a line, or the nearest that there is."""
        count = self._model.rowCount()
        first = self._model.first()
        if first is None:
            return
        index = self._model.index(min(max(number, first), count - 1))
        self.setCurrentIndex(index if index.flags() else self._model.index(index.row() + 1))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Open and close the fold with Enter and Space."""
        if event.key() in _TOGGLES and self._is_on_fold():
            self.toggled.emit()
            return
        super().keyPressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Open and close the fold with a click."""
        super().mouseReleaseEvent(event)
        if self.indexAt(event.position().toPoint()) == self.currentIndex() and self._is_on_fold():
            self.toggled.emit()

    def _is_on_fold(self) -> bool:
        return isinstance(self._model.entry(self.currentIndex().row()), Fold)
