"""The page of the connection check: a verdict, the steps, what to do about them, and how it was before.

A check runs on a worker thread, and reading goes on meanwhile. Esc stops it; what was measured until then is
not kept.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication, QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QComboBox,
    QFrame,
    QHBoxLayout,
    QProgressBar,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from workstation.errors import Cancelled, calm
from workstation.ui.actions import Actions, Offered
from workstation.ui.contracts import (
    CheckStep,
    ConnectionReport,
    LineRow,
    LineStatus,
    Network,
    Notice,
    Tone,
    Verdict,
)
from workstation.ui.controls import Button, Label, caption, panel
from workstation.ui.network.check_history import CheckHistory
from workstation.ui.network.check_steps import LOOKS, CheckSteps, Look
from workstation.ui.network.check_text import advice, as_text, circumstances
from workstation.ui.network.state import NetworkState
from workstation.ui.network.wording import line_text, worst_first
from workstation.ui.operations import Operations, Ticket
from workstation.ui.theme import ICON, PALETTE, STEP, FontSize, font, icon
from workstation.ui.theme.sizes import BANNER

_STEPS: Final = 960  # pixels; wider, found and wanted are too far apart to be compared
_NOT_CHECKED: Final[Look] = ("info", "not checked", "secondary", PALETTE.secondary)
_NARROW: Final = 900  # pixels; below it the columns stand below each other
_USUAL_STEPS: Final = 8  # of a whole check
_NEARLY: Final = 0.95  # the bar is full only when all is judged


class CheckPage(QWidget):
    """Says ``left`` to go back, ``noticed``, and ``asked_sign_in`` with the line to sign in to."""

    left = Signal()
    noticed = Signal(object)
    asked_sign_in = Signal(object)

    def __init__(
        self, network: Network, state: NetworkState, operations: Operations, now: Callable[[], datetime]
    ) -> None:
        super().__init__()
        self.setProperty("kind", "page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._network, self._state, self._operations, self._now = network, state, operations, now
        self._ticket: Ticket | None = None
        self._reports: Sequence[ConnectionReport] = ()
        self._trouble = ""  # why the last check could not be made
        self.actions_ = Actions(
            self,
            {"check-line": self.check, "copy-check": self.copy, "leave-check": self.stop_or_leave},
        )
        self.choice = QComboBox()
        self.back = Button("Back", kind="quiet", hint="Go back (Esc)")
        self.line = Label(role="secondary", elided=True)
        self.sign_in = Button("Sign in")
        self.copy_button = Button("Copy as text", hint="Copy the check as text, for IT (Ctrl C)")
        self.check_button = Button("Check now", kind="primary", key="F5")
        self.stop_button = Button("Stop", key="Esc")
        self.mark = Label()
        self.mark.setFixedWidth(ICON)
        self.verdict = Label(size=FontSize.NAME, wrapped=True)
        self.circumstances = Label(role="secondary", wrapped=True)
        self.progress = QProgressBar()
        self.steps = CheckSteps()
        self.history = CheckHistory(operations)
        self._advice = QVBoxLayout()
        self._advice_lines: list[Label] = []
        self._lay_out()
        self._connect()
        self._follow_lines()

    @property
    def running(self) -> bool:
        """Return whether a check is under way."""
        return self._ticket is not None

    def choose(self, archive: str) -> None:
        """Choose which archive's line to look at."""
        number = self.choice.findData(archive)
        if number >= 0:
            self.choice.setCurrentIndex(number)

    def take_keys(self) -> None:
        """Give the first control the keys, and look at what is known."""
        (self.stop_button if self.running else self.check_button).setFocus(Qt.FocusReason.OtherFocusReason)
        self._look_back()

    def offered(self) -> Offered:
        """Return what can be done here, for the palette."""
        return self.actions_.items()

    def areas(self) -> list[QWidget]:
        """Return where the keys can be, in the order of the eye."""
        return [self.check_button, self.stop_button, self._scrolled, self._bar]

    def check(self) -> None:
        """Check the line of the chosen archive; the one that runs goes on."""
        archive = self._archive()
        if self.running or not archive:
            return
        ticket = self._ticket = self._operations.run(
            lambda ticket: self._network.check_connection(
                archive, progress=ticket.report, cancelled=ticket.cancelled
            ),
            asked_by=self,
            done=lambda report: self._end(ticket, report),
            failed=lambda error: self._fail(ticket, error),
            progress=self._take,
        )
        self._trouble = ""
        self.steps.setMinimumHeight(self.steps.height())  # what stands below stays where it is
        self.steps.clear()
        self.progress.setValue(0)
        self._show_advice([])
        self._say(
            LOOKS[Verdict.RUNNING],
            f"Checking the line to {self.choice.currentText()}",
            "Reading goes on meanwhile.",
        )
        self._show_running()
        self.stop_button.setFocus(Qt.FocusReason.OtherFocusReason)

    def stop(self) -> None:
        """Stop the check that runs."""
        if self._ticket is not None:
            self._ticket.cancel()
            self._ticket = None
            self._show_latest()
            self._show_running()
            self.check_button.setFocus(Qt.FocusReason.OtherFocusReason)

    def stop_or_leave(self) -> None:
        """Go one step back: out of the check, then out of the page."""
        if self.running:
            self.stop()
        else:
            self.left.emit()

    def copy(self) -> None:
        """Put the shown check on the clipboard, as text for IT."""
        if self._reports:
            QGuiApplication.clipboard().setText(as_text(self._reports[-1], self.choice.currentText()))
            self.noticed.emit(Notice("The check is on the clipboard.", Tone.GOOD))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Stand things below each other in a small window."""
        super().resizeEvent(event)
        is_narrow = self.width() < _NARROW
        direction = QBoxLayout.Direction
        self._middle.setDirection(direction.TopToBottom if is_narrow else direction.LeftToRight)
        self.history.set_narrow(narrow=is_narrow)

    def _archive(self) -> str:
        return str(self.choice.currentData() or "")

    def _line(self) -> LineRow | None:
        return next((row for row in self._state.lines if row.archive == self._archive()), None)

    def _take(self, step: CheckStep) -> None:
        if self.running:
            self.steps.take(step)
            self.progress.setValue(round(100 * min(self.steps.begun / (_USUAL_STEPS + 1), _NEARLY)))

    def _end(self, ticket: Ticket, report: ConnectionReport) -> None:
        if ticket is not self._ticket:
            return  # stopped, and judged all the same
        self._ticket = None
        self._reports = [*self._reports, report]
        self._show_latest()
        self._show_running()
        self.check_button.setFocus(Qt.FocusReason.OtherFocusReason)
        self._look_back()

    def _fail(self, ticket: Ticket, error: BaseException) -> None:
        if ticket is not self._ticket or isinstance(error, Cancelled):
            return
        self._ticket = None
        self._trouble = calm(error)
        self._show_latest()
        self._show_running()
        self.check_button.setFocus(Qt.FocusReason.OtherFocusReason)

    def _look_back(self) -> None:
        """Ask for the checks of the past."""
        archive = self._archive()
        if not archive:
            return
        self._operations.run(
            lambda _: self._network.checks(archive),
            asked_by=self,
            done=lambda reports: self._show_past(archive, reports),
            failed=lambda error: self.noticed.emit(Notice(calm(error), Tone.FAULT)),
        )

    def _show_past(self, archive: str, reports: Sequence[ConnectionReport]) -> None:
        if archive != self._archive():
            return
        self._reports = reports
        self.history.show_reports(reports)
        if not self.running:
            self._show_latest()

    def _show_latest(self) -> None:
        """Show the last check, or that there is none."""
        report = self._reports[-1] if self._reports else None
        self.actions_["copy-check"].setEnabled(report is not None)
        self.copy_button.setVisible(report is not None)
        if report is None or self._trouble:
            self.steps.clear()
            self._show_advice([])
        if self._trouble:
            self._say(LOOKS[Verdict.BAD], self._trouble)
            return
        if report is None:
            name = self.choice.currentText()
            self._say(
                _NOT_CHECKED, f"The line to {name} has not been checked yet.", "A check takes under a minute."
            )
            return
        self.steps.show_steps(report.steps)
        self._show_advice(advice(report.steps))
        self._say(LOOKS[report.verdict], report.summary, circumstances(report, self._now()))

    def _show_running(self) -> None:
        for widget, shown in (
            (self.progress, self.running),
            (self.stop_button, self.running),
            (self.check_button, not self.running),
        ):
            widget.setVisible(shown)
        if not self.running:
            self.steps.setMinimumHeight(0)
        self.choice.setEnabled(not self.running)
        self.actions_["check-line"].setEnabled(not self.running)

    def _say(self, look: Look, text: str, more: str = "") -> None:
        sign, word, role, colour = look
        self.mark.setPixmap(icon(sign, colour=colour).pixmap(ICON, ICON))
        self.mark.setAccessibleName(word)
        self.verdict.setText(text)
        self.verdict.set_role("" if role == "secondary" else role)
        self.circumstances.setText(more)
        self.circumstances.setVisible(bool(more))

    def _show_advice(self, lines: Sequence[str]) -> None:
        for old in self._advice_lines:
            old.hide()
            old.deleteLater()
        self._advice_box.setVisible(bool(lines))
        self._advice_lines = [
            Label(f"{number}  {line}", wrapped=True) for number, line in enumerate(lines, 1)
        ]
        for label in self._advice_lines:
            self._advice.addWidget(label)

    def _follow_lines(self) -> None:
        """Offer the archives that there are, and say how the chosen one's line stands."""
        lines = self._state.lines
        known = [str(self.choice.itemData(number)) for number in range(self.choice.count())]
        if known != [row.archive for row in lines]:
            chosen = self._archive() or (worst_first(lines)[0].archive if lines else "")
            self.choice.blockSignals(True)
            self.choice.clear()
            for row in lines:
                self.choice.addItem(row.name, row.archive)
            self.choice.blockSignals(False)
            self.choose(chosen)
            self._look_back()
        self.choice.setVisible(len(lines) > 1)
        line = self._line()
        self.line.setText("" if line is None else line_text(line, self._now()))
        self.sign_in.setVisible(line is not None and line.status is LineStatus.SIGNED_OUT)

    def _change_archive(self) -> None:
        self._reports, self._trouble = (), ""
        self._show_latest()
        self.history.show_reports(())
        self._follow_lines()
        self._look_back()

    def _connect(self) -> None:
        self.back.clicked.connect(self.left)
        self.check_button.clicked.connect(self.check)
        self.stop_button.clicked.connect(self.stop)
        self.copy_button.clicked.connect(self.copy)
        self.sign_in.clicked.connect(lambda: self.asked_sign_in.emit(self._line()))
        self.choice.currentIndexChanged.connect(lambda _: self._change_archive())
        self._state.lines_changed.connect(self._follow_lines)

    def _lay_out(self) -> None:
        self.back.setIcon(icon("back"))
        self.choice.setFont(font())
        self.choice.setAccessibleName("Archive")
        self.progress.setTextVisible(False)
        self.progress.setMaximumWidth(_STEPS)
        place = self.progress.sizePolicy()
        place.setRetainSizeWhenHidden(True)  # what stands below it stays where it is
        self.progress.setSizePolicy(place)
        self.progress.setAccessibleName("Progress of the check")
        head = QHBoxLayout()
        head.setSpacing(4 * STEP)
        head.addWidget(self.back)
        head.addWidget(Label("Connection check", size=FontSize.NAME, strong=True))
        head.addWidget(self.choice)
        head.addWidget(self.line, 1)
        for button in (self.sign_in, self.copy_button, self.stop_button, self.check_button):
            head.addWidget(button)
        self._bar = panel("bar", head, margins=(2 * STEP, 0, 4 * STEP, 0))
        self._bar.setFixedHeight(BANNER)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self._bar)
        whole.addWidget(self._body(), 1)
        self._show_running()
        self._show_latest()

    def _body(self) -> QScrollArea:
        """Return what lies below the bar: it scrolls where the window is small."""
        top = QHBoxLayout()
        top.setSpacing(3 * STEP)
        top.addWidget(self.mark, 0, Qt.AlignmentFlag.AlignTop)
        texts = QVBoxLayout()
        texts.setSpacing(STEP)
        texts.addWidget(self.verdict)
        texts.addWidget(self.circumstances)
        texts.addSpacing(STEP)
        bar = QHBoxLayout()  # with a stretch, or its width would be that of the words above it
        bar.addWidget(self.progress, 1)
        bar.addStretch(0)
        texts.addLayout(bar)
        top.addLayout(texts, 1)
        self._middle = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._middle.setSpacing(8 * STEP)
        self.steps.setMaximumWidth(_STEPS)
        self._middle.addWidget(self.steps, 3, Qt.AlignmentFlag.AlignTop)
        self._advice_box = self._make_advice_box()
        self._middle.addWidget(self._advice_box, 1, Qt.AlignmentFlag.AlignTop)
        self._middle.addStretch(0)
        column = QVBoxLayout()
        column.setContentsMargins(6 * STEP, 6 * STEP, 6 * STEP, 6 * STEP)
        column.setSpacing(7 * STEP)
        column.addLayout(top)
        column.addLayout(self._middle)
        column.addWidget(self.history)
        column.addStretch(1)
        inside = QWidget()
        inside.setLayout(column)
        self._scrolled = QScrollArea()
        self._scrolled.setWidgetResizable(True)
        self._scrolled.setFrameShape(QFrame.Shape.NoFrame)
        self._scrolled.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._scrolled.setAccessibleName("What the check has found")
        self._scrolled.setWidget(inside)
        return self._scrolled

    def _make_advice_box(self) -> QWidget:
        self._advice.setSpacing(2 * STEP)
        column = QVBoxLayout()
        column.setSpacing(3 * STEP)
        column.addWidget(caption("What to do"))
        column.addLayout(self._advice)
        return panel("sheet", column, margins=(4 * STEP, 3 * STEP, 4 * STEP, 4 * STEP))
