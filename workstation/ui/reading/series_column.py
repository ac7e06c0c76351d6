"""The series of the study, one under the other."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from workstation.ui.contracts import Reading
from workstation.ui.controls import caption, panel
from workstation.ui.operations import Operations, Ticket
from workstation.ui.reading.series_tile import SeriesTile
from workstation.ui.theme import STEP
from workstation.ui.theme.sizes import SERIES_COLUMN
from workstation.viewing.wording import day


class SeriesColumn(QWidget):
    """Says ``opened`` with the stack to show in the active viewport."""

    opened = Signal(str)

    def __init__(self, operations: Operations) -> None:
        super().__init__()
        self._operations = operations
        self._tickets: list[Ticket] = []
        self.tiles: list[SeriesTile] = []
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        row = QHBoxLayout()
        row.addWidget(self._scroll)
        whole = QHBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(panel("page", row))
        self.setAccessibleName("Series")
        self.setFixedWidth(SERIES_COLUMN)

    def set_reading(self, reading: Reading | None) -> None:
        """Show the series of another study, or nothing."""
        for ticket in self._tickets:
            ticket.cancel()
        self._tickets.clear()
        self.tiles = [SeriesTile(series) for series in reading.series] if reading else []
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(3 * STEP, 2 * STEP, 3 * STEP, 2 * STEP)
        column.setSpacing(STEP)
        if reading is not None:
            column.addWidget(caption(day(reading.study.date) or "series"))
        for tile in self.tiles:
            column.addWidget(tile)
            tile.opened.connect(self.opened)
            tile.stepped.connect(self._step)
        column.addStretch(1)
        self._scroll.setWidget(body)
        if reading is not None:
            self.refresh(reading)
            self._ask_stills(reading)

    def grow(self, reading: Reading) -> None:
        """Show what has arrived meanwhile; the stills that are there stay, as long as the series do."""
        if [tile.stack for tile in self.tiles] != [series.key for series in reading.series]:
            self.set_reading(reading)
            return
        for tile, series in zip(self.tiles, reading.series, strict=True):
            tile.describe(series)
        self.refresh(reading)

    def refresh(self, reading: Reading, stack: str = "") -> None:
        """Show how far a stack is, "" for all."""
        for tile in self.tiles:
            if stack in ("", tile.stack):
                tile.bar.show_share(reading.share(tile.stack))

    def choose(self, stack: str) -> None:
        """Mark the series of the active viewport."""
        for tile in self.tiles:
            tile.set_chosen(tile.stack == stack)
            if tile.stack == stack:
                self._scroll.ensureWidgetVisible(tile, 0, 2 * STEP)

    def neighbour(self, stack: str, step: int) -> str:
        """Return the series ``step`` places further down, "" beyond the ends."""
        stacks = [tile.stack for tile in self.tiles]
        at = stacks.index(stack) + step if stack in stacks else 0
        return stacks[at] if 0 <= at < len(stacks) else ""

    def take_keys(self) -> None:
        """Give the keys to a series."""
        for tile in self.tiles[:1]:
            tile.setFocus(Qt.FocusReason.TabFocusReason)

    def _step(self, step: int) -> None:
        at = next((n for n, tile in enumerate(self.tiles) if tile.hasFocus()), 0) + step
        if 0 <= at < len(self.tiles):
            self.tiles[at].setFocus(Qt.FocusReason.TabFocusReason)
            self._scroll.ensureWidgetVisible(self.tiles[at])

    def _ask_stills(self, reading: Reading) -> None:
        shown = {series.key for series in reading.series if series.displayable}
        for tile in self.tiles:
            if tile.stack in shown:
                self._ask_still(reading, tile)

    def _ask_still(self, reading: Reading, tile: SeriesTile) -> None:
        stack, side = tile.stack, tile.still.device_side
        self._tickets.append(
            self._operations.run(
                lambda ticket: None if ticket.cancelled() else reading.thumbnail(stack, side),
                asked_by=tile,
                done=tile.still.show_pixels,
                failed=lambda _: None,  # the viewport says why, when the series is shown
            )
        )
