"""The steps of a connection check, a line each: how it stands (icon and word), what was found and wanted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from workstation.ui.contracts import CheckStep, Verdict
from workstation.ui.controls import Label, caption
from workstation.ui.theme import PALETTE, STEP, icon

Look = tuple[str, str, str, str]
"""An icon, the word beside it, the role of the word and the colour of the icon."""

LOOKS: Final[dict[Verdict, Look]] = {
    Verdict.RUNNING: ("running", "under way", "secondary", PALETTE.secondary),
    Verdict.GOOD: ("check", "good", "good", PALETTE.good),
    Verdict.WARNING: ("attention", "warning", "attention", PALETTE.attention),
    Verdict.BAD: ("fault", "bad", "fault", PALETTE.fault),
    Verdict.SKIPPED: ("skipped", "skipped", "secondary", PALETTE.secondary),
}
_MEASURED: Final = "measured"  # its verdict comes at the end
_MARK: Final = 16
_LEAST: Final = {0: _MARK, 1: 68, 2: 92, 4: 150}  # of each column: it stands still while steps come
_HEADINGS: Final = ("", "Verdict", "Step", "Found", "Wanted")
_TOP: Final = Qt.AlignmentFlag.AlignTop


class CheckSteps(QWidget):
    """The lines; while a check runs they come one after another."""

    def __init__(self) -> None:
        super().__init__()
        self._lines: list[_Line] = []
        self._grid = QGridLayout()
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addLayout(self._grid)
        whole.addStretch(1)
        self._grid.setHorizontalSpacing(3 * STEP)
        self._grid.setVerticalSpacing(2 * STEP)
        self._grid.setColumnStretch(3, 3)
        self._grid.setColumnStretch(4, 1)
        for column, least in _LEAST.items():
            self._grid.setColumnMinimumWidth(column, least)
        self._headings = [caption(text) for text in _HEADINGS]
        for column, heading in enumerate(self._headings):
            self._grid.addWidget(heading, 0, column)
            heading.hide()

    @property
    def begun(self) -> int:
        """Return how many steps have been begun."""
        return len(self._lines)

    def clear(self) -> None:
        """Show no step."""
        self.show_steps(())

    def show_steps(self, steps: Sequence[CheckStep]) -> None:
        """Show these steps."""
        while len(self._lines) > len(steps):
            self._lines.pop().remove()
        self._show_headings()
        for number, step in enumerate(steps):
            self._line(number).say(step)

    def take(self, step: CheckStep) -> None:
        """Show how far a running check is; a step of the same name goes on in its line."""
        known = next((line for line in self._lines if line.name == step.name), None)
        if known is None:
            for line in self._lines:
                line.say_measured()
            known = self._line(len(self._lines))
        known.say(step)

    def texts(self) -> list[str]:
        """Return each line's words."""
        return [line.text() for line in self._lines]

    def _line(self, number: int) -> _Line:
        if number == len(self._lines):
            self._lines.append(_Line(self._grid, number + 1))
        self._show_headings()
        return self._lines[number]

    def _show_headings(self) -> None:
        for heading in self._headings:
            heading.setVisible(bool(self._lines))


class _Line:
    """The five cells of a step."""

    def __init__(self, grid: QGridLayout, row: int) -> None:
        self._step = CheckStep("", Verdict.RUNNING, "")
        self._mark = Label()
        self._verdict = Label()
        self._name = Label()
        self._found = Label(wrapped=True)
        self._wanted = Label(role="secondary", wrapped=True)
        self._cells = (self._mark, self._verdict, self._name, self._found, self._wanted)
        for column, cell in enumerate(self._cells):
            grid.addWidget(cell, row, column, _TOP)
            cell.show()

    @property
    def name(self) -> str:
        """Return the step's name."""
        return self._step.name

    def say(self, step: CheckStep) -> None:
        """Say how it stands."""
        self._step = step
        sign, word, role, colour = LOOKS[step.verdict]
        self._mark.setPixmap(icon(sign, colour=colour).pixmap(_MARK, _MARK))
        self._verdict.setText(word)
        self._verdict.set_role(role)
        self._name.setText(step.name)
        self._found.setText(step.found)
        self._wanted.setText(step.wanted)

    def say_measured(self) -> None:
        """Say that a running step has come to its end, before anybody has judged it."""
        if self._step.verdict is Verdict.RUNNING:
            self._mark.setPixmap(icon("check").pixmap(_MARK, _MARK))
            self._verdict.setText(_MEASURED)
            self._found.setText("")

    def text(self) -> str:
        """Return its words."""
        return " | ".join(filter(None, (cell.text() for cell in self._cells)))

    def remove(self) -> None:
        """Take the cells away."""
        for cell in self._cells:
            cell.hide()
            cell.deleteLater()
