"""Whose study this is, over everything else on the page; and the way to the next one.

In a small window the description is shortened first, then the ID, and the name at last, each with "…"; then
counts and buttons use fewer words. Sex, age and date of birth are never cut: half a date is another one.
"""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from workstation.ui.contracts import StackShare, StudyRow
from workstation.ui.controls import Button, Label, panel, plain
from workstation.ui.room import make_room
from workstation.ui.studies.words import description
from workstation.ui.theme import STEP, FontSize, icon
from workstation.ui.theme.sizes import BANNER
from workstation.ui.wording import UNCOUNTED, all_of, amount, counted, identity, name_of, particulars
from workstation.viewing.wording import moment

_LEAST_NAME: Final = 160
_ROOMY: Final = 1200
_BACK: Final = "Studies"


class Banner(QWidget):
    """Says ``back``, or ``stepped`` with −1 or 1 for the study before or after."""

    back = Signal()
    stepped = Signal(int)

    def __init__(self, *, has_cases: bool = False) -> None:
        super().__init__()
        self._has_cases = has_cases
        self._back = Button(_BACK, kind="quiet", hint="Back to the study list (Esc)")
        self._name = Label(size=FontSize.NAME, strong=True, elided=True)
        self._person = Label()
        self._identity = Label(role="secondary", elided=True)
        self._study = Label(elided=True)
        self._is_whole = True
        self._counts = ("0", "0")  # here, and of how many
        self._not_seen = 0
        self._here = Label(role="secondary")
        self._unseen = Label(role="attention")
        self._previous = Button("", hint="Previous study (Shift N)")
        self._next = (
            Button("Next case", key="N", hint="Next case of the worklist (N)")
            if has_cases
            else Button("Next", hint="Next study (N)")
        )
        self._lay_out()

    def show_study(self, study: StudyRow) -> None:
        """Say whose study it is."""
        self._name.setText(name_of(study))
        words = self._name.fontMetrics().horizontalAdvance(name_of(study))
        self._name.setMinimumWidth(min(words + 1, _LEAST_NAME))
        self._person.setText(particulars(study))
        self._identity.setText(identity(study))
        accession = f"acc. {study.accession}" if study.accession else ""
        parts = (description(study), moment(study.date, study.time), accession)
        self._study.setText(" · ".join(part for part in parts if part))
        self._is_whole = study.is_whole
        self._here.set_role("secondary" if self._is_whole or not study.is_counted else "attention")
        self._here.setToolTip("" if study.is_counted else plain(UNCOUNTED))
        self._counts = amount(study.here), all_of(study)
        self._make_room()

    def show_share(self, whole: StackShare) -> None:
        """Say how much of it has not been looked at."""
        self._not_seen = whole.count - whole.seen
        self._make_room()

    def allow(self, *, previous: bool, following: bool) -> None:
        """Say whether there is a study before and after this one."""
        self._previous.setEnabled(previous)
        self._next.setEnabled(following or self._has_cases)  # the next case need not be the next row

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Say less where there is little room."""
        super().resizeEvent(event)
        self._make_room()

    def _make_room(self) -> None:
        self._say_all()
        make_room(
            self.width(),
            lambda: self._panel.minimumSizeHint().width(),
            (self._shorten_counts, self._close_ranks, self._shorten_buttons, self._unseen.hide),
        )

    def _say_all(self) -> None:
        here, whole = self._counts
        self._here.setText(f"{here} of {whole} here")
        self._here.setVisible(not self._is_whole or self.width() >= _ROOMY)
        self._unseen.setText(f"{counted(self._not_seen, 'image')} not yet seen")
        self._unseen.setVisible(bool(self._not_seen))
        self._back.setText(_BACK)
        self._next.rename("Next case" if self._has_cases else "Next")
        self._row.setSpacing(5 * STEP)

    def _shorten_counts(self) -> None:
        self._here.setText(" / ".join(self._counts))
        self._unseen.setText(f"{amount(self._not_seen)} unseen")

    def _close_ranks(self) -> None:
        self._row.setSpacing(2 * STEP)

    def _shorten_buttons(self) -> None:
        self._back.setText("")  # its arrow and its name stay
        self._next.rename("Next")

    def _lay_out(self) -> None:
        for label in (self._name, self._identity):
            label.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
            label.setMinimumWidth(1)
        self._back.setIcon(icon("back"))
        self._previous.setIcon(icon("back"))
        self._previous.setAccessibleName("Previous study")
        if not self._has_cases:
            self._next.setIcon(icon("next"))
            self._next.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
            self._next.setAccessibleName("Next study")
        self._back.clicked.connect(self.back)
        self._previous.clicked.connect(lambda: self.stepped.emit(-1))
        self._next.clicked.connect(lambda: self.stepped.emit(1))
        row = self._row = QHBoxLayout()
        for widget in (self._back, self._name, self._person, self._identity):
            row.addWidget(widget)
        row.addWidget(self._study, 1)
        row.addWidget(self._here)
        row.addWidget(self._unseen)
        steps = QHBoxLayout()
        steps.setSpacing(2 * STEP)
        steps.addWidget(self._previous)
        steps.addWidget(self._next)
        row.addLayout(steps)
        whole = QHBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        self._panel = panel("bar", row, margins=(2 * STEP, 0, 4 * STEP, 0))
        whole.addWidget(self._panel)
        self.setFixedHeight(BANNER)
