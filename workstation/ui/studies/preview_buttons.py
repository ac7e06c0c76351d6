"""The buttons below the preview: open, and what makes sense for what is chosen; the rest is absent."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QWidget

from workstation.ui.contracts import StudyRow
from workstation.ui.controls import Button
from workstation.ui.studies.chips import KEYS
from workstation.ui.studies.work import WORKS, Work
from workstation.ui.theme import STEP


class PreviewButtons(QWidget):
    """Says ``opened``, and ``asked`` with a piece of work for what is chosen."""

    opened = Signal()
    asked = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._open = Button("Open", kind="primary", key="Enter", hint="Open the study (Enter)")
        self._open.clicked.connect(lambda *_: self.opened.emit())
        self.works = {work: Button(work.text, key=KEYS[work.name]) for work in WORKS}
        self._rows = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._rows.setContentsMargins(4 * STEP, 2 * STEP, 4 * STEP, 4 * STEP)
        self._rows.setSpacing(2 * STEP)
        self._rows.addWidget(self._open)
        beside = QHBoxLayout()
        beside.setSpacing(2 * STEP)
        for work, button in self.works.items():
            button.clicked.connect(lambda *_, work=work: self.asked.emit(work))
            beside.addWidget(button)
        beside.addStretch(1)
        self._rows.addLayout(beside, 1)

    def show_rows(self, rows: Sequence[StudyRow], *, has_archives: bool) -> None:
        """Offer what can be done to these."""
        self._open.setVisible(bool(rows))
        for work, button in self.works.items():
            fitting = sum(map(work.fits, rows)) if has_archives else 0
            button.rename(_text(work, fitting, len(rows)))
            button.setVisible(bool(fitting))
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put what is less usual below where there is no room beside."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        shown = [button for button in (self._open, *self.works.values()) if not button.isHidden()]
        asked = sum(button.sizeHint().width() + 2 * STEP for button in shown) + 6 * STEP
        narrow = asked > self.width()
        direction = QBoxLayout.Direction.TopToBottom if narrow else QBoxLayout.Direction.LeftToRight
        self._rows.setDirection(direction)


def _text(work: Work, fitting: int, chosen: int) -> str:
    """Return "Claim", or for several "Claim 3"."""
    return work.text if chosen <= 1 else f"{work.text} · {fitting}"
