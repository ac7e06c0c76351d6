"""What the list's neighbour tells of the chosen study, before it is opened.

It is asked for off the main thread; while it is on its way the identity is there already. An
answer for a study that is not chosen any more is dropped.
"""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from workstation.errors import calm
from workstation.ui.contracts import Desk, SeriesRow, StudyPreview, StudyRow
from workstation.ui.controls import Button, panel
from workstation.ui.operations import Operations, Ticket
from workstation.ui.pictures import Still
from workstation.ui.studies.preview_body import Body
from workstation.ui.theme import STEP

_SETTLE: Final = 60  # milliseconds that a row stays chosen before its preview is asked for


class Preview(QWidget):
    """The pane; says ``opened`` with the study, ``asked_refusals`` with what could not be read."""

    opened = Signal(object)
    asked_refusals = Signal(object)

    def __init__(self, desk: Desk, operations: Operations) -> None:
        super().__init__()
        self._desk = desk
        self._operations = operations
        self._study: StudyRow | None = None
        self._tickets: list[Ticket] = []
        self._settle = QTimer(self, singleShot=True, interval=_SETTLE)
        self._settle.timeout.connect(self._ask)
        self._scroll = _scroll()
        self._body = self._new_body()
        self._open = Button("Open", kind="primary", key="Enter", hint="Open the study (Enter)")
        self._open.clicked.connect(lambda: self.opened.emit(self._study))
        self._lay_out()
        self.show_study(None)

    def show_study(self, study: StudyRow | None) -> None:
        """Show a study, or nothing."""
        if study is not None and study == self._study:
            return
        self._study = study
        self._settle.stop()
        body = self._new_body()
        self._open.setVisible(study is not None)
        if study is not None:
            body.identity(study)
            self._settle.start()

    def _ask(self) -> None:
        if self._study is None:
            return
        uid = self._study.uid
        self._tickets.append(
            self._operations.run(
                lambda _: self._desk.preview(uid),
                asked_by=self._body,
                done=self._fill,
                failed=self._fail,
            )
        )

    def _fill(self, preview: StudyPreview) -> None:
        self._study = preview.study
        body = self._new_body()
        body.identity(preview.study)
        body.study(preview)
        body.group("Series")
        for series in preview.series:
            self._picture(series, body.series(series))
        link = body.accounting(preview)
        if link is not None:
            link.clicked.connect(lambda: self.asked_refusals.emit(preview.refused))

    def _fail(self, error: BaseException) -> None:
        self._body.line(calm(error), "fault")

    def _picture(self, series: SeriesRow, still: Still) -> None:
        """Ask for a picture; a series that has none says itself why, when it is opened."""
        if not series.displayable:
            return
        side = still.device_side
        self._tickets.append(
            self._operations.run(
                lambda ticket: None if ticket.cancelled() else self._desk.thumbnail(series.key, side),
                asked_by=still,
                done=still.show_pixels,
                failed=lambda _: None,
            )
        )

    def _new_body(self) -> Body:
        for ticket in self._tickets:
            ticket.cancel()
        self._tickets.clear()
        self._body = Body()
        self._scroll.setWidget(self._body)
        return self._body

    def _lay_out(self) -> None:
        outer = QVBoxLayout()
        outer.setSpacing(0)
        outer.addWidget(self._scroll, 1)
        buttons = QHBoxLayout()
        buttons.setContentsMargins(4 * STEP, 2 * STEP, 4 * STEP, 4 * STEP)
        buttons.addWidget(self._open)
        buttons.addStretch(1)
        outer.addLayout(buttons)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(panel("preview", outer))


def _scroll() -> QScrollArea:
    made = QScrollArea()
    made.setWidgetResizable(True)
    made.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    made.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    made.setAccessibleName("Preview of the study")
    return made
