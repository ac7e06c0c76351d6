"""How much of the chosen study is here, when the rest will be, and what became of every instance."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QWidget

from workstation.ui.contracts import LineRow, Refusal, StudyPreview, StudyRow, StudyState
from workstation.ui.controls import Button, Label, plain
from workstation.ui.network.wording import line_text
from workstation.ui.studies.section import Section
from workstation.ui.theme import STEP
from workstation.ui.wording import UNCOUNTED, all_of, amount, counted, duration


class Here(Section):
    """Says ``asked_refusals`` with what is not shown."""

    asked_refusals = Signal(object)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, "Here so far")
        self._refused: tuple[Refusal, ...] = ()
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName("Instances accounted for")
        self._share = Label()
        self._way = Label(role="secondary", wrapped=True)
        self._sum = Label(role="secondary", wrapped=True)
        self._link = Button("", kind="link")
        self._link.clicked.connect(lambda *_: self.asked_refusals.emit(self._refused))
        holder = QWidget()
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2 * STEP)
        row.addWidget(self._bar, 1)
        row.addWidget(self._share)
        for part in (holder, self._way, self._sum, self._link):
            self.add(part)
        self.clear()

    def clear(self) -> None:
        """Say nothing, until there is something to say."""
        self.hide()
        for part in (self._way, self._sum, self._link):
            part.hide()

    def show_share(self, study: StudyRow, seconds: float | None = None) -> None:
        """Say how much is here, and in how many seconds all will be, where that is known."""
        self.show()
        missing = not study.is_whole
        self.rename("Here so far" if missing else "Accounted for")
        self._bar.setVisible(study.is_counted)
        self._share.setToolTip("" if study.is_counted else plain(UNCOUNTED))
        most = max(study.expected, 1)
        self._bar.setRange(0, most)
        self._bar.setValue(min(study.here, most))
        left = f" · {duration(seconds)} left" if seconds is not None and missing else ""
        self._share.setText(f"{amount(study.here)} of {all_of(study)}{left}")

    def show_way(self, study: StudyRow, lines: Sequence[LineRow], now: datetime) -> None:
        """Say by which line the rest comes."""
        coming = () if study.is_whole else lines
        ways = [line_text(line, now) for line in coming if line.name in study.archives]
        self._way.setText("\n".join(ways))
        self._way.setVisible(bool(ways))

    def show_accounting(self, preview: StudyPreview) -> None:
        """Say that nothing is missing, or what is."""
        self._refused = preview.refused
        self._sum.setText(preview.accounting)
        self._sum.set_role("attention" if preview.study.state is StudyState.INCOMPLETE else "secondary")
        self._sum.setVisible(bool(preview.accounting))
        self._link.rename(f"{counted(len(preview.refused), 'file')} not shown")
        self._link.setVisible(bool(preview.refused))
