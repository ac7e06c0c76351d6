"""The line that an import has on the study list: how far it is, then what it did."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QWidget

from workstation.errors import calm
from workstation.ui.contracts import ImportProgress, ImportSummary, Refusal
from workstation.ui.controls import Button, IconButton, Label, panel, plain
from workstation.ui.imports import Imports, progress_text, share, summary_text
from workstation.ui.theme import STEP, icon
from workstation.ui.theme.sizes import ROW

_FINE = 1000  # steps of the bar


class ImportLine(QWidget):
    """Hidden until something is imported; ``asked_refusals`` with what could not be read."""

    asked_refusals = Signal(object)

    def __init__(self, imports: Imports) -> None:
        super().__init__()
        self._refused: tuple[Refusal, ...] = ()
        self._bar = QProgressBar()
        self._text = Label(elided=True)
        self._show = Button("Show which and why", kind="link")
        self._cancel = Button("Cancel", kind="link", hint="Stop the import; what is here stays")
        self._close = IconButton()
        self._lay_out()
        self._cancel.clicked.connect(imports.cancel)
        self._show.clicked.connect(lambda: self.asked_refusals.emit(self._refused))
        self._close.clicked.connect(self.hide)
        imports.started.connect(self._start)
        imports.progressed.connect(self._progress)
        imports.ended.connect(self._end)
        imports.failed.connect(self._fail)
        self.hide()

    def _start(self) -> None:
        self._bar.setRange(0, 0)
        self._say("Looking for images", "", running=True)
        self.show()

    def _progress(self, progress: ImportProgress) -> None:
        done = share(progress)
        self._bar.setRange(0, _FINE if done is not None else 0)
        if done is not None:
            self._bar.setValue(round(done * _FINE))
        self._text.setText(progress_text(progress))

    def _end(self, summary: ImportSummary) -> None:
        self._refused = summary.refused
        role = "attention" if summary.refused or summary.cancelled else "good"
        self._say(summary_text(summary), role, running=False)
        self._show.setVisible(bool(summary.refused))

    def _fail(self, error: BaseException) -> None:
        self._say(calm(error), "fault", running=False)

    def _say(self, text: str, role: str, *, running: bool) -> None:
        self._text.setText(text)
        self._text.set_role(role)
        self._bar.setVisible(running)
        self._cancel.setVisible(running)
        self._close.setVisible(not running)
        self._show.hide()

    def _lay_out(self) -> None:
        self._bar.setTextVisible(False)
        self._bar.setFixedWidth(160)
        self._bar.setAccessibleName("Progress of the import")
        self._close.setIcon(icon("close"))
        self._close.setToolTip(plain("Close"))
        self._close.setAccessibleName("Close the line about the import")
        row = QHBoxLayout()
        row.setSpacing(3 * STEP)
        row.addWidget(self._bar, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self._text, 1)
        row.addWidget(self._show)
        row.addWidget(self._cancel)
        row.addWidget(self._close)
        whole = QHBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(panel("bar", row, margins=(4 * STEP, 0, 2 * STEP, 0)))
        self.setFixedHeight(ROW)
